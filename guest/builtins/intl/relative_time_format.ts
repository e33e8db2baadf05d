// Intl.RelativeTimeFormat.

import { section } from './data';
import { fromNumber } from './decimal';
import { canonicalizeList, internals, numberingSystem, resolveLocale, supportedLocales } from './negotiate';
import type { Resolved } from './negotiate';
import { numberParts, numberSlots } from './number_format';
import type { NumberSlots, Part } from './number_format';
import { coerceOptions, joined, stringOption, typeOption } from './options';
import { operands, pluralRule } from './plural';
import { rounded } from './rounding';

interface Slots {
  resolved: Resolved;
  style: string;
  numeric: string;
  numbers: NumberSlots;
}

const slots = new WeakMap<object, Slots>();
const UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];

function relativeParts(own: Slots, given: unknown, givenUnit: unknown): Part[] {
  const value = Number(given);
  const name = `${givenUnit as string}`;
  const unit = name.replace(/s$/, '');
  if (!UNITS.includes(unit)) throw new RangeError(`Invalid unit argument for format() '${name}'`);
  if (!Number.isFinite(value)) throw new RangeError(`The value needs to be finite number for Intl.RelativeTimeFormat.prototype.format()`);
  const names = section(own.resolved.data, 'relative')[own.style]![unit]!;
  if (own.numeric === 'auto') {
    const word = names.words?.[Object.is(value, -0) ? '0' : String(value)];
    if (word !== undefined) return [{ type: 'literal', value: word }];
  }
  const past = value < 0 || Object.is(value, -0);
  const decimal = fromNumber(Math.abs(value));
  const { whole, fraction } = rounded(decimal, own.numbers.digits);
  const plurals = past ? names.past : names.future;
  const pattern = plurals[pluralRule(own.resolved.data, false).select(operands(whole, fraction))] ?? plurals.other!;
  const at = pattern.indexOf('{0}');
  const parts: Part[] = [];
  const literal = (text: string) => text !== '' && parts.push({ type: 'literal', value: text });
  if (at < 0) return [{ type: 'literal', value: pattern }];
  literal(pattern.slice(0, at));
  for (const part of numberParts(own.numbers, decimal)) parts.push({ ...part, unit });
  literal(pattern.slice(at + 3));
  return parts;
}

export class RelativeTimeFormat {
  constructor(locales?: unknown, given?: unknown) {
    const requested = canonicalizeList(locales);
    const options = coerceOptions(given);
    stringOption(options, 'localeMatcher', ['lookup', 'best fit'], 'best fit');
    const system = typeOption(options, 'numberingSystem');
    const resolved = resolveLocale(requested, { nu: system }, { nu: numberingSystem });
    const style = stringOption(options, 'style', ['long', 'short', 'narrow'], 'long');
    const numeric = stringOption(options, 'numeric', ['always', 'auto'], 'always');
    slots.set(this, { resolved, style, numeric, numbers: numberSlots(resolved.locale, Object.assign(Object.create(null), { numberingSystem: resolved.keys.nu })) });
  }

  static supportedLocalesOf(locales: unknown, options?: unknown): string[] {
    return supportedLocales(locales, options);
  }

  format(value: unknown, unit: unknown): string {
    return joined(relativeParts(internals(slots, this, 'Intl.RelativeTimeFormat.prototype.format'), value, unit));
  }

  formatToParts(value: unknown, unit: unknown): Part[] {
    return relativeParts(internals(slots, this, 'Intl.RelativeTimeFormat.prototype.formatToParts'), value, unit);
  }

  resolvedOptions(): Record<string, unknown> {
    const own = internals(slots, this, 'Intl.RelativeTimeFormat.prototype.resolvedOptions');
    return { locale: own.resolved.locale, style: own.style, numeric: own.numeric, numberingSystem: own.resolved.keys.nu ?? 'latn' };
  }
}
