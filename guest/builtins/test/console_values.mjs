// Values that are shown by console.log, in holm and in Node alike. Run by both; each line of output must be
// the same. `show` separates the cases, so that a difference names its case.

import * as util from 'node:util';

let number = 0;
const show = (...values) => {
  console.log(`--- ${++number}`);
  console.log(...values);
};
const opt = (value, options) => {
  console.log(`--- ${++number}`);
  console.log(util.inspect(value, options));
};

// Primitives
show(1, -0, 0, NaN, Infinity, 1e21, 0.1, 123456789n, true, null, undefined, 'text', Symbol('a b'), Symbol(), Symbol.iterator);
show([1, -0, NaN, 1n, true, null, undefined, 'text', Symbol('x')]);
show({ a: 'it\'s', b: 'say "hi"', c: 'both \' and "', d: '` \' "', e: 'a\nb\t\\\u0000\u001b\x7f\x9f', f: '\ud83d', g: '😀', h: '${a} \' "' });
show(['\b\f\r\v', 'é', '日本語', '\u2028']);
show('%', '%%', '100%', '%s');
show('%s|%s|%s|%s|%s|%s', 'a', 1, -0, 1n, null, undefined);
show('%s %s %s', { a: 1 }, [1, [2, [3]]], () => {});
show('%s %s', new (class A { toString() { return 'mine'; } })(), new (class B {})());
show('%s', new (class extends Error { constructor() { super('m'); } toString() { return 'own'; } })());
show('%d|%d|%d|%d|%d', 1.5, '2.5', 3n, 'x', {});
show('%i|%i|%i|%f|%f|%f', 1.9, '2.9x', 'x', '1.5x', 'y', 2);
show('%j|%j|%j', { a: [1] }, 'x', undefined);
show('%o', { f: function named() {}, a: [1, 2] });
show('%o', [1, { b: 2 }]);
show('%O %O', { a: { b: { c: { d: 1 } } } }, 'x');
show('%c styled %c', 'color: red', 'x', 'rest');
show('%s');
show('%s %x %', 'a', 'b');
show('%%s %s', 'a', 'b');
show('a', 'b', { c: 'd' }, ['e']);
show(Symbol('s'), '%s', 1);
show('%s', Symbol('s'), '%d', Symbol('s'));
show('%d %i %f', Symbol('s'), Symbol('s'), Symbol('s'));
show('');
show();
const circularJson = {}; circularJson.me = circularJson;
show('%j', circularJson);

