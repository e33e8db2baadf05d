// Intl.NumberFormat.

import { entry, section, shared } from './data';
import type { Numbers, Plurals } from './data';
import { isZero, scaled, toDecimal } from './decimal';
import type { Decimal } from './decimal';
import { canonicalizeList, internals, numberingSystem, resolveLocale, supportedLocales } from './negotiate';
import type { Resolved } from './negotiate';
import { coerceOptions, joined, stringOption, typeOption } from './options';
import { operands, pluralOfRange, pluralRule } from './plural';
import { digitOptions, rounded, shownDigits, shownRounding } from './rounding';
import type { Digits } from './rounding';

export interface Part {
  type: string;
  value: string;
  source?: string;
  unit?: string;
}

export interface NumberSlots {
  resolved: Resolved;
  data: Numbers;
  system: string;
  style: string;
  currency?: string;
  currencyDisplay: string;
  currencySign: string;
  unit?: string;
  unitDisplay: string;
  notation: string;
  compactDisplay: string;
  grouping: string | false;
  signDisplay: string;
  digits: Digits;
  bound?: (value: unknown) => string;
}

const slots = new WeakMap<object, NumberSlots>();

export const SIMPLE_UNITS = 'acre bit byte celsius centimeter day degree fahrenheit fluid-ounce foot gallon gigabit gigabyte gram hectare hour inch kilobit kilobyte kilogram kilometer liter megabit megabyte meter microsecond mile mile-scandinavian milliliter millimeter millisecond minute month nanosecond ounce percent petabyte pound second stone terabit terabyte week yard year'.split(' ');

export function wellFormedUnit(unit: string): boolean {
  if (SIMPLE_UNITS.includes(unit)) return true;
  const at = unit.indexOf('-per-');
  return at > 0 && SIMPLE_UNITS.includes(unit.slice(0, at)) && SIMPLE_UNITS.includes(unit.slice(at + 5));
}

export function numberSlots(locales: unknown, given: unknown): NumberSlots {
  const requested = canonicalizeList(locales);
  const options = coerceOptions(given);
  stringOption(options, 'localeMatcher', ['lookup', 'best fit'], 'best fit');
  const system = typeOption(options, 'numberingSystem');
  const resolved = resolveLocale(requested, { nu: system }, { nu: numberingSystem });
  const style = stringOption(options, 'style', ['decimal', 'percent', 'currency', 'unit'], 'decimal');
  let currency = stringOption(options, 'currency', undefined, undefined);
  if (currency !== undefined && !/^[A-Za-z]{3}$/.test(currency)) throw new RangeError(`Invalid currency code : ${currency}`);
  if (currency === undefined && style === 'currency') throw new TypeError('Currency code is required with currency style.');
  const currencyDisplay = stringOption(options, 'currencyDisplay', ['code', 'symbol', 'narrowSymbol', 'name'], 'symbol');
  const currencySign = stringOption(options, 'currencySign', ['standard', 'accounting'], 'standard');
  const unit = stringOption(options, 'unit', undefined, undefined);
  if (unit !== undefined && !wellFormedUnit(unit)) throw new RangeError(`Invalid unit argument for Intl.NumberFormat() '${unit}'`);
  if (unit === undefined && style === 'unit') throw new TypeError('Unit is required with unit style.');
  const unitDisplay = stringOption(options, 'unitDisplay', ['short', 'narrow', 'long'], 'short');
  currency = currency?.toUpperCase();
  const notation = stringOption(options, 'notation', ['standard', 'scientific', 'engineering', 'compact'], 'standard');
  let least = 0;
  let most = style === 'percent' ? 0 : 3;
  if (style === 'currency') least = most = shared.fractions[currency!] ?? 2;
  const digits = digitOptions(options, least, most, notation);
  const compactDisplay = stringOption(options, 'compactDisplay', ['short', 'long'], 'short');
  const useGrouping = groupingOption(options, notation === 'compact' ? 'min2' : 'auto');
  const signDisplay = stringOption(options, 'signDisplay', ['auto', 'never', 'always', 'exceptZero', 'negative'], 'auto');
  return { resolved, data: section(resolved.data, 'numbers'), system: resolved.keys.nu ?? 'latn', style, ...(style === 'currency' && { currency }), currencyDisplay, currencySign, ...(style === 'unit' && { unit }), unitDisplay, notation, compactDisplay, grouping: useGrouping, signDisplay, digits } as NumberSlots;
}

