// Entries of the performance timeline: marks and measures, and the list of those that are kept.

import { native } from '../../native';
import { structuredClone } from '../clone/clone';
import { inspectable } from '../console/inspectable';
import { DOMException } from '../events/domexception';
import { dictionary, needArguments, toText } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';

/** Who has it may make entries. */
export const entryKey = Symbol();

/** An error with Node's code, for programs that compare it. */
export function illegalConstructor(): TypeError {
  return withCode(new TypeError('Illegal constructor'), 'ERR_ILLEGAL_CONSTRUCTOR');
}

function withCode<E extends Error>(error: E, code: string): E {
  return Object.assign(error, { code });
}

/** Marks and measures kept at most; the oldest go first. */
const entriesMax = 1000;
let entries: PerformanceEntry[] = [];
let added: (entry: PerformanceEntry) => void = () => {};

/** Who is told of each entry: the observers. */
export function onEntry(listener: (entry: PerformanceEntry) => void): void {
  added = listener;
}

export class PerformanceEntry {
  #name: string;
  #type: string;
  #startTime: number;
  #duration: number;

  constructor(secret: unknown, name: string, type: string, startTime: number, duration: number) {
    if (secret !== entryKey) throw illegalConstructor();
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

export interface MarkOptions {
  detail?: unknown;
  startTime?: number;
}

export interface MeasureOptions {
  start?: string | number;
  end?: string | number;
  duration?: number;
  detail?: unknown;
}

function detailOf(options: { detail?: unknown }): unknown {
  return options.detail === undefined || options.detail === null ? null : structuredClone(options.detail);
}

export class PerformanceMark extends PerformanceEntry {
  #detail: unknown;

  constructor(name: string, options?: MarkOptions | null) {
    needArguments(arguments.length, 1, 'The constructor of PerformanceMark');
    const given = dictionary(options, 'The options of a mark') as MarkOptions;
    const startTime = given.startTime === undefined ? now() : Number(given.startTime);
    if (!(startTime >= 0 && startTime < Infinity)) {
      const code = Number.isNaN(startTime) ? 'ERR_INVALID_ARG_TYPE' : 'ERR_PERFORMANCE_INVALID_TIMESTAMP';
      throw withCode(new TypeError('The startTime of a mark must be a time that is not negative'), code);
    }
    super(entryKey, toText(name), 'mark', startTime, 0);
    this.#detail = detailOf(given);
  }
  get detail(): unknown {
    return this.#detail;
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
}

// Like those of entries, but with what is their own.
for (const type of [PerformanceMark, PerformanceMeasure]) {
  Object.defineProperty(type.prototype, 'toJSON', {
    value: {
      toJSON(this: PerformanceMark | PerformanceMeasure) {
        return { ...PerformanceEntry.prototype.toJSON.call(this), detail: this.detail };
      },
    }.toJSON,
    writable: true,
    configurable: true,
  });
}

/** Tells the observers of an entry that is not kept here. */
export function announceEntry(entry: PerformanceEntry): void {
  added(entry);
}

/** Times that have names of their own where a mark's name is expected; see node/perf_hooks. */
const milestones = new Map<string, () => number>();

export function defineMilestone(name: string, time: () => number): void {
  milestones.set(name, time);
}

/** Milliseconds since the invocation began. */
export function now(): number {
  return native.monoUs() / 1000;
}

function keep<E extends PerformanceEntry>(entry: E): E {
  if (entries.length >= entriesMax) entries.shift();
  entries.push(entry);
  added(entry);
  return entry;
}

export function mark(name: string, options?: MarkOptions | null): PerformanceMark {
  return keep(new PerformanceMark(name, options));
}

/** The time of the last mark of this name, or the time itself. */
function timeOf(given: string | number): number {
  if (typeof given === 'number') {
    if (!(given >= 0)) throw new TypeError('A time of a measure must not be negative');
    return given;
  }
  const name = toText(given);
  const found = entries.findLast((entry) => entry.entryType === 'mark' && entry.name === name);
  const milestone = milestones.get(name);
  if (found === undefined && milestone !== undefined) return milestone();
  if (found === undefined) throw new DOMException(`The "${name}" performance mark has not been set`, 'SyntaxError');
  return found.startTime;
}

export function measure(name: string, startOrOptions?: string | MeasureOptions | null, endMark?: string): PerformanceMeasure {
  const text = toText(name);
  let options: MeasureOptions = { start: startOrOptions as string | undefined, end: endMark };
  if (startOrOptions === null || typeof startOrOptions === 'object') {
    const { start, end, duration, detail } = startOrOptions ?? {};
    options = { start, end, duration, detail };
    if (start !== undefined || end !== undefined || duration !== undefined || detail !== undefined) {
      if (endMark !== undefined) throw new TypeError('A measure takes options or the name of an end, not both');
      // With details alone it reaches from the beginning to now, as in Node; the standard wants a start or an end.
      if (start === undefined && end === undefined && duration !== undefined) throw new TypeError('The options of a measure need a start or an end');
      if (start !== undefined && end !== undefined && duration !== undefined) {
        throw new TypeError('The options of a measure take two of start, end and duration, not all three');
      }
    } else if (endMark !== undefined) options.end = endMark;
  }
  const duration = options.duration === undefined ? undefined : Number(options.duration);
  let end: number;
  if (options.end !== undefined) end = timeOf(options.end);
  else if (options.start !== undefined && duration !== undefined) end = timeOf(options.start) + duration;
  else end = now();
  let start = 0;
  if (options.start !== undefined) start = timeOf(options.start);
  else if (duration !== undefined && options.end !== undefined) start = end - duration;
  return keep(new PerformanceMeasure(entryKey, text, start, end - start, detailOf(options)));
}

/** Forgets the entries of a type; of one name, when it is given. */
export function clear(type: string, name: string | undefined): void {
  const only = name === undefined ? undefined : toText(name);
  entries = entries.filter((entry) => entry.entryType !== type || (only !== undefined && entry.name !== only));
}

/** Entries by their start, of one name and one type where these are given. */
export function select(from: readonly PerformanceEntry[], name?: unknown, type?: unknown): PerformanceEntry[] {
  const wantedName = name === undefined ? undefined : toText(name);
  const wantedType = type === undefined ? undefined : toText(type);
  return from
    .filter((entry) => (wantedName === undefined || entry.name === wantedName) && (wantedType === undefined || entry.entryType === wantedType))
    .sort((a, b) => a.startTime - b.startTime);
}

/** All that are kept. */
export function kept(): readonly PerformanceEntry[] {
  return entries;
}

defineInterface(PerformanceEntry, 'PerformanceEntry', { constructor: 0 });
defineInterface(PerformanceMark, 'PerformanceMark', { constructor: 1 });
defineInterface(PerformanceMeasure, 'PerformanceMeasure', { constructor: 0 });
inspectable(PerformanceEntry, (entry) => {
  const { name, entryType, startTime, duration } = entry;
  const shown: Record<string, unknown> = { name, entryType, startTime, duration };
  if (entry instanceof PerformanceMark || entry instanceof PerformanceMeasure) shown.detail = entry.detail;
  return shown;
});
