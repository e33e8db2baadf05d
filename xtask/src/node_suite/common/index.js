'use strict';
// What Node's tests need of their `common` module, for programs in holm: calls that are counted, errors that
// are compared, and what kind of machine this is. Written for holm; nothing here is Node's.

// Some tests take the global one away.
const { process } = globalThis;
const assert = require('assert');
const { inspect } = require('util');

const expectations = [];

function checkCalls(code) {
  if (code !== 0) return;
  const missed = expectations.filter(({ calls, enough }) => !enough(calls));
  for (const { name, calls, wanted, stack } of missed) {
    console.error(`Mismatched call count of ${name || 'a function'}: expected ${wanted}, actual ${calls}\n${stack}`);
  }
  if (missed.length > 0) process.exit(1);
}

function counted(fn, wanted, enough) {
  const call = typeof fn === 'function' ? fn : () => {};
  if (expectations.length === 0) process.on('exit', checkCalls);
  const entry = { name: call.name, calls: 0, wanted, enough, stack: new Error().stack };
  expectations.push(entry);
  function wrapper(...args) {
    entry.calls++;
    return new.target ? Reflect.construct(call, args) : call.apply(this, args);
  }
  Object.defineProperty(wrapper, 'name', { value: call.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: call.length, configurable: true });
  return wrapper;
}

function mustCall(fn, times = 1) {
  if (typeof fn === 'number') [fn, times] = [undefined, fn];
  return counted(fn, `exactly ${times}`, (calls) => calls === times);
}

function mustCallAtLeast(fn, times = 1) {
  if (typeof fn === 'number') [fn, times] = [undefined, fn];
  return counted(fn, `at least ${times}`, (calls) => calls >= times);
}

function mustSucceed(fn, times) {
  return mustCall(function(error, ...args) {
    assert.ifError(error);
    if (typeof fn === 'function') return fn.apply(this, args);
  }, times);
}

function mustNotCall(message) {
  const place = new Error().stack;
  return function mustNotCall(...args) {
    const shown = args.length > 0 ? ` with ${args.map((arg) => inspect(arg)).join(', ')}` : '';
    assert.fail(`${message || 'function should not have been called'}${shown}\n${place}`);
  };
}

/** A view of an object through which nothing can be changed. */
const views = new WeakMap();
function mustNotMutateObjectDeep(original) {
  if (original === null || typeof original !== 'object') return original;
  let view = views.get(original);
  if (view === undefined) {
    const refuse = (what) => (_target, key) => assert.fail(`Expected no side effects, got ${String(key)} ${what}`);
    view = new Proxy(original, {
      get: (target, key, receiver) => mustNotMutateObjectDeep(Reflect.get(target, key, receiver)),
      set: refuse('assigned'),
      defineProperty: refuse('defined'),
      deleteProperty: refuse('deleted'),
      preventExtensions: refuse('made final'),
      setPrototypeOf: refuse('as prototype'),
    });
    views.set(original, view);
  }
  return view;
}

/** A function that checks the error it is given against these properties, as often as `times` says. */
function expectsError(wanted, times) {
  return mustCall((...args) => {
    assert.strictEqual(args.length, 1, `Expected one argument, got ${inspect(args)}`);
    const error = args[0];
    assert.ok(!Object.prototype.propertyIsEnumerable.call(error, 'message'));
    assert.throws(() => { throw error; }, wanted);
    return true;
  }, times);
}

