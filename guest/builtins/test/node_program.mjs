// Node's smaller modules, in holm and in Node alike: run by both, with equal output.

import assert from 'node:assert';
import strict from 'node:assert/strict';
import { Buffer, isUtf8, isAscii } from 'node:buffer';
import os from 'node:os';
import qs from 'node:querystring';
import url from 'node:url';
import util from 'node:util';

const say = (...values) => console.log(...values);
const tries = (...calls) => {
  for (const call of calls) {
    try {
      say('no error', call());
    } catch (error) {
      say(error.name, error.code, error.message);
    }
  }
};

// util
say(await util.promisify((a, b, done) => done(null, a + b))(1, 2));
await util.promisify((done) => done(new Error('no')))().catch((error) => say(error.message));
const custom = (done) => done(); custom[util.promisify.custom] = () => 'custom';
say(util.promisify(custom)(), util.promisify.custom, await util.promisify(setTimeout)(1, 'x').catch((e) => e.message) === undefined);
await new Promise((resolve) => util.callbackify(async (a) => a * 2)(21, (error, value) => { say(error, value); resolve(); }));
await new Promise((resolve) => util.callbackify(async () => { throw null; })((error) => { say(error.code, error.reason); resolve(); }));
tries(() => util.promisify(1), () => util.callbackify({}));
const old = util.deprecate((a) => a + 1, 'do not', 'DEP_TEST');
say(old.name.length >= 0, typeof old);
const equal = (a, b) => say(util.isDeepStrictEqual(a, b));
equal({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }); equal({ a: 1 }, { a: 1, b: undefined }); equal([1, 2], [1, 2, 3]); equal(NaN, NaN); equal(0, -0); equal({}, []);
equal(new Map([[{ a: 1 }, 'x'], ['k', [1]]]), new Map([['k', [1]], [{ a: 1 }, 'x']])); equal(new Map([[1, 2]]), new Map([[1, 3]])); equal(new Set([{ a: 1 }, 1]), new Set([1, { a: 1 }]));
equal(new Set([1, 2]), new Set([1, 3])); equal(new Date(1), new Date(1)); equal(new Date(1), new Date(2)); equal(/a/g, /a/g); equal(/a/g, /a/i); equal(new Error('a'), new Error('a')); equal(new Error('a'), new Error('b'));
equal(new TypeError('a'), new Error('a')); equal(Buffer.from('a'), Buffer.from('a')); equal(Buffer.from('a'), new Uint8Array([97])); equal(Object(1), Object(1)); equal(Object(1), 1); equal([, 1], [undefined, 1]);
equal({ [Symbol.for('s')]: 1 }, { [Symbol.for('s')]: 1 }); equal({ [Symbol.for('s')]: 1 }, { [Symbol.for('s')]: 2 }); equal(Object.create(null), {}); equal(() => {}, () => {}); equal(new (class A {})(), new (class B {})());
const c1 = {}; c1.c = c1; const c2 = {}; c2.c = c2; equal(c1, c2); equal('a', Object('a')); equal(1n, 1n); equal(new Float32Array([NaN]), new Float32Array([NaN]));
for (const [name, value] of Object.entries({ map: new Map(), date: new Date(), promise: Promise.resolve(), proxy: new Proxy({}, {}), async: async () => {}, gen: (function* () {})(), bytes: new Uint8Array(1), boxed: Object(1), error: new Error(), plain: {} })) {
  say(name, ['isMap', 'isDate', 'isPromise', 'isProxy', 'isAsyncFunction', 'isGeneratorObject', 'isUint8Array', 'isTypedArray', 'isBoxedPrimitive', 'isNativeError', 'isArrayBufferView'].filter((test) => util.types[test](value)).join());
}
say(util.stripVTControlCharacters('\u001b[31mred\u001b[39m x'), util.inspect(util.styleText(['bold', 'red'], 'y')), util.toUSVString('a\ud800b').length, util.isArray([]));

