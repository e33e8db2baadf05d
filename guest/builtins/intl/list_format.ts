// Intl.ListFormat.

import { section } from './data';
import { canonicalizeList, internals, languageOf, resolveLocale, supportedLocales } from './negotiate';
import type { Resolved } from './negotiate';
import type { Part } from './number_format';
import { joined, optionsObject, stringOption } from './options';

interface Slots {
  resolved: Resolved;
  type: string;
  style: string;
}

const slots = new WeakMap<object, Slots>();

function strings(list: unknown): string[] {
  if (list === undefined) return [];
  const out: string[] = [];
  for (const value of list as Iterable<unknown>) {
    if (typeof value !== 'string') throw new TypeError('Iterable yielded a non-String value');
    out.push(value);
  }
  return out;
}

/** Words that Spanish and Italian change before their like: `y` before i, `o` before o. */
function adapted(locale: string, pattern: string, next: string): string {
  if (languageOf(locale) !== 'es') return pattern;
  if (/^(i|hi(?![ae]))/i.test(next)) return pattern.replace(/ y \{1\}/, ' e {1}');
  if (/^(o|ho|8|11(?!\d)|11(\D|$))/i.test(next)) return pattern.replace(/ o \{1\}/, ' u {1}');
  return pattern;
}

function filled(pattern: string, first: Part[], second: Part[]): Part[] {
  const out: Part[] = [];
  for (const piece of pattern.split(/(\{[01]\})/)) {
    if (piece === '{0}') out.push(...first);
    else if (piece === '{1}') out.push(...second);
    else if (piece !== '') out.push({ type: 'literal', value: piece });
  }
  return out;
}

function listParts({ resolved, type, style }: Slots, values: string[]): Part[] {
  const [start, middle, end, pair] = section(resolved.data, 'lists')[type]![style]!;
  const element = (value: string): Part[] => [{ type: 'element', value }];
  if (values.length === 0) return [];
  if (values.length === 1) return element(values[0]!);
  const last = values.at(-1)!;
  if (values.length === 2) return filled(adapted(resolved.data, pair, last), element(values[0]!), element(last));
  let out = filled(adapted(resolved.data, end, last), element(values.at(-2)!), element(last));
  for (let at = values.length - 3; at >= 0; at--) out = filled(at === 0 ? start : middle, element(values[at]!), out);
  return out;
}

export class ListFormat {
  constructor(locales?: unknown, given?: unknown) {
    const requested = canonicalizeList(locales);
    const options = optionsObject(given);
    stringOption(options, 'localeMatcher', ['lookup', 'best fit'], 'best fit');
    const type = stringOption(options, 'type', ['conjunction', 'disjunction', 'unit'], 'conjunction');
    const style = stringOption(options, 'style', ['long', 'short', 'narrow'], 'long');
    slots.set(this, { resolved: resolveLocale(requested, {}, {}), type, style });
  }

  static supportedLocalesOf(locales: unknown, options?: unknown): string[] {
    return supportedLocales(locales, options);
  }

  format(list: unknown): string {
    return joined(listParts(internals(slots, this, 'Intl.ListFormat.prototype.format'), strings(list)));
  }

  formatToParts(list: unknown): Part[] {
    return listParts(internals(slots, this, 'Intl.ListFormat.prototype.formatToParts'), strings(list));
  }

  resolvedOptions(): Record<string, unknown> {
    const { resolved, type, style } = internals(slots, this, 'Intl.ListFormat.prototype.resolvedOptions');
    return { locale: resolved.locale, type, style };
  }
}
