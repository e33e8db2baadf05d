// Language tags as given, and which of our locales each leads to (ECMA-402, sections 6 and 9).

import { Pure, TagWork } from '../abi';
import { native } from '../native';
import { shared } from './data';
import { coerceOptions, stringOption } from './options';

export const DEFAULT_LOCALE = 'en-US';

/** Tags that are known to be canonical, the common ones from the start. */
const known = new Map<string, string>(Object.keys(shared.locales).map((tag) => [tag, tag]));

export function tagWork(work: TagWork, tag: string): string | undefined {
  return native.pure(Pure.LanguageTag, work, tag)[0] as string | undefined;
}

export function canonicalTag(tag: string): string {
  let canonical = known.get(tag);
  if (canonical === undefined) {
    // The host takes `_` for `-`, and subtags in any number.
    canonical = /^[a-z0-9-]+$/i.test(tag) ? tagWork(TagWork.Canonicalize, tag) : undefined;
    if (canonical === undefined) throw new RangeError(`Incorrect locale information provided`);
    if (known.size < 1000) known.set(tag, canonical);
  }
  return canonical;
}

/** Set by the class Locale: the tag of an instance, or undefined for anything else. */
let tagOf: (value: object) => string | undefined = () => undefined;
export function setTagOf(read: typeof tagOf): void {
  tagOf = read;
}

export function canonicalizeList(locales: unknown): string[] {
  if (locales === undefined) return [];
  if (typeof locales === 'string') return [canonicalTag(locales)];
  if (locales === null) throw new TypeError('Cannot convert undefined or null to object');
  const own = typeof locales === 'object' ? tagOf(locales) : undefined;
  if (own !== undefined) return [own];
  const list = Object(locales);
  const seen: string[] = [];
  const length = Math.min(Math.max(Math.trunc(Number(list.length)) || 0, 0), Number.MAX_SAFE_INTEGER);
  for (let at = 0; at < length; at++) {
    if (!(at in list)) continue;
    const value = list[at];
    if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) throw new TypeError('Incorrect locale information provided');
    const tag = (typeof value === 'object' ? tagOf(value) : undefined) ?? canonicalTag(String(value));
    if (!seen.includes(tag)) seen.push(tag);
  }
  return seen;
}

/** A tag without its Unicode extension, and that extension's keywords. */
export function splitTag(tag: string): [string, Map<string, string>] {
  const keywords = new Map<string, string>();
  const at = tag.search(/-u-/);
  const privateUse = tag.search(/-x-/);
  if (at < 0 || (privateUse >= 0 && privateUse < at)) return [tag, keywords];
  const rest = tag.slice(at + 3);
  const end = rest.search(/(^|-)[a-z0-9](-|$)/);
  const own = end < 0 ? rest : rest.slice(0, end);
  let key = '';
  for (const subtag of own.split('-')) {
    if (subtag.length === 2) keywords.set((key = subtag), '');
    else if (key !== '') keywords.set(key, keywords.get(key) === '' ? subtag : `${keywords.get(key)}-${subtag}`);
  }
  return [tag.slice(0, at) + (end < 0 ? '' : rest.slice(end)), keywords];
}

/** The longest beginning of a tag that we have, or what it inherits from. */
export function bestAvailable(tag: string): string | undefined {
  const { locales, parentOf } = shared;
  for (let at = tag; ; ) {
    if (Object.hasOwn(locales, at)) return at;
    if (Object.hasOwn(parentOf, at)) return parentOf[at];
    let cut = at.lastIndexOf('-');
    if (cut < 0) return undefined;
    if (cut >= 2 && at[cut - 2] === '-') cut -= 2;
    at = at.slice(0, cut);
  }
}

export interface Resolved {
  /** What `resolvedOptions().locale` shows. */
  locale: string;
  /** The name under which there is data. */
  data: string;
  /** Of each key its value: of the options, else of the tag, else undefined. */
  keys: Record<string, string | undefined>;
}

/** `allowed`: for each key of the extension, whether a value of it is understood. */
export function resolveLocale(requested: string[], options: Record<string, string | undefined>, allowed: Record<string, (value: string) => boolean>): Resolved {
  let found: string | undefined;
  let keywords = new Map<string, string>();
  for (const tag of requested) {
    const [plain, own] = splitTag(tag);
    found = bestAvailable(plain);
    if (found !== undefined) {
      keywords = own;
      break;
    }
  }
  found ??= DEFAULT_LOCALE;
  const keys: Resolved['keys'] = {};
  const shown: string[] = [];
  for (const key of Object.keys(allowed).sort()) {
    const understood = allowed[key]!;
    let asked = keywords.get(key);
    if (asked === '') asked = 'true';
    let value: string | undefined;
    let fromTag = false;
    if (asked !== undefined && understood(asked)) {
      value = asked;
      fromTag = true;
    }
    const option = options[key];
    if (option !== undefined && understood(option) && option !== value) {
      value = option;
      fromTag = false;
    }
    keys[key] = value;
    if (fromTag) shown.push(value === 'true' ? key : `${key}-${value}`);
  }
  return { locale: shown.length === 0 ? found : `${found}-u-${shown.join('-')}`, data: shared.locales[found]!, keys };
}

export function supportedLocales(locales: unknown, options: unknown): string[] {
  const list = canonicalizeList(locales);
  stringOption(coerceOptions(options), 'localeMatcher', ['lookup', 'best fit'], 'best fit');
  return list.filter((tag) => bestAvailable(splitTag(tag)[0]) !== undefined);
}

/** The language of one of our locales. */
export const languageOf = (locale: string): string => (locale.includes('-') ? locale.slice(0, locale.indexOf('-')) : locale);

/** The region that a resolved locale implies. */
export function regionOf(locale: string): string {
  const [plain] = splitTag(locale);
  const region = /-([A-Z]{2}|\d{3})(-|$)/.exec(plain);
  if (region !== null) return region[1]!;
  return /-([A-Z]{2}|\d{3})(-|$)/.exec(tagWork(TagWork.Maximize, plain) ?? '')?.[1] ?? '001';
}

export const numberingSystem = (value: string): boolean => Object.hasOwn(shared.digits, value);

/** Throws for a value that is none of the class, and what lies behind it otherwise. */
export function internals<T extends object>(slots: WeakMap<object, T>, value: unknown, name: string): T {
  const found = typeof value === 'object' && value !== null ? slots.get(value) : undefined;
  if (found === undefined) throw new TypeError(`Method ${name} called on incompatible receiver ${String(value)}`);
  return found;
}
