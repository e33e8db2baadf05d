// What happens to an error that nobody catches: it goes to `error` listeners of the global object, and
// when none of them prevents it, to the runtime, which ends the program.

import { ErrorEvent, PromiseRejectionEvent, trusted } from './event';
import { dispatch, globalTarget, hasListeners, hooks } from './eventtarget';
import { stackFrames } from './stack';

type Uncaught = (error: unknown) => void;
let uncaught: Uncaught = (error) => {
  throw error;
};

/** Who takes the errors that no listener prevented: the runtime. */
export function onUncaught(handler: Uncaught): void {
  uncaught = handler;
}

let reporting = false;

/** The global `reportError`: as if the error had been thrown by a callback that the runtime called. */
export function reportError(error: unknown): void {
  if (hasListeners(globalTarget, 'error') && !reporting) {
    // A listener that throws must not report to itself without end.
    reporting = true;
    try {
      if (!dispatch(globalTarget, trusted(errorEvent(error)))) return;
    } finally {
      reporting = false;
    }
  }
  uncaught(error);
}

function errorEvent(error: unknown): ErrorEvent {
  const frame = stackFrames(error)[0];
  let message: string;
  try {
    message = error instanceof Error ? `${error.name}: ${error.message}` : `${error}`;
  } catch {
    message = 'an error that has no text';
  }
  return new ErrorEvent('error', {
    message: `Uncaught ${message}`,
    filename: frame?.file ?? '',
    lineno: frame?.line ?? 0,
    colno: frame?.column ?? 0,
    error,
    cancelable: true,
  });
}

/** Tells `unhandledrejection` listeners; false when one of them prevented what happens by default. */
export function dispatchUnhandledRejection(promise: Promise<unknown>, reason: unknown): boolean {
  if (!hasListeners(globalTarget, 'unhandledrejection')) return true;
  return dispatch(globalTarget, trusted(new PromiseRejectionEvent('unhandledrejection', { promise, reason, cancelable: true })));
}

/** Tells `rejectionhandled` listeners that a promise got a handler after all. */
export function dispatchRejectionHandled(promise: Promise<unknown>, reason: unknown): void {
  if (!hasListeners(globalTarget, 'rejectionhandled')) return;
  dispatch(globalTarget, trusted(new PromiseRejectionEvent('rejectionhandled', { promise, reason })));
}

hooks.report = reportError;
