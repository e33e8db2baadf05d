// Finds what a loaded program offers as handlers, in each form that people write:
//
//   export default { fetch, scheduled }          also an instance of a class
//   export default function (request, env, ctx)
//   module.exports = …                           the same two, in CommonJS
//   addEventListener('fetch', (event) => event.respondWith(…))
//   http.createServer(listener).listen()         of node:http, anywhere in the program

import { Handler } from '../abi';
import { dispatch, Event, globalTarget, hasListeners, trusted } from '../web/events';
import { servingAnswer } from './server_handler';
import { intercept } from './uncaught';

/** What is called for a request or a schedule; methods, so that `this` is the user's object. */
export interface Handlers {
  fetch?(request: unknown, env: unknown, ctx: Context): unknown;
  scheduled?(controller: ScheduledController, env: unknown, ctx: Context): unknown;
}

/** The third argument of a handler. */
export interface Context {
  /** The invocation does not end before this promise is settled. */
  waitUntil(promise: unknown): void;
}

/** The first argument of a `scheduled` handler. */
export interface ScheduledController {
  readonly type: 'scheduled';
  readonly cron: string;
  /** Milliseconds since the epoch. */
  readonly scheduledTime: number;
}

/** The handlers of a program whose main module exports `exports`, and their bits. */
export function findHandlers(exports: unknown, context: Context): [Handlers, number] {
  const found = fromExports(exports) ?? {};
  const holder: Handlers = {};
  let target: Handlers = found;
  const answer = servingAnswer();
  if (typeof found.fetch !== 'function' && answer !== undefined) {
    holder.fetch = answer;
    if (typeof found.scheduled === 'function') holder.scheduled = (...args) => found.scheduled!(...args);
    return [holder, Handler.Fetch | (holder.scheduled === undefined ? 0 : Handler.Scheduled)];
  }
  if (typeof found.fetch !== 'function' && hasListeners(globalTarget, 'fetch')) {
    holder.fetch = (request) => dispatchFetch(request, context);
    target = holder;
  }
  if (typeof found.scheduled !== 'function' && hasListeners(globalTarget, 'scheduled')) {
    holder.scheduled = (controller) => dispatchScheduled(controller, context);
    if (target === found && typeof found.fetch === 'function') holder.fetch = (...args) => found.fetch!(...args);
    target = holder;
  } else if (target === holder && typeof found.scheduled === 'function') {
    holder.scheduled = (...args) => found.scheduled!(...args);
  }
  let bits = 0;
  if (typeof target.fetch === 'function') bits |= Handler.Fetch;
  if (typeof target.scheduled === 'function') bits |= Handler.Scheduled;
  return [target, bits];
}

function fromExports(exports: unknown): Handlers | undefined {
  if (typeof exports === 'function') return { fetch: exports as Handlers['fetch'] };
  if (typeof exports !== 'object' || exports === null) return undefined;
  const value = (exports as { default?: unknown }).default;
  if (value !== undefined && value !== null) {
    const inner = fromDefault(value);
    if (inner !== undefined) return inner;
  }
  return fromDefault(exports);
}

function fromDefault(value: unknown): Handlers | undefined {
  if (typeof value === 'function') return { fetch: value as Handlers['fetch'] };
  if (typeof value !== 'object' || value === null) return undefined;
  const handlers = value as Handlers & { default?: unknown; __esModule?: unknown };
  if (typeof handlers.fetch === 'function' || typeof handlers.scheduled === 'function') return handlers;
  // What a compiler made of `export default` in CommonJS, imported as a whole.
  return handlers.__esModule ? fromDefault(handlers.default) : undefined;
}

class ExtendableEvent extends Event {
  #context: Context;

  constructor(type: string, context: Context) {
    super(type, { cancelable: true });
    this.#context = context;
  }

  waitUntil(promise: unknown): void {
    this.#context.waitUntil(promise);
  }
}

class FetchEvent extends ExtendableEvent {
  readonly request: unknown;
  #response: { value: unknown } | undefined;

  constructor(request: unknown, context: Context) {
    super('fetch', context);
    this.request = request;
  }

  respondWith(response: unknown): void {
    if (this.#response !== undefined) throw new TypeError('event.respondWith was already called for this request');
    this.#response = { value: response };
    this.stopImmediatePropagation();
  }

  static responseOf(event: FetchEvent): { value: unknown } | undefined {
    return event.#response;
  }
}
const { responseOf } = FetchEvent;
delete (FetchEvent as { responseOf?: unknown }).responseOf;

class ScheduledEvent extends ExtendableEvent {
  readonly cron: string;
  readonly scheduledTime: number;

  constructor(controller: ScheduledController, context: Context) {
    super('scheduled', context);
    this.cron = controller.cron;
    this.scheduledTime = controller.scheduledTime;
  }
}

function dispatchFetch(request: unknown, context: Context): unknown {
  const event = new FetchEvent(request, context);
  dispatchOrThrow(event, () => responseOf(event) !== undefined);
  const response = responseOf(event);
  if (response === undefined) {
    throw new TypeError("No 'fetch' listener answered: call event.respondWith(response) before the listener returns");
  }
  return response.value;
}

function dispatchScheduled(controller: ScheduledController, context: Context): void {
  dispatchOrThrow(new ScheduledEvent(controller, context), () => false);
}

/** Dispatches; an error that a listener throws is the handler's, unless there is an answer already. */
function dispatchOrThrow(event: Event, answered: () => boolean): void {
  const errors: unknown[] = [];
  const before = intercept((error) => errors.push(error));
  try {
    dispatch(globalTarget, trusted(event));
  } finally {
    intercept(before);
  }
  if (errors.length > 0 && !answered()) throw errors[0];
}
