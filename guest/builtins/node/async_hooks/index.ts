// node:async_hooks. AsyncLocalStorage and AsyncResource are whole; the engine tells nobody of each promise, so
// hooks cannot be enabled.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { coded, codes } from '../errors';
import { AsyncResource, executionAsyncId, executionAsyncResource, triggerAsyncId } from './resource';
import { AsyncLocalStorage } from './storage';

const HOOKS = ['init', 'before', 'after', 'destroy', 'promiseResolve'];

function createHook(callbacks: Record<string, unknown>): object {
  for (const name of HOOKS) {
    if (callbacks[name] !== undefined && typeof callbacks[name] !== 'function') throw new codes.ERR_ASYNC_CALLBACK!(`hook.${name}`);
  }
  const hook = {
    enable(): never {
      const message = 'async_hooks.createHook() cannot be enabled in holm: use AsyncLocalStorage to carry a value along';
      throw coded(new Error(message), 'ERR_HOLM_UNSUPPORTED');
    },
    disable: () => hook,
  };
  return hook;
}

registerBuiltin('async_hooks', () => ({
  AsyncLocalStorage,
  AsyncResource,
  asyncWrapProviders: Object.freeze(Object.create(null)),
  createHook,
  executionAsyncId,
  executionAsyncResource,
  triggerAsyncId,
}));
