// v8.promiseHooks: functions that hear of promises as they are made, run and settled.

import { uncaught } from '../../runtime/uncaught';
import { native } from '../../native';
import { observePromises, type PromiseListener } from '../async_hooks/promises';
import { codes } from '../errors';
import { validateObject } from '../validators';

/** A function that gives a promise or a generator would be of no use here, and make promises itself. */
function validateHook(hook: unknown, name: string): void {
  if (typeof hook === 'function') {
    const kind = native.classOf(hook);
    if (kind !== 'AsyncFunction' && kind !== 'AsyncGeneratorFunction' && kind !== 'GeneratorFunction') return;
  }
  throw new codes.ERR_INVALID_ARG_TYPE!(name, 'Function', hook);
}

const NAMES = ['init', 'before', 'after', 'settled'] as const;

function createHook(hooks: PromiseListener = {}): () => void {
  validateObject(hooks, 'hooks');
  const { init, before, after, settled } = hooks;
  const listener = { init, before, after, settled };
  for (const name of NAMES) if (listener[name] !== undefined) validateHook(listener[name], `${name}Hook`);
  return observePromises(listener, uncaught);
}

const single = (name: (typeof NAMES)[number]) => (hook: any) => {
  validateHook(hook, `${name}Hook`);
  return createHook({ [name]: hook });
};

export const promiseHooks = {
  createHook,
  onInit: single('init'),
  onBefore: single('before'),
  onAfter: single('after'),
  onSettled: single('settled'),
};
