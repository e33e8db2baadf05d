// Locale data: what `guest/cldr` made of CLDR. English's is here; every other locale's, and every dictionary, comes
// from the host when it is first asked for, piece by piece.

import { Pure } from '../abi';
import { native } from '../native';
import english from '../../cldr/data/en.json';
import tables from '../../cldr/data/shared.json';

export type Plurals = Record<string, string>;
export type Widths = { abbreviated: string[]; narrow: string[]; wide: string[] };
export type Style4 = { full: string; long: string; medium: string; short: string };

export interface Dates {
  months: Widths;
  monthsAlone: Widths;
  days: Widths;
  daysAlone: Widths;
  periods: Record<'abbreviated' | 'narrow' | 'wide', Record<string, string>>;
  eras: Widths;
  date: Style4;
  time: Style4;
  glue: Style4;
  at: Style4;
  available: Record<string, string>;
  append: Record<string, [string, string]>;
  interval: Record<string, Record<string, string>>;
  between: string;
}

export interface Numbers {
  symbols: Record<string, string>;
  minGrouping: number;
  decimal: string;
  percent: string;
  currency: string;
  accounting: string;
  currencyName: Plurals;
  long: Record<string, Plurals>;
  short: Record<string, Plurals>;
  currencyShort: Record<string, Plurals>;
  range: string;
}

export type Lists = Record<string, Record<string, [string, string, string, string]>>;
export type Relative = Record<string, Record<string, { future: Plurals; past: Plurals; words?: Record<string, string> }>>;

interface Sections {
  dates: Dates;
  numbers: Numbers;
  lists: Lists;
  relative: Relative;
}

interface Shared {
  locales: Record<string, string>;
  parents: Record<string, string>;
  parentOf: Record<string, string>;
  cardinal: Record<string, Record<string, string>>;
  ordinal: Record<string, Record<string, string>>;
  ranges: Record<string, Record<string, string>>;
  fractions: Record<string, number>;
  currencies: string[];
  firstDay: Record<string, string>;
  weekendStart: Record<string, string>;
  weekendEnd: Record<string, string>;
  hours: Record<string, [string, string[]]>;
  periods: Record<string, Record<string, number[]>>;
  digits: Record<string, string>;
}

export const shared = tables as unknown as Shared;

const sections = new Map<string, unknown>(Object.entries(english).map(([name, value]) => [`en/${name}`, value]));

/** A locale and those it inherits from. */
function chain(locale: string): string[] {
  const list = [locale];
  for (let at = shared.parents[locale]; at !== undefined; at = shared.parents[at]) list.push(at);
  return list;
}

function fromHost(...keys: string[]): any {
  const json = native.pure(Pure.IntlData, ...keys)[0] as string | undefined;
  return json === undefined ? undefined : JSON.parse(json);
}

const isPlain = (value: any): boolean => value !== null && typeof value === 'object' && !Array.isArray(value);

/** What the parent says unless the child says otherwise; null takes away. */
function merged(parent: any, child: any): any {
  if (!isPlain(parent) || !isPlain(child)) return child;
  const out = { ...parent };
  for (const key of Object.keys(child)) {
    if (child[key] === null) delete out[key];
    else out[key] = key in out ? merged(out[key], child[key]) : child[key];
  }
  return out;
}

/** A section of a locale of `shared.locales`' values. */
export function section<Name extends keyof Sections>(locale: string, name: Name): Sections[Name] {
  const key = `${locale}/${name}`;
  let value = sections.get(key);
  if (value === undefined) {
    const parent = shared.parents[locale];
    const own = fromHost(key);
    value = parent === undefined ? own : own === undefined ? section(parent, name) : merged(section(parent, name), own);
    sections.set(key, value);
  }
  return value as Sections[Name];
}

const entries = new Map<string, any>();

/** An entry of a dictionary of a locale (`currencies/EUR`); undefined when there is none. */
export function entry<T>(locale: string, path: string): T | undefined {
  const key = `${locale}/${path}`;
  if (entries.has(key)) return entries.get(key);
  let value: any;
  if (path.startsWith('units/')) {
    // Units are dictionaries themselves, of which a child may change a part.
    for (const at of chain(locale).reverse()) {
      const own = fromHost(`${at}/${path}`);
      if (own !== undefined) value = merged(value, own);
    }
  } else value = fromHost(...chain(locale).map((at) => `${at}/${path}`));
  entries.set(key, value ?? undefined);
  return value ?? undefined;
}

/** An entry that no locale owns (`zones/Europe/Vienna`). */
export function common<T>(path: string): T | undefined {
  const key = `all/${path}`;
  if (!entries.has(key)) entries.set(key, fromHost(key));
  return entries.get(key);
}
