// EventEmitter, as node:events has it.

import { dispatch, Event, EventTarget, isAbortSignal } from '../../web/events';
import { addAbortSteps, removeAbortSteps, type AbortSignal } from '../../web/events/abort';
import { inspect } from '../../web/console/inspect';
import { coded, invalidArgument, outOfRange } from '../errors';

type Listener = ((...args: any[]) => any) & { listener?: Listener };
type Name = string | symbol;

const listeners = Symbol('holm.listeners');
const maximum = Symbol('holm.maxListeners');

interface State {
  [listeners]?: Map<Name, Listener[]>;
  [maximum]?: number;
}

function checkListener(listener: unknown): asserts listener is Listener {
  if (typeof listener !== 'function') throw invalidArgument('listener', 'of type function', listener);
}

function lists(emitter: object): Map<Name, Listener[]> {
  // Made here, not by the constructor: many classes inherit the methods and never call it.
  if (!Object.hasOwn(emitter, listeners)) {
    Object.defineProperty(emitter, listeners, { value: new Map(), writable: true, configurable: true });
  }
  return (emitter as State)[listeners]!;
}

function existing(emitter: object, name: Name): Listener[] | undefined {
  return Object.hasOwn(emitter, listeners) ? (emitter as State)[listeners]!.get(name) : undefined;
}

function add<E extends EventEmitter>(emitter: E, name: Name, listener: Listener, first: boolean): E {
  checkListener(listener);
  const all = lists(emitter);
  // Before it is added, so that a listener for newListener does not hear of itself.
  if (all.has('newListener')) emitter.emit('newListener', name, listener.listener ?? listener);
  const list = all.get(name);
  // Always a new list: one that is being walked by emit does not change.
  if (list === undefined) all.set(name, [listener]);
  else all.set(name, first ? [listener, ...list] : [...list, listener]);
  return emitter;
}

function onceWrapper(emitter: EventEmitter, name: Name, listener: Listener): Listener {
  checkListener(listener);
  let fired = false;
  const wrapper: Listener = function (this: unknown, ...args: unknown[]): unknown {
    if (fired) return undefined;
    fired = true;
    emitter.removeListener(name, wrapper);
    return Reflect.apply(listener, emitter, args);
  };
  wrapper.listener = listener;
  return wrapper;
}

/** What the functions of the module take for an emitter of either kind. */
function isEventTarget(value: unknown): value is EventTarget {
  return value instanceof EventTarget;
}

let defaultMaxListeners = 10;
/** Listeners of this hear of errors without counting as somebody who takes them. */
const errorMonitor = Symbol('events.errorMonitor');

/** Called with or without `new`, since old-style classes call it on themselves. */
export interface EventEmitter {
  on(name: Name, listener: Listener): this;
  addListener(name: Name, listener: Listener): this;
  prependListener(name: Name, listener: Listener): this;
  once(name: Name, listener: Listener): this;
  prependOnceListener(name: Name, listener: Listener): this;
  off(name: Name, listener: Listener): this;
  removeListener(name: Name, listener: Listener): this;
  removeAllListeners(name?: Name): this;
  emit(name: Name, ...args: unknown[]): boolean;
  listeners(name: Name): Listener[];
  rawListeners(name: Name): Listener[];
  listenerCount(name: Name, listener?: Listener): number;
  eventNames(): Name[];
  setMaxListeners(count: number): this;
  getMaxListeners(): number;
}

interface EventEmitterConstructor {
  new (options?: object): EventEmitter;
  (this: unknown, options?: object): void;
  prototype: EventEmitter;
}

export const EventEmitter = function EventEmitter(this: object): void {
  if (this !== undefined && this !== null) lists(this);
} as unknown as EventEmitterConstructor;

