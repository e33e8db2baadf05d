// Intl.Collator. The host compares.

import { Pure } from '../abi';
import { native } from '../native';
import { canonicalizeList, internals, resolveLocale, supportedLocales } from './negotiate';
import type { Resolved } from './negotiate';
import { booleanOption, coerceOptions, stringOption } from './options';

interface Slots {
  resolved: Resolved;
  usage: string;
  sensitivity: string;
  ignorePunctuation: boolean;
  numeric: boolean;
  caseFirst: string;
  strength: number;
  flags: number;
  bound?: (a: unknown, b: unknown) => number;
}

const slots = new WeakMap<object, Slots>();
const STRENGTHS = ['base', 'accent', 'case', 'variant'];

export function collatorSlots(locales: unknown, given: unknown): Slots {
  const requested = canonicalizeList(locales);
  const options = coerceOptions(given);
  const usage = stringOption(options, 'usage', ['sort', 'search'], 'sort');
  stringOption(options, 'localeMatcher', ['lookup', 'best fit'], 'best fit');
  const numericOption = booleanOption(options, 'numeric', undefined);
  const caseFirstOption = stringOption(options, 'caseFirst', ['upper', 'lower', 'false'], undefined);
  const resolved = resolveLocale(
    requested,
    { kn: numericOption === undefined ? undefined : String(numericOption), kf: caseFirstOption },
    { kn: (value) => value === 'true' || value === 'false', kf: (value) => ['upper', 'lower', 'false'].includes(value) },
  );
  const numeric = resolved.keys.kn === 'true';
  const caseFirst = resolved.keys.kf ?? (resolved.data === 'da' ? 'upper' : 'false');
  const sensitivity = stringOption(options, 'sensitivity', STRENGTHS, 'variant');
  const ignorePunctuation = booleanOption(options, 'ignorePunctuation', false);
  const flags = (numeric ? 1 : 0) | (ignorePunctuation ? 2 : 0) | (caseFirst === 'upper' ? 4 : 0) | (caseFirst === 'lower' ? 8 : 0);
  return { resolved, usage, sensitivity, ignorePunctuation, numeric, caseFirst, strength: STRENGTHS.indexOf(sensitivity), flags };
}

export function compare(own: Slots, a: string, b: string): number {
  if (a === b) return 0;
  return (native.pure(Pure.Collate, own.resolved.data, own.strength, own.flags, a, b)[0] as number) - 1;
}

export class Collator {
  constructor(locales?: unknown, options?: unknown) {
    slots.set(this, collatorSlots(locales, options));
  }

  static supportedLocalesOf(locales: unknown, options?: unknown): string[] {
    return supportedLocales(locales, options);
  }

  get compare(): (a: unknown, b: unknown) => number {
    const own = internals(slots, this, 'get Intl.Collator.prototype.compare');
    if (own.bound === undefined) {
      own.bound = (a, b) => compare(own, String(a), String(b));
      Object.defineProperty(own.bound, 'name', { value: '', configurable: true });
    }
    return own.bound;
  }

  resolvedOptions(): Record<string, unknown> {
    const { resolved, usage, sensitivity, ignorePunctuation, numeric, caseFirst } = internals(slots, this, 'Intl.Collator.prototype.resolvedOptions');
    return { locale: resolved.locale, usage, sensitivity, ignorePunctuation, collation: 'default', numeric, caseFirst };
  }
}
