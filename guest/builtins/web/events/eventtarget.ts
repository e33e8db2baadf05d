// EventTarget: listeners and their dispatch. There is no tree, so an event reaches its target and nothing else.
//
// The global object is a target too without being an instance: the methods take it (or no `this` at all)
// for `globalTarget`, whose events show globalThis as their target.

import { defineInterface } from '../webidl/interface';
import { DOMException } from './domexception';
import { dispatchState, isEvent, type Event } from './event';

export interface EventListenerObject {
  handleEvent(event: Event): unknown;
}
export type EventListener = ((event: Event) => unknown) | EventListenerObject;

export interface AddOptions {
  capture?: boolean;
  once?: boolean;
  passive?: boolean;
  signal?: object;
}

interface Registration {
  callback: EventListener;
  capture: boolean;
  once: boolean;
  passive: boolean;
  removed: boolean;
  signal: object | null;
  onAbort: (() => void) | null;
}

/** What this file needs of the files that build on it, which fill it in when they are evaluated. */
export const hooks = {
  /** abort.ts: whether a value is an AbortSignal, whether it is aborted, and steps to run when it aborts. */
  isSignal: (_value: unknown): boolean => false,
  isAborted: (_signal: object): boolean => false,
  onAbort: (_signal: object, _steps: () => void): void => {},
  offAbort: (_signal: object, _steps: () => void): void => {},
  /** report.ts: a listener threw. */
  report: (_error: unknown): void => {},
};

type Listeners = Map<string, Registration[]>;
let listenersOf: (target: EventTarget) => Listeners | undefined;
let makeListeners: (target: EventTarget) => Listeners;
let isTarget: (value: object) => boolean;

export class EventTarget {
  // Made by the first listener: most targets (the signal of a request) never have one.
  #listeners: Listeners | undefined = undefined;

