async ({ megabytes }) => {
  // In pieces, outside of the heap where there is such a place. A caller that hears of the end of memory holds what it has.
  const held = [];
  try {
    for (let i = 0; i < megabytes / 8; i++) held.push(new Uint8Array(8 << 20).fill(1 + (i % 255)));
  } catch (error) {
    return `${held.length * 8} MB, then ${String(error)}`;
  }
  return `${held.length * 8} MB`;
}
