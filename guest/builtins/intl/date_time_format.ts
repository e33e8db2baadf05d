// Intl.DateTimeFormat.

import { native } from '../native';
import { section, shared } from './data';
import { Intervals } from './date_interval';
import { dateJoined, patternParts } from './date_pattern';
import type { Context } from './date_pattern';
import { canonicalizeList, internals, languageOf, numberingSystem, regionOf, resolveLocale, supportedLocales } from './negotiate';
import type { Resolved } from './negotiate';
import type { Part } from './number_format';
import { booleanOption, coerceOptions, joined, numberOption, stringOption, typeOption } from './options';
import { Generator, tokens, untokenized } from './skeleton';
import { zoneName } from './zone';

export interface DateSlots {
  resolved: Resolved;
  context: Context;
  pattern: string;
  hourCycle?: string;
  dateStyle?: string;
  timeStyle?: string;
  bound?: (date?: unknown) => string;
  intervals?: Intervals;
}

const slots = new WeakMap<object, DateSlots>();
const generators = new Map<string, Generator>();

const LETTER_OF_CYCLE: Record<string, string> = { h11: 'K', h12: 'h', h23: 'H', h24: 'k' };
const CYCLE_OF_LETTER: Record<string, string> = { K: 'h11', h: 'h12', H: 'h23', k: 'h24' };

function preferredHour(locale: string, shown: string): string {
  const region = regionOf(shown);
  const own = shared.hours[`${languageOf(locale)}-${region}`] ?? shared.hours[`${languageOf(locale)}_${region}`] ?? shared.hours[region] ?? shared.hours['001']!;
  return own[0];
}

function generatorOf(locale: string, hour: string): Generator {
  const key = `${locale}/${hour}`;
  let generator = generators.get(key);
  if (generator === undefined) generators.set(key, (generator = new Generator(section(locale, 'dates'), hour, section(locale, 'numbers').symbols.decimal!)));
  return generator;
}

const NAMED = { narrow: 5, long: 4, short: 3 };
const NUMERIC = { '2-digit': 2, numeric: 1 };
/** Of each component its letter and the lengths of its values, in the order in which options are read. */
const COMPONENTS: [string, string, Record<string, number>][] = [
  ['weekday', 'E', NAMED],
  ['era', 'G', NAMED],
  ['year', 'y', NUMERIC],
  ['month', 'M', { ...NUMERIC, ...NAMED }],
  ['day', 'd', NUMERIC],
  ['dayPeriod', 'B', { narrow: 5, long: 4, short: 1 }],
  ['hour', 'j', NUMERIC],
  ['minute', 'm', NUMERIC],
  ['second', 's', NUMERIC],
];
const ZONE_NAMES: Record<string, string> = { short: 'z', long: 'zzzz', shortOffset: 'O', longOffset: 'OOOO', shortGeneric: 'v', longGeneric: 'vvvv' };
const STYLES = ['full', 'long', 'medium', 'short'];