  static {
    listenersOf = (target) => target.#listeners;
    makeListeners = (target) => (target.#listeners = new Map());
    isTarget = (value) => #listeners in value;
  }

  addEventListener(type: string, callback: EventListener | null, options?: AddOptions | boolean | null): void {
    const target = self(this);
    if (arguments.length < 2) throw new TypeError('addEventListener needs a type and a listener');
    const flags: AddOptions = typeof options === 'object' && options !== null ? options : { capture: Boolean(options) };
    const capture = Boolean(flags.capture);
    const once = Boolean(flags.once);
    const passive = Boolean(flags.passive);
    const signal = flags.signal;
    if (signal !== undefined && !hooks.isSignal(signal)) {
      throw new TypeError('addEventListener: the option signal is not an AbortSignal');
    }
    if (callback === null || callback === undefined) return;
    if (typeof callback !== 'function' && typeof callback !== 'object') {
      throw new TypeError('addEventListener: the listener is neither a function nor an object');
    }
    if (signal !== undefined && hooks.isAborted(signal)) return;
    const listeners = listenersOf(target) ?? makeListeners(target);
    const key = `${type}`;
    let list = listeners.get(key);
    if (list === undefined) listeners.set(key, (list = []));
    else if (list.some((entry) => entry.callback === callback && entry.capture === capture)) return;
    const entry: Registration = { callback, capture, once, passive, removed: false, signal: null, onAbort: null };
    list.push(entry);
    if (signal !== undefined) {
      entry.signal = signal;
      entry.onAbort = () => remove(target, key, entry);
      hooks.onAbort(signal, entry.onAbort);
    }
  }

  removeEventListener(type: string, callback: EventListener | null, options?: { capture?: boolean } | boolean | null): void {
    const target = self(this);
    if (arguments.length < 2) throw new TypeError('removeEventListener needs a type and a listener');
    const capture = Boolean(typeof options === 'object' && options !== null ? options.capture : options);
    const key = `${type}`;
    const entry = listenersOf(target)
      ?.get(key)
      ?.find((entry) => entry.callback === callback && entry.capture === capture);
    if (entry !== undefined) remove(target, key, entry);
  }

  dispatchEvent(event: Event): boolean {
    const target = self(this);
    if (typeof event !== 'object' || event === null || !isEvent(event)) {
      throw new TypeError('dispatchEvent: the argument is not an Event');
    }
    const state = dispatchState(event);
    if (state.dispatching) throw invalidState('dispatchEvent: the event is being dispatched already');
    state.trusted = false;
    return dispatch(target, event);
  }
}

/** Dispatches an event; false when a listener prevented the default. Listeners that throw are reported. `shown` is
 *  what they see as its target. */
export function dispatch(target: EventTarget, event: Event, shown: object = target === globalTarget ? globalThis : target): boolean {
  const state = dispatchState(event);
  const list = listenersOf(target)?.get(event.type);
  state.target = shown;
  state.dispatching = true;
  if (list !== undefined) {
    state.currentTarget = shown;
    state.phase = 2;
    // A copy: what is added now hears the next event. Listeners that capture come first, even at the target.
    const snapshot = list.slice();
    let captured = false;
    for (const capture of [true, false]) {
      for (const entry of snapshot) {
        if (entry.capture !== capture || entry.removed) continue;
        if (state.stoppedNow || (state.stopped && !capture && captured)) break;
        if (capture) captured = true;
        if (entry.once) remove(target, event.type, entry);
        state.passive = entry.passive;
        call(entry.callback, shown, event);
        state.passive = false;
      }
    }
    state.currentTarget = null;
    state.phase = 0;
  }
  state.dispatching = state.stopped = state.stoppedNow = false;
  return !state.canceled;
}

function call(callback: EventListener, target: object, event: Event): void {
  try {
    if (typeof callback === 'function') {
      callback.call(target as any, event);
    } else {
      const handleEvent = callback.handleEvent;
      if (typeof handleEvent !== 'function') throw new TypeError('The listener has no method handleEvent');
      handleEvent.call(callback, event);
    }
  } catch (error) {
    hooks.report(error);
  }
}

function remove(target: EventTarget, type: string, entry: Registration): void {
  entry.removed = true;
  if (entry.signal !== null) hooks.offAbort(entry.signal, entry.onAbort!);
  const list = listenersOf(target)?.get(type);
  const at = list?.indexOf(entry) ?? -1;
  if (list === undefined || at < 0) return;
  list.splice(at, 1);
  if (list.length === 0) listenersOf(target)!.delete(type);
}

/** The listeners for events of this type, in the order of their adding. */
export function eventListenersOf(target: EventTarget, type: string): EventListener[] {
  return (listenersOf(target)?.get(type) ?? []).map(({ callback }) => callback);
}

/** Whether anybody listens for events of this type. */
export function hasListeners(target: EventTarget, type: string): boolean {
  return listenersOf(target)?.has(type) ?? false;
}

function self(target: unknown): EventTarget {
  if (target === undefined || target === null || target === globalThis) return globalTarget;
  if (typeof target === 'object' && isTarget(target)) return target as EventTarget;
  throw new TypeError('Illegal invocation: this is not an EventTarget');
}

function invalidState(message: string): Error {
  return new DOMException(message, 'InvalidStateError');
}

/** The listeners of the global object. */
export const globalTarget: EventTarget = new EventTarget();

const handlers = new WeakMap<object, Map<string, { value: unknown; listener: EventListener }>>();

/** Defines the attribute `on…` for events of `type`: what is assigned to it is called like a listener that
 *  was added when it was first assigned. Returning false prevents the default; `onerror` of the global
 *  object is called with the error's parts and prevents it by true. */
export function defineHandlerAttribute(prototype: object, type: string): void {
  const name = `on${type}`;
  // In an object literal the functions get their names from the attribute's.
  const { get, set } = Object.getOwnPropertyDescriptor({
    get [name](): unknown {
      return handlers.get(self(this))?.get(type)?.value ?? null;
    },
    set [name](value: unknown) {
      const target = self(this);
      let byType = handlers.get(target);
      if (byType === undefined) handlers.set(target, (byType = new Map()));
      const accepted = typeof value === 'function' || (typeof value === 'object' && value !== null) ? value : null;
      const existing = byType.get(type);
      if (accepted === null) {
        if (existing !== undefined) target.removeEventListener(type, existing.listener);
        byType.delete(type);
      } else if (existing !== undefined) {
        existing.value = accepted;
      } else {
        const handler = { value: accepted as unknown, listener: (event: Event) => runHandler(target, handler.value, event) };
        byType.set(type, handler);
        target.addEventListener(type, handler.listener);
      }
    },
  }, name)!;
  Object.defineProperty(prototype, name, { get, set, enumerable: true, configurable: true });
}

function runHandler(target: EventTarget, handler: unknown, event: Event): void {
  if (typeof handler !== 'function') return;
  if (target === globalTarget && event.type === 'error' && 'lineno' in event) {
    const { message, filename, lineno, colno, error } = event as unknown as Record<string, unknown>;
    if (handler.call(globalThis, message, filename, lineno, colno, error) === true) event.preventDefault();
  } else if (handler.call(event.currentTarget, event) === false) {
    event.preventDefault();
  }
}

defineInterface(EventTarget, 'EventTarget', { addEventListener: 2, removeEventListener: 2 });
