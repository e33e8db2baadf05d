// The objects that setTimeout and setImmediate hand out. They are Node's (unref, refresh and the rest) and
// turn into their number where browsers' code expects one; clearTimeout takes either.

import { currentFrame, runInFrame } from '../../node/async_hooks/frame';
import { defineHidden } from '../../define';
import { inspectable } from '../console/inspectable';
import {
  clampDelay,
  restartTimer,
  setKeepsAlive,
  startImmediate,
  startTimer,
  stopImmediate,
  stopTimer,
  type Immediate as QueuedImmediate,
  type Timer,
} from './queue';

/** What clearTimeout finds by number. Filled only for timers whose number somebody has asked for. */
const byId = new Map<number, Timeout>();

type Callback = (...args: any[]) => unknown;

export class Timeout {
  #timer: Timer;
  #callback: Callback | null;
  #closed = false;

  constructor(callback: Callback, delay: unknown, args: unknown[], repeats: boolean) {
    if (typeof callback !== 'function') throw notAFunction(callback);
    this.#callback = callback;
    const frame = currentFrame();
    const run = () => {
      // Removed before the call, so that a callback which asks for the number again is found again.
      if (!this.#timer.repeats) byId.delete(this.#timer.id);
      const current = this.#callback;
      if (typeof current === 'function') runInFrame(frame, () => Reflect.apply(current, this, args));
    };
    this.#timer = startTimer(run, clampDelay(delay), { repeats, resource: this });
  }

  ref(): this {
    if (#timer in this) setKeepsAlive(this.#timer, true);
    return this;
  }
  unref(): this {
    if (#timer in this) setKeepsAlive(this.#timer, false);
    return this;
  }
  hasRef(): boolean {
    return #timer in this && this.#timer.keepsAlive;
  }
  refresh(): this {
    // As in Node, a timer that was cleared does not come back.
    if (!this.#closed) restartTimer(this.#timer);
    return this;
  }
  close(): this {
    this.#closed = true;
    stopTimer(this.#timer);
    byId.delete(this.#timer.id);
    return this;
  }
  [Symbol.toPrimitive](): number {
    if (!this.#closed) byId.set(this.#timer.id, this);
    return this.#timer.id;
  }

  // What old programs look at and change in Node's timers.

  /** It will not be called any more. */
  get _destroyed(): boolean {
    return this.#timer.at < 0 && !this.#timer.running;
  }
  /** Milliseconds, or -1 when it is stopped. */
  get _idleTimeout(): number {
    return this.#closed ? -1 : this.#timer.periodMs;
  }
  set _idleTimeout(ms: number) {
    if (ms < 0) this.close();
    else this.#timer.periodMs = clampDelay(ms);
  }
  get _onTimeout(): Callback | null {
    return this.#closed ? null : this.#callback;
  }
  set _onTimeout(callback: Callback | null) {
    this.#callback = callback;
    if (!callback) this.close();
  }
  /** Milliseconds between its calls, or null when there is only one. */
  get _repeat(): number | null {
    return this.#timer.repeats ? this.#timer.periodMs : null;
  }
  set _repeat(ms: number | null) {
    this.#timer.repeats = Boolean(ms);
    if (ms) this.#timer.periodMs = clampDelay(ms);
  }

  static is(value: object): value is Timeout {
    return #timer in value;
  }
}

export class Immediate {
  #immediate: QueuedImmediate;

  constructor(callback: Callback, args: unknown[]) {
    if (typeof callback !== 'function') throw notAFunction(callback);
    const frame = currentFrame();
    this.#immediate = startImmediate(() => {
      runInFrame(frame, () => Reflect.apply(callback, this, args));
    }, this);
  }

  ref(): this {
    if (#immediate in this) setKeepsAlive(this.#immediate, true);
    return this;
  }
  unref(): this {
    if (#immediate in this) setKeepsAlive(this.#immediate, false);
    return this;
  }
  hasRef(): boolean {
    return #immediate in this && this.#immediate.active && this.#immediate.keepsAlive;
  }
  /** It will not be called any more. */
  get _destroyed(): boolean {
    return !this.#immediate.active;
  }
  static clear(value: unknown): void {
    if (typeof value === 'object' && value !== null && #immediate in value) stopImmediate(value.#immediate);
  }
}

function notAFunction(value: unknown): TypeError {
  const given = value === null || value === undefined ? `${value}` : `a value of type ${typeof value}`;
  const error = new TypeError(`The "callback" argument must be of type function. Received ${given}`);
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}

export function setTimeout(callback: Callback, delay?: unknown, ...args: unknown[]): Timeout {
  return new Timeout(callback, delay, args, false);
}

export function setInterval(callback: Callback, delay?: unknown, ...args: unknown[]): Timeout {
  return new Timeout(callback, delay, args, true);
}

export function setImmediate(callback: Callback, ...args: unknown[]): Immediate {
  return new Immediate(callback, args);
}

/** Clears what setTimeout or setInterval gave, or its number. Anything else is ignored. */
export function clearTimeout(timeout?: unknown): void {
  if (typeof timeout === 'object' && timeout !== null) {
    if (Timeout.is(timeout)) timeout.close();
  } else if (typeof timeout === 'number' || typeof timeout === 'string') {
    byId.get(Number(timeout))?.close();
  }
}

export function clearInterval(timeout?: unknown): void {
  clearTimeout(timeout);
}

export function clearImmediate(immediate?: unknown): void {
  Immediate.clear(immediate);
}

const dispose: symbol = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for('Symbol.dispose');
defineHidden(Timeout.prototype, dispose, function (this: Timeout) {
  clearTimeout(this);
});
defineHidden(Immediate.prototype, dispose, function (this: Immediate) {
  clearImmediate(this);
});
inspectable(Timeout, (timeout) => ({ hasRef: timeout.hasRef() }));
inspectable(Immediate, (immediate) => ({ hasRef: immediate.hasRef() }));
