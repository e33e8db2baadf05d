// Errors that nobody caught, and promises that nobody handles: whom they are shown to, and whether they end
// the program. In a script they do, as in Node; a function logs them and goes on to answer.

import { EffectKind, Stream } from '../abi';
import { native } from '../native';
import { dispatchRejectionHandled, dispatchUnhandledRejection } from '../web/events';
import { inspect } from '../web/console/inspect';
import { isFunction } from './program';
import { messageOf, nameOf, reportOf } from './report';

/** What `process.on` offers; see node/process. Each says whether somebody took the error. */
interface ProcessHooks {
  uncaughtException(error: unknown, origin: string): boolean;
  unhandledRejection(reason: unknown, promise: Promise<unknown>): boolean;
  rejectionHandled(promise: Promise<unknown>): boolean;
  /** The program is about to end with exit code 1. */
  exit(): void;
}

let hooks: ProcessHooks | undefined;

/** Gives the listeners of `process` their chance. */
export function setProcessHooks(processHooks: ProcessHooks): void {
  hooks = processHooks;
}

type Interceptor = ((error: unknown) => void) | null;
let interceptor: Interceptor = null;

/** Sends uncaught errors elsewhere while an event is dispatched on behalf of a handler; returns who took
 *  them before. */
export function intercept(taker: Interceptor): Interceptor {
  const before = interceptor;
  interceptor = taker;
  return before;
}

/** An error that user code called by an event (a timer, a tick, a listener) did not catch. Does not return
 *  when it ends the program. */
export function uncaught(error: unknown): void {
  if (interceptor !== null) interceptor(error);
  else if (taken(() => hooks?.uncaughtException(error, 'uncaughtException'))) return;
  else if (isFunction()) logError('Uncaught ', error);
  else fatal(error);
}

/** Whether a listener of `process` took an error. One that throws itself ends the program. */
function taken(ask: () => boolean | undefined): boolean {
  try {
    return ask() === true;
  } catch (error) {
    if (!isFunction()) fatal(error);
    logError('Uncaught ', error);
    return true;
  }
}

/** Ends the program with this error; the host shows the report and makes the exit code. */
export function fatal(error: unknown): never {
  try {
    hooks?.exit();
  } catch (later) {
    error = later;
  }
  threw(error);
  return native.halt();
}

/** Says that the program threw: the last effect of an invocation. */
export function threw(error: unknown): void {
  native.effect(EffectKind.Threw, 0, nameOf(error), messageOf(error), reportOf(error));
}

/** Writes an error to the log, at the level of console.error. */
export function logError(prefix: string, error: unknown): void {
  native.effect(EffectKind.Log, 0, Stream.Error, prefix + reportOf(error));
}

interface Rejection {
  promise: Promise<unknown>;
  reason: unknown;
}

let rejections: Rejection[] = [];
/** Promises that were reported: a handler that comes now is news. */
let reported: WeakSet<Promise<unknown>> | undefined;
/** The promise that the runtime itself waits for; nobody else needs to handle it. */
let watched: Promise<unknown> | undefined;

native.onRejection((promise, reason, handled) => {
  if (!handled) {
    rejections.push({ promise, reason });
  } else if (reported?.has(promise)) {
    dispatchRejectionHandled(promise, reason);
    taken(() => hooks?.rejectionHandled(promise));
  } else {
    rejections = rejections.filter((rejection) => rejection.promise !== promise);
  }
});

/** The runtime looks at this promise from now on; its rejection is not reported as unhandled. */
export function watch(promise: Promise<unknown> | undefined): void {
  watched = promise;
}

/** Reports the promises that were rejected and that nobody has handled. True when there were any. To be
 *  called when no promise job is left. */
export function reportRejections(): boolean {
  if (rejections.length === 0) return false;
  const list = rejections;
  rejections = [];
  for (const { promise, reason } of list) {
    if (promise === watched) continue;
    (reported ??= new WeakSet()).add(promise);
    if (!dispatchUnhandledRejection(promise, reason)) continue;
    if (taken(() => hooks?.unhandledRejection(reason, promise))) continue;
    if (isFunction()) logError('Uncaught (in promise) ', reason);
    else if (!taken(() => hooks?.uncaughtException(errorOf(reason), 'unhandledRejection'))) fatal(reason);
  }
  return true;
}

/** What listeners for errors are given for a rejection: the reason, or an error about it when it is none. */
function errorOf(reason: unknown): unknown {
  if (typeof reason === 'object' && reason !== null && (native.classOf(reason) === 'Error' || Object.hasOwn(reason, 'stack'))) return reason;
  const error = new Error(
    'This error originated either by throwing inside of an async function without a catch block, or by rejecting a promise ' +
      `which was not handled with .catch(). The promise rejected with the reason "${inspect(reason)}".`,
  );
  Object.defineProperty(error, 'name', { value: 'UnhandledPromiseRejection', writable: true, configurable: true });
  return Object.assign(error, { code: 'ERR_UNHANDLED_REJECTION' });
}