function groupingOption(options: Record<string, any>, fallback: string): string | false {
  const value = options.useGrouping;
  if (value === undefined) return fallback;
  if (value === true) return 'always';
  if (value === false || value === null || !value) return false;
  const text = String(value);
  if (text === 'true' || text === 'false') return fallback;
  if (!['min2', 'auto', 'always'].includes(text)) throw new RangeError(`Value ${text} out of range for Intl.NumberFormat options property useGrouping`);
  return text;
}

/** A number's pattern: what stands around it when positive, and, if it says so, when negative; its grouping. */
interface Pattern {
  prefix: string;
  suffix: string;
  negative?: [string, string];
  primary: number;
  secondary: number;
}

const patterns = new Map<string, Pattern>();

function patternOf(text: string): Pattern {
  let pattern = patterns.get(text);
  if (pattern === undefined) {
    const [positive, negative] = text.split(';') as [string, string?];
    const NUMBER = /[#0][#0,.]*(E0+)?/;
    const around = (side: string): [string, string] => {
      const found = NUMBER.exec(side)!;
      return [side.slice(0, found.index), side.slice(found.index + found[0].length)];
    };
    const [prefix, suffix] = around(positive);
    const groups = NUMBER.exec(positive)![0].split('.')[0]!.split(',');
    const primary = groups.length > 1 ? groups.at(-1)!.length : 0;
    pattern = { prefix, suffix, primary, secondary: groups.length > 2 ? groups.at(-2)!.length : primary };
    if (negative !== undefined) pattern.negative = around(negative);
    patterns.set(text, pattern);
  }
  return pattern;
}

const plain = (text: string): string => text.replace(/'([^']*)'/g, '$1');

/** Digits of the numbering system. */
export function inSystem(text: string, system: string): string {
  if (system === 'latn') return text;
  const digits = [...shared.digits[system]!];
  return text.replace(/\d/g, (digit) => digits[Number(digit)]!);
}

function pushGrouped(parts: Part[], whole: string, slots: NumberSlots, pattern: Pattern): void {
  const { primary, secondary } = pattern;
  // 'auto' and 'always' differ by the locale's least number of digits before a group.
  const least = slots.grouping === 'min2' ? Math.max(2, slots.data.minGrouping) : slots.grouping === 'always' ? 1 : slots.data.minGrouping;
  if (slots.grouping === false || primary === 0 || whole.length < primary + least) {
    parts.push({ type: 'integer', value: inSystem(whole, slots.system) });
    return;
  }
  const groups = [whole.slice(-primary)];
  for (let end = whole.length - primary; end > 0; end -= secondary) groups.unshift(whole.slice(Math.max(0, end - secondary), end));
  const separator = slots.style === 'currency' ? slots.data.symbols.currencyGroup! : slots.data.symbols.group!;
  groups.forEach((group, at) => {
    if (at > 0) parts.push({ type: 'group', value: separator });
    parts.push({ type: 'integer', value: inSystem(group, slots.system) });
  });
}

function patternText(slots: NumberSlots): string {
  const { data } = slots;
  if (isPercent(slots)) return data.percent;
  if (slots.style !== 'currency' || slots.currencyDisplay === 'name') return data.decimal;
  return slots.currencySign === 'accounting' ? data.accounting : data.currency;
}

interface Formatted {
  /** Digits, separators, exponent. */
  number: Part[];
  value: Decimal;
  whole: string;
  fraction: string;
  /** Power of ten that the notation divided by, and compact patterns for it. */
  exponent: number;
  compact?: Plurals;
}

/** The power of ten that a compact pattern stands for less the digits it shows. */
function compactShift(tables: Record<string, Plurals>, magnitude: number): [number, Plurals | undefined] {
  const power = Math.min(magnitude, Math.max(...Object.keys(tables).map(Number)));
  const table = tables[power];
  if (magnitude < 3 || table === undefined) return [0, undefined];
  const pattern = table.other ?? Object.values(table)[0]!;
  if (pattern === '0') return [0, undefined];
  return [power - (/0+/.exec(pattern)?.[0].length ?? 0) + 1, table];
}