// assert
tries(
  () => assert(true), () => assert.ok(0, 'message'), () => assert.equal(1, '1'), () => assert.equal(1, 2), () => assert.notEqual(1, '1'), () => assert.strictEqual(1, 2),
  () => assert.strictEqual(NaN, NaN), () => assert.strictEqual('a', 'b'), () => assert.notStrictEqual(1, 1), () => assert.deepEqual({ a: 1 }, { a: '1' }), () => assert.deepStrictEqual({ a: 1 }, { a: 1 }),
  () => assert.deepStrictEqual({ a: 1, b: 'x' }, { a: 2, b: 'x' }), () => assert.deepStrictEqual([1, 2, 3], [1, 2, 4]), () => assert.notDeepStrictEqual({ a: 1 }, { a: 1 }), () => assert.fail(), () => assert.fail('why'), () => assert.fail(new TypeError('own')),
  () => assert.ifError(null), () => assert.ifError(new Error('given')), () => assert.ifError('text'), () => assert.match('abc', /b/), () => assert.match('abc', /x/), () => assert.doesNotMatch('abc', /b/), () => assert.match(1, /x/),
  () => assert.throws(() => { throw new TypeError('bad thing'); }), () => assert.throws(() => {}), () => assert.throws(() => {}, 'a message'), () => assert.throws(() => { throw new TypeError('bad thing'); }, TypeError), () => assert.throws(() => { throw new TypeError('bad thing'); }, /thing/),
  () => assert.throws(() => { throw new TypeError('bad'); }, /other/), () => assert.throws(() => { throw new TypeError('bad'); }, { name: 'TypeError', message: 'bad' }), () => assert.throws(() => { throw new TypeError('bad'); }, { message: /ba/ }),
  () => assert.throws(() => { throw new TypeError('bad'); }, (error) => error.message === 'bad'), () => assert.throws('x'), () => assert.doesNotThrow(() => {}), () => assert.doesNotThrow(() => { throw new Error('x'); }), () => strict.equal(1, '1'), () => strict.deepEqual([1], ['1']),
  () => assert.strictEqual(undefined, null), () => assert.strict.equal(true, false), () => assert.throws(() => {}, RangeError), () => assert.throws(() => {}, RangeError, 'note'),
);
await assert.rejects(Promise.reject(new Error('r')), /r/);
await assert.rejects(async () => { throw new TypeError('t'); }, TypeError);
await assert.rejects(Promise.resolve(1)).catch((error) => say(error.name, error.message));
await assert.doesNotReject(Promise.resolve(1));
await assert.doesNotReject(Promise.reject(new Error('x'))).catch((error) => say(error.message));
await assert.rejects(1).catch((error) => say(error.code));
const failure = new assert.AssertionError({ actual: 1, expected: 2, operator: 'strictEqual' });
say(failure.name, failure.code, failure.actual, failure.expected, failure.operator, failure.generatedMessage, failure.message, failure instanceof Error, String(failure).split('\n')[0]);

// Buffer
const text = 'héllo wörld €😀';
for (const encoding of ['utf8', 'utf-8', 'UTF8', 'latin1', 'binary', 'ascii', 'hex', 'base64', 'base64url', 'utf16le', 'ucs2']) {
  const b = Buffer.from(encoding === 'hex' ? '00ff10zz' : encoding.startsWith('base64') ? 'aGk_aGk-' : text, encoding);
  say(encoding, b, b.toString(encoding), Buffer.byteLength(text, encoding));
}
for (const b64 of ['aGk=', 'aGk', 'aG k=', 'aGk=aGk=', 'a', 'aG', '!!aGk', '_-8=', '']) say(Buffer.from(b64, 'base64'));
for (const hex of ['abc', 'AbCd', 'xx', 'ab xx', '']) say(Buffer.from(hex, 'hex'));
say(Buffer.from([1, 256, -1, '3', 2.7]), Buffer.from(new Uint16Array([1, 300])), Buffer.from(new ArrayBuffer(3), 1), Buffer.from(Buffer.from('copy')), Buffer.from({ length: 2, 0: 5, 1: 6 }), Buffer.from(new String('boxed')), Buffer.from({ type: 'Buffer', data: [1, 2] }), Buffer.of(1, 2));
say(Buffer.alloc(3), Buffer.alloc(5, 'ab'), Buffer.alloc(3, 7), Buffer.alloc(4, 'YQ==', 'base64'), Buffer.allocUnsafe(2).length, Buffer.isBuffer(Buffer.alloc(1)), Buffer.isBuffer(new Uint8Array(1)), Buffer.isEncoding('hex'), Buffer.isEncoding('nope'));
say(Buffer.concat([Buffer.from('a'), new Uint8Array([98])]), Buffer.concat([Buffer.from('abc')], 2), Buffer.concat([Buffer.from('a')], 3), Buffer.concat([]), Buffer.compare(Buffer.from('a'), Buffer.from('b')), Buffer.compare(Buffer.from('ab'), Buffer.from('a')));
const b = Buffer.from('hello world');
say(b.toString('utf8', 2, 5), b.slice(1, 3).toString(), b.subarray(-3).toString(), b.toJSON().data.length, JSON.stringify(Buffer.from('a')), b.equals(Buffer.from('hello world')), b.compare(Buffer.from('hello')), b.indexOf('o'), b.indexOf('o', 5), b.lastIndexOf('o'), b.indexOf('zz'), b.includes('wor'), b.indexOf(111), b.indexOf(Buffer.from('ld')), b.indexOf('6c6c', 0, 'hex'), b.indexOf('o', -4), b.lastIndexOf('l', 4));
const shared = Buffer.from('shared'); shared.slice(0, 1)[0] = 83; say(shared.toString(), shared.length, shared.byteLength, shared.buffer instanceof ArrayBuffer);
const w = Buffer.alloc(10); say(w.write('hé'), w.write('xyz', 8), w.write('ff00', 3, 'hex'), w.write('abc', 5, 2), w.write('é', 9), w, w.fill('ab', 1, 5), w.fill(0), w.copy(w, 1), Buffer.from('abcd').copy(w, 2, 1, 3), w);
const n = Buffer.alloc(16);
say(n.writeUInt8(255, 0), n.writeInt16LE(-2, 1), n.writeUInt32BE(0xdeadbeef, 3), n.writeDoubleLE(1.5, 7), n, n.readUInt8(0), n.readInt16LE(1), n.readUInt32BE(3), n.readUInt32LE(3), n.readDoubleLE(7), n.readInt8(0), n.readUint8(0));
say(n.writeBigInt64LE(-5n, 0), n.readBigInt64LE(0), n.readBigUInt64LE(0), n.writeUIntBE(0x123456, 0, 3), n.readUIntBE(0, 3), n.readIntLE(0, 6), n.writeIntLE(-1000, 0, 6), n.readIntLE(0, 6), n.writeFloatBE(0.5, 0), n.readFloatBE(0));
tries(() => n.readUInt8(16), () => n.readUInt32LE(13), () => n.readUInt8(1.5), () => n.readUInt8('1'), () => n.writeUInt8(256, 0), () => n.writeInt8(-129, 0), () => Buffer.alloc(1).readUInt32LE(), () => Buffer.alloc('x'), () => Buffer.from(1), () => Buffer.from(null), () => Buffer.from('a', 'nope'), () => Buffer.concat('x'), () => b.readUIntLE(0, 7), () => b.toString('nope'), () => Buffer.byteLength(1));
say(Buffer.from([1, 2, 3, 4]).swap16(), Buffer.from([1, 2, 3, 4]).swap32(), [...Buffer.from('ab').entries()], Buffer.from('abc').map((x) => x + 1), Buffer.from('abc').filter((x) => x > 97) instanceof Buffer, isUtf8(Buffer.from([0xff])), isAscii(Buffer.from('a')));
say(Buffer.from('c3a9', 'hex').toString(), Buffer.from([0xff, 0x41, 0xc3]).toString(), Buffer.from('a\ud800b').toString('hex'), btoa('x'), util.inspect(Buffer.from('abc')), `${Buffer.from('interp')}`, Buffer.from('x') + 'y');

