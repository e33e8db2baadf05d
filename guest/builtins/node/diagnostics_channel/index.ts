// node:diagnostics_channel: named channels between a library that tells and a program that listens.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { uncaught } from '../../runtime/uncaught';
import { nextTick } from '../../runtime/ticks';
import { codes } from '../errors';
import { validateFunction } from '../validators';
import type { AsyncLocalStorage } from '../async_hooks/storage';

type Name = string | symbol;
type Subscriber = (message: unknown, name: Name) => void;
type Transform = ((data: unknown) => unknown) | undefined;

const channels = new Map<Name, Channel>();
const token = Symbol();
const disposeSymbol: symbol = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for('nodejs.dispose');

/** An error of a subscriber must not reach the one who publishes. */
function later(error: unknown): void {
  nextTick(() => uncaught(error), []);
}

export class Channel {
  readonly name: Name;
  /** Always a new list: one that is being walked does not change. */
  _subscribers: Subscriber[] | undefined = undefined;
  _stores: Map<AsyncLocalStorage, Transform> | undefined = undefined;

  constructor(name: Name, key: symbol) {
    if (key !== token) throw new codes.ERR_ILLEGAL_CONSTRUCTOR!();
    this.name = name;
  }

  get hasSubscribers(): boolean {
    return (this._subscribers?.length ?? 0) > 0 || (this._stores?.size ?? 0) > 0;
  }
  subscribe(subscription: Subscriber): void {
    validateFunction(subscription, 'subscription');
    this._subscribers = [...(this._subscribers ?? []), subscription];
    channels.set(this.name, this);
  }
  unsubscribe(subscription: Subscriber): boolean {
    const at = this._subscribers?.indexOf(subscription) ?? -1;
    if (at < 0) return false;
    this._subscribers = this._subscribers!.toSpliced(at, 1);
    return true;
  }
  bindStore(store: AsyncLocalStorage, transform?: Transform): void {
    (this._stores ??= new Map()).set(store, transform);
    channels.set(this.name, this);
  }
  unbindStore(store: AsyncLocalStorage): boolean {
    return this._stores?.delete(store) ?? false;
  }
  publish(data: unknown): void {
    for (const subscriber of this._subscribers ?? []) {
      try {
        subscriber(data, this.name);
      } catch (error) {
        later(error);
      }
    }
  }
  runStores(data: unknown, fn: (...args: any[]) => unknown, thisArg?: unknown, ...args: unknown[]): unknown {
    let run = () => {
      this.publish(data);
      return Reflect.apply(fn, thisArg, args) as unknown;
    };
    for (const [store, transform] of this._stores ?? []) {
      const next = run;
      run = () => {
        let context = data;
        if (transform !== undefined) {
          try {
            context = transform(data);
          } catch (error) {
            later(error);
            return next();
          }
        }
        return store.run(context, next);
      };
    }
    return run();
  }
  /** The stores of the channel hold for the block that `using` closes. */
  withStoreScope(data: unknown): object {
    const scopes: any[] = [];
    for (const [store, transform] of this._stores ?? []) {
      let context = data;
      try {
        if (transform !== undefined) context = transform(data);
      } catch (error) {
        later(error);
        continue;
      }
      scopes.push(store.withScope(context as never));
    }
    this.publish(data);
    return {
      [disposeSymbol]() {
        for (const scope of scopes.toReversed()) scope[disposeSymbol]();
      },
    };
  }
}

function checkName(name: unknown): asserts name is Name {
  if (typeof name !== 'string' && typeof name !== 'symbol') throw new codes.ERR_INVALID_ARG_TYPE!('channel', ['string', 'symbol'], name);
}

let announce: (name: Name) => void = () => {};

/** Tells `listener` of each channel that is made from now on: a built-in need not look for one of its own before. */
export function onNewChannel(listener: (name: Name) => void): void {
  announce = listener;
}

/** The channel, when the program has asked for it. */
export function existingChannel(name: Name): Channel | undefined {
  return channels.get(name);
}

export function channel(name: Name): Channel {
  const found = channels.get(name);
  if (found !== undefined) return found;
  checkName(name);
  const made = new Channel(name, token);
  channels.set(name, made);
  announce(name);
  return made;
}

const subscribe = (name: Name, subscription: Subscriber): void => channel(name).subscribe(subscription);
const unsubscribe = (name: Name, subscription: Subscriber): boolean => channel(name).unsubscribe(subscription);
const hasSubscribers = (name: Name): boolean => channels.get(name)?.hasSubscribers ?? false;

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;
type Events = Record<(typeof EVENTS)[number], Channel>;

