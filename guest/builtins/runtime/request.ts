// A function's invocation: call the handler, send the response, wait for what `waitUntil` was given, finish.
//
// A hello handler passes here in two calls: the event, and the end of the turn. A handler's promise is not
// followed by `then` but looked at when the turn ends, and everything that does not depend on the request is
// in the image already, so that such a request makes no promise, no closure and no object of this file.

import { EffectKind, EventKind } from '../abi';
import { native } from '../native';
import { somethingPending } from '../ops';
import { createSignal, DOMException, signalAbort } from '../web/events';
import { abandonResponse, isResponse, requestFromHost, sendResponse } from '../web/fetch';
import { findHandlers, type Context, type Handlers } from './handlers';
import { program } from './program';
import { drainTicks } from './ticks';
import { enter, still } from './turn';
import { logError, threw, watch } from './uncaught';

/** The engine's, whatever a program makes of the global. */
const OwnPromise = Promise;

let handlers: Handlers | undefined;
/** A request or schedule that came while the program was still loading. */
let queued: (() => void) | undefined;
/** What the stage waits for: the handler's result, or the end of the response's body. */
let awaited: Promise<unknown>;
/** How many promises that `waitUntil` was given are not settled. */
let waiting = 0;

const requestSignal = createSignal();
const context: Context = {
  waitUntil(promise) {
    waiting++;
    OwnPromise.resolve(promise).then(waited, waitFailed);
  },
};

function waited(): void {
  waiting--;
}

function waitFailed(error: unknown): void {
  waiting--;
  logError('A promise given to waitUntil was rejected: ', error);
}

/** The program is loaded; what it exports tells its handlers, whose bits are returned. */
export function setHandlers(exports: unknown): number {
  const [found, bits] = findHandlers(exports, context);
  handlers = found;
  return bits;
}

/** Takes up the request that came while the program was loading. */
export function startQueued(): void {
  queued?.();
  queued = undefined;
}

native.on(EventKind.Request, (_op, _seed, _id, method, url, headers, body) => {
  if (handlers === undefined) queued = () => startRequest(method, url, headers, body);
  else startRequest(method, url, headers, body);
});

native.on(EventKind.Scheduled, (_op, _seed, _id, cron, scheduledTime) => {
  if (handlers === undefined) queued = () => startScheduled(cron, scheduledTime);
  else startScheduled(cron, scheduledTime);
});

/** Nobody waits for the response any more. Who listens is told and has this turn; at its end the handler is not
 *  waited for, however its promise may be settled later, and only `waitUntil` still holds the invocation open. */
native.on(EventKind.Cancel, (_op, reason) => {
  queued = undefined;
  enter(draining);
  const error = new DOMException(reason, 'AbortError');
  signalAbort(requestSignal, error);
  abandonResponse(error);
  drainTicks();
});

function startRequest(method: string, url: string, headers: string, body: number): void {
  try {
    if (handlers!.fetch === undefined) throw new TypeError("This program has no 'fetch' handler");
    const result = handlers!.fetch(requestFromHost(method, url, headers, body === 1, requestSignal), program.env, context);
    if (isResponse(result)) respond(result);
    else waitFor(result, handling);
  } catch (error) {
    failed(error);
  }
  drainTicks();
}

function startScheduled(cron: string, scheduledTime: number): void {
  try {
    if (handlers!.scheduled === undefined) throw new TypeError("This program has no 'scheduled' handler");
    waitFor(handlers!.scheduled({ type: 'scheduled', cron, scheduledTime }, program.env, context), scheduled);
  } catch (error) {
    failed(error);
  }
  drainTicks();
}

function waitFor(value: unknown, stage: () => boolean): void {
  awaited = value instanceof OwnPromise ? value : OwnPromise.resolve(value);
  watch(awaited);
  enter(stage);
}

/** The handler's promise is not settled. When nothing is pending that could settle it, the host says so. */
function handling(): boolean {
  const [state, value] = native.promiseState(awaited);
  if (state === 0) return false;
  if (state === 2) return failed(value);
  try {
    respond(value);
  } catch (error) {
    failed(error);
  }
  return true;
}

function scheduled(): boolean {
  const [state, value] = native.promiseState(awaited);
  if (state === 0) return false;
  if (state === 2) return failed(value);
  enter(draining);
  return true;
}

function respond(response: unknown): void {
  if (!isResponse(response)) throw notAResponse(response);
  const sent = sendResponse(response);
  if (sent === undefined) enter(draining);
  else waitFor(sent, sending);
}

/** The response's body is being written. */
function sending(): boolean {
  const [state, error] = native.promiseState(awaited);
  if (state === 0) return false;
  // Its status is out, and the body was closed with the error; here it is for the log.
  if (state === 2) logError('The body of the response failed: ', error);
  enter(draining);
  return true;
}

/** All is answered, or nobody waits for the answer; `waitUntil` may still hold the invocation open. */
function draining(): boolean {
  if (waiting > 0) {
    if (somethingPending()) return false;
    logError('', new Error('A promise given to waitUntil can never settle: nothing is pending that could settle it'));
  }
  enter(still);
  native.effect(EffectKind.Finish, 0, 0, null);
  return false;
}

/** The handler threw, or gave what is no response. */
function failed(error: unknown): boolean {
  enter(still);
  threw(error);
  return true;
}

function notAResponse(value: unknown): TypeError {
  return new TypeError(
    `The 'fetch' handler returned ${described(value)}; it must return a Response (or a promise of one), for example: return new Response('hello')`,
  );
}

function described(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'undefined (is a return missing?)';
    case 'object': {
      if (value === null) return 'null';
      const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name;
      return typeof name === 'string' && name !== '' && name !== 'Object' ? `an object of the class ${name}` : 'an object';
    }
    case 'function':
      return 'a function';
    default:
      return `a ${typeof value}`;
  }
}
