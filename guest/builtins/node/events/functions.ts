// The functions of node:events around an emitter or an event target: once, on and their like.

import { AbortSignal, dispatch, Event, EventTarget } from '../../web/events';
import { addAbortSteps, removeAbortSteps } from '../../web/events/abort';
import { eventListenersOf } from '../../web/events/eventtarget';
import { abortError, codes } from '../errors';
import { validateAbortSignal, validateFunction, validateInteger, validateNumber, validateObject } from '../validators';
import { EventEmitter, type Listener, type Name } from './emitter';

declare function queueMicrotask(callback: () => void): void;

interface WaitOptions {
  signal?: AbortSignal;
}

/** Listens on either kind. */
function listen(emitter: any, name: Name, listener: Listener, once: boolean): void {
  if (typeof emitter?.on === 'function') {
    if (once) emitter.once(name, listener);
    else emitter.on(name, listener);
  } else if (typeof emitter?.addEventListener === 'function') {
    emitter.addEventListener(name, listener, { once });
  } else {
    throw new codes.ERR_INVALID_ARG_TYPE!('emitter', 'EventEmitter', emitter);
  }
}

function unlisten(emitter: any, name: Name, listener: Listener): void {
  if (typeof emitter?.removeListener === 'function') emitter.removeListener(name, listener);
  else if (typeof emitter?.removeEventListener === 'function') emitter.removeEventListener(name, listener);
  else throw new codes.ERR_INVALID_ARG_TYPE!('emitter', 'EventEmitter', emitter);
}

/** A promise for the arguments of the next event; an `error` event rejects it. */
export async function once(emitter: any, name: Name, options: WaitOptions = {}): Promise<unknown[]> {
  validateObject(options, 'options');
  const { signal } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw abortError(signal);
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
    const followsErrors = name !== 'error' && typeof emitter?.once === 'function';
    const stop = () => {
      if (signal !== undefined) signal.removeEventListener('abort', onAbort);
      unlisten(emitter, name, onEvent);
      if (followsErrors) emitter.removeListener('error', onError);
    };
    listen(emitter, name, onEvent, true);
    if (followsErrors) emitter.once('error', onError);
    if (signal !== undefined) listen(signal, 'abort', onAbort, true);
  });
}

const watermarks = Symbol.for('nodejs.watermarkData');
/** For built-ins: events with one argument, given as it is. */
export const firstArgument = Symbol('firstArgument');

interface OnOptions extends WaitOptions {
  close?: string[];
  highWaterMark?: number;
  lowWaterMark?: number;
  highWatermark?: number;
  lowWatermark?: number;
  [firstArgument]?: boolean;
}

interface Waiter {
  resolve(result: { value: unknown; done: boolean }): void;
  reject(error: unknown): void;
}

const asyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype) as object;

/** An async iterator over the events of a name, each as the array of its arguments. */
export function on(emitter: any, name: Name, options: OnOptions = {}): AsyncIterableIterator<unknown[]> {
  validateObject(options, 'options');
  const { signal } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw abortError(signal);
  const high = options.highWaterMark ?? options.highWatermark ?? Number.MAX_SAFE_INTEGER;
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateInteger(high, 'options.highWaterMark', 1);
  validateInteger(low, 'options.lowWaterMark', 1);

  const first = options[firstArgument] === true;
  const events: unknown[] = [];
  const waiting: Waiter[] = [];
  let paused = false;
  let failure: { error: unknown } | undefined;
  let finished = false;

  const stop = () => {
    signal?.removeEventListener('abort', onAbort);
    unlisten(emitter, name, onEvent);
    if (hearsErrors) emitter.removeListener('error', onError);
    for (const closing of closings) unlisten(emitter, closing, onClose);
  };
  const onEvent = (...args: unknown[]) => {
    const waiter = waiting.shift();
    if (waiter !== undefined) {
      waiter.resolve({ value: first ? args[0] : args, done: false });
      return;
    }
    events.push(first ? args[0] : args);
    if (!paused && events.length > high) {
      paused = true;
      emitter.pause?.();
    }
  };
  const onError = (error: unknown) => {
    const waiter = waiting.shift();
    if (waiter !== undefined) waiter.reject(error);
    else failure = { error };
    onClose();
  };
  const onAbort = () => onError(abortError(signal!));
  const onClose = () => {
    stop();
    finished = true;
    for (const waiter of waiting.splice(0)) waiter.resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  };
  const hearsErrors = name !== 'error' && typeof emitter?.on === 'function';
  const closings = options.close ?? [];

  const iterator = Object.setPrototypeOf(
    {
      next(): Promise<unknown> {
        if (events.length > 0) {
          const value = events.shift();
          if (paused && events.length < low) {
            paused = false;
            // What has ended is not read on.
            if (!finished) emitter.resume?.();
          }
          return Promise.resolve({ value, done: false });
        }
        if (failure !== undefined) {
          const { error } = failure;
          failure = undefined;
          return Promise.reject(error);
        }
        if (finished) return Promise.resolve({ value: undefined, done: true });
        return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
      },
      return: () => onClose(),
      throw(error: unknown) {
        if (!(error instanceof Error)) throw new codes.ERR_INVALID_ARG_TYPE!('EventEmitter.AsyncIterator', 'Error', error);
        onError(error);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
      [watermarks]: {
        get size() {
          return events.length;
        },
        get low() {
          return low;
        },
        get high() {
          return high;
        },
        get isPaused() {
          return paused;
        },
      },
    },
    asyncIteratorPrototype,
  ) as AsyncIterableIterator<unknown[]>;

  listen(emitter, name, onEvent, false);
  if (hearsErrors) emitter.on('error', onError);
  for (const closing of closings) listen(emitter, closing, onClose as unknown as Listener, false);
  if (signal !== undefined) listen(signal, 'abort', onAbort, true);
  return iterator;
}

/** How many listeners a target may have before somebody is warned: kept for those who ask. */
const targetMaximums = new WeakMap<object, number>();

export function setMaxListeners(count = EventEmitter.defaultMaxListeners, ...targets: any[]): void {
  validateNumber(count, 'setMaxListeners', 0);
  if (targets.length === 0) {
    EventEmitter.defaultMaxListeners = count;
    return;
  }
  for (const target of targets) {
    if (target instanceof EventTarget) targetMaximums.set(target, count);
    else if (typeof target?.setMaxListeners === 'function') target.setMaxListeners(count);
    else throw new codes.ERR_INVALID_ARG_TYPE!('eventTargets', ['EventEmitter', 'EventTarget'], target);
  }
}

export function getMaxListeners(target: any): number {
  if (typeof target?.getMaxListeners === 'function') return target.getMaxListeners();
  if (target instanceof EventTarget) return targetMaximums.get(target) ?? (target instanceof AbortSignal ? 0 : EventEmitter.defaultMaxListeners);
  throw new codes.ERR_INVALID_ARG_TYPE!('emitter', ['EventEmitter', 'EventTarget'], target);
}

export function getEventListeners(target: any, name: Name): unknown[] {
  if (typeof target?.listeners === 'function') return target.listeners(name);
  if (target instanceof EventTarget) return eventListenersOf(target, name as string);
  throw new codes.ERR_INVALID_ARG_TYPE!('emitter', ['EventEmitter', 'EventTarget'], target);
}

export function listenerCount(target: any, name: Name, listener?: Listener): number {
  if (typeof target?.listenerCount === 'function') return target.listenerCount(name, listener);
  if (target instanceof EventTarget) return eventListenersOf(target, name as string).length;
  throw new codes.ERR_INVALID_ARG_TYPE!('emitter', ['EventEmitter', 'EventTarget'], target);
}

/** Calls the listener when the signal aborts, whatever another listener does about it. */
export function addAbortListener(signal: AbortSignal, listener: (event: Event) => void): object {
  if (signal === undefined) throw new codes.ERR_INVALID_ARG_TYPE!('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  validateFunction(listener, 'listener');
  const call = () => {
    const target = new EventTarget();
    target.addEventListener('abort', listener as never);
    dispatch(target, new Event('abort'), signal);
  };
  if (signal.aborted) queueMicrotask(call);
  else addAbortSteps(signal, call);
  const dispose: symbol = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for('nodejs.dispose');
  return { [dispose]: () => removeAbortSteps(signal, call) };
}
