// Node's smaller modules say what Node's say.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { script } from './engine.mjs';
import { fixture } from './fixtures.mjs';

/** Runs a fixture in Node and in the guest, and compares line by line. */
function asInNode(name) {
  const file = fixture(name);
  const env = { ...process.env, TMPDIR: '/tmp' };
  const expected = execFileSync(process.execPath, ['--no-warnings', '--no-deprecation', file], { encoding: 'utf8', env }).split('\n');
  const guest = script(readFileSync(file, 'utf8'));
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  const found = guest.stdout.split('\n');
  const wrong = expected.flatMap((line, at) => (line === found[at] ? [] : [`Node: ${line}\nholm: ${found[at]}`]));
  assert.equal(wrong.join('\n\n'), '');
}

test('util, assert, buffer, querystring, url and os behave as in Node', () => asInNode('node/modules.mjs'));

test('zlib behaves as in Node, errors too', () => asInNode('node/zlib.mjs'));

test('performance has a clock, marks and measures', () => {
  const guest = script(`const { performance: p } = globalThis; console.log(p.now() === performance.now(), typeof p.timeOrigin, p instanceof EventTarget, String(p), Object.keys(p.toJSON()));
    p.mark('a'); await new Promise((r) => setTimeout(r, 10)); p.mark('b', { detail: { x: 1 } }); const m = p.measure('m', 'a', 'b'); console.log(m.duration, m.startTime, m.entryType, m instanceof PerformanceMeasure, p.measure('n', { start: 2, duration: 3 }).duration);
    console.log(p.getEntries().map((e) => e.name).join(), p.getEntriesByType('mark').length, p.getEntriesByName('b')[0].detail, p.mark('c') instanceof PerformanceMark); p.clearMarks('a'); p.clearMeasures(); console.log(p.getEntries().map((e) => e.name).join());
    try { p.measure('x', 'nope') } catch (e) { console.log(e.name, e.message) } try { new Performance() } catch (e) { console.log(e.name) } for (let i = 0; i < 5000; i++) p.mark('many'); console.log(p.getEntries().length, JSON.stringify(p.mark('j', { startTime: 5 })));`);
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), [
    "true number true [object Performance] [ 'timeOrigin' ]", '10 0 measure true 3', 'a,m,n,b 2 { x: 1 } true', 'b,c',
    'SyntaxError The "nope" performance mark has not been set', 'TypeError', '1000 {"name":"j","entryType":"mark","startTime":5,"duration":0,"detail":null}',
  ]);
});

test('every global class has its own name', () => {
  const guest = script(`for (const name of Object.getOwnPropertyNames(globalThis)) { const value = globalThis[name]; if (typeof value === 'function' && value.name !== name) console.log(name, value.name) }`);
  assert.equal(guest.stdout, '');
});

test('a module that needs processes or sockets can be imported, and using it says why it cannot work', () => {
  const guest = script(`import { spawn } from 'node:child_process'; import net, { isIP } from 'net'; import { isMainThread, Worker } from 'node:worker_threads';
    console.log(typeof spawn, isMainThread, isIP('::1'), isIP('1.2.3.4'), isIP('1.2.3'));
    for (const use of [() => spawn('ls'), () => net.connect(80), () => new Worker('x')]) try { use() } catch (e) { console.log(e.code, e.message.slice(0, 74).trimEnd()) }`);
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), [
    'function true 6 4 0',
    "ERR_HOLM_UNSUPPORTED node:child_process cannot work in holm's wasm backend: spawn was used. A f",
    "ERR_HOLM_UNSUPPORTED node:net cannot work in holm's wasm backend: connect was used. A function",
    "ERR_HOLM_UNSUPPORTED node:worker_threads cannot work in holm's wasm backend: Worker was used. A",
  ]);
});

test('AsyncLocalStorage holds across await, timers, ticks, promises and events', () => {
  const guest = script(`import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'; import { EventEmitterAsyncResource } from 'node:events';
    const als = new AsyncLocalStorage(); let emitter, resource, later;
    als.run('a', async () => { emitter = new EventEmitterAsyncResource(); resource = new AsyncResource('R'); later = new Promise((r) => setTimeout(r, 5));
      setTimeout(() => console.log('timer', als.getStore()), 1); setImmediate(() => console.log('immediate', als.getStore()));
      process.nextTick(() => console.log('tick', als.getStore())); Promise.resolve().then(() => console.log('then', als.getStore())); queueMicrotask(() => console.log('microtask', als.getStore()));
      await 1; await null; console.log('await', als.getStore()); });
    als.run('b', () => later.then(() => console.log('reaction', als.getStore())));
    console.log(als.getStore()); await later; console.log(als.getStore()); emitter.on('x', () => console.log('event', als.getStore())); emitter.emit('x');
    console.log(resource.runInAsyncScope(() => als.getStore()));`);
  assert.deepEqual(guest.stdout.trimEnd().split('\n').sort(), [
    'a', 'await a', 'event a', 'immediate a', 'microtask a', 'reaction b', 'then a', 'tick a', 'timer a', 'undefined', 'undefined',
  ]);
});

test('syncBuiltinESMExports gives imported names their present values', () => {
  const guest = script(`import fs, { readFileSync, writeFileSync } from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
    fs.readFileSync = () => 'mine'; delete fs.writeFileSync; fs.more = 1; console.log(typeof writeFileSync); syncBuiltinESMExports();
    console.log(readFileSync(), typeof writeFileSync, 'more' in (await import('node:fs')));`);
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), ['function', 'mine undefined false']);
});

