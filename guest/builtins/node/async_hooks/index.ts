// node:async_hooks

import { registerBuiltin } from '../../runtime/builtin_modules';
import { executionAsyncId, executionAsyncResource, triggerAsyncId } from './execution';
import { AsyncHook } from './hooks';
import { AsyncResource } from './resource';
import { AsyncLocalStorage } from './storage';

registerBuiltin('async_hooks', () => ({
  AsyncLocalStorage,
  AsyncResource,
  asyncWrapProviders: Object.freeze(Object.create(null)),
  createHook: (callbacks: ConstructorParameters<typeof AsyncHook>[0]) => new AsyncHook(callbacks),
  executionAsyncId,
  executionAsyncResource,
  triggerAsyncId,
}));
