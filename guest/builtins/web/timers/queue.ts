// The timers of an invocation: a binary heap by deadline, and one wish to the host, to be woken at the
// earliest of them. Ids are given out in order, so equal deadlines fire in the order of their making.

import { EffectKind, EventKind } from '../../abi';
import { native } from '../../native';
import { refused, release, retain } from '../../ops';
import { begin, end, enter, leave, type Execution } from '../../node/async_hooks/execution';
import { drainTicks } from '../../runtime/ticks';
import { warn } from '../../runtime/warning';
import { reportError } from '../events/report';

/** Longer delays than this count as 1 ms, as everywhere. */
const delayMaxMs = 2 ** 31 - 1;

export interface Timer {
  readonly id: number;
  /** Monotonic microseconds. */
  deadline: number;
  periodMs: number;
  repeats: boolean;
  readonly run: () => void;
  /** Position in the heap, or -1 when it is not in it. */
  at: number;
  /** Its callback is running. */
  running: boolean;
  /** It was stopped while its callback ran, so it must not be repeated. */
  stopped: boolean;
  /** Whether a script goes on while this timer is active. */
  keepsAlive: boolean;
  /** What async_hooks call it; none of the built-ins' own timers. */
  readonly execution: Execution | undefined;
}

const heap: Timer[] = [];
let immediates: Immediate[] = [];
let immediatesActive = 0;
/** Those of this turn, while they are called. */
let dueImmediates: Immediate[] = [];
let runningTimer: Timer | undefined;
let lastId = 0;
/** What the host was last asked for: null for never. */
let wakeAt: number | null = null;
/** The largest number of active timers that the host has accepted. */
let accepted = 0;

/** A callback that runs in the next turn, before the clock moves on. */
export interface Immediate {
  readonly id: number;
  readonly run: () => void;
  active: boolean;
  keepsAlive: boolean;
  readonly execution: Execution | undefined;
}

export interface TimerOptions {
  repeats?: boolean;
  keepsAlive?: boolean;
  /** The object that a program has of it, of which async_hooks tell. */
  resource?: object;
}

let warnedNegative = false;
let warnedNaN = false;

/** Milliseconds as the timer functions take them: at least 1, whole. Others are warned of, as in Node. */
export function clampDelay(delay: unknown): number {
  if (delay === undefined) return 1;
  const ms = Number(delay);
  if (ms >= 1 && ms <= delayMaxMs) return Math.trunc(ms);
  if (ms > delayMaxMs) warnOfDelay(`${ms} does not fit into a 32-bit signed integer.`, 'TimeoutOverflowWarning');
  else if (ms < 0 && !warnedNegative) {
    warnedNegative = true;
    warnOfDelay(`${ms} is a negative number.`, 'TimeoutNegativeWarning');
  } else if (Number.isNaN(ms) && !warnedNaN) {
    warnedNaN = true;
    warnOfDelay(`${ms} is not a number.`, 'TimeoutNaNWarning');
  }
  return 1;
}

function warnOfDelay(what: string, name: string): void {
  warn(`${what}\nTimeout duration was set to 1.`, name);
}

/** Starts a timer. `ms` may be larger than scripts' own timers can ask for. Throws when the host refuses it. */
export function startTimer(run: () => void, ms: number, options: TimerOptions = {}): Timer {
  const timer: Timer = {
    id: ++lastId,
    deadline: native.monoUs() + ms * 1000,
    periodMs: ms,
    repeats: options.repeats ?? false,
    run,
    at: -1,
    running: false,
    stopped: false,
    keepsAlive: options.keepsAlive ?? true,
    execution: options.resource && begin('Timeout', options.resource),
  };
  activate(timer);
  return timer;
}

function activate(timer: Timer): void {
  push(timer);
  if (timer.keepsAlive) retain();
  const refusal = askForWake();
  if (refusal < 0) {
    stopTimer(timer);
    throw refused(refusal, heap.length + immediatesActive);
  }
}

export function stopTimer(timer: Timer): void {
  timer.stopped = timer.running;
  if (timer.at < 0) return;
  removeAt(timer.at);
  if (timer.keepsAlive) release();
  if (timer.execution !== undefined) end(timer.execution);
  askForWake();
}

/** Starts the timer's delay again from now, whether it has fired or not. */
export function restartTimer(timer: Timer): void {
  if (timer.at >= 0) {
    removeAt(timer.at);
    if (timer.keepsAlive) release();
  }
  timer.stopped = false;
  timer.deadline = native.monoUs() + timer.periodMs * 1000;
  activate(timer);
}