/** `required` and `defaults`: what toLocaleDateString and its like ask for. */
export function dateSlots(locales: unknown, given: unknown, required: 'any' | 'date' | 'time' = 'any', defaults: 'date' | 'time' | 'all' = 'date'): DateSlots {
  const requested = canonicalizeList(locales);
  const options = coerceOptions(given);
  stringOption(options, 'localeMatcher', ['lookup', 'best fit'], 'best fit');
  const calendar = typeOption(options, 'calendar');
  const system = typeOption(options, 'numberingSystem');
  const hour12 = booleanOption(options, 'hour12', undefined);
  let hourCycle = stringOption(options, 'hourCycle', ['h11', 'h12', 'h23', 'h24'], undefined);
  if (hour12 !== undefined) hourCycle = undefined;
  const resolved = resolveLocale(requested, { ca: calendar, nu: system, hc: hourCycle }, { ca: (value) => value === 'gregory', nu: numberingSystem, hc: (value) => value in LETTER_OF_CYCLE });
  if (hour12 !== undefined) resolved.locale = resolved.locale.replace(/-hc-h\d\d/, '').replace(/-u$/, '');
  const zoneOption = options.timeZone;
  const zone = zoneName(zoneOption === undefined ? 'UTC' : String(zoneOption));
  if (zone === undefined) throw new RangeError(`Invalid time zone specified: ${String(zoneOption)}`);
  const chosen: Record<string, string> = Object.create(null);
  let fraction: number | undefined;
  for (const [name, , lengths] of COMPONENTS) {
    const value = stringOption(options, name, Object.keys(lengths), undefined);
    if (value !== undefined) chosen[name] = value;
  }
  fraction = numberOption(options, 'fractionalSecondDigits', 1, 3, undefined);
  const timeZoneName = stringOption(options, 'timeZoneName', Object.keys(ZONE_NAMES), undefined);
  stringOption(options, 'formatMatcher', ['basic', 'best fit'], 'best fit');
  const dateStyle = stringOption(options, 'dateStyle', STYLES, undefined);
  const timeStyle = stringOption(options, 'timeStyle', STYLES, undefined);
  const preferred = preferredHour(resolved.data, resolved.locale);
  let cycle = resolved.keys.hc ?? CYCLE_OF_LETTER[preferred]!;
  if (hour12 !== undefined) cycle = cycleOf(CYCLE_OF_LETTER[preferred]!, hour12);
  const generator = generatorOf(resolved.data, preferred);
  const context: Context = { locale: resolved.data, dates: section(resolved.data, 'dates'), system: resolved.keys.nu ?? 'latn', zone };
  let pattern: string;
  if (dateStyle !== undefined || timeStyle !== undefined) {
    const explicit = Object.keys(chosen)[0] ?? (fraction !== undefined ? 'fractionalSecondDigits' : timeZoneName !== undefined ? 'timeZoneName' : undefined);
    if (explicit !== undefined) throw new TypeError(`Can't set option ${explicit} when ${dateStyle !== undefined ? 'dateStyle' : 'timeStyle'} is used`);
    if (required === 'date' && timeStyle !== undefined) throw new TypeError('Invalid option : timeStyle');
    if (required === 'time' && dateStyle !== undefined) throw new TypeError('Invalid option : dateStyle');
    pattern = styledPattern(context, generator, dateStyle, timeStyle, cycle);
  } else {
    const has = (names: string[]) => names.some((name) => name in chosen);
    const date = has(['weekday', 'year', 'month', 'day']);
    const time = has(['dayPeriod', 'hour', 'minute', 'second']) || fraction !== undefined;
    const missing = required === 'date' ? !date : required === 'time' ? !time : !date && !time;
    if (missing) {
      if (defaults !== 'time') for (const name of ['year', 'month', 'day']) chosen[name] = 'numeric';
      if (defaults !== 'date') for (const name of ['hour', 'minute', 'second']) chosen[name] = 'numeric';
    }
    let skeleton = '';
    for (const [name, letter, lengths] of COMPONENTS) {
      const value = chosen[name];
      if (value !== undefined) skeleton += (letter === 'j' ? LETTER_OF_CYCLE[cycle]! : letter).repeat(lengths[value]!);
    }
    if (fraction !== undefined) skeleton += 'S'.repeat(fraction);
    if (timeZoneName !== undefined) skeleton += ZONE_NAMES[timeZoneName];
    pattern = withCycle(generator.pattern(skeleton), cycle);
  }
  const own: DateSlots = { resolved, context, pattern };
  if (tokens(pattern).some((token) => 'letter' in token && token.letter in CYCLE_OF_LETTER)) own.hourCycle = cycle;
  if (dateStyle !== undefined) own.dateStyle = dateStyle;
  if (timeStyle !== undefined) own.timeStyle = timeStyle;
  return own;
}

/** The cycle of 12 or 24 hours that a locale uses. */
function cycleOf(preferred: string, hour12: boolean): string {
  if (hour12) return preferred === 'h11' || preferred === 'h23' ? (preferred === 'h11' ? 'h11' : 'h12') : 'h12';
  return 'h23';
}

function withCycle(pattern: string, cycle: string): string {
  return untokenized(tokens(pattern).map((token) => ('letter' in token && token.letter in CYCLE_OF_LETTER ? { ...token, letter: LETTER_OF_CYCLE[cycle]! } : token)));
}

function styledPattern({ dates }: Context, generator: Generator, dateStyle: string | undefined, timeStyle: string | undefined, cycle: string): string {
  const date = dateStyle === undefined ? undefined : dates.date[dateStyle as 'full'];
  const time = timeStyle === undefined ? undefined : dates.time[timeStyle as 'full'];
  const whole = date === undefined ? time! : time === undefined ? date : dates.at[dateStyle as 'full'].replace('{1}', () => date).replace('{0}', () => time);
  const list = tokens(whole);
  const hour = list.find((token) => 'letter' in token && token.letter in CYCLE_OF_LETTER) as { letter: string } | undefined;
  if (hour === undefined || CYCLE_OF_LETTER[hour.letter] === cycle) return whole;
  let skeleton = '';
  for (const token of list) {
    if ('literal' in token || 'abB'.includes(token.letter)) continue;
    skeleton += (token.letter in CYCLE_OF_LETTER ? LETTER_OF_CYCLE[cycle]! : token.letter).repeat(token.length);
  }
  return withCycle(generator.pattern(skeleton), cycle);
}