// Objects
show({}, [], { a: {} }, { a: [] }, [[]], [{}]);
show({ a: 1, 'b-c': 2, 3: 4, '': 5, 'ünï': 6, $d: 7, _e: 8, [Symbol('k')]: 9, __proto__: null });
show({ ['__proto__']: 1 });
show({ a: { b: { c: { d: {} } } } });
show({ a: { b: { c: { d: { e: 1 } } } } });
show({ a: [[[[1]]]] });
show({ a: [[[[]]]] });
show([[[[[1]]]], { a: { b: { c: {} } } }]);
show({ aaaaaaaaaaaaaaa: 'bbbbbbbbbbbbbbbbbbbbbb', ccccccccccccccccc: 'dddddddddddddddddddd', eeee: 1 });
show({ aaaaaaaaaaaaaaa: 'bbbbbbbbbbbbbbbbbbbbbb', ccccccccccccccccc: 'dddddddddddddddddddd', eeee: 12345 });
show({ a: { b: { c: 1 } }, d: { e: { f: 2 } } });
show({ a: { b: { c: 1, cc: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' } }, d: { e: { f: 2, ff: 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy' } } });
show({ text: 'x'.repeat(100) });
show({ text: 'line one is here and long enough\nline two is here and long enough too\nline three of the text\n' });
show(['line one is here and long enough\nline two is here and long enough too\nline three of the text\n']);
show({ nested: { text: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\nc' } });
show({ get a() { return 1; }, set b(v) {}, get c() { throw new Error('never'); }, set c(v) {} });
show(Object.create(null), Object.assign(Object.create(null), { a: 1 }));
show(Object.create({}), Object.create({ a: 1 }), Object.create(Object.create(null)), Object.create({ constructor: 1 }));
show([[[Object.assign(Object.create(null), { a: 1 })]]], [[[[Object.assign(Object.create(null), { a: 1 })]]]]);
class Foo { constructor() { this.a = 1; } }
class Bar extends Foo { constructor() { super(); this.b = 2; } get c() { return 3; } }
show(new Foo(), new Bar(), new (class {})(), [new Foo()], { x: new Bar() });
show([[[new Foo()]]], [[[[new Foo()]]]]);
show(Foo.prototype, Bar.prototype, Object.create(Foo.prototype));
class Tagged { get [Symbol.toStringTag]() { return 'tag'; } }
show(new Tagged(), { [Symbol.toStringTag]: 'own' }, Object.create({ [Symbol.toStringTag]: 'inherited' }));
class Same { get [Symbol.toStringTag]() { return 'Same'; } }
show(new Same());
class NullProto extends Map { }
show(new NullProto([[1, 2]]), new (class extends Set {})([1]), new (class extends Array {})(1, 2, 3), new (class extends Uint8Array {})(2));
show(Object.setPrototypeOf(new Map([[1, 2]]), null), Object.setPrototypeOf([1], null), Object.setPrototypeOf({ a: 1 }, null));
show(Object.setPrototypeOf(() => {}, null), Object.setPrototypeOf(new Date(0), null));

// Functions and classes
show(() => {}, function () {}, function named() {}, async () => {}, async function an() {}, function* gen() {}, async function* agen() {});
show(class {}, class A {}, class B extends Foo {}, class extends Foo {}, class extends null {}, class C extends Object {});
show({ f() {}, g: () => {}, h: class {} }, [function x() {}]);
show(Object.assign(function f() {}, { a: 1 }), Object.assign(() => {}, { b: { c: {} } }));
class WithStatic { static x = 1; static y() {} }
show(WithStatic, [WithStatic], { WithStatic });
show(Math.max, Array, Map, Promise.resolve, parseInt);
show(Math, JSON, Reflect);
show(Object.defineProperty(() => {}, 'name', { value: 'renamed' }));
show((function () { return arguments; })(1, 'a'), (function () { return arguments; })());

// Arrays
show([1, 2, 3], [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7]);
for (const n of [6, 7, 10, 16, 17, 26, 27, 50, 99, 100, 101, 150]) show(Array.from({ length: n }, (_, i) => i));
show(Array.from({ length: 30 }, (_, i) => i * 1000));
show(Array.from({ length: 30 }, (_, i) => -i / 3));
show(Array.from({ length: 30 }, (_, i) => BigInt(i) ** 5n));
show(Array.from({ length: 30 }, (_, i) => 'x'.repeat(i % 7)));
show(Array.from({ length: 30 }, (_, i) => 'word' + i));
show(Array.from({ length: 10 }, (_, i) => 'a rather long string number ' + i));
show(Array.from({ length: 8 }, (_, i) => ({ i })));
show(Array.from({ length: 8 }, (_, i) => ({ i, j: [i] })));
show(Array.from({ length: 12 }, (_, i) => [i, i + 1]));
show(Array.from({ length: 8 }, (_, i) => (i % 2 ? i : 'text' + i)));
show({ list: Array.from({ length: 40 }, (_, i) => i) });
show({ a: { list: Array.from({ length: 40 }, (_, i) => i * 7) } });
show([1, 2, 3, 4, 5, 6, 'a long string that makes the grouping different because of its length, really']);
show(['日本', '语言', 'abc', 'de', '한국어', 'x', 'yy', 'zzz']);
show([true, false, true, false, true, false, true, false, null, undefined]);
show([, 1], [1, , 2], [, , ,], [1, , , 4, , ,]);
show(Object.assign([1, 2, 3], { foo: 1, '-x': 2, [Symbol('s')]: 3 }));
show(Object.assign([], { foo: 1 }));
const sparse = []; sparse[1000] = 1;
show(sparse);
const hole200 = Array.from({ length: 200 }, (_, i) => i); delete hole200[3]; delete hole200[150];
show(hole200);
show(new Array(5), new Array(1));
show(Array.from({ length: 7 }, (_, i) => [[[i]]]));
show(Object.defineProperty([1, 2], 0, { get() { return 1; } }));
show([['a', 'b'], ['c', 'd']], [[1, 2, [3, 4, [5, [6]]]]]);
show([undefined, null, , NaN]);

// Collections
show(new Map(), new Set(), new WeakMap(), new WeakSet(), new Map([[1, 2]]), new Set([1, 'a', {}]));
show(new Map([['a', { b: 1 }], [{ c: 2 }, [3]], [Symbol('k'), new Map([[1, new Set([2])]])]]));
show(new Map(Array.from({ length: 20 }, (_, i) => ['key' + i, i])));
show(new Set(Array.from({ length: 120 }, (_, i) => i)));
show(new Map(Array.from({ length: 105 }, (_, i) => [i, i])));
show(Object.assign(new Map([[1, 2]]), { extra: true }), Object.assign(new Set([1]), { extra: true }));
show({ a: { b: { c: new Map([[1, 2]]), d: new Set([1]) } } });
show([[[new Map([[{ a: 1 }, 1]])]]]);
show(new Map([[1, 2]]).entries(), new Map([[1, 2]]).keys(), new Map([[1, 2]]).values(), new Set([5]).values(), new Set([5]).entries());
show(new Map().entries(), new Set().values(), [1, 2][Symbol.iterator](), 'ab'[Symbol.iterator](), 'a'.matchAll(/a/g));
const moved = new Map([[1, 2], [3, 4]]).entries(); moved.next();
show(moved);
show((function* () {})(), (async function* () {})());

// Binary data
show(new Uint8Array(), new Uint8Array(3), new Int16Array([1, -2]), new Float32Array([0.5, -0]), new Float64Array([1.1, NaN]), new BigInt64Array([1n]), new Uint8ClampedArray([300]));
show(new Uint8Array(200), new Float64Array(30).map((_, i) => i / 7));
show(new ArrayBuffer(4), new ArrayBuffer(0), new ArrayBuffer(60), new DataView(new ArrayBuffer(2)));
show(new Uint8Array([1, 2, 3]).buffer, { a: new ArrayBuffer(2) });
show({ a: { b: { c: new Uint8Array(3), d: new ArrayBuffer(2) } } });
show(Object.assign(new Uint8Array(2), { extra: 1 }));
show(Buffer.from('hello'), Buffer.alloc(60), [Buffer.from('a')], { b: Buffer.from('') });

// Others
show(new Date(0), new Date(NaN), [new Date(86400000)], Object.assign(new Date(0), { a: 1 }), new (class D2 extends Date {})(0));
show(/a/g, /[/]\n/u, Object.assign(/x/, { a: 1 }), [/b/], new (class R2 extends RegExp {})('q'));
show(new Number(1), new Number(-0), new String('abc'), new Boolean(false), Object(1n), Object(Symbol('q')));
show(Object.assign(new String('abc'), { x: 1 }), Object.assign(new Number(3), { y: 2 }), [new String('x')], new (class S2 extends String {})('z'));
show(Promise.resolve(1), Promise.resolve({ a: { b: { c: 1 } } }), new Promise(() => {}), Promise.resolve(), (async () => 'x')());
const rejected = Promise.reject(3); rejected.catch(() => {});
show(rejected);
show(Object.assign(Promise.resolve(4), { extra: 1 }), new (class P2 extends Promise {})(() => {}));
show(new Proxy({ a: 1 }, { get() { throw new Error('trap'); }, ownKeys() { throw new Error('trap'); } }), new Proxy([1, 2], {}), new Proxy(function f() {}, {}), new Proxy(class K {}, {}), new Proxy(new Proxy({ b: 2 }, {}), {}));
opt(new Proxy({ a: 1 }, { get: undefined }), { showProxy: true });
opt([[[new Proxy({ a: 1 }, {})]]], { showProxy: true });
show(new WeakRef({}));
show(globalThis.undefinedThing);
show(util.types.isModuleNamespaceObject(util));
show(new URLSearchParams('a=1&b=2').get('a'));

// Cycles
const cycle = { name: 'c' }; cycle.self = cycle; cycle.deep = { up: cycle, list: [cycle] };
show(cycle, [cycle]);
const a1 = {}; const b1 = { a1 }; a1.b1 = b1;
show(a1, b1);
const list = [1]; list.push(list);
show(list);
const map = new Map(); map.set('self', map); map.set(map, 1);
show(map);
const set = new Set(); set.add(set);
show(set);
const shared = { s: 1 };
show({ x: shared, y: shared, z: [shared, shared] });
const fn = function f() {}; fn.self = fn;
show(fn);
class Node2 { constructor(parent) { this.parent = parent; this.children = []; } }
const root = new Node2(null); root.children.push(new Node2(root), new Node2(root));
show(root);

// Errors: stacks are cut by whoever compares
const noStack = (error) => { error.stack = undefined; return error; };
const plain = (error) => { Object.defineProperty(error, 'stack', { value: `${error.name}: ${error.message}`, configurable: true, writable: true }); return error; };
show(plain(new Error('one')), [plain(new TypeError('two'))], { e: plain(new RangeError('three')) });
show(plain(Object.assign(new Error('with'), { code: 'E_CODE', detail: { a: 1 } })));
show(plain(new Error('outer', { cause: plain(new TypeError('inner', { cause: 'deep' })) })));
show(plain(new Error('cause undefined', { cause: undefined })));
show(plain(new AggregateError([plain(new Error('a')), plain(new Error('b'))], 'many')));
class MyError extends Error {}
class NamedError extends Error { constructor(m) { super(m); this.name = 'NamedError'; } }
class Odd extends Error { get name() { return 'Weird'; } }
show(plain(new MyError('mine')), plain(new NamedError('named')), plain(new Odd('odd')));
show(plain(Object.assign(new Error('renamed'), { name: 'Other' })));
show(plain(new Error('')), plain(new Error('multi\nline')));
show({ a: { b: { c: plain(new Error('deep')) } } });
show(plain(Object.assign(new Error('own message'), { message: 'changed later' })));
show(noStack(new Error('no stack')));
show(new Error('real').stack.split('\n')[0], new MyError('sub').stack.split('\n')[0], (() => { try { null.x; } catch (e) { return e.name; } })());
const err = plain(new Error('x')); err.self = err;
show(err);
show([[[[plain(new Error('deep array'))]]]]);
show(plain(Object.setPrototypeOf(new Error('np'), null) && new Error('np')));
show(Object.create(Error.prototype));
show(plain(new DOMException('aborted', 'AbortError')).name, new DOMException('m', 'DataCloneError').code);

// Custom
const custom = Symbol.for('nodejs.util.inspect.custom');
show({ [custom]: () => 'CUSTOM' }, [{ [custom]: () => 'CUSTOM' }], { a: { [custom]: () => ({ b: 1 }) } });
show({ a: { [custom](depth, options, inspect) { return `depth ${depth} ${options.depth} ${typeof inspect} ${inspect === util.inspect}`; } } });
show({ a: { [custom]: () => 'two\nlines' } });
show({ [custom]() { return this; }, b: 1 });
opt({ [custom]: () => 'CUSTOM', a: 1 }, { customInspect: false });
opt({ inspect() { return 'no'; } });

// Options
const sample = { a: { b: { c: { d: { e: 1 } } } }, list: [1, 2, 3], text: 'x'.repeat(30), map: new Map([[{ k: 1 }, 2]]) };
for (const depth of [0, 1, 2, 3, null, Infinity]) opt(sample, { depth });
for (const compact of [true, false, 0, 1, 2, 3, 5]) opt(sample, { compact });
for (const breakLength of [20, 40, 60, 80, 120, Infinity]) opt(sample, { breakLength });
opt(sample, { colors: true });
opt({ n: 1, b: true, u: undefined, l: null, s: 'x', y: Symbol('q'), d: new Date(0), r: /x/, f() {}, g: 1n, [Symbol('k')]: 1, 'k-k': 2, a: [, 1] }, { colors: true });
opt({ b: 1, a: 2, c: { z: 1, y: 2 } }, { sorted: true });
opt({ b: 1, a: 2 }, { sorted: (x, y) => (x < y ? 1 : -1) });
opt({ get a() { return 1; }, get o() { return { x: 1 }; }, set s(v) {}, get t() { throw new Error('oops'); }, get n() { return null; } }, { getters: true });
opt({ get a() { return 1; }, get b() { return 2; }, set b(v) {} }, { getters: 'get' });
opt({ get a() { return 1; }, get b() { return 2; }, set b(v) {} }, { getters: 'set' });
opt({ a: 123456789, b: -1234.5678, c: 123456789n, d: 999 }, { numericSeparator: true });
opt(Array.from({ length: 10 }, (_, i) => i), { maxArrayLength: 3 });
opt(Array.from({ length: 10 }, (_, i) => i), { maxArrayLength: 0 });
opt(new Set([1, 2, 3]), { maxArrayLength: 1 });
opt(new Map([[1, 2], [3, 4]]), { maxArrayLength: 1 });
opt(Array.from({ length: 300 }, (_, i) => i), { maxArrayLength: null });
opt('x'.repeat(20), { maxStringLength: 5 });
opt({ a: 'xyz' }, { maxStringLength: 2 });
opt(new Uint8Array(10), { maxArrayLength: 2 });
opt([1, 2], { showHidden: true });
opt({ a: 1, [Symbol('x')]: 2 }, { showHidden: true });
opt(Object.defineProperty({ a: 1 }, 'hidden', { value: 2 }), { showHidden: true });
opt(new Map([[1, 2]]), { showHidden: true });
opt('top level string');
opt([['nested']], { depth: -1 });
opt({ a: 1 }, { depth: -1 });
console.log('--- legacy arguments');
console.log(util.inspect({ a: { b: { c: {} } } }, false, 0, false), util.inspect({ a: { b: 1 } }, false, null, true));

// Other methods of console
console.group('group');
console.log('inside\ntwo lines', { a: 1 });
console.group();
console.info('deeper');
console.groupEnd();
console.groupEnd();
console.groupEnd();
console.debug('debug');
console.count();
console.count('x');
console.count();
console.countReset();
console.count();
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
console.dir({ a: { b: { c: { d: 1 } } } });
console.dir({ [custom]: () => 'CUSTOM' });
console.dirxml({ a: 1 }, [2]);
console.table([{ a: 1, b: 'x' }, { a: 2, c: true }]);
console.table([{ a: 1, b: 'x' }, { a: 2, c: true }], ['b']);
console.table([[1, 2], [3, 4]]);
console.table({ r1: { c: 1 }, r2: { c: 2 } });
console.table([1, 'two', null, { x: { y: 1 } }]);
console.table(new Map([['a', 1], ['b', { c: 2 }]]));
console.table(new Set([1, 'x']));
console.table('not tabular');
console.table(null);
console.table([]);
console.table([{ o: { a: 1, b: 2, c: 3 }, l: [1, 2, 3, 4] }]);
console.table(['日本', 'x']);
console.log(util.format('%s', 'a'), util.format('a', 'b', 3), util.format(1, 2), util.format('%s %s', 'only'));
console.log(util.format('%s', class A {}), util.format('%s', function f() {}), util.format('%s', new Date(0)), util.format('%s', new Error('e').message));
console.log(util.format('%s', [1, 'a', { b: 1 }]), util.format('%s', new Map([[1, 2]])), util.format('%s', Object.create(null)));
console.log(util.format('%d', '0x10'), util.format('%d', -0), util.format('%i', -0.5), util.format('%f', -0));
