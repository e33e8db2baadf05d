// structuredClone: the same program in holm and in Node, with the same output; and what only holm has.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { script } from './engine.mjs';
import { fixture } from './fixtures.mjs';

const file = fixture('clone/values.mjs');

test('structuredClone is Node\'s', () => {
  const expected = execFileSync(process.execPath, [file], { encoding: 'utf8' }).split('\n');
  const guest = script(readFileSync(file, 'utf8'));
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
    'DataCloneError', 'DataCloneError', 'DataCloneError', 'true 8',
  ]);
});

test('getters that change what is being copied: keys are those of the start, and what is gone is left out', () => {
  const program = `const list = [1, { get a() { list.length = 3; delete list[2]; list.push('new'); return 'a'; } }, 2, 3, 4]; const copy = structuredClone(list);
    console.log(copy.length, 2 in copy, copy[3], 4 in copy, JSON.stringify(copy));
    const object = { get first() { delete object.gone; object.late = 1; return { x: [] }; }, gone: 1, 5: 'five', kept: undefined }; console.log(JSON.stringify(structuredClone(object)), Object.keys(structuredClone(object)).join());
    const shared = { deep: [1] }, twice = structuredClone({ a: shared, b: [shared, shared] }); console.log(twice.a === twice.b[0], twice.b[1] === twice.a, twice.a !== shared);
    const loop = []; loop.push(loop, { loop }); const looped = structuredClone(loop); console.log(looped[0] === looped, looped[1].loop === looped);
    const proto = structuredClone(JSON.parse('{"__proto__": {"a": 1}}')); console.log(Object.getPrototypeOf(proto) === Object.prototype, Object.hasOwn(proto, '__proto__'));
    const bare = structuredClone(Object.assign(Object.create(null), { a: [,1] })); console.log(Object.getPrototypeOf(bare) === Object.prototype, 0 in bare.a, bare.a.length);
    class Point { constructor() { this.x = 1; } } console.log(structuredClone(new Point()) instanceof Point, structuredClone([new Point(), new Date(5), /r/g])[1].getTime());
    for (const value of [Symbol('s'), () => 1, { f() {} }, [Symbol.iterator], new Proxy({}, {}), [new Proxy([], {})], new WeakMap()]) try { structuredClone(value); console.log('cloned'); } catch (error) { console.log(error.name); }`;
  const expected = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  const guest = script(program);
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  assert.equal(guest.stdout.trimEnd(), expected.trimEnd());
});