test('streams have their own names', () => {
  const guest = script(`import stream from 'node:stream'; for (const name of ['Readable', 'Writable', 'Duplex', 'Transform', 'PassThrough', 'Stream']) console.log(stream[name].name === name);`);
  assert.equal(guest.stdout, 'true\n'.repeat(6));
});

test('sockets can be made and extended, and refuse what would use them', () => {
  const guest = script(`import net from 'node:net'; import tls from 'node:tls'; import { PassThrough } from 'node:stream';
    const wrapped = new tls.TLSSocket(new PassThrough())._handle._parentWrap; class Mine extends net.Socket {}
    for (const use of [() => new Mine().connect(80), () => new wrapped.constructor()]) try { use() } catch (error) { console.log(error.code, error.message.slice(0, 70)) }
    new Mine().on('error', (error) => console.log('write', error.code)).write('x'); new Mine().on('error', (error) => console.log('read', error.code)).resume();`);
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), [
    "ERR_HOLM_UNSUPPORTED node:net cannot work in holm's wasm backend: Socket.connect was used. ",
    "ERR_HOLM_UNSUPPORTED node:tls cannot work in holm's wasm backend: JSStreamSocket was used. ",
    'write ERR_HOLM_UNSUPPORTED', 'read ERR_HOLM_UNSUPPORTED',
  ]);
});

test('vm runs scripts in this global scope and in contexts of their own', () => {
  const guest = script(`import vm from 'node:vm'; const c = vm.createContext({ a: 1 });
    console.log(vm.runInContext('var b = a + 1; c = 3; function f() { return b } f()', c), c.b, c.c, typeof c.f, typeof b);
    console.log(vm.isContext(c), vm.runInThisContext('globalThis') === globalThis, vm.runInNewContext('typeof process + Array.isArray(list)', { list: [] }));
    for (const text of ['nothing', '1 +']) try { vm.runInContext(text, c) } catch (e) { console.log(e.name) }`);
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), ['2 2 3 function undefined', 'true true undefinedtrue', 'ReferenceError', 'SyntaxError']);
});

test('vm has timeouts, jobs of a context, and contexts as in Node', () => asInNode('node/vm.mjs'));

test('v8 gives back what it was given', () => {
  const guest = script(`import v8 from 'node:v8'; import assert from 'node:assert'; const o = { a: [1, , 'é\\ud800'], m: new Map([[{ k: 1 }, new Set([1n])]]), d: new Date(5), r: /x/gi, b: Buffer.from('hi'), f: Float32Array.of(1.5), n: null, u: undefined, nan: NaN }; o.self = o;
    const back = v8.deserialize(v8.serialize(o)); assert.deepStrictEqual(back, o); console.log(back.self === back, 1 in back.a);
    for (const bytes of [Buffer.alloc(0), Buffer.from('nonsense'), v8.serialize([1, 2, 3]).subarray(0, 6)]) try { v8.deserialize(bytes) } catch (e) { console.log(e.message) } try { v8.serialize(() => {}) } catch (e) { console.log(e.name) }`);
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), ['true false', ...Array(2).fill('Unable to deserialize cloned data due to invalid or unsupported version.'), 'Unable to deserialize cloned data.', 'Error']);
});

test('v8 writes the bytes that Node writes', () => {
  const source = `const shared = { z: 1 }; const error = new RangeError('r', { cause: 1 }); error.stack = 's';
    const values = [undefined, null, true, 1, -1, 2147483648, -0, NaN, 10n, -123456789012345678901234567890n, 'abc', 'é', '中文', [1, , 3], [1, 2], Object.assign([1], { x: 2 }),
      { a: 1, 2: 3, b: { c: [] } }, new Date(5), /a\\/b/giu, new Map([[1, { a: 2 }]]), new Set(['x']), Uint8Array.of(1, 2), Buffer.from('hi'), new DataView(new ArrayBuffer(3)), Float64Array.of(1.5),
      new ArrayBuffer(4), Object('s'), Object(1n), Object(false), Object(2.5), error, [shared, shared], new BigInt64Array(2), { 中: 'aé' }];
    for (const value of values) console.log(v8.serialize(value).toString('hex'));
    const s = new v8.Serializer(); s.writeHeader(); s.writeValue({ v: Uint16Array.of(1, 2), w: new Uint8Array(new ArrayBuffer(4), 1, 2) }); s.writeUint64(5, 6); s.writeDouble(2); s.writeUint32(300);
    const bytes = s.releaseBuffer(); console.log(bytes.toString('hex')); const d = new v8.Deserializer(bytes); d.readHeader(); console.log(d.readValue(), d.readUint64(), d.readDouble(), d.readUint32());`;
  const expected = execFileSync(process.execPath, ['--input-type=module', '-e', `import v8 from 'node:v8'; ${source}`], { encoding: 'utf8' });
  assert.equal(script(`import v8 from 'node:v8'; ${source}`).stdout, expected);
});

test('files are read and written as streams', () => {
  const guest = script(`import fs from 'node:fs'; console.log(typeof fs.createReadStream, typeof fs.createWriteStream);
    fs.createReadStream('/nowhere').on('error', (e) => console.log(e.code)); fs.createWriteStream('/nowhere').on('error', (e) => console.log(e.code))`);
  assert.equal(guest.stdout, 'function function\nENOENT\nENOENT\n');
});
