// Which globals there are and which members each has: the same program for Node and for the guest.
//
// `node enumerate.mjs > node20.json`, with Node 20, writes down what the guest is compared with.

/** An expression whose value is { name: [members] }, by name. Members of an interface are those of its instances,
 *  inherited ones as well, and static ones. */
export const enumeration = `(() => {
  const result = {};
  // Too large to be shown here; tests of their own compare them.
  const opaque = new Set(['process', 'Buffer', 'global', 'globalThis', 'self']);
  const key = (member) => typeof member === 'symbol' ? '[' + member.description + ']' : member;
  const ordinary = (member) => typeof member === 'symbol'
    ? /^Symbol[.](iterator|asyncIterator|dispose|asyncDispose|toPrimitive)$/.test(member.description ?? '')
    : !/^_/.test(member);
  for (const name of Object.getOwnPropertyNames(globalThis).sort()) {
    let value;
    try { value = globalThis[name]; } catch { continue; }
    const members = new Set();
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    if (isObject && !opaque.has(name)) {
      const take = (object, prefix, except) => {
        for (const member of Reflect.ownKeys(object)) {
          if (ordinary(member) && !except.includes(member)) members.add(prefix + key(member));
        }
      };
      if (typeof value === 'function') {
        take(value, 'static ', ['length', 'name', 'prototype', 'caller', 'arguments']);
        for (let p = value.prototype; p && p !== Object.prototype; p = Object.getPrototypeOf(p)) take(p, '', ['constructor']);
      } else {
        for (let p = value; p && p !== Object.prototype; p = Object.getPrototypeOf(p)) take(p, '', ['constructor']);
      }
    }
    result[name] = [...members].sort();
  }
  return result;
})()`;

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { runInNewContext } = await import('node:vm');
  const language = runInNewContext('Object.getOwnPropertyNames(globalThis)').filter(
    (name) => !['console', 'Intl', 'WebAssembly', 'Atomics', 'SharedArrayBuffer'].includes(name),
  );
  const lines = Object.entries((0, eval)(enumeration)).map(([name, members]) => `    ${JSON.stringify(name)}: ${JSON.stringify(members)}`);
  console.log(`{\n  "language": ${JSON.stringify(language.sort())},\n  "globals": {\n${lines.join(',\n')}\n  }\n}`);
}
