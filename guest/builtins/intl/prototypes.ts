// What Number, BigInt, Date, Array, typed arrays and String have of Intl.

import { Pure } from '../abi';
import { defineHidden } from '../define';
import { native } from '../native';
import { collatorSlots, compare } from './collator';
import { dateSlots, dateText } from './date_time_format';
import type { DateSlots } from './date_time_format';
import { toDecimal } from './decimal';
import { bestAvailable, canonicalizeList, splitTag } from './negotiate';
import { numberParts, numberSlots } from './number_format';
import { joined } from './options';

/** What was made of no locale and no options, or of a locale alone: made once. */
function kept<T>(make: (locales: unknown, options: unknown) => T): (locales: unknown, options: unknown) => T {
  const made = new Map<string, T>();
  return (locales, options) => {
    if (options !== undefined || (locales !== undefined && typeof locales !== 'string')) return make(locales, options);
    const key = locales ?? '';
    let value = made.get(key);
    if (value === undefined) {
      value = make(locales, options);
      if (made.size < 100) made.set(key, value);
    }
    return value;
  };
}

const numbers = kept(numberSlots);
const collators = kept(collatorSlots);
const dates: Record<string, (locales: unknown, options: unknown) => DateSlots> = {
  toLocaleString: kept((locales, options) => dateSlots(locales, options, 'any', 'all')),
  toLocaleDateString: kept((locales, options) => dateSlots(locales, options, 'date', 'date')),
  toLocaleTimeString: kept((locales, options) => dateSlots(locales, options, 'time', 'time')),
};

/** Methods that are no constructors, as those of the language. */
function define(target: object, methods: Record<string, Function>, length: number): void {
  for (const [name, method] of Object.entries(methods)) {
    Object.defineProperty(method, 'length', { value: length, configurable: true });
    defineHidden(target, name, method);
  }
}

const valueOfNumber = Number.prototype.valueOf;
const valueOfBigInt = BigInt.prototype.valueOf;
const timeOf = Date.prototype.getTime;

define(Number.prototype, {
  toLocaleString(this: number, locales?: unknown, options?: unknown): string {
    const value = valueOfNumber.call(this);
    return joined(numberParts(numbers(locales, options), toDecimal(value)));
  },
}, 0);

define(BigInt.prototype, {
  toLocaleString(this: bigint, locales?: unknown, options?: unknown): string {
    const value = valueOfBigInt.call(this);
    return joined(numberParts(numbers(locales, options), toDecimal(value)));
  },
}, 0);

for (const name of Object.keys(dates)) {
  const method = {
    [name](this: Date, locales?: unknown, options?: unknown): string {
      const time = timeOf.call(this);
      return time !== time ? 'Invalid Date' : dateText(dates[name]!(locales, options), time);
    },
  };
  define(Date.prototype, method, 0);
}

function arrayToLocaleString(this: ArrayLike<unknown>, locales?: unknown, options?: unknown): string {
  const list = Object(this);
  const length = Math.min(Math.max(Math.trunc(Number(list.length)) || 0, 0), Number.MAX_SAFE_INTEGER);
  // A list that contains itself shows nothing in its place.
  if (within.includes(list)) return '';
  within.push(list);
  try {
    let text = '';
    for (let at = 0; at < length; at++) {
      if (at > 0) text += ',';
      const value = list[at];
      if (value !== undefined && value !== null) text += String(value.toLocaleString(locales, options));
    }
    return text;
  } finally {
    within.pop();
  }
}
const within: unknown[] = [];

const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
const typedLength = Object.getOwnPropertyDescriptor(typedArray, 'length')!.get!;
define(Array.prototype, {
  toLocaleString(this: unknown[], locales?: unknown, options?: unknown): string {
    return arrayToLocaleString.call(this, locales, options);
  },
}, 0);
define(typedArray, {
  toLocaleString(this: ArrayLike<number>, locales?: unknown, options?: unknown): string {
    typedLength.call(this);
    return arrayToLocaleString.call(this, locales, options);
  },
}, 0);

/** Languages whose letters change case in a way of their own. */
const OWN_CASE = ['tr', 'az', 'lt', 'el'];
const { toUpperCase, toLowerCase } = String.prototype;

function localeCase(text: string, locales: unknown, upper: boolean): string {
  const [tag] = canonicalizeList(locales);
  const language = tag === undefined ? 'en' : splitTag(tag)[0].split('-')[0]!;
  if (!OWN_CASE.includes(language)) return (upper ? toUpperCase : toLowerCase).call(text);
  return native.pure(Pure.LocaleCase, language, upper ? 1 : 0, text.toWellFormed())[0] as string;
}

function thisText(value: unknown, name: string): string {
  if (value === undefined || value === null) throw new TypeError(`String.prototype.${name} called on null or undefined`);
  return String(value);
}

define(String.prototype, {
  toLocaleUpperCase(this: unknown, locales?: unknown): string {
    return localeCase(thisText(this, 'toLocaleUpperCase'), locales, true);
  },
  toLocaleLowerCase(this: unknown, locales?: unknown): string {
    return localeCase(thisText(this, 'toLocaleLowerCase'), locales, false);
  },
}, 0);
define(String.prototype, {
  localeCompare(this: unknown, that: unknown, locales?: unknown, options?: unknown): number {
    const text = thisText(this, 'localeCompare');
    const other = String(that);
    return compare(collators(locales, options), text, other);
  },
}, 1);
void bestAvailable;