function defineMethods(target: object, methods: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

defineMethods(EventEmitter.prototype, {
  on(this: EventEmitter, name: Name, listener: Listener) {
    return add(this, name, listener, false);
  },
  addListener(this: EventEmitter, name: Name, listener: Listener) {
    return add(this, name, listener, false);
  },
  prependListener(this: EventEmitter, name: Name, listener: Listener) {
    return add(this, name, listener, true);
  },
  once(this: EventEmitter, name: Name, listener: Listener) {
    return this.on(name, onceWrapper(this, name, listener));
  },
  prependOnceListener(this: EventEmitter, name: Name, listener: Listener) {
    return this.prependListener(name, onceWrapper(this, name, listener));
  },
  removeListener(this: EventEmitter, name: Name, listener: Listener) {
    checkListener(listener);
    const list = existing(this, name);
    if (list === undefined) return this;
    const at = list.findLastIndex((each) => each === listener || each.listener === listener);
    if (at < 0) return this;
    const all = lists(this);
    if (list.length === 1) all.delete(name);
    else all.set(name, list.toSpliced(at, 1));
    if (all.has('removeListener')) this.emit('removeListener', name, listener);
    return this;
  },
  off(this: EventEmitter, name: Name, listener: Listener) {
    return this.removeListener(name, listener);
  },
  removeAllListeners(this: EventEmitter, ...names: Name[]) {
    const all = lists(this);
    if (!all.has('removeListener')) {
      if (names.length === 0) all.clear();
      else all.delete(names[0]!);
      return this;
    }
    // Somebody wants to hear of each of them.
    const affected = names.length === 0 ? [...all.keys()].filter((name) => name !== 'removeListener') : [names[0]!];
    for (const name of affected) {
      for (const listener of (all.get(name) ?? []).toReversed()) this.removeListener(name, listener);
    }
    if (names.length === 0) all.clear();
    return this;
  },
  emit(this: EventEmitter, name: Name, ...args: unknown[]) {
    if (name === 'error') {
      for (const listener of existing(this, errorMonitor) ?? []) Reflect.apply(listener, this, args);
    }
    const list = existing(this, name);
    if (list === undefined) {
      if (name === 'error') throw unhandled(args[0]);
      return false;
    }
    for (const listener of list) Reflect.apply(listener, this, args);
    return true;
  },
  listeners(this: EventEmitter, name: Name) {
    return (existing(this, name) ?? []).map((listener) => listener.listener ?? listener);
  },
  rawListeners(this: EventEmitter, name: Name) {
    return [...(existing(this, name) ?? [])];
  },
  listenerCount(this: EventEmitter, name: Name, listener?: Listener) {
    const list = existing(this, name) ?? [];
    return listener === undefined ? list.length : list.filter((each) => each === listener || each.listener === listener).length;
  },
  eventNames(this: EventEmitter) {
    return [...lists(this).keys()];
  },
  setMaxListeners(this: EventEmitter & State, count: number) {
    checkMaximum('n', count);
    Object.defineProperty(this, maximum, { value: count, writable: true, configurable: true });
    return this;
  },
  getMaxListeners(this: EventEmitter & State) {
    return this[maximum] ?? defaultMaxListeners;
  },
});

function checkMaximum(name: string, count: unknown): asserts count is number {
  if (typeof count !== 'number' || !(count >= 0)) throw outOfRange(name, 'a non-negative number', count);
}

/** What an `error` event without a listener throws. */
function unhandled(value: unknown): unknown {
  if (value instanceof Error) return value;
  const error = new Error(`Unhandled error. (${typeof value === 'string' ? `'${value}'` : inspect(value)})`);
  return coded(Object.assign(error, { context: value }), 'ERR_UNHANDLED_ERROR');
}

interface WaitOptions {
  signal?: AbortSignal;
}

function abortError(signal: AbortSignal): Error {
  const error = coded(new Error('The operation was aborted', { cause: signal.reason }), 'ABORT_ERR');
  error.name = 'AbortError';
  return error;
}

function checkSignal(signal: unknown): asserts signal is AbortSignal | undefined {
  if (signal !== undefined && !isAbortSignal(signal)) throw invalidArgument('options.signal', 'an instance of AbortSignal', signal);
}

/** A promise for the arguments of the next event; an `error` event rejects it. */
function once(emitter: EventEmitter | EventTarget, name: Name, options: WaitOptions = {}): Promise<unknown[]> {
  const { signal } = options;
  checkSignal(signal);
  if (signal?.aborted) return Promise.reject(abortError(signal));
  return new Promise((resolve, reject) => {
    const onEvent = (...args: unknown[]) => {
      stop();
      resolve(args);
    };
    const onError = (error: unknown) => {
      stop();
      reject(error);
    };
    const onAbort = () => {
      stop();
      reject(abortError(signal!));
    };
    const stop = () => {
      if (signal !== undefined) removeAbortSteps(signal, onAbort);
      if (isEventTarget(emitter)) {
        emitter.removeEventListener(name as string, onEvent);
      } else {
        emitter.removeListener(name, onEvent);
        emitter.removeListener('error', onError);
      }
    };
    if (signal !== undefined) addAbortSteps(signal, onAbort);
    if (isEventTarget(emitter)) {
      emitter.addEventListener(name as string, onEvent, { once: true });
    } else {
      emitter.on(name, onEvent);
      if (name !== 'error') emitter.on('error', onError);
    }
  });
}

/** An async iterator over the events of a name, each as the array of its arguments. */
function on(emitter: EventEmitter | EventTarget, name: Name, options: WaitOptions & { close?: string[] } = {}): AsyncGenerator<unknown[]> {
  const { signal } = options;
  checkSignal(signal);
  if (signal?.aborted) throw abortError(signal);
  const queue: unknown[][] = [];
  let failure: { error: unknown } | undefined;
  let finished = false;
  let wake: (() => void) | undefined;
  const notify = () => {
    wake?.();
    wake = undefined;
  };
  const onEvent = (...args: unknown[]) => {
    queue.push(args);
    notify();
  };
  const onError = (error: unknown) => {
    failure ??= { error };
    notify();
  };
  const onAbort = () => onError(abortError(signal!));
  const onClose = () => {
    finished = true;
    notify();
  };
  const target = isEventTarget(emitter);
  if (target) {
    emitter.addEventListener(name as string, onEvent);
  } else {
    emitter.on(name, onEvent);
    if (name !== 'error') emitter.on('error', onError);
    for (const closing of options.close ?? []) emitter.on(closing, onClose);
  }
  if (signal !== undefined) addAbortSteps(signal, onAbort);
  const stop = () => {
    if (signal !== undefined) removeAbortSteps(signal, onAbort);
    if (target) {
      emitter.removeEventListener(name as string, onEvent);
    } else {
      emitter.removeListener(name, onEvent);
      emitter.removeListener('error', onError);
      for (const closing of options.close ?? []) emitter.removeListener(closing, onClose);
    }
  };
  const iterate = async function* (): AsyncGenerator<unknown[]> {
    try {
      for (;;) {
        if (queue.length > 0) yield queue.shift()!;
        else if (failure !== undefined) throw failure.error;
        else if (finished) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      stop();
    }
  };
  const iterator = iterate();
  // A generator that was never started runs no finally; and return must end one that waits.
  const end = iterator.return.bind(iterator);
  iterator.return = (value) => {
    stop();
    onClose();
    return end(value);
  };
  return iterator;
}

function setMaxListeners(count = defaultMaxListeners, ...emitters: (EventEmitter | EventTarget)[]): void {
  checkMaximum('setMaxListeners', count);
  if (emitters.length === 0) defaultMaxListeners = count;
  for (const emitter of emitters) if (!isEventTarget(emitter)) emitter.setMaxListeners(count);
}

function addAbortListener(signal: AbortSignal, listener: (event: Event) => void): Disposable {
  checkSignal(signal);
  checkListener(listener);
  const call = () => {
    const target = new EventTarget();
    target.addEventListener('abort', listener);
    dispatch(target, new Event('abort'));
  };
  if (signal.aborted) queueMicrotask(call);
  else addAbortSteps(signal, call);
  const dispose: symbol = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for('Symbol.dispose');
  return { [dispose]: () => removeAbortSteps(signal, call) } as unknown as Disposable;
}

declare function queueMicrotask(callback: () => void): void;
interface Disposable {
  [key: symbol]: () => void;
}

Object.defineProperty(EventEmitter, 'defaultMaxListeners', {
  enumerable: true,
  configurable: true,
  get: () => defaultMaxListeners,
  set: (count: unknown) => {
    checkMaximum('defaultMaxListeners', count);
    defaultMaxListeners = count;
  },
});

Object.assign(EventEmitter, {
  EventEmitter,
  once,
  on,
  setMaxListeners,
  getMaxListeners: (emitter: EventEmitter | EventTarget) => (isEventTarget(emitter) ? 0 : emitter.getMaxListeners()),
  listenerCount: (emitter: EventEmitter, name: Name) => emitter.listenerCount(name),
  getEventListeners: (emitter: EventEmitter | EventTarget, name: Name) => (isEventTarget(emitter) ? [] : emitter.listeners(name)),
  addAbortListener,
  errorMonitor,
});
