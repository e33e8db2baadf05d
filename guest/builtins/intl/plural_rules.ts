// Intl.PluralRules.

import { fromNumber, toDecimal } from './decimal';
import { canonicalizeList, internals, resolveLocale, supportedLocales } from './negotiate';
import type { Resolved } from './negotiate';
import { coerceOptions, stringOption } from './options';
import { operands, pluralOfRange, pluralRule } from './plural';
import { digitOptions, rounded, shownDigits, shownRounding } from './rounding';
import type { Digits } from './rounding';

interface Slots {
  resolved: Resolved;
  type: string;
  digits: Digits;
}

const slots = new WeakMap<object, Slots>();

function select({ resolved, type, digits }: Slots, value: number): string {
  const decimal = toDecimal(value);
  if (decimal.special !== undefined) return 'other';
  const { whole, fraction } = rounded(decimal, digits);
  return pluralRule(resolved.data, type === 'ordinal').select(operands(whole, fraction));
}

export class PluralRules {
  constructor(locales?: unknown, given?: unknown) {
    const requested = canonicalizeList(locales);
    const options = coerceOptions(given);
    stringOption(options, 'localeMatcher', ['lookup', 'best fit'], 'best fit');
    const type = stringOption(options, 'type', ['cardinal', 'ordinal'], 'cardinal');
    const digits = digitOptions(options, 0, 3, 'standard');
    slots.set(this, { resolved: resolveLocale(requested, {}, {}), type, digits });
  }

  static supportedLocalesOf(locales: unknown, options?: unknown): string[] {
    return supportedLocales(locales, options);
  }

  select(value: unknown): string {
    return select(internals(slots, this, 'Intl.PluralRules.prototype.select'), Number(value));
  }

  selectRange(start: unknown, end: unknown): string {
    const own = internals(slots, this, 'Intl.PluralRules.prototype.selectRange');
    if (start === undefined || end === undefined) throw new TypeError('start or end is undefined');
    const [from, to] = [Number(start), Number(end)];
    if (fromNumber(from).special === 'nan' || fromNumber(to).special === 'nan') throw new RangeError('Invalid number value: NaN');
    return pluralOfRange(own.resolved.data, select(own, from), select(own, to));
  }

  resolvedOptions(): Record<string, unknown> {
    const own = internals(slots, this, 'Intl.PluralRules.prototype.resolvedOptions');
    return {
      locale: own.resolved.locale,
      type: own.type,
      ...shownDigits(own.digits),
      pluralCategories: [...pluralRule(own.resolved.data, own.type === 'ordinal').categories],
      ...shownRounding(own.digits),
    };
  }
}
