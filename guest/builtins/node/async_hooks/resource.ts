// AsyncResource: the asynchronous context of its making, to run things in later; and the numbers that go with it.

import { codes } from '../errors';
import { validateFunction, validateString } from '../validators';
import { begin, end, enter, executionAsyncId, leave, type Execution } from './execution';
import { currentFrame, enterFrame, type Frame } from './frame';
import { destroyWithObject } from './hooks';

interface Options {
  triggerAsyncId?: number;
  requireManualDestroy?: boolean;
}

export class AsyncResource {
  #execution: Execution;
  #frame: Frame;
  #destroyed = false;

  constructor(type: string, options: Options | number = {}) {
    validateString(type, 'type');
    if (type === '') throw new codes.ERR_ASYNC_TYPE!(type);
    const trigger = typeof options === 'number' ? options : (options?.triggerAsyncId ?? executionAsyncId());
    if (!Number.isSafeInteger(trigger) || trigger < -1) throw new codes.ERR_INVALID_ASYNC_ID!('triggerAsyncId', trigger);
    this.#frame = currentFrame();
    this.#execution = begin(type, this, trigger);
    if (typeof options === 'number' || !options?.requireManualDestroy) destroyWithObject(this, this.#execution.id);
  }

  runInAsyncScope<R>(fn: (...args: any[]) => R, thisArg?: unknown, ...args: unknown[]): R {
    validateFunction(fn, 'fn');
    const outer = enter(this.#execution);
    const before = currentFrame();
    enterFrame(this.#frame);
    try {
      return Reflect.apply(fn, thisArg, args) as R;
    } finally {
      enterFrame(before);
      leave(this.#execution, outer);
    }
  }
  emitDestroy(): this {
    if (!this.#destroyed) end(this.#execution);
    this.#destroyed = true;
    return this;
  }
  asyncId(): number {
    return this.#execution.id;
  }
  triggerAsyncId(): number {
    return this.#execution.trigger;
  }
  bind(fn: (...args: any[]) => unknown, thisArg?: unknown): (...args: any[]) => unknown {
    validateFunction(fn, 'fn');
    const resource = this;
    const bound = function (this: unknown, ...args: unknown[]): unknown {
      return resource.runInAsyncScope(fn, thisArg === undefined ? this : thisArg, ...args);
    };
    Object.defineProperty(bound, 'length', { value: fn.length, configurable: true });
    return bound;
  }
  static bind(fn: (...args: any[]) => unknown, type?: string, thisArg?: unknown): (...args: any[]) => unknown {
    return new AsyncResource(type || fn.name || 'bound-anonymous-fn').bind(fn, thisArg);
  }
}
