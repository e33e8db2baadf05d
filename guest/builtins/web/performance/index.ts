// performance: the time since the invocation began, and marks and measures on that line. The clock stands
// still within a turn, so the time between two statements without an await is zero.

import { defineGlobals, defineTag, makeEnumerable } from '../../define';
import { native } from '../../native';
import { structuredClone } from '../clone/clone';
import { inspectable } from '../console/inspectable';
import { DOMException } from '../events/domexception';
import { EventTarget } from '../events/eventtarget';

const token = Symbol();

/** Marks and measures kept at most; the oldest go first. */
const entriesMax = 1000;
let entries: PerformanceEntry[] = [];

export class PerformanceEntry {
  #name: string;
  #type: string;
  #startTime: number;
  #duration: number;

  constructor(secret: unknown, name: string, type: string, startTime: number, duration: number) {
    if (secret !== token) throw new TypeError('Illegal constructor');
    this.#name = name;
    this.#type = type;
    this.#startTime = startTime;
    this.#duration = duration;
  }
  get name(): string {
    return this.#name;
  }
  get entryType(): string {
    return this.#type;
  }
  get startTime(): number {
    return this.#startTime;
  }
  get duration(): number {
    return this.#duration;
  }
  toJSON(): Record<string, unknown> {
    return { name: this.#name, entryType: this.#type, startTime: this.#startTime, duration: this.#duration };
  }
}

interface MarkOptions {
  detail?: unknown;
  startTime?: number;
}

function detailOf(options: { detail?: unknown } | undefined | null): unknown {
  return options?.detail === undefined || options.detail === null ? null : structuredClone(options.detail);
}

export class PerformanceMark extends PerformanceEntry {
  #detail: unknown;

  constructor(name: string, options?: MarkOptions | null) {
    const startTime = options?.startTime === undefined ? now() : Number(options.startTime);
    if (!(startTime >= 0)) throw new TypeError('performance.mark: startTime is not a time');
    super(token, `${name}`, 'mark', startTime, 0);
    this.#detail = detailOf(options);
  }
  get detail(): unknown {
    return this.#detail;
  }
  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), detail: this.#detail };
  }
}

export class PerformanceMeasure extends PerformanceEntry {
  #detail: unknown;

  constructor(secret: unknown, name: string, startTime: number, duration: number, detail: unknown) {
    super(secret, name, 'measure', startTime, duration);
    this.#detail = detail;
  }
  get detail(): unknown {
    return this.#detail;
  }
  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), detail: this.#detail };
  }
}

interface MeasureOptions {
  start?: string | number;
  end?: string | number;
  duration?: number;
  detail?: unknown;
}

function now(): number {
  return native.monoUs() / 1000;
}

function keep<E extends PerformanceEntry>(entry: E): E {
  if (entries.length >= entriesMax) entries.shift();
  entries.push(entry);
  return entry;
}

/** The time of the last mark of this name, or the time itself. */
function timeOf(mark: string | number): number {
  if (typeof mark === 'number') {
    if (!(mark >= 0)) throw new TypeError('performance.measure: a time must not be negative');
    return mark;
  }
  const found = entries.findLast((entry) => entry.entryType === 'mark' && entry.name === `${mark}`);
  if (found === undefined) throw new DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
  return found.startTime;
}

export class Performance extends EventTarget {
  constructor(secret?: unknown) {
    if (secret !== token) throw new TypeError('Illegal constructor');
    super();
  }

  now(): number {
    return now();
  }
  get timeOrigin(): number {
    return native.wallMs() - now();
  }
  mark(name: string, options?: MarkOptions | null): PerformanceMark {
    return keep(new PerformanceMark(name, options));
  }
  measure(name: string, startOrOptions?: string | MeasureOptions | null, endMark?: string): PerformanceMeasure {
    const options: MeasureOptions =
      typeof startOrOptions === 'object' && startOrOptions !== null
        ? startOrOptions
        : { start: startOrOptions ?? undefined, end: endMark };
    const { duration } = options;
    if (options.start !== undefined && options.end !== undefined && duration !== undefined) {
      throw new TypeError('performance.measure: give two of start, end and duration, not all three');
    }
    let end: number;
    if (options.end !== undefined) end = timeOf(options.end);
    else if (options.start !== undefined && duration !== undefined) end = timeOf(options.start) + duration;
    else end = now();
    let start: number;
    if (options.start !== undefined) start = timeOf(options.start);
    else if (duration !== undefined && options.end !== undefined) start = end - duration;
    else start = 0;
    return keep(new PerformanceMeasure(token, `${name}`, start, end - start, detailOf(options)));
  }
  clearMarks(name?: string): void {
    clear('mark', name);
  }
  clearMeasures(name?: string): void {
    clear('measure', name);
  }
  getEntries(): PerformanceEntry[] {
    return entries.toSorted((a, b) => a.startTime - b.startTime);
  }
  getEntriesByType(type: string): PerformanceEntry[] {
    return this.getEntries().filter((entry) => entry.entryType === `${type}`);
  }
  getEntriesByName(name: string, type?: string): PerformanceEntry[] {
    return this.getEntries().filter(
      (entry) => entry.name === `${name}` && (type === undefined || entry.entryType === `${type}`),
    );
  }
  toJSON(): Record<string, unknown> {
    return { timeOrigin: this.timeOrigin };
  }
}

function clear(type: string, name: string | undefined): void {
  entries = entries.filter((entry) => entry.entryType !== type || (name !== undefined && entry.name !== `${name}`));
}

export const performance: Performance = new Performance(token);

for (const [type, name, attributes] of [
  [PerformanceEntry, 'PerformanceEntry', ['name', 'entryType', 'startTime', 'duration', 'toJSON']],
  [PerformanceMark, 'PerformanceMark', ['detail']],
  [PerformanceMeasure, 'PerformanceMeasure', ['detail']],
  [Performance, 'Performance', ['now', 'timeOrigin', 'mark', 'measure', 'toJSON']],
] as const) {
  Object.defineProperty(type, 'name', { value: name, configurable: true });
  makeEnumerable(type.prototype, attributes);
  defineTag(type.prototype, name);
}
inspectable(PerformanceEntry, (entry) => {
  const { name, entryType, startTime, duration } = entry;
  const shown: Record<string, unknown> = { name, entryType, startTime, duration };
  if (entry instanceof PerformanceMark || entry instanceof PerformanceMeasure) shown.detail = entry.detail;
  return shown;
});
inspectable(Performance, (it) => ({ timeOrigin: it.timeOrigin }));
defineGlobals({ performance, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure });
