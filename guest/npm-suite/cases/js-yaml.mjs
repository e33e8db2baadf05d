import { dump, load } from 'js-yaml';
console.log(load('a: [1, 2]\nb: 2024-01-01\nc: >\n  x\n  y\n'), dump({ a: { b: [1, 'x: y'] } }));
try { load('a: [1'); } catch (error) { console.log(error.name, error.reason); }