function compactTables({ data, style, compactDisplay, currencyDisplay }: NumberSlots): Record<string, Plurals> {
  if (style === 'currency' && currencyDisplay !== 'name' && compactDisplay === 'short') return data.currencyShort;
  return compactDisplay === 'long' && style !== 'currency' ? data.long : data.short;
}

function formatNumber(slots: NumberSlots, given: Decimal): Formatted {
  const { digits, data, notation } = slots;
  let value = slots.style === 'percent' ? scaled(given, 2) : given;
  const number: Part[] = [];
  if (value.special !== undefined) {
    number.push(value.special === 'nan' ? { type: 'nan', value: data.symbols.nan! } : { type: 'infinity', value: data.symbols.infinity! });
    return { number, value, whole: '', fraction: '', exponent: 0 };
  }
  let exponent = 0;
  let compact: Plurals | undefined;
  if (notation === 'compact') {
    const tables = compactTables(slots);
    const shift = (of: Decimal) => (isZero(of) ? ([0, undefined] as [number, undefined]) : compactShift(tables, of.point - 1));
    [exponent, compact] = shift(value);
    const first = rounded(scaled(value, -exponent), digits).value;
    // Rounding can lead to the next power of ten, which may have another pattern.
    const again = scaled(first, exponent);
    if (again.point !== value.point) [exponent, compact] = shift(again);
  } else if (notation !== 'standard' && !isZero(value)) {
    const power = (of: Decimal) => (notation === 'scientific' ? of.point - 1 : Math.floor((of.point - 1) / 3) * 3);
    exponent = power(value);
    const first = scaled(rounded(scaled(value, -exponent), digits).value, exponent);
    if (first.point !== value.point) exponent = power(first);
  }
  value = scaled(value, -exponent);
  const result = rounded(value, digits);
  const pattern = patternOf(patternText(slots));
  pushGrouped(number, result.whole, slots, pattern);
  if (result.fraction !== '') {
    number.push({ type: 'decimal', value: slots.style === 'currency' ? data.symbols.currencyDecimal! : data.symbols.decimal! });
    number.push({ type: 'fraction', value: inSystem(result.fraction, slots.system) });
  }
  if (notation === 'scientific' || notation === 'engineering') {
    number.push({ type: 'exponentSeparator', value: data.symbols.exponential! });
    if (exponent < 0) number.push({ type: 'exponentMinusSign', value: data.symbols.minusSign! });
    number.push({ type: 'exponentInteger', value: inSystem(String(Math.abs(exponent)), slots.system) });
  }
  return { number, value: result.value, whole: result.whole, fraction: result.fraction, exponent, ...(compact !== undefined && { compact }) };
}

function category(slots: NumberSlots, formatted: Formatted): string {
  if (formatted.value.special !== undefined) return 'other';
  return pluralRule(slots.resolved.data, false).select(operands(formatted.whole, formatted.fraction, formatted.exponent));
}

const pick = (plurals: Plurals, category: string): string => plurals[category] ?? plurals.other ?? Object.values(plurals)[0]!;

function sign(slots: NumberSlots, formatted: Formatted, given: Decimal): '' | '-' | '+' {
  const negative = given.negative && given.special !== 'nan';
  const zero = formatted.value.special === undefined ? isZero(formatted.value) : formatted.value.special === 'nan';
  switch (slots.signDisplay) {
    case 'never':
      return '';
    case 'always':
      return negative ? '-' : '+';
    case 'exceptZero':
      return zero ? '' : negative ? '-' : '+';
    case 'negative':
      return negative && !zero ? '-' : '';
    default:
      return negative ? '-' : '';
  }
}

