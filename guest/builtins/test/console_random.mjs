// Random values, the same ones in holm and in Node: what the fixture console/values.mjs does not think of. The generator
// is a multiplication, so that both engines make the same.

let state = 12345;
const next = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const words = ['a', 'bc', 'name', 'value', 'a longer text', 'x'.repeat(40), "it's", 'line\nbreak', '', 'ünïcode', '日本'];
const keys = ['a', 'b', 'id', 'name', 'with-dash', 'aVeryLongPropertyName', '1', Symbol('s')];

function leaf() {
  switch (next(9)) {
    case 0: return next(10);
    case 1: return next(100000);
    case 2: return -next(1000) / 7;
    case 3: return words[next(words.length)];
    case 4: return next(2) === 0;
    case 5: return null;
    case 6: return undefined;
    case 7: return BigInt(next(1000));
    default: return words[next(words.length)];
  }
}
class Thing {}
function value(depth) {
  if (depth === 0) return leaf();
  const size = next(4) === 0 ? next(40) : next(8);
  const kind = next(9);
  switch (kind) {
    case 0:
    case 1: {
      const object = kind === 0 ? {} : new Thing();
      for (let i = 0; i < Math.min(size, 8); i++) object[keys[next(keys.length)]] = value(next(depth));
      return object;
    }
    case 2: return Array.from({ length: size }, () => value(next(depth)));
    case 3: return Array.from({ length: size }, () => next(1000));
    case 4: return Array.from({ length: size }, () => words[next(words.length)]);
    case 5: return new Map(Array.from({ length: Math.min(size, 6) }, () => [value(next(depth)), value(next(depth))]));
    case 6: return new Set(Array.from({ length: Math.min(size, 10) }, () => value(next(depth))));
    case 7: return Uint8Array.from({ length: size }, () => next(256));
    default: return leaf();
  }
}
for (let i = 0; i < 1500; i++) {
  console.log(`--- ${i}`);
  console.log(value(1 + next(5)));
}
