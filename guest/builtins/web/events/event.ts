// Event and the interfaces derived from it. What an EventTarget changes while it dispatches lives in
// `DispatchState`, which scripts cannot reach.

import { native } from '../../native';
import { inspectable } from '../console/inspectable';
import { needArguments } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';

/** The flags of the DOM standard, and what the attributes of an event show. */
export interface DispatchState {
  target: object | null;
  currentTarget: object | null;
  phase: number;
  dispatching: boolean;
  stopped: boolean;
  stoppedNow: boolean;
  canceled: boolean;
  passive: boolean;
  trusted: boolean;
}

export interface EventInit {
  bubbles?: boolean;
  cancelable?: boolean;
  composed?: boolean;
}

const NONE = 0;
const CAPTURING_PHASE = 1;
const AT_TARGET = 2;
const BUBBLING_PHASE = 3;

/** The dictionary that an event was constructed with; absent and null count as empty. */
function dictionary<T extends object>(init: T | null | undefined, type: string): T {
  if (init === undefined || init === null) return {} as T;
  if (typeof init !== 'object' && typeof init !== 'function') {
    throw new TypeError(`Failed to construct '${type}': the second argument is not an object`);
  }
  return init;
}

let state: (event: Event) => DispatchState;
let isEvent: (value: object) => boolean;

export class Event {
  #state: DispatchState = {
    target: null,
    currentTarget: null,
    phase: NONE,
    dispatching: false,
    stopped: false,
    stoppedNow: false,
    canceled: false,
    passive: false,
    trusted: false,
  };
  #type: string;
  #bubbles: boolean;
  #cancelable: boolean;
  #composed: boolean;
  #timeStamp: number = native.monoUs() / 1000;

  static {
    state = (event) => event.#state;
    isEvent = (value) => #state in value;
  }

  constructor(type: string, init?: EventInit | null) {
    if (arguments.length === 0) throw new TypeError("Failed to construct 'Event': the type is missing");
    const options = dictionary(init, 'Event');
    this.#type = `${type}`;
    this.#bubbles = Boolean(options.bubbles);
    this.#cancelable = Boolean(options.cancelable);
    this.#composed = Boolean(options.composed);
  }

  get type(): string {
    return this.#type;
  }
  get target(): object | null {
    return this.#state.target;
  }
  get srcElement(): object | null {
    return this.#state.target;
  }
  get currentTarget(): object | null {
    return this.#state.currentTarget;
  }
  get eventPhase(): number {
    return this.#state.phase;
  }
  get bubbles(): boolean {
    return this.#bubbles;
  }
  get cancelable(): boolean {
    return this.#cancelable;
  }
  get composed(): boolean {
    return this.#composed;
  }
  get defaultPrevented(): boolean {
    return this.#state.canceled;
  }
  get returnValue(): boolean {
    return !this.#state.canceled;
  }
  set returnValue(value: boolean) {
    void this.#state;
    if (!value) this.preventDefault();
  }
  get cancelBubble(): boolean {
    return this.#state.stopped;
  }
  set cancelBubble(value: boolean) {
    const state = this.#state;
    if (value) state.stopped = true;
  }
  get isTrusted(): boolean {
    return this.#state.trusted;
  }
  get timeStamp(): number {
    return this.#timeStamp;
  }

  /** There is no tree of targets here: the path is the target alone, while it dispatches. */
  composedPath(): object[] {
    const target = this.#state.currentTarget;
    return target === null ? [] : [target];
  }
  stopPropagation(): void {
    this.#state.stopped = true;
  }
  stopImmediatePropagation(): void {
    this.#state.stopped = true;
    this.#state.stoppedNow = true;
  }
  preventDefault(): void {
    if (this.#cancelable && !this.#state.passive) this.#state.canceled = true;
  }
  initEvent(type: string, bubbles = false, cancelable = false): void {
    needArguments(arguments.length, 1, 'Event.initEvent');
    const state = this.#state;
    if (state.dispatching) return;
    state.stopped = state.stoppedNow = state.canceled = state.trusted = false;
    state.target = null;
    this.#type = `${type}`;
    this.#bubbles = Boolean(bubbles);
    this.#cancelable = Boolean(cancelable);
  }
}

export { state as dispatchState, isEvent };

/** An event made by the runtime rather than by a script. */
export function trusted<E extends Event>(event: E): E {
  state(event).trusted = true;
  return event;
}

export interface CustomEventInit extends EventInit {
  detail?: unknown;
}

export class CustomEvent extends Event {
  #detail: unknown;