/** Signs and other symbols in what stands around a number. */
function pushAffix(parts: Part[], affix: string, slots: NumberSlots, symbol: string): void {
  let literal = '';
  const flush = () => {
    if (literal !== '') parts.push({ type: 'literal', value: literal });
    literal = '';
  };
  const push = (type: string, value: string) => {
    flush();
    parts.push({ type, value });
  };
  const { symbols } = slots.data;
  for (let at = 0; at < affix.length; at++) {
    const character = affix[at]!;
    if (character === "'") {
      const end = affix.indexOf("'", at + 1);
      literal += affix.slice(at + 1, end);
      at = end;
    } else if (character === '-') push('minusSign', symbols.minusSign!);
    else if (character === '+') push('plusSign', symbols.plusSign!);
    else if (character === '%') push(slots.style === 'unit' ? 'unit' : 'percentSign', symbols.percentSign!);
    else if (character === '¤') push('currency', symbol);
    else literal += character;
  }
  flush();
}

/** `0K`, `0 thousand`: the pattern's own text around the number. */
function withCompact(slots: NumberSlots, formatted: Formatted): Part[] {
  if (formatted.compact === undefined) return formatted.number;
  const pattern = pick(formatted.compact, category(slots, formatted)).split(';')[0]!.replace(/[\s\u00a0]*¤[\s\u00a0]*/g, '');
  const found = /0+/.exec(pattern);
  if (found === null) return formatted.number;
  const parts: Part[] = [];
  const side = (text: string) => {
    const bare = plain(text);
    const [, before, name, after] = /^([\s\u00a0\u202f]*)(.*?)([\s\u00a0\u202f]*)$/su.exec(bare)!;
    if (name === '') return;
    if (before !== '') parts.push({ type: 'literal', value: before! });
    parts.push({ type: 'compact', value: name! });
    if (after !== '') parts.push({ type: 'literal', value: after! });
  };
  side(pattern.slice(0, found.index));
  parts.push(...formatted.number);
  side(pattern.slice(found.index + found[0].length));
  return parts;
}

function currencySymbol(slots: NumberSlots): string {
  const code = slots.currency!;
  if (slots.currencyDisplay === 'code') return code;
  const data = entry<[string, string?, string?, Plurals?]>(slots.resolved.data, `currencies/${code}`);
  if (data === undefined) return code;
  const symbol = data[1] || code;
  return slots.currencyDisplay === 'narrowSymbol' ? data[2] || symbol : symbol;
}

/** Between a symbol of letters and digits stands a space. */
function spaced(parts: Part[]): Part[] {
  const at = parts.findIndex(({ type }) => type === 'currency');
  if (at < 0) return parts;
  const symbol = parts[at]!.value;
  const space = { type: 'literal', value: '\u00a0' };
  const digit = (part: Part | undefined) => part?.type === 'integer' || part?.type === 'fraction';
  const isSymbol = (character: string) => /[\p{S}\p{Z}]/u.test(character);
  if (digit(parts[at + 1]) && !isSymbol([...symbol].at(-1)!)) return [...parts.slice(0, at + 1), space, ...parts.slice(at + 1)];
  if (digit(parts[at - 1]) && !isSymbol(symbol)) return [...parts.slice(0, at), space, ...parts.slice(at)];
  return parts;
}

/** Where a compact pattern has the symbol: `¤0M` as `¤0`. */
function compactCurrency(pattern: string): string {
  const side = (text: string, symbol: RegExp): string => symbol.exec(text)?.[0] ?? '';
  const [positive] = pattern.split(';') as [string];
  const at = positive.search(/0+/);
  return `${side(positive.slice(0, at), /¤[\s\u00a0]*/)}0${side(positive.slice(at), /[\s\u00a0]*¤/)}`;
}

function formatted(slots: NumberSlots, given: Decimal): [Part[], Formatted] {
  const formatted = formatNumber(slots, given);
  const shownSign = sign(slots, formatted, given);
  const { style } = slots;
  let text = patternText(slots);
  let symbol = '';
  if (style === 'currency' && slots.currencyDisplay !== 'name') {
    symbol = currencySymbol(slots);
    if (formatted.compact !== undefined && slots.compactDisplay === 'short') text = compactCurrency(pick(formatted.compact, category(slots, formatted)));
  }
  const pattern = patternOf(text);
  let { prefix, suffix } = pattern;
  if (shownSign === '-') {
    [prefix, suffix] = pattern.negative ?? [`-${prefix}`, suffix];
  } else if (shownSign === '+') {
    // Where the negative pattern has a minus sign, a plus sign can stand.
    if (pattern.negative !== undefined && pattern.negative.join('').includes('-')) [prefix, suffix] = pattern.negative.map((side) => side.replace('-', '+')) as [string, string];
    else prefix = `+${prefix}`;
  }
  const parts: Part[] = [];
  pushAffix(parts, prefix, slots, symbol);
  parts.push(...withCompact(slots, formatted));
  pushAffix(parts, suffix, slots, symbol);
  return [style === 'currency' ? spaced(parts) : parts, formatted];
}

