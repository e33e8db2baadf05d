'use strict';
// As much of `node:test` as tests of other modules use: tests and suites in order, hooks, skips, and mocks of
// functions and methods. A test that fails ends the program with 1.

const assert = require('assert');

const root = { name: '', hooks: hooksOf(), parent: undefined, entries: [] };
let current = root;
let running = false;
let failed = false;

function hooksOf() {
  return { before: [], after: [], beforeEach: [], afterEach: [] };
}

function parse(args) {
  const fn = args.find((arg) => typeof arg === 'function');
  const options = args.find((arg) => typeof arg === 'object' && arg !== null) ?? {};
  const name = typeof args[0] === 'string' ? args[0] : (fn?.name ?? '');
  return { fn: fn ?? (() => {}), options, name };
}

function add(kind, args, forced) {
  const entry = { kind, ...parse(args) };
  entry.skipped = forced || entry.options.skip || entry.options.todo;
  const promise = new Promise((resolve) => { entry.done = resolve; });
  current.entries.push(entry);
  if (!running) {
    running = true;
    // A promise job: after the text of the test's module that is not asynchronous.
    setImmediate(() => runSuite(root).then(() => { if (failed) process.exit(1); }));
  }
  return promise;
}

async function runSuite(suite) {
  for (const hook of suite.hooks.before) await hook();
  // More may be added while it runs: after an await of the module.
  for (let at = 0; at < suite.entries.length; at++) {
    const entry = suite.entries[at];
    if (!entry.skipped) await (entry.kind === 'suite' ? runInner(entry, suite) : runTest(entry, suite));
    entry.done();
  }
  for (const hook of suite.hooks.after) await hook();
}

async function runInner(entry, parent) {
  const suite = { name: entry.name, hooks: hooksOf(), parent, entries: [] };
  const before = current;
  current = suite;
  try {
    await entry.fn({ name: entry.name });
  } catch (error) {
    report(entry, error);
  }
  current = before;
  await runSuite(suite);
}

function chain(suite, kind) {
  const list = suite.parent === undefined ? [] : chain(suite.parent, kind);
  return kind === 'beforeEach' ? [...list, ...suite.hooks[kind]] : [...suite.hooks[kind], ...list];
}

async function runTest(entry, suite) {
  const context = contextOf(entry);
  try {
    for (const hook of chain(suite, 'beforeEach')) await hook(context);
    if (entry.fn.length > 1) {
      await new Promise((resolve, reject) => entry.fn(context, (error) => (error ? reject(error) : resolve())));
    } else {
      await entry.fn(context);
    }
    for (const hook of context.hooks.after) await hook(context);
    for (const hook of chain(suite, 'afterEach')) await hook(context);
    context.finish();
  } catch (error) {
    if (error !== SKIP) report(entry, error);
  }
  mock.restoreAll();
}

function report(entry, error) {
  failed = true;
  console.error(`not ok: ${entry.name}`, error);
}

const SKIP = Symbol('skip');

function contextOf(entry) {
  let planned;
  let asserted = 0;
  const counting = Object.fromEntries(Object.entries(assert).filter(([, value]) => typeof value === 'function')
    .map(([name, check]) => [name, (...args) => { asserted++; return check(...args); }]));
  const hooks = hooksOf();
  const context = {
    name: entry.name,
    hooks,
    mock,
    signal: new AbortController().signal,
    assert: Object.assign((...args) => { asserted++; assert.ok(...args); }, counting),
    diagnostic() {},
    plan(count) { planned = count; },
    skip() {},
    todo() {},
    before: (hook) => hook(),
    after: (hook) => hooks.after.push(hook),
    beforeEach: (hook) => hooks.beforeEach.push(hook),
    afterEach: (hook) => hooks.afterEach.push(hook),
    async test(...args) {
      const inner = { kind: 'test', ...parse(args) };
      if (inner.options.skip || inner.options.todo) return;
      if (planned !== undefined) asserted++;
      for (const hook of hooks.beforeEach) await hook(context);
      await runTest(inner, { hooks: hooksOf(), parent: undefined });
      for (const hook of hooks.afterEach) await hook(context);
    },
    finish() {
      if (planned !== undefined) assert.strictEqual(asserted, planned, `plan of ${planned}, ${asserted} done`);
    },
  };
  return context;
}

const restores = [];
function mocked(original, replacement) {
  const calls = [];
  let implementation = replacement;
  const fn = function(...args) {
    const call = { arguments: args, this: this, error: undefined, result: undefined, stack: new Error() };
    try {
      call.result = new.target ? Reflect.construct(implementation, args) : implementation.apply(this, args);
      return call.result;
    } catch (error) {
      call.error = error;
      throw error;
    } finally {
      calls.push(call);
    }
  };
  fn.mock = {
    calls,
    callCount: () => calls.length,
    resetCalls: () => { calls.length = 0; },
    mockImplementation: (next) => { implementation = next; },
    restore: () => { implementation = original; },
  };
  return fn;
}

const mock = {
  fn: (original = () => {}, replacement = original) => mocked(original, replacement),
  method(object, name, replacement = object[name]) {
    const own = Object.getOwnPropertyDescriptor(object, name);
    const fn = mocked(object[name], replacement);
    const restore = () => (own ? Object.defineProperty(object, name, own) : delete object[name]);
    fn.mock.restore = restore;
    Object.defineProperty(object, name, { value: fn, configurable: true, writable: true, enumerable: own?.enumerable ?? false });
    restores.push(restore);
    return fn;
  },
  restoreAll() {
    for (const restore of restores.splice(0).reverse()) restore();
  },
  reset() { this.restoreAll(); },
};

const test = Object.assign((...args) => add('test', args), {
  skip: (...args) => add('test', args, true),
  todo: (...args) => add('test', args, true),
  only: (...args) => add('test', args),
});
const describe = Object.assign((...args) => add('suite', args), {
  skip: (...args) => add('suite', args, true),
  todo: (...args) => add('suite', args, true),
  only: (...args) => add('suite', args),
});
const hook = (kind) => (fn) => { current.hooks[kind].push(fn); };

module.exports = Object.assign(test, {
  test,
  it: test,
  describe,
  suite: describe,
  before: hook('before'),
  after: hook('after'),
  beforeEach: hook('beforeEach'),
  afterEach: hook('afterEach'),
  mock,
});
