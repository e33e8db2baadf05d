// AsyncLocalStorage: a value for everything that follows from a call, however many promises, timers and events
// are in between.

import { codes } from '../errors';
import { validateFunction, validateObject } from '../validators';
import { currentFrame, enterFrame, runInFrame, type Frame } from './frame';
import { AsyncResource } from './resource';

interface Options {
  defaultValue?: unknown;
  name?: string;
}

export class AsyncLocalStorage<T = unknown> {
  #default: unknown;
  #name: string;
  #disabled = false;

  constructor(options: Options = {}) {
    validateObject(options, 'options');
    if (options.name !== undefined && typeof options.name !== 'string') throw new codes.ERR_INVALID_ARG_TYPE!('options.name', 'string', options.name);
    this.#default = options.defaultValue;
    this.#name = options.name ?? '';
  }

  static bind(fn: (...args: any[]) => unknown): unknown {
    return AsyncResource.bind(fn);
  }
  static snapshot(): (fn: (...args: any[]) => unknown, ...args: unknown[]) => unknown {
    const frame = currentFrame();
    return function (this: unknown, fn, ...args) {
      return runInFrame(frame, () => Reflect.apply(fn, this, args) as unknown);
    };
  }

  get name(): string {
    return this.#name;
  }
  /** Nothing is found any more until the next `run` or `enterWith`. */
  disable(): void {
    const frame = currentFrame();
    if (frame?.has(this)) {
      const next = new Map(frame);
      next.delete(this);
      enterFrame(next);
    }
    this.#disabled = true;
  }
  enterWith(store: T): void {
    this.#disabled = false;
    enterFrame(this.#with(store));
  }
  run<R>(store: T, callback: (...args: any[]) => R, ...args: unknown[]): R {
    this.#disabled = false;
    const before = currentFrame();
    const inside = this.#with(store);
    enterFrame(inside);
    try {
      return Reflect.apply(callback, null, args) as R;
    } finally {
      // What the callback has entered of other storages stays.
      const now = currentFrame();
      enterFrame(now === inside ? before : this.#restored(before, now));
    }
  }
  exit<R>(callback: (...args: any[]) => R, ...args: unknown[]): R {
    validateFunction(callback, 'callback');
    return this.run(undefined as T, callback, ...args);
  }
  getStore(): T | undefined {
    if (this.#disabled) return undefined;
    const frame = currentFrame();
    return frame !== undefined && frame.has(this) ? (frame.get(this) as T) : (this.#default as T);
  }
  /** For `using`: the store is the one from here to the end of the block. */
  withScope(store: T): object {
    const before = currentFrame();
    this.enterWith(store);
    let open = true;
    const dispose = () => {
      if (open) enterFrame(before);
      open = false;
    };
    return { dispose, [(Symbol as { dispose?: symbol }).dispose ?? Symbol.for('nodejs.dispose')]: dispose };
  }

  /** The frame `now`, with what `before` had of this storage. */
  #restored(before: Frame, now: Frame): Frame {
    const next = new Map(now ?? []);
    if (before?.has(this)) next.set(this, before.get(this));
    else next.delete(this);
    return next;
  }
  #with(store: T): Map<object, unknown> {
    return new Map([...(currentFrame() ?? []), [this, store]]);
  }
}