/** A number's parts in a pattern of a unit or a currency's name. */
function inPattern(pattern: string, parts: Part[], type: string): Part[] {
  const at = pattern.indexOf('{0}');
  if (at < 0) return [...parts, { type: 'literal', value: ' ' }, { type, value: pattern }];
  const out: Part[] = [];
  const side = (text: string) => {
    if (text === '') return;
    const [, before, name, after] = /^(\s*)(.*?)(\s*)$/su.exec(text)!;
    if (before !== '') out.push({ type: 'literal', value: before! });
    if (name !== '') out.push({ type, value: name! });
    if (after !== '') out.push({ type: 'literal', value: after! });
  };
  side(pattern.slice(0, at));
  out.push(...parts);
  side(pattern.slice(at + 3));
  return out;
}

function unitPattern(slots: NumberSlots, plural: string): string {
  const { unit, unitDisplay, resolved } = slots;
  const of = (name: string) => entry<Plurals>(resolved.data, `units/${unitDisplay}/${name}`);
  const own = of(unit!);
  if (own !== undefined) return pick(own, plural);
  const [first, second] = unit!.split('-per-') as [string, string];
  const numerator = pick(of(first)!, plural);
  const denominator = of(second)!;
  if (denominator.per !== undefined) return denominator.per.replace('{0}', numerator);
  const bare = pick(denominator, 'one').replace('{0}', '').trim();
  return entry<string>(resolved.data, `units/${unitDisplay}/per`)!.replace('{0}', numerator).replace('{1}', bare);
}

function around(slots: NumberSlots, parts: Part[], plural: string): Part[] {
  if (slots.style === 'percent') return inPattern(pick(entry<Plurals>(slots.resolved.data, 'units/short/percent')!, plural), parts, 'percentSign');
  if (slots.style === 'unit') return inPattern(unitPattern(slots, plural), parts, 'unit');
  const code = slots.currency!;
  const data = entry<[string, string?, string?, Plurals?]>(slots.resolved.data, `currencies/${code}`);
  const name = data === undefined ? code : data[3] === undefined ? data[0] : (data[3][plural] ?? data[3].other ?? data[0]);
  const pattern = pick(slots.data.currencyName, plural);
  const out: Part[] = [];
  for (const piece of pattern.split(/(\{[01]\})/)) {
    if (piece === '{0}') out.push(...parts);
    else if (piece === '{1}') out.push({ type: 'currency', value: name });
    else if (piece !== '') out.push({ type: 'literal', value: piece });
  }
  return out;
}

/** Per cent has a pattern of its own, which compact notation does not use. */
const isPercent = ({ style, unit, unitDisplay, notation }: NumberSlots): boolean => notation !== 'compact' && (style === 'percent' || (style === 'unit' && unit === 'percent' && unitDisplay !== 'long'));
const isNamed = (slots: NumberSlots): boolean => slots.style === 'unit' || slots.style === 'percent' ? !isPercent(slots) : slots.style === 'currency' && slots.currencyDisplay === 'name';

export function numberParts(slots: NumberSlots, value: Decimal): Part[] {
  const [parts, result] = formatted(slots, value);
  return isNamed(slots) ? around(slots, parts, category(slots, result)) : parts;
}

