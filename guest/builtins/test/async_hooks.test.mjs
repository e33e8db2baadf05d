// async_hooks: what hooks hear of ticks, timers, resources and promises, and that nothing is told without them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { script } from './engine.mjs';

const output = (source) => {
  const guest = script({ '/bundle/main.cjs': source });
  assert.equal(guest.exitCode, 0, guest.stderr + guest.effects.at(-1)?.join('\n'));
  return guest.stdout.trimEnd().split('\n');
};

const HOOK = `
  const { createHook, executionAsyncId, executionAsyncResource, triggerAsyncId, AsyncResource } = require('node:async_hooks');
  const types = new Map();
  const events = [];
  const hook = createHook({
    init(id, type, trigger) { types.set(id, type); events.push(['init', type, trigger]); },
    before: (id) => events.push(['before', types.get(id)]),
    after: (id) => events.push(['after', types.get(id)]),
    destroy: (id) => events.push(['destroy', types.get(id)]),
    promiseResolve: (id) => events.push(['settled', types.get(id)]),
  });
  const show = () => { hook.disable(); console.log(events.map((each) => each.join(' ')).join(', ')); };
`;

test('a timer is made, runs and ends; one that is cleared only ends', () => {
  assert.deepEqual(output(`${HOOK} hook.enable(); setTimeout(() => {}); clearTimeout(setTimeout(() => {})); setTimeout(show, 5);`), [
    'init Timeout 1, init Timeout 1, init Timeout 1, destroy Timeout, before Timeout, after Timeout, destroy Timeout, before Timeout',
  ]);
});

test('ticks, immediates and resources come with their trigger', () => {
  assert.deepEqual(
    output(`${HOOK} hook.enable(); process.nextTick(() => {}); setImmediate(show); new AsyncResource('MINE', { triggerAsyncId: 7 }).emitDestroy();`),
    ['init TickObject 1, init Immediate 1, init MINE 7, before TickObject, after TickObject, destroy MINE, destroy TickObject, before Immediate'],
  );
});

test('an await is a promise whose reaction is what comes after it', () => {
  assert.deepEqual(
    output(`${HOOK}
      async function wait() { await null; events.push(['id', executionAsyncId() > 1, triggerAsyncId() > 1]); }
      hook.enable(); const done = wait(); setImmediate(show);`),
    ['init PROMISE 1, init PROMISE 2, settled PROMISE, init PROMISE 3, init Immediate 1, before PROMISE, id true true, settled PROMISE, settled PROMISE, after PROMISE, before Immediate'],
  );
});

test('what throws is reported while its resource is still the execution', () => {
  assert.deepEqual(
    output(`${HOOK}
      const resource = setTimeout(() => { throw new Error('x'); });
      process.on('uncaughtException', () => console.log(executionAsyncResource() === resource));`),
    ['true'],
  );
});

test('a hook that throws ends the program', () => {
  const guest = script({ '/bundle/main.mjs': `import { createHook } from 'node:async_hooks';
    process.on('uncaughtException', () => console.log('not taken'));
    createHook({ init() { throw new Error('in the hook'); } }).enable(); setTimeout(() => console.log('not reached')); console.log('nor this');` });
  assert.equal(guest.exitCode, 1);
  assert.equal(guest.stdout, '');
  assert.match(guest.effects.at(-1).join('\n'), /in the hook/);
});

test('a storage that is entered inside of the run of another stays after it', () => {
  assert.deepEqual(
    output(`const { AsyncLocalStorage } = require('node:async_hooks');
      const [a, b] = [new AsyncLocalStorage(), new AsyncLocalStorage()];
      a.run('a', () => b.enterWith('b'));
      console.log(a.getStore(), b.getStore());`),
    ['undefined b'],
  );
});

test('promise hooks of v8 stop when they are told to', () => {
  assert.deepEqual(
    output(`const { promiseHooks } = require('node:v8');
      const seen = [];
      const stop = promiseHooks.createHook({ init: (promise, parent) => seen.push(parent === undefined ? 'made' : 'derived'), settled: () => seen.push('settled') });
      const one = Promise.resolve(1); const two = one.then(() => {}); stop(); Promise.resolve();
      console.log(seen.join(' '));
      try { promiseHooks.onInit(async () => {}); } catch (error) { console.log(error.code); }`),
    ['made settled derived', 'ERR_INVALID_ARG_TYPE'],
  );
});
