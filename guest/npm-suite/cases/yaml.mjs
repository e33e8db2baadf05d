import yaml from 'yaml';
const text = 'a: &x\n  - 1\n  - "two"\n  - !!float 3\nb: *x\nc: |\n  lines\n  stay\n';
console.log(yaml.parse(text));
console.log(yaml.stringify({ a: [1, { b: null, c: 'x: y' }], date: new Date(0) }));
try { yaml.parse('a: [1'); } catch (error) { console.log(error.name, error.message.split('\n')[0]); }