/** expectWarning(name, message or list, code), or an object of them by name. */
function expectWarning(nameOrMap, expected, code) {
  const byName = {};
  const list = (value, theCode) => {
    if (typeof value === 'string' || value instanceof RegExp) return [[value, theCode]];
    if (!Array.isArray(value)) return Object.entries(value).map(([name, message]) => [message, name]);
    return value.length > 0 && !Array.isArray(value[0]) ? [value] : [...value];
  };
  if (typeof nameOrMap === 'string') {
    // Also { code: message }.
    const byCode = typeof expected === 'object' && !Array.isArray(expected) && !(expected instanceof RegExp);
    byName[nameOrMap] = byCode ? Object.entries(expected).map(([theCode, message]) => [message, theCode]) : list(expected, code);
  }
  else for (const [name, value] of Object.entries(nameOrMap)) byName[name] = list(value);
  const total = Object.values(byName).reduce((sum, { length }) => sum + length, 0);
  process.on('warning', mustCall((warning) => {
    const next = byName[warning.name]?.shift();
    assert.ok(next, `Unexpected warning ${warning.name}: ${warning.message}`);
    const [message, theCode] = next;
    if (message instanceof RegExp) assert.match(warning.message, message);
    else assert.strictEqual(warning.message, message);
    assert.strictEqual(warning.code, theCode);
  }, total));
}

/** How Node's messages end that name what an argument was. */
function invalidArgTypeHelper(input) {
  if (input === null || input === undefined) return ` Received ${input}`;
  if (typeof input === 'function') return ` Received function ${input.name}`;
  if (typeof input === 'object') {
    const name = input.constructor?.name;
    return name ? ` Received an instance of ${name}` : ` Received ${inspect(input, { depth: -1 })}`;
  }
  const shown = inspect(input, { colors: false });
  return ` Received type ${typeof input} (${shown.length > 28 ? `${shown.slice(0, 25)}...` : shown})`;
}

const VIEWS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
               BigInt64Array, BigUint64Array, Float32Array, Float64Array, DataView];

function getArrayBufferViews(buffer) {
  const { buffer: memory, byteOffset, byteLength } = buffer;
  return VIEWS.filter(({ BYTES_PER_ELEMENT = 1 }) => byteLength % BYTES_PER_ELEMENT === 0)
    .map((View) => new View(memory, byteOffset, byteLength / (View.BYTES_PER_ELEMENT ?? 1)));
}

function runWithInvalidFD(use) {
  return use(1 << 30);
}

function printSkipMessage(reason) {
  console.log(`1..0 # Skipped: ${reason}`);
}

function skip(reason) {
  printSkipMessage(reason);
  process.exit(0);
}

const has = (name) => {
  try {
    return require('module').isBuiltin(name);
  } catch {
    return false;
  }
};

module.exports = {
  allowGlobals() {},
  canCreateSymLink: () => true,
  expectWarning,
  expectsError,
  getArrayBufferViews,
  getBufferSources: (buffer) => [...getArrayBufferViews(buffer), new Uint8Array(buffer).buffer],
  getTTYfd: () => -1,
  hasCrypto: has('crypto'),
  hasFullICU: false,
  hasIPv6: false,
  hasInspector: false,
  hasIntl: typeof Intl === 'object',
  hasOpenSSL: () => false,
  hasQuic: false,
  hasSQLite: false,
  enoughTestMem: false,
  invalidArgTypeHelper,
  isAIX: false,
  isASan: false,
  isDebug: false,
  isFreeBSD: false,
  isIBMi: false,
  isLinux: process.platform === 'linux',
  isMacOS: false,
  isMainThread: true,
  isOpenBSD: false,
  isPi: () => false,
  isSunOS: false,
  isWindows: false,
  localhostIPv4: '127.0.0.1',
  mustCall,
  mustCallAtLeast,
  mustNotCall,
  mustNotMutateObjectDeep,
  mustSucceed,
  platformTimeout: (ms) => ms,
  printSkipMessage,
  PORT: 12346,
  runWithInvalidFD,
  skip,
  skipIf32Bits: () => skip('The tested feature is not available in 32bit builds'),
  skipIfEslintMissing: () => skip('ESLint is not here'),
  skipIfInspectorDisabled: () => skip('There is no inspector'),
  skipIfSQLiteMissing: () => skip('There is no SQLite'),
};
