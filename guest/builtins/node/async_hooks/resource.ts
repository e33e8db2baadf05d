// AsyncResource: the asynchronous context of its making, to run things in later; and the numbers that go with it.

import { codes } from '../errors';
import { validateFunction, validateString } from '../validators';
import { currentFrame, runInFrame, type Frame } from './frame';

interface Options {
  triggerAsyncId?: number;
  requireManualDestroy?: boolean;
}

let lastId = 1;
let execution: { id: number; trigger: number; resource: object } = { id: 1, trigger: 0, resource: {} };

export const executionAsyncId = (): number => execution.id;
export const triggerAsyncId = (): number => execution.trigger;
export const executionAsyncResource = (): object => execution.resource;

export class AsyncResource {
  #id: number;
  #trigger: number;
  #frame: Frame;
  #destroyed = false;

  constructor(type: string, options: Options | number = {}) {
    validateString(type, 'type');
    const trigger = typeof options === 'number' ? options : (options?.triggerAsyncId ?? execution.id);
    if (!Number.isSafeInteger(trigger) || trigger < -1) throw new codes.ERR_INVALID_ASYNC_ID!('triggerAsyncId', trigger);
    this.#id = ++lastId;
    this.#trigger = trigger;
    this.#frame = currentFrame();
  }

  runInAsyncScope<R>(fn: (...args: any[]) => R, thisArg?: unknown, ...args: unknown[]): R {
    validateFunction(fn, 'fn');
    const before = execution;
    execution = { id: this.#id, trigger: this.#trigger, resource: this };
    try {
      return runInFrame(this.#frame, () => Reflect.apply(fn, thisArg, args) as R);
    } finally {
      execution = before;
    }
  }
  emitDestroy(): this {
    this.#destroyed = true;
    return this;
  }
  asyncId(): number {
    return this.#id;
  }
  triggerAsyncId(): number {
    return this.#trigger;
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
