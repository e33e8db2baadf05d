// EventEmitter, as node:events has it. Its state lies in the properties that Node's has (`_events` and the
// others), since streams and packages reach into them.

import { defineHidden } from '../../define';
import { inspect } from '../../web/console/inspect';
import { codes } from '../errors';
import { nextTick } from '../../runtime/ticks';
import { warn } from '../../runtime/warning';
import { validateBoolean, validateNumber } from '../validators';

export type Listener = ((...args: any[]) => any) & { listener?: Listener };
export type Name = string | symbol;
type Listeners = Listener | (Listener[] & { warned?: boolean });

const captures = Symbol('kCapture');
const rejection = Symbol.for('nodejs.rejection');
/** Listeners of this hear of errors without counting as somebody who takes them. */
const errorMonitor = Symbol('events.errorMonitor');

export interface EventEmitter {
  _events: Record<Name, Listeners | undefined> | undefined;
  _eventsCount: number;
  _maxListeners: number | undefined;
  on(name: Name, listener: Listener): this;
  addListener(name: Name, listener: Listener): this;
  prependListener(name: Name, listener: Listener): this;
  once(name: Name, listener: Listener): this;
  prependOnceListener(name: Name, listener: Listener): this;
  off(name: Name, listener: Listener): this;
  removeListener(name: Name, listener: Listener): this;
  removeAllListeners(name?: Name): this;
  emit(name: Name, ...args: unknown[]): boolean;
  listeners(name: Name): Listener[];
  rawListeners(name: Name): Listener[];
  listenerCount(name: Name, listener?: Listener): number;
  eventNames(): Name[];
  setMaxListeners(count: number): this;
  getMaxListeners(): number;
}

interface EventEmitterConstructor {
  new (options?: object): EventEmitter;
  (this: unknown, options?: object): void;
  prototype: EventEmitter;
  init(this: EventEmitter, options?: object): void;
  defaultMaxListeners: number;
  captureRejections: boolean;
}

/** Called with or without `new`, since old-style classes call it on themselves. */
export const EventEmitter: EventEmitterConstructor = function (this: EventEmitter, options?: object): void {
  EventEmitter.init.call(this, options);
} as unknown as EventEmitterConstructor;

let defaultMaxListeners = 10;

function emptyEvents(): Record<Name, Listeners | undefined> {
  return Object.create(null) as Record<Name, Listeners | undefined>;
}

EventEmitter.init = function init(this: EventEmitter & { [captures]?: boolean }, options?: { captureRejections?: unknown }) {
  if (this._events === undefined || this._events === (Object.getPrototypeOf(this) as EventEmitter)._events) {
    this._events = emptyEvents();
    this._eventsCount = 0;
  }
  this._maxListeners = this._maxListeners || undefined;
  if (options?.captureRejections) {
    validateBoolean(options.captureRejections, 'options.captureRejections');
    this[captures] = true;
  } else if (captureRejectionsByDefault) {
    this[captures] = true;
  }
};

let captureRejectionsByDefault = false;

EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;
defineHidden(EventEmitter.prototype, captures, false);

export function checkListener(listener: unknown): asserts listener is Listener {
  if (typeof listener !== 'function') throw new codes.ERR_INVALID_ARG_TYPE!('listener', 'Function', listener);
}

function maxListenersOf(emitter: EventEmitter): number {
  return emitter._maxListeners === undefined ? defaultMaxListeners : emitter._maxListeners;
}

