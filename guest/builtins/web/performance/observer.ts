// PerformanceObserver: told, by a task, of the marks and measures that were made since.

import { native } from '../../native';
import { inspectable } from '../console/inspectable';
import { DOMException } from '../events/domexception';
import { reportError } from '../events/report';
import { startImmediate } from '../timers/queue';
import { dictionary, needArguments, toText } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';
import { kept, onEntry, select, type PerformanceEntry } from './entries';
import { resources } from './resources';

const token = Symbol();
const supported: readonly string[] = Object.freeze(['function', 'mark', 'measure', 'resource']);

export class PerformanceObserverEntryList {
  #entries: readonly PerformanceEntry[];

  constructor(secret: unknown, entries: readonly PerformanceEntry[]) {
    if (secret !== token) throw new TypeError('Illegal constructor');
    this.#entries = entries;
  }
  getEntries(): PerformanceEntry[] {
    return select(this.#entries);
  }
  getEntriesByType(type: string): PerformanceEntry[] {
    needArguments(arguments.length, 1, 'PerformanceObserverEntryList.getEntriesByType');
    return select(this.#entries, undefined, toText(type));
  }
  getEntriesByName(name: string, type?: string): PerformanceEntry[] {
    needArguments(arguments.length, 1, 'PerformanceObserverEntryList.getEntriesByName');
    return select(this.#entries, toText(name), type);
  }
}

interface ObserverInit {
  entryTypes?: Iterable<string>;
  type?: string;
  buffered?: boolean;
}

type Callback = (list: PerformanceObserverEntryList, observer: PerformanceObserver, options: { droppedEntriesCount: number }) => void;

const observers = new Set<PerformanceObserver>();
let scheduled = false;
let wants: (observer: PerformanceObserver, entry: PerformanceEntry) => void;
let deliver: (observer: PerformanceObserver) => void;

export class PerformanceObserver {
  #callback: Callback;
  #types: Set<string> = new Set();
  #kind: 'single' | 'multiple' | null = null;
  #buffer: PerformanceEntry[] = [];

  static {
    wants = (observer, entry) => {
      if (observer.#types.has(entry.entryType)) observer.#buffer.push(entry);
    };
    deliver = (observer) => {
      const entries = observer.#buffer;
      if (entries.length === 0) return;
      observer.#buffer = [];
      try {
        observer.#callback.call(observer, new PerformanceObserverEntryList(token, entries), observer, { droppedEntriesCount: 0 });
      } catch (error) {
        reportError(error);
      }
    };
  }

  constructor(callback: Callback) {
    needArguments(arguments.length, 1, 'The constructor of PerformanceObserver');
    if (typeof callback !== 'function') throw new TypeError('The callback of a PerformanceObserver must be a function');
    this.#callback = callback;
  }

  static get supportedEntryTypes(): readonly string[] {
    return supported;
  }

  observe(options?: ObserverInit): void {
    const { buffered, entryTypes, type } = dictionary(options, 'The options of observe') as ObserverInit;
    if (entryTypes === undefined && type === undefined) throw new TypeError('observe needs entryTypes or a type');
    if (entryTypes !== undefined && (type !== undefined || buffered !== undefined)) {
      throw new TypeError('observe takes entryTypes or a type, not both, and buffered only beside a type');
    }
    const kind = entryTypes === undefined ? 'single' : 'multiple';
    if (this.#kind !== null && this.#kind !== kind) {
      throw new DOMException('An observer is used with entryTypes or with types, not with both', 'InvalidModificationError');
    }
    if (entryTypes !== undefined) {
      if (typeof entryTypes !== 'object' || entryTypes === null) throw new TypeError('entryTypes must be a sequence');
      const types = [...entryTypes].map(toText).filter((each) => supported.includes(each));
      this.#kind = kind;
      if (types.length === 0) return;
      this.#types = new Set(types);
    } else {
      const name = toText(type);
      this.#kind = kind;
      if (!supported.includes(name)) return;
      this.#types.add(name);
      if (buffered) {
        this.#buffer.push(...select([...kept(), ...resources()], undefined, name));
        schedule();
      }
    }
    observers.add(this);
  }

  disconnect(): void {
    observers.delete(this);
    this.#types = new Set();
    this.#buffer = [];
    this.#kind = null;
  }

  takeRecords(): PerformanceEntry[] {
    const entries = this.#buffer;
    this.#buffer = [];
    return entries;
  }
}

/** While a function is loaded there are no tasks; what is observed then is delivered with what comes later. */
function schedule(): void {
  if (scheduled || native.frozen()) return;
  scheduled = true;
  startImmediate(() => {
    scheduled = false;
    for (const observer of [...observers]) deliver(observer);
  });
}

onEntry((entry) => {
  if (observers.size === 0) return;
  for (const observer of observers) wants(observer, entry);
  schedule();
});

defineInterface(PerformanceObserverEntryList, 'PerformanceObserverEntryList', { constructor: 0, getEntriesByName: 1 });
defineInterface(PerformanceObserver, 'PerformanceObserver', { observe: 0 });
inspectable(PerformanceObserver, () => ({}));
