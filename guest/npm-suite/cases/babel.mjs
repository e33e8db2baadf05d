import { parseSync, template, transformSync, types as t } from '@babel/core';
const plugin = { visitor: { BinaryExpression(path) { const { confident, value } = path.evaluate(); if (confident) path.replaceWith(t.valueToNode(value)); }, Identifier(path) { if (path.node.name === 'old') path.node.name = 'renamed'; } } };
const result = transformSync('const a = 1 + 2 * 3; // six\nfunction old(b) { return old?.(b) ?? `x${a}`; }\nclass K { #p = 1; static { old(); } }', { plugins: [plugin], configFile: false, babelrc: false, sourceMaps: true, filename: 'a.js' });
console.log(result.code, result.map.mappings.length > 20, parseSync('a => a', { configFile: false, babelrc: false }).program.body.length);
console.log(template.statement('const %%name%% = 1')({ name: 'x' }).declarations[0].id.name);
try { transformSync('let = 1 2', { configFile: false, babelrc: false }); } catch (error) { console.log(error.code, error.message.split('\n')[0]); }
