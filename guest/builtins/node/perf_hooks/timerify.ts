// performance.timerify: a function that is timed when it is called. Time moves only while a program waits, so what is
// timed of a function that does not wait is zero.

import { announceEntry, entryKey, now, PerformanceEntry } from '../../web/performance/entries';
import { codes } from '../errors';
import { validateFunction, validateObject } from '../validators';
import { RecordableHistogram } from './histogram';

/** The entry of a call: its arguments are its properties, by their position. */
class FunctionEntry extends PerformanceEntry {
  readonly detail: unknown[];

  constructor(name: string, start: number, args: unknown[]) {
    super(entryKey, name, 'function', start, now() - start);
    this.detail = args;
    args.forEach((arg, at) => {
      (this as unknown as unknown[])[at] = arg;
    });
  }
}
Object.defineProperty(FunctionEntry, 'name', { value: 'PerformanceEntry', configurable: true });

function ended(name: string, start: number, args: unknown[], histogram: RecordableHistogram | undefined): void {
  const entry = new FunctionEntry(name, start, args);
  if (histogram !== undefined) histogram.record(Math.max(1, Math.ceil(entry.duration * 1e6)));
  announceEntry(entry);
}

export function timerify(fn: (...args: any[]) => unknown, options: { histogram?: RecordableHistogram } = {}): (...args: any[]) => unknown {
  validateFunction(fn, 'fn');
  validateObject(options, 'options');
  const { histogram } = options;
  if (histogram !== undefined && !(histogram instanceof RecordableHistogram)) {
    throw new codes.ERR_INVALID_ARG_TYPE!('options.histogram', 'RecordableHistogram', histogram);
  }
  const timed = function (this: unknown, ...args: unknown[]): unknown {
    const start = now();
    const result = new.target ? (Reflect.construct(fn, args, fn) as unknown) : (Reflect.apply(fn, this, args) as unknown);
    if (!new.target && typeof (result as { finally?: unknown } | null | undefined)?.finally === 'function') {
      return (result as Promise<unknown>).finally(() => ended(fn.name, start, args, histogram));
    }
    ended(fn.name, start, args, histogram);
    return result;
  };
  return Object.defineProperties(timed, {
    length: { value: fn.length, configurable: true, enumerable: false },
    name: { value: `timerified ${fn.name}`, configurable: true, enumerable: false },
  });
}