// querystring
say(qs.parse('a=1&b=2&a=3&c&d=&=e&f=%20+x&%66=y'), qs.parse('a:1;b:2', ';', ':'), qs.parse(''), qs.parse('a=%zz&b=%E9'), qs.parse('a=1&b=2&c=3', null, null, { maxKeys: 2 }));
say(qs.stringify({ a: 1, b: ['x', 'y z'], c: true, d: null, e: undefined, f: '', g: NaN, h: 10n, 'k k': 'é&=' }), qs.stringify({ a: 1, b: 2 }, ';', ':'), qs.stringify('x'), qs.escape('a b/é'), qs.unescape('a%20b%zz'));

// url
say(url.fileURLToPath('file:///a%20b/c.js'), url.fileURLToPath(new URL('file:///x')), url.pathToFileURL('/a b/c#d?e%f').href, url.pathToFileURL('/dir/').href, url.URL === URL, url.URLSearchParams === URLSearchParams);
tries(() => url.fileURLToPath('http://x/'), () => url.fileURLToPath('file://host/x'), () => url.fileURLToPath('file:///a%2Fb'), () => url.fileURLToPath(1), () => url.pathToFileURL(1));
const legacy = url.parse('https://user:pa%20ss@Example.com:8080/p/a?x=1&y=2#frag');
say(legacy.protocol, legacy.auth, legacy.host, legacy.port, legacy.hostname, legacy.pathname, legacy.search, legacy.query, legacy.hash, legacy.path, legacy.href);
say(url.parse('/just/path?q=1').pathname, url.parse('/just/path?q=1', true).query.q, url.parse('mailto:a@b.c').protocol, url.format({ protocol: 'https', host: 'h.com', pathname: 'p', query: { a: 1, b: [2, 3] }, hash: 'x' }), url.format(new URL('http://x/y?z')), url.format({ hostname: 'x', port: 1, protocol: 'http:' }));
say(url.resolve('http://a.com/b/c', '../d'), url.resolve('/one/two', 'three'), url.urlToHttpOptions(new URL('http://u:p@h:1/x?y#z')).auth);

// os
say(os.EOL, os.platform(), os.type(), os.endianness(), typeof os.cpus().length, typeof os.totalmem(), os.tmpdir(), os.constants.signals.SIGTERM, os.devNull);