export function setKeepsAlive(timer: Timer | Immediate, keepsAlive: boolean): void {
  const active = 'active' in timer ? timer.active : timer.at >= 0;
  if (active && timer.keepsAlive !== keepsAlive) {
    if (keepsAlive) retain();
    else release();
  }
  timer.keepsAlive = keepsAlive;
}

export function startImmediate(run: () => void, resource?: object): Immediate {
  const immediate: Immediate = { id: ++lastId, run, active: true, keepsAlive: true, execution: resource && begin('Immediate', resource) };
  immediates.push(immediate);
  immediatesActive++;
  retain();
  const refusal = askForWake();
  if (refusal < 0) {
    stopImmediate(immediate);
    throw refused(refusal, heap.length + immediatesActive);
  }
  return immediate;
}

export function stopImmediate(immediate: Immediate): void {
  if (!immediate.active) return;
  immediate.active = false;
  immediatesActive--;
  if (immediate.keepsAlive) release();
  if (immediate.execution !== undefined) end(immediate.execution);
  if (immediatesActive === 0) immediates = [];
  askForWake();
}

/** How many timers and immediates the program waits for; a timer counts while its callback runs, until it is stopped. */
export function activeTimers(): { timers: number; immediates: number } {
  const runs = runningTimer !== undefined && runningTimer.at < 0 && !runningTimer.stopped && runningTimer.keepsAlive;
  return {
    timers: heap.filter(({ keepsAlive }) => keepsAlive).length + (runs ? 1 : 0),
    immediates: [...immediates, ...dueImmediates].filter(({ active, keepsAlive }) => active && keepsAlive).length,
  };
}

/** Tells the host the earliest deadline when it has changed, and the number of active timers when it is
 *  larger than ever before, so that the limit is checked exactly where it is crossed. */
function askForWake(): number {
  const active = heap.length + immediatesActive;
  const earliest = immediatesActive > 0 ? native.monoUs() : (heap[0]?.deadline ?? null);
  if (earliest === wakeAt && active <= accepted) return 0;
  const refusal = native.effect(EffectKind.WakeAt, active, earliest);
  if (refusal < 0) return refusal;
  wakeAt = earliest;
  if (active > accepted) accepted = active;
  return 0;
}

native.on(EventKind.Wake, () => {
  wakeAt = null;
  const now = native.monoUs();
  while (heap.length > 0 && heap[0]!.deadline <= now) {
    const timer = heap[0]!;
    removeAt(0);
    if (timer.keepsAlive) release();
    timer.running = true;
    timer.stopped = false;
    runningTimer = timer;
    call(timer.run, timer.execution);
    runningTimer = undefined;
    timer.running = false;
    // It is in the heap again already when its callback restarted it.
    if (timer.repeats && timer.at < 0 && !timer.stopped) {
      timer.deadline = now + timer.periodMs * 1000;
      push(timer);
      if (timer.keepsAlive) retain();
    } else if (timer.at < 0 && timer.execution !== undefined) end(timer.execution);
  }
  dueImmediates = immediates;
  immediates = [];
  for (const immediate of dueImmediates) {
    if (!immediate.active) continue;
    // What an immediate sets up comes after this turn: others must have their chance to come in.
    immediate.active = false;
    immediatesActive--;
    if (immediate.keepsAlive) release();
    call(immediate.run, immediate.execution);
    if (immediate.execution !== undefined) end(immediate.execution);
  }
  dueImmediates = [];
  askForWake();
});

/** Runs one callback and then the ticks and jobs that it made, so that the next callback sees their effects. */
function call(run: () => void, execution: Execution | undefined): void {
  if (execution !== undefined) enter(execution);
  try {
    run();
  } catch (error) {
    reportError(error);
  }
  if (execution !== undefined) leave(execution);
  drainTicks();
  do native.drainJobs();
  while (drainTicks());
}

function before(a: Timer, b: Timer): boolean {
  return a.deadline < b.deadline || (a.deadline === b.deadline && a.id < b.id);
}

function push(timer: Timer): void {
  heap.push(timer);
  rise(heap.length - 1, timer);
}

function removeAt(at: number): void {
  const removed = heap[at]!;
  removed.at = -1;
  const last = heap.pop()!;
  if (last === removed) return;
  if (at > 0 && before(last, heap[(at - 1) >> 1]!)) rise(at, last);
  else sink(at, last);
}

function rise(at: number, timer: Timer): void {
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(timer, heap[parent]!)) break;
    place(at, heap[parent]!);
    at = parent;
  }
  place(at, timer);
}

function sink(at: number, timer: Timer): void {
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, timer)) break;
    place(at, heap[child]!);
    at = child;
  }
  place(at, timer);
}

function place(at: number, timer: Timer): void {
  heap[at] = timer;
  timer.at = at;
}