function rangeParts(slots: NumberSlots, start: unknown, end: unknown): Part[] {
  if (start === undefined || end === undefined) throw new TypeError('start or end is undefined');
  const from = toDecimal(start);
  const to = toDecimal(end);
  if (from.special === 'nan' || to.special === 'nan') throw new RangeError('Invalid number value: NaN');
  const [first, firstResult] = formatted(slots, from);
  const [second, secondResult] = formatted(slots, to);
  const shared = (parts: Part[]) => parts.map((part) => ({ ...part, source: 'shared' }));
  if (joined(first) === joined(second)) {
    const parts = isNamed(slots) ? around(slots, first, category(slots, firstResult)) : first;
    return shared([{ type: 'approximatelySign', value: slots.data.symbols.approximatelySign! }, ...parts]);
  }
  // What stands around both in the same way is said once.
  const NUMBER = new Set(['integer', 'group', 'decimal', 'fraction', 'infinity', 'exponentSeparator', 'exponentMinusSign', 'exponentInteger']);
  const lead = (parts: Part[]) => parts.findIndex(({ type }) => NUMBER.has(type));
  const trail = (parts: Part[]) => parts.findLastIndex(({ type }) => NUMBER.has(type)) + 1;
  const text = (parts: Part[]) => joined(parts.slice(0, lead(parts))) + '\u0000' + joined(parts.slice(trail(parts)));
  let [a, b] = [first, second];
  let before: Part[] = [];
  let after: Part[] = [];
  // Of one character it is repeated all the same: `$3 – $5`.
  const affixes = [...text(first)].length - 1;
  const collapses = text(first) === text(second) && affixes > 1;
  if (collapses) {
    before = a.slice(0, lead(a));
    after = a.slice(trail(a));
    a = a.slice(before.length, a.length - after.length);
    b = b.slice(before.length, b.length - after.length);
  }
  let separator = slots.data.range.replace('{0}', '').replace('{1}', '');
  const repeated = (affixes > 0 && !collapses) || first.some(({ type }) => type === 'exponentSeparator');
  if (repeated && !/\s/.test(separator)) separator = ` ${separator} `;
  const mark = (parts: Part[], source: string) => parts.map((part) => ({ ...part, source }));
  const inner = [...shared(before), ...mark(a, 'startRange'), { type: 'literal', value: separator, source: 'shared' }, ...mark(b, 'endRange'), ...shared(after)];
  if (!isNamed(slots)) return inner;
  const plural = pluralOfRange(slots.resolved.data, category(slots, firstResult), category(slots, secondResult));
  return around(slots, inner, plural).map((part) => ({ source: 'shared', ...part })).map(({ type, value, source }) => ({ type, value, source }));
}

export class NumberFormat {
  constructor(locales?: unknown, options?: unknown) {
    slots.set(this, numberSlots(locales, options));
  }

  static supportedLocalesOf(locales: unknown, options?: unknown): string[] {
    return supportedLocales(locales, options);
  }

  get format(): (value: unknown) => string {
    const own = internals(slots, this, 'get Intl.NumberFormat.prototype.format');
    if (own.bound === undefined) {
      own.bound = (value) => joined(numberParts(own, toDecimal(value)));
      Object.defineProperty(own.bound, 'name', { value: '', configurable: true });
    }
    return own.bound;
  }

  formatToParts(value: unknown): Part[] {
    return numberParts(internals(slots, this, 'Intl.NumberFormat.prototype.formatToParts'), toDecimal(value));
  }

  formatRange(start: unknown, end: unknown): string {
    return joined(rangeParts(internals(slots, this, 'Intl.NumberFormat.prototype.formatRange'), start, end));
  }

  formatRangeToParts(start: unknown, end: unknown): Part[] {
    return rangeParts(internals(slots, this, 'Intl.NumberFormat.prototype.formatRangeToParts'), start, end);
  }

  resolvedOptions(): Record<string, unknown> {
    const own = internals(slots, this, 'Intl.NumberFormat.prototype.resolvedOptions');
    return {
      locale: own.resolved.locale,
      numberingSystem: own.system,
      style: own.style,
      ...(own.style === 'currency' && { currency: own.currency, currencyDisplay: own.currencyDisplay, currencySign: own.currencySign }),
      ...(own.style === 'unit' && { unit: own.unit, unitDisplay: own.unitDisplay }),
      ...shownDigits(own.digits),
      useGrouping: own.grouping,
      notation: own.notation,
      ...(own.notation === 'compact' && { compactDisplay: own.compactDisplay }),
      signDisplay: own.signDisplay,
      ...shownRounding(own.digits),
    };
  }
}