  constructor(type: string, init?: CustomEventInit | null) {
    super(type, init);
    this.#detail = init?.detail ?? null;
  }
  get detail(): unknown {
    return this.#detail;
  }
  initCustomEvent(type: string, bubbles = false, cancelable = false, detail: unknown = null): void {
    needArguments(arguments.length, 1, 'CustomEvent.initCustomEvent');
    if (state(this).dispatching) return;
    this.initEvent(type, bubbles, cancelable);
    this.#detail = detail;
  }
}

export interface ErrorEventInit extends EventInit {
  message?: string;
  filename?: string;
  lineno?: number;
  colno?: number;
  error?: unknown;
}

export class ErrorEvent extends Event {
  #init: Required<Omit<ErrorEventInit, keyof EventInit>>;

  constructor(type: string, init?: ErrorEventInit | null) {
    super(type, init);
    this.#init = {
      message: init?.message === undefined ? '' : `${init.message}`,
      filename: init?.filename === undefined ? '' : `${init.filename}`,
      lineno: (init?.lineno ?? 0) >>> 0,
      colno: (init?.colno ?? 0) >>> 0,
      error: init?.error,
    };
  }
  get message(): string {
    return this.#init.message;
  }
  get filename(): string {
    return this.#init.filename;
  }
  get lineno(): number {
    return this.#init.lineno;
  }
  get colno(): number {
    return this.#init.colno;
  }
  get error(): unknown {
    return this.#init.error;
  }
}

export interface PromiseRejectionEventInit extends EventInit {
  promise: Promise<unknown>;
  reason?: unknown;
}

export class PromiseRejectionEvent extends Event {
  #promise: Promise<unknown>;
  #reason: unknown;

  constructor(type: string, init: PromiseRejectionEventInit) {
    super(type, init);
    if (init?.promise === undefined) {
      throw new TypeError("Failed to construct 'PromiseRejectionEvent': the member promise is missing");
    }
    this.#promise = init.promise;
    this.#reason = init.reason;
  }
  get promise(): Promise<unknown> {
    return this.#promise;
  }
  get reason(): unknown {
    return this.#reason;
  }
}

export interface MessageEventInit extends EventInit {
  data?: unknown;
  origin?: string;
  lastEventId?: string;
  source?: object | null;
  ports?: Iterable<object>;
}

export class MessageEvent extends Event {
  #data: unknown;
  #origin: string;
  #lastEventId: string;
  #source: object | null;
  #ports: readonly object[];

  constructor(type: string, init?: MessageEventInit | null) {
    super(type, init);
    this.#data = init?.data ?? null;
    this.#origin = init?.origin === undefined ? '' : `${init.origin}`;
    this.#lastEventId = init?.lastEventId === undefined ? '' : `${init.lastEventId}`;
    this.#source = init?.source ?? null;
    this.#ports = Object.freeze([...(init?.ports ?? [])]);
  }
  get data(): unknown {
    return this.#data;
  }
  get origin(): string {
    return this.#origin;
  }
  get lastEventId(): string {
    return this.#lastEventId;
  }
  get source(): object | null {
    return this.#source;
  }
  get ports(): readonly object[] {
    return this.#ports;
  }
}

const phases = { NONE, CAPTURING_PHASE, AT_TARGET, BUBBLING_PHASE };
for (const [name, value] of Object.entries(phases)) {
  for (const target of [Event, Event.prototype]) Object.defineProperty(target, name, { value, enumerable: true });
}

Object.defineProperty(Event.prototype.initEvent, 'length', { value: 1, configurable: true });
for (const [type, name] of [
  [Event, 'Event'],
  [CustomEvent, 'CustomEvent'],
  [ErrorEvent, 'ErrorEvent'],
  [PromiseRejectionEvent, 'PromiseRejectionEvent'],
  [MessageEvent, 'MessageEvent'],
] as const) {
  defineInterface(type, name, 'initCustomEvent' in type.prototype ? { constructor: 1, initCustomEvent: 1 } : { constructor: 1 });
}
Object.defineProperty(PromiseRejectionEvent, 'length', { value: 2, configurable: true });
inspectable(Event, (event) => ({
  type: event.type,
  defaultPrevented: event.defaultPrevented,
  cancelable: event.cancelable,
  timeStamp: event.timeStamp,
}));
inspectable(CustomEvent, (event) => ({ type: event.type, detail: event.detail, cancelable: event.cancelable, timeStamp: event.timeStamp }));
inspectable(ErrorEvent, (event) => ({
  type: event.type,
  message: event.message,
  filename: event.filename,
  lineno: event.lineno,
  colno: event.colno,
  error: event.error,
}));
inspectable(PromiseRejectionEvent, (event) => ({ type: event.type, promise: event.promise, reason: event.reason }));
inspectable(MessageEvent, (event) => ({ type: event.type, data: event.data, origin: event.origin }));
