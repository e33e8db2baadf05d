// performance: the time since the invocation began, and marks and measures on that line. The clock stands
// still within a turn, so the time between two statements without an await is zero.

import { defineGlobals } from '../../define';
import { native } from '../../native';
import { inspectable } from '../console/inspectable';
import { EventTarget } from '../events/eventtarget';
import { needArguments, toText } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';
import {
  clear, kept, mark, measure, now, PerformanceEntry, PerformanceMark, PerformanceMeasure, select,
  type MarkOptions, type MeasureOptions,
} from './entries';
import { PerformanceObserver, PerformanceObserverEntryList } from './observer';

const token = Symbol();

export class Performance extends EventTarget {
  /** Only tells that an object is an instance. */
  #instance = true;

  constructor(secret?: unknown) {
    if (secret !== token) throw new TypeError('Illegal constructor');
    super();
  }

  now(): number {
    void this.#instance;
    return now();
  }
  get timeOrigin(): number {
    void this.#instance;
    return native.wallMs() - now();
  }
  mark(name: string, options?: MarkOptions | null): PerformanceMark {
    void this.#instance;
    needArguments(arguments.length, 1, 'performance.mark');
    return mark(name, options);
  }
  measure(name: string, startOrOptions?: string | MeasureOptions | null, endMark?: string): PerformanceMeasure {
    void this.#instance;
    needArguments(arguments.length, 1, 'performance.measure');
    return measure(name, startOrOptions, endMark);
  }
  clearMarks(name?: string): void {
    void this.#instance;
    clear('mark', name);
  }
  clearMeasures(name?: string): void {
    void this.#instance;
    clear('measure', name);
  }
  getEntries(): PerformanceEntry[] {
    void this.#instance;
    return select(kept());
  }
  getEntriesByType(type: string): PerformanceEntry[] {
    void this.#instance;
    needArguments(arguments.length, 1, 'performance.getEntriesByType');
    return select(kept(), undefined, toText(type));
  }
  getEntriesByName(name: string, type?: string): PerformanceEntry[] {
    void this.#instance;
    needArguments(arguments.length, 1, 'performance.getEntriesByName');
    return select(kept(), toText(name), type);
  }
  toJSON(): Record<string, unknown> {
    void this.#instance;
    return { timeOrigin: this.timeOrigin };
  }
}

export const performance: Performance = new Performance(token);

defineInterface(Performance, 'Performance', { constructor: 0, mark: 1, measure: 1, clearMarks: 0, clearMeasures: 0, getEntriesByName: 1 });
inspectable(Performance, (it) => ({ timeOrigin: it.timeOrigin }));
defineGlobals({
  performance, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, PerformanceObserverEntryList,
});
