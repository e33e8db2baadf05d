// node:timers and node:timers/promises

import { registerBuiltin } from '../../runtime/builtin_modules';
import { addAbortSteps, isAbortSignal, removeAbortSteps, type AbortSignal } from '../../web/events/abort';
import { clearImmediate, clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from '../../web/timers/timeout';
import { coded, codes, invalidArgument } from '../errors';

interface Options {
  signal?: AbortSignal;
  ref?: boolean;
}

function abortError(signal: AbortSignal): Error {
  const error = coded(new Error('The operation was aborted', { cause: signal.reason }), 'ABORT_ERR');
  error.name = 'AbortError';
  return error;
}

function checkOptions(options: unknown): asserts options is Options {
  if (typeof options !== 'object' || options === null) throw invalidArgument('options', 'of type object', options);
  const { signal, ref } = options as Record<string, unknown>;
  if (signal !== undefined && !isAbortSignal(signal)) throw invalidArgument('options.signal', 'an instance of AbortSignal', signal);
  if (ref !== undefined && typeof ref !== 'boolean') throw invalidArgument('options.ref', 'of type boolean', ref);
}

interface Handle {
  unref(): unknown;
}

/** Resolves when `start` calls back; rejects when the signal aborts before. */
async function wait<H extends Handle, T>(start: (done: () => void) => H, stop: (handle: H) => void, value: T, options: Options): Promise<T> {
  checkOptions(options);
  const { signal } = options;
  if (signal?.aborted) throw abortError(signal);
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => {
      stop(handle);
      reject(abortError(signal!));
    };
    const handle = start(() => {
      if (signal !== undefined) removeAbortSteps(signal, onAbort);
      resolve(value);
    });
    if (options.ref === false) handle.unref();
    if (signal !== undefined) addAbortSteps(signal, onAbort);
  });
}

const promises = {
  setTimeout: <T>(delay?: number, value?: T, options: Options = {}) =>
    wait((done) => setTimeout(done, delay), clearTimeout, value, options),
  setImmediate: <T>(value?: T, options: Options = {}) => wait((done) => setImmediate(done), clearImmediate, value, options),
  async *setInterval<T>(delay?: number, value?: T, options: Options = {}): AsyncGenerator<T | undefined> {
    checkOptions(options);
    const { signal } = options;
    if (signal?.aborted) throw abortError(signal);
    let due = 0;
    let wake: (() => void) | undefined;
    const notify = () => {
      wake?.();
      wake = undefined;
    };
    const interval = setInterval(() => {
      due++;
      notify();
    }, delay);
    if (options.ref === false) interval.unref();
    if (signal !== undefined) addAbortSteps(signal, notify);
    try {
      for (;;) {
        if (signal?.aborted) throw abortError(signal);
        for (; due > 0; due--) yield value;
        if (!signal?.aborted) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      clearInterval(interval);
      if (signal !== undefined) removeAbortSteps(signal, notify);
    }
  },
};

/** The one object that the standard calls a scheduler. */
const made = Symbol();
class Scheduler {
  #made: symbol;

  constructor(key: symbol) {
    if (key !== made) throw new codes.ERR_ILLEGAL_CONSTRUCTOR!();
    this.#made = key;
  }
  wait(delay: number, options?: Options): Promise<unknown> {
    if (!(#made in this)) throw new codes.ERR_INVALID_THIS!('Scheduler');
    return promises.setTimeout(delay, undefined, options);
  }
  yield(): Promise<unknown> {
    if (!(#made in this)) throw new codes.ERR_INVALID_THIS!('Scheduler');
    return promises.setImmediate();
  }
}
Object.assign(promises, { scheduler: new Scheduler(made) });

registerBuiltin('timers', () => ({ clearImmediate, clearInterval, clearTimeout, setImmediate, setInterval, setTimeout, promises }));
registerBuiltin('timers/promises', () => promises);
