// Intl: ECMA-402 on CLDR's data. See docs/decisions/009-intl.md for what is computed where.

import { defineHidden, defineGlobals, defineTag } from '../define';
import { Collator } from './collator';
import { common, shared } from './data';
import { DateTimeFormat } from './date_time_format';
import { DisplayNames } from './display_names';
import { ListFormat } from './list_format';
import { Locale } from './locale';
import { canonicalizeList } from './negotiate';
import { NumberFormat, SIMPLE_UNITS } from './number_format';
import { PluralRules } from './plural_rules';
import { RelativeTimeFormat } from './relative_time_format';
import { Segmenter } from './segmenter';
import './prototypes';

/** A class that can be called without `new`. */
function callable(own: Function): Function {
  const made = function (this: unknown, locales?: unknown, options?: unknown): unknown {
    return Reflect.construct(own, [locales, options], new.target ?? made);
  };
  Object.defineProperty(made, 'prototype', { value: own.prototype, writable: false, enumerable: false, configurable: false });
  defineHidden(own.prototype, 'constructor', made);
  defineHidden(made, 'supportedLocalesOf', (own as unknown as Record<string, unknown>).supportedLocalesOf);
  return made;
}

const KEYS: Record<string, () => string[]> = {
  calendar: () => ['gregory'],
  collation: () => [],
  currency: () => [...shared.currencies],
  numberingSystem: () => Object.keys(shared.digits).sort(),
  timeZone: () => [...common<string[]>('list/zones')!],
  unit: () => [...SIMPLE_UNITS].sort(),
};

const Intl = {};
const classes = { Collator: callable(Collator), DateTimeFormat: callable(DateTimeFormat), DisplayNames, ListFormat, Locale, NumberFormat: callable(NumberFormat), PluralRules, RelativeTimeFormat, Segmenter };
for (const [name, value] of Object.entries(classes)) {
  Object.defineProperty(value, 'name', { value: name, configurable: true });
  Object.defineProperty(value, 'length', { value: name === 'DisplayNames' ? 2 : name === 'Locale' ? 1 : 0, configurable: true });
  if ('supportedLocalesOf' in value) Object.defineProperty(value.supportedLocalesOf, 'length', { value: 1, configurable: true });
  defineTag(value.prototype, `Intl.${name}`);
  defineHidden(Intl, name, value);
}
defineHidden(Intl, 'getCanonicalLocales', { getCanonicalLocales: (locales: unknown) => canonicalizeList(locales) }.getCanonicalLocales);
defineHidden(Intl, 'supportedValuesOf', {
  supportedValuesOf(key: unknown): string[] {
    const name = `${key as string}`;
    if (!Object.hasOwn(KEYS, name)) throw new RangeError(`Invalid key : ${name}`);
    return KEYS[name]!();
  },
}.supportedValuesOf);
defineTag(Intl, 'Intl');
defineGlobals({ Intl });

// What the usual formats of English need is worked out here, once, and lies in the engine's image: skeletons, patterns.
new DateTimeFormat('en-US', { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'medium' }).format(0);
new DateTimeFormat('en-US', { timeZone: 'UTC', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: '2-digit' }).format(0);
new NumberFormat('en-US').format(0);
new PluralRules('en-US').select(1);
