// async_hooks.createHook: functions that hear of everything that calls back later, promises too.

import { queueInternal } from '../../runtime/ticks';
import { fatal } from '../../runtime/uncaught';
import { codes } from '../errors';
import { validateBoolean } from '../validators';
import { enter, leave, listen, silently, begin, type Execution, type Listener } from './execution';
import { observePromises } from './promises';

type Callback = (...args: any[]) => void;
const NAMES = ['init', 'before', 'after', 'destroy', 'promiseResolve'] as const;
type Callbacks = Partial<Record<(typeof NAMES)[number], Callback>>;

/** Always a new list: a hook that is enabled or disabled while hooks are told begins or ends with the next event. */
let enabled: AsyncHook[] = [];

let callbacksOf: (hook: AsyncHook) => Callbacks;
let followsPromises: (hook: AsyncHook) => boolean;

export class AsyncHook {
  #callbacks: Callbacks = {};
  #promises: boolean;

  static {
    callbacksOf = (hook) => hook.#callbacks;
    followsPromises = (hook) => hook.#promises && Object.keys(hook.#callbacks).length > 0;
  }

  constructor(given: Callbacks & { trackPromises?: boolean }) {
    for (const name of NAMES) {
      const callback = given[name];
      if (callback === undefined) continue;
      if (typeof callback !== 'function') throw new codes.ERR_ASYNC_CALLBACK!(`hook.${name}`);
      this.#callbacks[name] = callback;
    }
    if (given.trackPromises !== undefined) validateBoolean(given.trackPromises, 'trackPromises');
    this.#promises = given.trackPromises !== false;
    if (!this.#promises && given.promiseResolve !== undefined) {
      throw new codes.ERR_INVALID_ARG_VALUE!('trackPromises', false, 'must not be false when promiseResolve is given');
    }
  }

  enable(): this {
    if (!enabled.includes(this)) change([...enabled, this]);
    return this;
  }
  disable(): this {
    if (enabled.includes(this)) change(enabled.filter((hook) => hook !== this));
    return this;
  }
}

/** Errors of a hook end the program: it could leave nothing but a wrong picture. */
function tell(name: (typeof NAMES)[number], args: unknown[]): void {
  for (const hook of enabled) {
    const callback = callbacksOf(hook)[name];
    if (callback === undefined) continue;
    try {
      Reflect.apply(callback, hook, args);
    } catch (error) {
      fatal(error);
    }
  }
}

let destroyed: number[] = [];

/** Told apart from the running code, as in Node: what ends is often in the middle of something. */
function tellDestroyed(): void {
  // The list grows while it is walked.
  for (let at = 0; at < destroyed.length; at++) tell('destroy', [destroyed[at]]);
  destroyed = [];
}

function destroy(id: number): void {
  if (!enabled.some((hook) => callbacksOf(hook).destroy !== undefined)) return;
  if (destroyed.push(id) === 1) queueInternal(tellDestroyed);
}

const listener: Listener = {
  init: (...args) => tell('init', args),
  before: (id) => tell('before', [id]),
  after: (id) => tell('after', [id]),
  destroy,
};

/** Ends of objects that only the collector knows: promises, and resources whose end nobody tells. */
let collected: FinalizationRegistry<number> | undefined;

export function destroyWithObject(object: object, id: number): void {
  if (!enabled.some((hook) => callbacksOf(hook).destroy !== undefined)) return;
  collected ??= new FinalizationRegistry(destroy);
  collected.register(object, id);
}

const executions = new WeakMap<Promise<unknown>, Execution>();
/** What was running before each reaction that is running. */
let outer: Execution[] = [];

function executionOf(promise: Promise<unknown>): Execution {
  let found = executions.get(promise);
  if (found === undefined) executions.set(promise, (found = silently(promise)));
  return found;
}

const promiseListener = {
  init(promise: Promise<unknown>, parent: Promise<unknown> | undefined) {
    const made = begin('PROMISE', promise, parent === undefined ? undefined : executionOf(parent).id);
    executions.set(promise, made);
    destroyWithObject(promise, made.id);
  },
  before(promise: Promise<unknown>) {
    outer.push(enter(executionOf(promise)));
  },
  after(promise: Promise<unknown>) {
    leave(executionOf(promise), outer.pop());
  },
  settled(promise: Promise<unknown>) {
    tell('promiseResolve', [executionOf(promise).id]);
  },
};

let endObservation: (() => void) | undefined;

function change(next: AsyncHook[]): void {
  enabled = next;
  listen(enabled.length > 0 ? listener : null);
  if (enabled.some(followsPromises)) endObservation ??= observePromises(promiseListener, fatal);
  else {
    endObservation?.();
    endObservation = undefined;
    outer = [];
  }
}