/** Warns once when there are so many listeners that somebody has forgotten to remove them. */
function warnOfLeak(emitter: EventEmitter, name: Name, list: Listener[] & { warned?: boolean }): void {
  const most = maxListenersOf(emitter);
  if (most <= 0 || list.length <= most || list.warned) return;
  list.warned = true;
  const who = inspect(emitter, { depth: -1 });
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${list.length} ${String(name)} listeners added to ${who}. ` +
      `MaxListeners is ${most}. Use emitter.setMaxListeners() to increase limit`,
  );
  warn(Object.assign(warning, { name: 'MaxListenersExceededWarning', emitter, type: name, count: list.length }));
}

function add<E extends EventEmitter>(emitter: E, name: Name, listener: Listener, first: boolean): E {
  checkListener(listener);
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = emptyEvents();
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    // Before it is added, so that a listener for newListener does not hear of itself.
    emitter.emit('newListener', name, listener.listener ?? listener);
    events = emitter._events!;
  }
  const existing = events[name];
  if (existing === undefined) {
    events[name] = listener;
    ++emitter._eventsCount;
    return emitter;
  }
  let list: Listener[];
  if (typeof existing === 'function') list = events[name] = first ? [listener, existing] : [existing, listener];
  else {
    list = existing;
    if (first) list.unshift(listener);
    else list.push(listener);
  }
  warnOfLeak(emitter, name, list);
  return emitter;
}

function onceWrapper(emitter: EventEmitter, name: Name, listener: Listener): Listener {
  checkListener(listener);
  let fired = false;
  const wrapper: Listener = function (this: unknown, ...args: unknown[]): unknown {
    if (fired) return undefined;
    emitter.removeListener(name, wrapper);
    fired = true;
    return Reflect.apply(listener, emitter, args);
  };
  wrapper.listener = listener;
  return wrapper;
}

function defineMethods(target: object, methods: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: true });
  }
}

/** What a listener gave back is followed when the emitter asked for it: its rejection is an error event. */
function capture(emitter: EventEmitter, result: any, name: Name, args: unknown[]): void {
  try {
    const { then } = result;
    if (typeof then === 'function') {
      then.call(result, undefined, (error: unknown) => nextTick(() => rejected(emitter, error, name, args), []));
    }
  } catch (error) {
    emitter.emit('error', error);
  }
}

function rejected(emitter: any, error: unknown, name: Name, args: unknown[]): void {
  if (typeof emitter[rejection] === 'function') {
    emitter[rejection](error, name, ...args);
    return;
  }
  // Not again for what a listener of `error` does.
  const before = emitter[captures];
  try {
    emitter[captures] = false;
    emitter.emit('error', error);
  } finally {
    emitter[captures] = before;
  }
}

function call(emitter: EventEmitter & { [captures]?: boolean }, listener: Listener, name: Name, args: unknown[]): void {
  const result: unknown = Reflect.apply(listener, emitter, args);
  if (result !== undefined && result !== null && emitter[captures]) capture(emitter, result, name, args);
}

/** What an `error` event without a listener throws. */
function unhandled(value: unknown): unknown {
  if (value instanceof Error) return value;
  let shown: string;
  try {
    shown = inspect(value);
  } catch {
    shown = String(value);
  }
  return Object.assign(new codes.ERR_UNHANDLED_ERROR!(shown), { context: value });
}

function listOf(emitter: EventEmitter, name: Name): Listener[] {
  const found = emitter._events?.[name];
  if (found === undefined) return [];
  return typeof found === 'function' ? [found] : [...found];
}

const methods = {
  setMaxListeners(this: EventEmitter, n: number) {
    validateNumber(n, 'setMaxListeners', 0);
    this._maxListeners = n;
    return this;
  },
  getMaxListeners(this: EventEmitter) {
    return maxListenersOf(this);
  },
  emit(this: EventEmitter, type: Name, ...args: unknown[]) {
    const events = this._events;
    if (type === 'error') {
      if (events?.[errorMonitor as unknown as string] !== undefined) this.emit(errorMonitor, ...args);
      if (events?.error === undefined) throw unhandled(args[0]);
    }
    const handler = events?.[type];
    if (handler === undefined) return false;
    if (typeof handler === 'function') {
      call(this, handler, type, args);
    } else {
      // A copy: listeners may add and remove.
      for (const listener of [...handler]) call(this, listener, type, args);
    }
    return true;
  },
  addListener(this: EventEmitter, type: Name, listener: Listener) {
    return add(this, type, listener, false);
  },
  prependListener(this: EventEmitter, type: Name, listener: Listener) {
    return add(this, type, listener, true);
  },
  once(this: EventEmitter, type: Name, listener: Listener) {
    checkListener(listener);
    return this.on(type, onceWrapper(this, type, listener));
  },
  prependOnceListener(this: EventEmitter, type: Name, listener: Listener) {
    checkListener(listener);
    return this.prependListener(type, onceWrapper(this, type, listener));
  },
  removeListener(this: EventEmitter, type: Name, listener: Listener) {
    checkListener(listener);
    const events = this._events;
    const list = events?.[type];
    if (events === undefined || list === undefined) return this;
    if (typeof list === 'function') {
      if (list !== listener && list.listener !== listener) return this;
      forget(this, type);
      if (events.removeListener !== undefined) this.emit('removeListener', type, list.listener ?? listener);
      return this;
    }
    const at = list.findLastIndex((each) => each === listener || each.listener === listener);
    if (at < 0) return this;
    list.splice(at, 1);
    if (list.length === 1) events[type] = list[0];
    if (events.removeListener !== undefined) this.emit('removeListener', type, listener);
    return this;
  },
  removeAllListeners(this: EventEmitter, ...types: Name[]) {
    const events = this._events;
    if (events === undefined) return this;
    if (events.removeListener === undefined) {
      if (types.length === 0) {
        this._events = emptyEvents();
        this._eventsCount = 0;
      } else if (events[types[0]!] !== undefined) {
        forget(this, types[0]!);
      }
      return this;
    }
    // Somebody wants to hear of each of them.
    if (types.length === 0) {
      for (const name of Reflect.ownKeys(events)) if (name !== 'removeListener') this.removeAllListeners(name);
      this.removeAllListeners('removeListener');
      this._events = emptyEvents();
      this._eventsCount = 0;
      return this;
    }
    for (const listener of listOf(this, types[0]!).toReversed()) this.removeListener(types[0]!, listener);
    return this;
  },
  listeners(this: EventEmitter, type: Name) {
    return listOf(this, type).map((listener) => listener.listener ?? listener);
  },
  rawListeners(this: EventEmitter, type: Name) {
    return listOf(this, type);
  },
  listenerCount(this: EventEmitter, type: Name, listener?: Listener) {
    const list = listOf(this, type);
    return listener === undefined || listener === null ? list.length : list.filter((each) => each === listener || each.listener === listener).length;
  },
  eventNames(this: EventEmitter) {
    return this._eventsCount > 0 ? Reflect.ownKeys(this._events!) : [];
  },
};
defineMethods(EventEmitter.prototype, { ...methods, on: methods.addListener, off: methods.removeListener });

/** Removes a name of which nobody listens any more. */
function forget(emitter: EventEmitter, name: Name): void {
  if (--emitter._eventsCount === 0) emitter._events = emptyEvents();
  else delete emitter._events![name];
}

Object.defineProperties(EventEmitter, {
  captureRejections: {
    configurable: false,
    enumerable: true,
    get: () => captureRejectionsByDefault,
    set(value: unknown) {
      validateBoolean(value, 'EventEmitter.captureRejections');
      captureRejectionsByDefault = value;
      defineHidden(EventEmitter.prototype, captures, value);
    },
  },
  captureRejectionSymbol: { value: rejection, enumerable: true, configurable: true },
  errorMonitor: { value: errorMonitor, enumerable: true, configurable: true },
  defaultMaxListeners: {
    enumerable: true,
    configurable: false,
    get: () => defaultMaxListeners,
    set(value: unknown) {
      validateNumber(value, 'defaultMaxListeners', 0);
      defaultMaxListeners = value;
    },
  },
});

