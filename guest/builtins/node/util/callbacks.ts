// promisify and callbackify: between functions that take a callback and functions that return a promise.

import { nextTick } from '../../runtime/ticks';
import { invalidArgument } from '../errors';

type AnyFunction = (...args: any[]) => any;

const customPromisified = Symbol.for('nodejs.util.promisify.custom');

export function promisify(original: AnyFunction): AnyFunction {
  if (typeof original !== 'function') throw invalidArgument('original', 'of type function', original);
  const custom: unknown = (original as unknown as Record<symbol, unknown>)[customPromisified];
  if (custom !== undefined && custom !== null) {
    if (typeof custom !== 'function') throw invalidArgument('util.promisify.custom', 'of type function', custom);
    return custom as AnyFunction;
  }
  function promisified(this: unknown, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [
        ...args,
        (error: unknown, value: unknown) => {
          if (error) reject(error);
          else resolve(value);
        },
      ]);
    });
  }
  Object.setPrototypeOf(promisified, Object.getPrototypeOf(original) as object);
  Object.defineProperty(promisified, customPromisified, { value: promisified, configurable: true });
  return Object.defineProperties(promisified, Object.getOwnPropertyDescriptors(original)) as AnyFunction;
}
promisify.custom = customPromisified;

export function callbackify(original: AnyFunction): AnyFunction {
  if (typeof original !== 'function') throw invalidArgument('original', 'of type function', original);
  function callbackified(this: unknown, ...args: unknown[]): void {
    const callback = args.pop();
    if (typeof callback !== 'function') throw invalidArgument('last argument', 'of type function', callback);
    const done = callback as AnyFunction;
    (Reflect.apply(original, this, args) as Promise<unknown>).then(
      // At a tick, so that what the callback throws is uncaught rather than a rejection of this promise.
      (value) => nextTick(() => done.call(this, null, value), []),
      (reason: unknown) => {
        const error = reason || Object.assign(new Error('Promise was rejected with a falsy value'), { reason, code: 'ERR_FALSY_VALUE_REJECTION' });
        nextTick(() => done.call(this, error), []);
      },
    );
  }
  const descriptors = Object.getOwnPropertyDescriptors(original) as Record<string, PropertyDescriptor>;
  if (typeof descriptors.length?.value === 'number') descriptors.length.value++;
  if (typeof descriptors.name?.value === 'string') descriptors.name.value += 'Callbackified';
  return Object.defineProperties(callbackified, descriptors);
}