/** Milliseconds of what was given as a date. */
function timeOf(date: unknown): number {
  const time = date === undefined ? native.wallMs() : Number(date);
  if (!(Math.abs(time) <= 8.64e15)) throw new RangeError('Invalid time value');
  return Math.trunc(time) + 0;
}

export const dateText = (own: DateSlots, time: number): string => dateJoined(patternParts(own.context, own.pattern, time));

function rangeParts(own: DateSlots, start: unknown, end: unknown): Part[] {
  if (start === undefined || end === undefined) throw new TypeError('startDate or endDate cannot be undefined');
  const [from, to] = [timeOf(start), timeOf(end)];
  own.intervals ??= new Intervals(own.context, generatorOf(own.context.locale, preferredHour(own.context.locale, own.resolved.locale)), own.pattern);
  return own.intervals.parts(from, to);
}

/** What resolvedOptions shows of a pattern. */
function shownComponents(pattern: string): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const found = new Map(tokens(pattern).flatMap((token) => ('letter' in token ? [[token.letter === 'L' ? 'M' : token.letter === 'c' || token.letter === 'e' ? 'E' : token.letter in CYCLE_OF_LETTER ? 'j' : token.letter, token.length] as const] : [])));
  for (const [name, letter, lengths] of COMPONENTS) {
    const length = found.get(letter);
    if (length !== undefined) out[name] = Object.keys(lengths).find((value) => lengths[value] === length) ?? (lengths === NUMERIC || length <= 2 ? (length === 2 ? '2-digit' : 'numeric') : 'short');
  }
  const fraction = found.get('S');
  if (fraction !== undefined) out.fractionalSecondDigits = fraction;
  for (const letter of 'zOv') {
    const length = found.get(letter);
    if (length !== undefined) out.timeZoneName = Object.keys(ZONE_NAMES).find((name) => ZONE_NAMES[name] === letter.repeat(length >= 4 ? 4 : 1));
  }
  return out;
}

export class DateTimeFormat {
  constructor(locales?: unknown, options?: unknown) {
    slots.set(this, dateSlots(locales, options));
  }

  static supportedLocalesOf(locales: unknown, options?: unknown): string[] {
    return supportedLocales(locales, options);
  }

  get format(): (date?: unknown) => string {
    const own = internals(slots, this, 'get Intl.DateTimeFormat.prototype.format');
    if (own.bound === undefined) {
      own.bound = (date) => dateText(own, timeOf(date));
      Object.defineProperty(own.bound, 'name', { value: '', configurable: true });
    }
    return own.bound;
  }

  formatToParts(date?: unknown): Part[] {
    const own = internals(slots, this, 'Intl.DateTimeFormat.prototype.formatToParts');
    return patternParts(own.context, own.pattern, timeOf(date));
  }

  formatRange(start: unknown, end: unknown): string {
    const parts = rangeParts(internals(slots, this, 'Intl.DateTimeFormat.prototype.formatRange'), start, end);
    return parts.every(({ source }) => source === 'shared') ? dateJoined(parts) : joined(parts);
  }

  formatRangeToParts(start: unknown, end: unknown): Part[] {
    return rangeParts(internals(slots, this, 'Intl.DateTimeFormat.prototype.formatRangeToParts'), start, end);
  }

  resolvedOptions(): Record<string, unknown> {
    const own = internals(slots, this, 'Intl.DateTimeFormat.prototype.resolvedOptions');
    const { hourCycle, dateStyle, timeStyle, context } = own;
    return {
      locale: own.resolved.locale,
      calendar: 'gregory',
      numberingSystem: context.system,
      timeZone: context.zone,
      ...(hourCycle !== undefined && { hourCycle, hour12: hourCycle === 'h11' || hourCycle === 'h12' }),
      ...(dateStyle === undefined && timeStyle === undefined && shownComponents(own.pattern)),
      ...(dateStyle !== undefined && { dateStyle }),
      ...(timeStyle !== undefined && { timeStyle }),
    };
  }
}