function channelOf(nameOrChannels: any, event: string): Channel {
  if (typeof nameOrChannels === 'string') return channel(`tracing:${nameOrChannels}:${event}`);
  if (typeof nameOrChannels === 'object' && nameOrChannels !== null) {
    const given = nameOrChannels[event];
    if (!(given instanceof Channel)) throw new codes.ERR_INVALID_ARG_TYPE!(`nameOrChannels.${event}`, ['Channel'], given);
    return given;
  }
  throw new codes.ERR_INVALID_ARG_TYPE!('nameOrChannels', ['string', 'object', 'TracingChannel'], nameOrChannels);
}

class TracingChannel {
  declare readonly start: Channel;
  declare readonly end: Channel;
  declare readonly asyncStart: Channel;
  declare readonly asyncEnd: Channel;
  declare readonly error: Channel;

  constructor(nameOrChannels: unknown) {
    for (const event of EVENTS) {
      Object.defineProperty(this, event, { value: channelOf(nameOrChannels, event), enumerable: true });
    }
  }

  get hasSubscribers(): boolean {
    return EVENTS.some((event) => this[event].hasSubscribers);
  }
  subscribe(handlers: Partial<Record<keyof Events, Subscriber>>): void {
    for (const event of EVENTS) if (handlers[event]) this[event].subscribe(handlers[event]);
  }
  unsubscribe(handlers: Partial<Record<keyof Events, Subscriber>>): boolean {
    let all = true;
    for (const event of EVENTS) if (handlers[event] && !this[event].unsubscribe(handlers[event])) all = false;
    return all;
  }
  traceSync(fn: (...args: any[]) => unknown, context: any = {}, thisArg?: unknown, ...args: unknown[]): unknown {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    const { start, end, error } = this;
    return start.runStores(context, () => {
      try {
        const result: unknown = Reflect.apply(fn, thisArg, args);
        context.result = result;
        return result;
      } catch (thrown) {
        context.error = thrown;
        error.publish(context);
        throw thrown;
      } finally {
        end.publish(context);
      }
    });
  }
  tracePromise(fn: (...args: any[]) => unknown, context: any = {}, thisArg?: unknown, ...args: unknown[]): unknown {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    const { start, end, asyncStart, asyncEnd, error } = this;
    const reject = (reason: unknown) => {
      context.error = reason;
      error.publish(context);
      asyncStart.publish(context);
      asyncEnd.publish(context);
      return Promise.reject(reason);
    };
    const resolve = (result: unknown) => {
      context.result = result;
      asyncStart.publish(context);
      asyncEnd.publish(context);
      return result;
    };
    return start.runStores(context, () => {
      try {
        const result: any = Reflect.apply(fn, thisArg, args);
        if (typeof result?.then !== 'function') {
          context.result = result;
          return result;
        }
        return result.then(resolve, reject);
      } catch (thrown) {
        context.error = thrown;
        error.publish(context);
        throw thrown;
      } finally {
        end.publish(context);
      }
    });
  }
  traceCallback(fn: (...args: any[]) => unknown, position = -1, context: any = {}, thisArg?: unknown, ...args: unknown[]): unknown {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    const { start, end, asyncStart, asyncEnd, error } = this;
    const callback: any = args.at(position);
    validateFunction(callback, 'callback');
    function wrapped(this: unknown, ...results: unknown[]): unknown {
      if (results[0]) {
        context.error = results[0];
        error.publish(context);
      } else {
        context.result = results[1];
      }
      return asyncStart.runStores(context, () => {
        try {
          return Reflect.apply(callback, this, results) as unknown;
        } finally {
          asyncEnd.publish(context);
        }
      });
    }
    args.splice(position, 1, wrapped);
    return start.runStores(context, () => {
      try {
        return Reflect.apply(fn, thisArg, args) as unknown;
      } catch (thrown) {
        context.error = thrown;
        error.publish(context);
        throw thrown;
      } finally {
        end.publish(context);
      }
    });
  }
}

registerBuiltin('diagnostics_channel', () => ({
  Channel,
  channel,
  hasSubscribers,
  subscribe,
  tracingChannel: (nameOrChannels: unknown) => new TracingChannel(nameOrChannels),
  unsubscribe,
}));
