// structuredClone: the same program in holm and in Node, with the same output; and what only holm has.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { script } from './engine.mjs';

const program = `
import { inspect, isDeepStrictEqual } from 'node:util';
const show = (value) => console.log(inspect(value, { depth: 6 }));
const same = (value) => { const copy = structuredClone(value); console.log(copy !== value, isDeepStrictEqual(copy, value)); show(copy) };
const refused = (value, options) => { try { show(structuredClone(value, options)) } catch (e) { console.log(e.name, e.code, e instanceof DOMException) } };
for (const v of [1, -0, 'x', true, null, undefined, 10n, NaN]) show(structuredClone(v));
same({ a: 1, b: { c: [1, 2, { d: 3 }] }, u: undefined }); same([1, , 3]); same(Object.assign([1, 2], { extra: 'kept' })); same(new Array(3));
same(new Date(0)); show(structuredClone(new Date(NaN))); same(/a[/]b/giu); same(new Map([[{ k: 1 }, new Set([1, new Map()])], ['x', undefined]])); same(new Set());
same(new Uint8Array([1, 2, 3])); same(new Float64Array([0.5, NaN, -0])); same(new BigInt64Array([1n])); same(new DataView(new ArrayBuffer(4), 1, 2)); same(new ArrayBuffer(3));
same(Object(1)); same(Object('abc')); same(Object(false)); same(Object(1n));
const both = new Uint8Array(8); const views = structuredClone([both.subarray(2, 4), both, both.buffer]); console.log(views[0].buffer === views[1].buffer, views[1].buffer === views[2], views[0].byteOffset);
const cycle = { list: [] }; cycle.self = cycle; cycle.list.push(cycle, cycle.list); show(structuredClone(cycle));
const twice = { x: 1 }; const pair = structuredClone([twice, twice]); console.log(pair[0] === pair[1]);
const m = new Map(); m.set(m, m); show(structuredClone(m));
class Point { constructor() { this.x = 1 } get y() { return 2 } m() {} } show(structuredClone(new Point())); show(structuredClone({ get g() { return { computed: true } }, [Symbol('s')]: 1 }));
show(structuredClone(Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true }, hidden: { value: 2 } }))); show(structuredClone(Object.create(null)));
show(structuredClone({ ['__proto__']: { polluted: true } })); console.log({}.polluted);
const e = structuredClone(new TypeError('t')); console.log(e instanceof TypeError, e.name, e.message, e.stack.split('\\n')[0], Object.keys(e).length);
class Sub extends RangeError { constructor(m) { super(m); this.extra = 1 } } const s = structuredClone(new Sub('s')); console.log(s.constructor.name, s.name, s.message, s.extra);
const odd = new Error('o'); odd.name = 'Odd'; console.log(structuredClone(odd).name); console.log(structuredClone(new Error()).message === '', Object.hasOwn(structuredClone(new Error()), 'message'));
for (const v of [() => {}, Symbol('s'), { f() {} }, [Symbol.iterator], new WeakMap(), new WeakSet(), Promise.resolve(), new Proxy({}, {}), (function* () {})(), new Map().entries(), Object(Symbol('x')), new WeakRef({})]) refused(v);
const buffer = new ArrayBuffer(8); new Uint8Array(buffer)[0] = 7; const moved = structuredClone({ buffer, view: new Uint8Array(buffer, 0, 2) }, { transfer: [buffer] }); show(moved); console.log(buffer.byteLength, moved.view.buffer === moved.buffer);
const keep = new ArrayBuffer(4); refused([keep, () => {}], { transfer: [keep] }); console.log(keep.byteLength); refused(1, { transfer: [keep, keep] });
try { structuredClone() } catch (x) { console.log(x.name) } let order = ''; structuredClone({ get a() { order += 'a' }, get b() { order += 'b' } }); console.log(order);
`;

test('structuredClone is Node\'s', () => {
  const expected = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }).split('\n');
  const guest = script(program);
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  const found = guest.stdout.split('\n');
  const wrong = expected.flatMap((line, at) => (line === found[at] ? [] : [`Node: ${line}\nholm: ${found[at]}`]));
  assert.equal(wrong.join('\n\n'), '');
});

test('errors keep their cause, DOMException its name, blobs their bytes', () => {
  const guest = script(`const e = structuredClone(new Error('outer', { cause: { why: [1] } })); console.log(e.cause); const d = structuredClone(new DOMException('m', 'AbortError')); console.log(d instanceof DOMException, d.name, d.message, d.code);
    const b = structuredClone({ blob: new Blob(['text'], { type: 'text/plain' }), file: new File(['f'], 'n.txt') }); console.log(b.blob instanceof Blob, b.blob.type, await b.blob.text(), b.file.name, await b.file.text());
    for (const v of [new Headers(), new URL('http://x/'), new AbortController().signal, new Event('x'), new Request('http://x/'), new Response()]) try { structuredClone(v); console.log('cloned') } catch (e) { console.log(e.message) }
    const gone = new ArrayBuffer(1); structuredClone(gone, { transfer: [gone] });
    for (const call of [() => structuredClone(gone), () => structuredClone(1, { transfer: [gone] }), () => structuredClone(1, { transfer: [{}] })]) try { call() } catch (e) { console.log(e.name) }
    const r = new ArrayBuffer(2, { maxByteLength: 8 }); console.log(structuredClone(r).resizable, structuredClone(r).maxByteLength);`);
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), [
    '{ why: [ 1 ] }', 'true AbortError m 20', 'true text/plain text n.txt f', '#<Headers> could not be cloned.', '#<URL> could not be cloned.',
    '#<AbortSignal> could not be cloned.', '#<Event> could not be cloned.', '#<Request> could not be cloned.', '#<Response> could not be cloned.',
    'DataCloneError', 'DataCloneError', 'TypeError', 'true 8',
  ]);
});
