// AbortController and AbortSignal. The signal of every request is made here, so making one costs little:
// lists of listeners, steps and dependents are made when somebody needs them.

import { inspectable } from '../console/inspectable';
import { startTimer } from '../timers/queue';
import { defineInterface } from '../webidl/interface';
import { DOMException } from './domexception';
import { Event, trusted } from './event';
import { defineHandlerAttribute, dispatch, EventTarget, hasListeners, hooks } from './eventtarget';

const token = Symbol();

let abort: (signal: AbortSignal, reason: unknown) => void;
let addSteps: (signal: AbortSignal, steps: () => void) => void;
let removeSteps: (signal: AbortSignal, steps: () => void) => void;
let isSignal: (value: unknown) => value is AbortSignal;
let follow: (signal: AbortSignal, sources: Iterable<AbortSignal>) => void;

export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason: unknown = undefined;
  #steps: Set<() => void> | undefined = undefined;
  /** Of a signal made by `any`: the signals that it follows, none of which follows others itself. */
  #sources: Set<AbortSignal> | undefined = undefined;
  /** The signals made by `any` that follow this one. */
  #dependents: Set<AbortSignal> | undefined = undefined;

  static {
    isSignal = (value): value is AbortSignal => typeof value === 'object' && value !== null && #aborted in value;

    abort = (signal, reason) => {
      if (signal.#aborted) return;
      const why = reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason;
      // All of them are aborted before anybody is told: no listener sees one of them unaborted.
      const aborted = [signal];
      signal.#aborted = true;
      signal.#reason = why;
      if (signal.#dependents !== undefined) {
        for (const dependent of signal.#dependents) {
          if (dependent.#aborted) continue;
          dependent.#aborted = true;
          dependent.#reason = why;
          aborted.push(dependent);
        }
      }
      for (const each of aborted) {
        const steps = each.#steps;
        each.#steps = undefined;
        if (steps !== undefined) {
          for (const step of steps) step();
        }
        if (each.#sources !== undefined) {
          for (const source of each.#sources) source.#dependents?.delete(each);
          each.#sources = undefined;
        }
        if (hasListeners(each, 'abort')) dispatch(each, trusted(new Event('abort')));
      }
    };

    addSteps = (signal, steps) => {
      if (!signal.#aborted) (signal.#steps ??= new Set()).add(steps);
    };
    removeSteps = (signal, steps) => {
      signal.#steps?.delete(steps);
    };

    follow = (signal, sources) => {
      const all = [...sources];
      for (const source of all) {
        if (!source.#aborted) continue;
        signal.#aborted = true;
        signal.#reason = source.#reason;
        return;
      }
      const roots = new Set<AbortSignal>();
      for (const source of all) {
        if (source.#sources === undefined) roots.add(source);
        else for (const root of source.#sources) roots.add(root);
      }
      signal.#sources = roots;
      for (const root of roots) (root.#dependents ??= new Set()).add(signal);
    };
  }

  constructor(secret?: unknown) {
    if (secret !== token) throw new TypeError('Illegal constructor: use new AbortController().signal');
    super();
  }

  static abort(reason?: unknown): AbortSignal {
    const signal = new AbortSignal(token);
    signal.#aborted = true;
    signal.#reason = reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason;
    return signal;
  }

  /** Aborts after `ms` milliseconds. Does not keep a script alive. */
  static timeout(ms: number): AbortSignal {
    const delay = Number(ms);
    if (!(delay >= 0 && delay <= Number.MAX_SAFE_INTEGER)) {
      throw new TypeError('AbortSignal.timeout: the time is not a whole number of milliseconds from 0 to 2^53-1');
    }
    const signal = new AbortSignal(token);
    startTimer(
      () => abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
      Math.trunc(delay),
      { keepsAlive: false },
    );
    return signal;
  }

  static any(signals: Iterable<AbortSignal>): AbortSignal {
    const sources = [...signals];
    if (!sources.every(isSignal)) throw new TypeError('AbortSignal.any: not every element is an AbortSignal');
    const signal = new AbortSignal(token);
    follow(signal, sources);
    return signal;
  }

  get aborted(): boolean {
    return this.#aborted;
  }
  get reason(): unknown {
    return this.#reason;
  }
  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }
}

/** A signal that only `signalAbort` aborts. */
export function createSignal(): AbortSignal {
  return new AbortSignal(token);
}

/** Aborts a signal; without a reason, with an `AbortError`. Does nothing when it is aborted already. */
export const signalAbort = abort;

/** Runs `steps` once when the signal aborts, before its listeners. Not when it is aborted already: look first. */
export const addAbortSteps = addSteps;
export const removeAbortSteps = removeSteps;

/** A new signal that aborts when one of these does, with its reason: that of a Request. */
export function followSignals(sources: Iterable<AbortSignal>): AbortSignal {
  const signal = new AbortSignal(token);
  follow(signal, sources);
  return signal;
}

export const isAbortSignal = isSignal;

export class AbortController {
  #signal: AbortSignal = new AbortSignal(token);

  get signal(): AbortSignal {
    return this.#signal;
  }
  abort(reason?: unknown): void {
    abort(this.#signal, reason);
  }
}

hooks.isSignal = isSignal;
hooks.isAborted = (signal) => (signal as AbortSignal).aborted;
hooks.onAbort = (signal, steps) => addSteps(signal as AbortSignal, steps);
hooks.offAbort = (signal, steps) => removeSteps(signal as AbortSignal, steps);

defineInterface(AbortSignal, 'AbortSignal', { constructor: 0, 'static abort': 0 });
defineInterface(AbortController, 'AbortController', { abort: 0 });
defineHandlerAttribute(AbortSignal.prototype, 'abort');
inspectable(AbortSignal, (signal) => ({ aborted: signal.aborted }));
inspectable(AbortController, (controller) => ({ signal: controller.signal }));
