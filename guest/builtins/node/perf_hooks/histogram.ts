// Histograms of perf_hooks: how often which value was recorded. Values are kept whole, each with its count.

import { native } from '../../native';
import { codes } from '../errors';
import { validateInteger, validateNumber, validateObject } from '../validators';

const token = Symbol();

export class RecordableHistogram {
  #counts = new Map<number, number>();
  #count = 0;
  #lowest: number;
  #highest: number;
  #exceeds = 0;
  #last: number | undefined;

  constructor(key: symbol, lowest: number, highest: number) {
    if (key !== token) throw new codes.ERR_ILLEGAL_CONSTRUCTOR!();
    this.#lowest = lowest;
    this.#highest = highest;
  }

  record(value: number | bigint): void {
    if (typeof value === 'bigint') {
      this.#add(Number(value));
      return;
    }
    validateInteger(value, 'val', 1);
    this.#add(value);
  }
  recordDelta(): void {
    const now = Math.round(native.monoUs() * 1000);
    if (this.#last !== undefined) this.#add(Math.max(1, now - this.#last));
    this.#last = now;
  }
  add(other: unknown): void {
    if (!(other instanceof RecordableHistogram)) throw new codes.ERR_INVALID_ARG_TYPE!('other', 'RecordableHistogram', other);
    for (const [value, count] of other.#counts) for (let at = 0; at < count; at++) this.#add(value);
  }
  reset(): void {
    this.#counts.clear();
    this.#count = 0;
    this.#exceeds = 0;
    this.#last = undefined;
  }
  #add(value: number): void {
    if (value > this.#highest || value < this.#lowest) {
      this.#exceeds++;
      return;
    }
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    this.#count++;
  }
  #sorted(): [number, number][] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  get count(): number {
    return this.#count;
  }
  get countBigInt(): bigint {
    return BigInt(this.#count);
  }
  get exceeds(): number {
    return this.#exceeds;
  }
  get exceedsBigInt(): bigint {
    return BigInt(this.#exceeds);
  }
  get min(): number {
    return this.#count === 0 ? 9223372036854776000 : this.#sorted()[0]![0];
  }
  get minBigInt(): bigint {
    return this.#count === 0 ? 9223372036854775807n : BigInt(this.min);
  }
  get max(): number {
    return this.#count === 0 ? 0 : this.#sorted().at(-1)![0];
  }
  get maxBigInt(): bigint {
    return BigInt(this.max);
  }
  get mean(): number {
    if (this.#count === 0) return NaN;
    let sum = 0;
    for (const [value, count] of this.#counts) sum += value * count;
    return sum / this.#count;
  }
  get stddev(): number {
    if (this.#count === 0) return NaN;
    const { mean } = this;
    let sum = 0;
    for (const [value, count] of this.#counts) sum += (value - mean) ** 2 * count;
    return Math.sqrt(sum / this.#count);
  }
  percentile(percentile: number): number {
    validateNumber(percentile, 'percentile');
    if (!(percentile > 0 && percentile <= 100)) throw new codes.ERR_OUT_OF_RANGE!('percentile', '> 0 && <= 100', percentile);
    const wanted = Math.max(1, Math.ceil((percentile / 100) * this.#count));
    let seen = 0;
    for (const [value, count] of this.#sorted()) {
      seen += count;
      if (seen >= wanted) return value;
    }
    return 0;
  }
  percentileBigInt(percentile: number): bigint {
    return BigInt(this.percentile(percentile));
  }
  /** Halves of what is left to 100, as far as they tell values apart: with one value there are 0 and 100. */
  get percentiles(): Map<number, number> {
    const map = new Map<number, number>();
    const sorted = this.#sorted();
    map.set(0, sorted[0]?.[0] ?? 0);
    let percentile = 50;
    while (this.#count > 0 && 100 - percentile > 100 / (2 * this.#count) && sorted.length > 1) {
      map.set(percentile, this.percentile(percentile));
      percentile += (100 - percentile) / 2;
    }
    return map.set(100, this.max);
  }
  get percentilesBigInt(): Map<number, bigint> {
    return new Map(Array.from(this.percentiles, ([percentile, value]) => [percentile, BigInt(value)]));
  }
  toJSON(): object {
    const { count, min, max, mean, exceeds, stddev } = this;
    return { count, min, max, mean, exceeds, stddev, percentiles: Object.fromEntries(this.percentiles) };
  }
}

export function createHistogram(options: any = {}): RecordableHistogram {
  validateObject(options, 'options');
  const { lowest = 1, highest = Number.MAX_SAFE_INTEGER, figures = 3 } = options;
  if (typeof lowest !== 'bigint') validateInteger(lowest, 'options.lowest', 1, Number.MAX_SAFE_INTEGER);
  if (typeof highest !== 'bigint') validateInteger(highest, 'options.highest', 2 * Number(lowest), Number.MAX_SAFE_INTEGER);
  else if (highest < 2n * BigInt(lowest)) throw new codes.ERR_INVALID_ARG_VALUE!('options.highest', highest);
  validateInteger(figures, 'options.figures', 1, 5);
  return new RecordableHistogram(token, Number(lowest), Number(highest));
}
