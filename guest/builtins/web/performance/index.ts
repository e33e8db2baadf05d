// performance: the time since the invocation began, and marks and measures on that line. The clock stands
// still within a turn, so the time between two statements without an await is zero.

import { defineGlobals } from '../../define';
import { native } from '../../native';
import { inspectable } from '../console/inspectable';
import { Event } from '../events/event';
import { defineHandlerAttribute, dispatch, EventTarget } from '../events/eventtarget';
import { needArguments, toText } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';
import {
  clear, illegalConstructor, kept, mark, measure, now, PerformanceEntry, PerformanceMark, PerformanceMeasure, select,
  type MarkOptions, type MeasureOptions,
} from './entries';
import {
  clearResources, markResource, onFull, PerformanceResourceTiming, resources, setResourceBufferSize, type TimingInfo,
} from './resources';
import { PerformanceObserver, PerformanceObserverEntryList } from './observer';

const token = Symbol();

function all(): PerformanceEntry[] {
  return [...kept(), ...resources()];
}

/** The message and code are Node's, which programs compare. */
function needName(given: number, name: string): void {
  if (given === 0) throw Object.assign(new TypeError(`The "${name}" argument must be specified`), { code: 'ERR_MISSING_ARGS' });
}

export class Performance extends EventTarget {
  /** Only tells that an object is an instance. */
  #instance = true;

  constructor(secret?: unknown) {
    if (secret !== token) throw illegalConstructor();
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
    return select(all());
  }
  getEntriesByType(type: string): PerformanceEntry[] {
    void this.#instance;
    needName(arguments.length, 'type');
    return select(all(), undefined, toText(type));
  }
  getEntriesByName(name: string, type?: string): PerformanceEntry[] {
    void this.#instance;
    needName(arguments.length, 'name');
    return select(all(), toText(name), type);
  }
  clearResourceTimings(): void {
    void this.#instance;
    clearResources();
  }
  setResourceTimingBufferSize(size: number): void {
    void this.#instance;
    setResourceBufferSize(size);
  }
  /** Node's, for libraries that fetch: an entry for what they have timed. */
  markResourceTiming(
    info: TimingInfo, url: string, initiatorType: string, _global: unknown, cacheMode: string, _body?: unknown, status = 0, deliveryType = '',
  ): PerformanceResourceTiming {
    // Node's, which is called without its object as well.
    return markResource(toText(url), { info, initiatorType, cacheMode, status, deliveryType });
  }
  toJSON(): Record<string, unknown> {
    void this.#instance;
    return { timeOrigin: this.timeOrigin };
  }
}

export const performance: Performance = new Performance(token);
defineHandlerAttribute(Performance.prototype, 'resourcetimingbufferfull');
onFull(() => {
  dispatch(performance, new Event('resourcetimingbufferfull'));
});

defineInterface(Performance, 'Performance', { constructor: 0, mark: 1, measure: 1, clearMarks: 0, clearMeasures: 0, getEntriesByName: 1 });
inspectable(Performance, (it) => ({ timeOrigin: it.timeOrigin }));
defineGlobals({
  performance, Performance, PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceObserver, PerformanceObserverEntryList,
  PerformanceResourceTiming,
});
