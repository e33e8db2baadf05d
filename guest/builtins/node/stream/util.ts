// What readable-stream takes from `util` and the like.

import { AbortController, AbortSignal } from '../../web/events';
import { followSignals } from '../../web/events/abort';
import { format } from '../../web/console/format';
import { inspect } from '../../web/console/inspect';
import { addAbortListener } from '../events/functions';
import { promisify } from '../util/callbacks';
import { types } from '../util/types';
import { validateAbortSignal, validateFunction } from '../validators';

export const kEmptyObject = Object.freeze({ __proto__: null });

export function once(callback: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
  let called = false;
  return function (this: unknown, ...args) {
    if (called) return undefined;
    called = true;
    return Reflect.apply(callback, this, args) as unknown;
  };
}

export function createDeferredPromise(): { promise: Promise<unknown>; resolve: unknown; reject: unknown } {
  let resolve: unknown;
  let reject: unknown;
  const promise = new Promise((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

const silent = Object.assign(() => {}, { enabled: false });
export const debuglog = (): typeof silent => silent;

export function isBlob(value: unknown): boolean {
  const { Blob } = globalThis as unknown as { Blob: Function };
  return value instanceof Blob;
}

export const deprecate = <F>(original: F): F => original;
export const AbortSignalAny = (signals: AbortSignal[]): AbortSignal => followSignals(signals);
export const SymbolDispose: symbol = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for('nodejs.dispose');
export const OwnAggregateError = AggregateError;
export {
  AbortController,
  AbortSignal,
  OwnAggregateError as AggregateError,
  addAbortListener,
  format,
  inspect,
  promisify,
  types,
  validateAbortSignal,
  validateFunction,
};
