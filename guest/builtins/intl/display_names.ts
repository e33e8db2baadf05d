// Intl.DisplayNames.

import { entry } from './data';
import { canonicalTag, canonicalizeList, internals, resolveLocale, splitTag, supportedLocales } from './negotiate';
import type { Resolved } from './negotiate';
import { optionsObject, stringOption } from './options';

interface Slots {
  resolved: Resolved;
  style: string;
  type: string;
  fallback: string;
  languageDisplay: string;
}

const slots = new WeakMap<object, Slots>();
const FIELDS = ['era', 'year', 'quarter', 'month', 'weekOfYear', 'weekday', 'day', 'dayPeriod', 'hour', 'minute', 'second', 'timeZoneName'];

function name({ resolved, style }: Slots, kind: string, code: string): string | undefined {
  const own = entry<string | [string, string]>(resolved.data, `names/${kind}/${code}`);
  if (own === undefined || typeof own === 'string') return own;
  return style === 'long' ? own[0] : own[1];
}

/** `de-AT`: its own name in the language, or `German (Austria)`. */
function languageName(own: Slots, code: string): string | undefined {
  if (!/^([a-z]{2,3}|[a-z]{5,8})(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*$/i.test(code)) throw new RangeError('Invalid argument to Intl.DisplayNames.prototype.of');
  const [tag] = splitTag(canonicalTag(code));
  const [, language, script, region, variants] = /^([a-z]{2,8})(?:-([A-Z][a-z]{3}))?(?:-([A-Z]{2}|\d{3}))?((?:-[a-z0-9]+)*)$/.exec(tag)!;
  const rest: [string, string][] = [];
  let base: string | undefined;
  const tries: [string, [string, string][]][] = [];
  const scripts: [string, string][] = script === undefined ? [] : [['script', script]];
  const regions: [string, string][] = region === undefined ? [] : [['region', region]];
  if (own.languageDisplay === 'dialect') {
    if (script !== undefined && region !== undefined) tries.push([`${language}-${script}-${region}`, []]);
    else if (script !== undefined) tries.push([`${language}-${script}`, regions]);
    else if (region !== undefined) tries.push([`${language}-${region}`, scripts]);
  }
  tries.push([language!, [...scripts, ...regions]]);
  for (const [key, left] of tries) {
    base = name(own, 'language', key);
    if (base !== undefined) {
      rest.push(...left);
      break;
    }
  }
  if (base === undefined) return own.fallback === 'code' ? tag : undefined;
  const details = rest.map(([kind, value]) => name(own, kind, value) ?? value);
  if (variants !== '') details.push(...variants!.slice(1).split('-').map((variant) => name(own, 'variant', variant.toUpperCase()) ?? variant.toUpperCase()));
  if (details.length === 0) return base;
  const [pattern, separator] = entry<[string, string]>(own.resolved.data, 'names/pattern')!;
  // Parentheses within parentheses become brackets.
  const shown = details.map((detail) => detail.replaceAll('(', '[').replaceAll(')', ']'));
  return pattern.replace('{0}', () => base!).replace('{1}', () => shown.reduce((before, next) => separator.replace('{0}', () => before).replace('{1}', () => next)));
}

export class DisplayNames {
  constructor(locales: unknown, given: unknown) {
    const requested = canonicalizeList(locales);
    if (given === undefined) throw new TypeError('Cannot convert undefined or null to object');
    const options = optionsObject(given);
    stringOption(options, 'localeMatcher', ['lookup', 'best fit'], 'best fit');
    const style = stringOption(options, 'style', ['narrow', 'short', 'long'], 'long');
    const type = stringOption(options, 'type', ['language', 'region', 'script', 'currency', 'calendar', 'dateTimeField'], undefined);
    if (type === undefined) throw new TypeError('Required option "type" must not be undefined');
    const fallback = stringOption(options, 'fallback', ['code', 'none'], 'code');
    const languageDisplay = stringOption(options, 'languageDisplay', ['dialect', 'standard'], 'dialect');
    slots.set(this, { resolved: resolveLocale(requested, {}, {}), style, type, fallback, languageDisplay });
  }

  static supportedLocalesOf(locales: unknown, options?: unknown): string[] {
    return supportedLocales(locales, options);
  }

  of(given: unknown): string | undefined {
    const own = internals(slots, this, 'Intl.DisplayNames.prototype.of');
    let code = String(given);
    const check = (pattern: RegExp) => {
      if (!pattern.test(code)) throw new RangeError('Invalid argument to Intl.DisplayNames.prototype.of');
    };
    let found: string | undefined;
    switch (own.type) {
      case 'language':
        return languageName(own, code);
      case 'region':
        check(/^([a-z]{2}|\d{3})$/i);
        code = code.toUpperCase();
        found = name(own, 'region', code);
        break;
      case 'script':
        check(/^[a-z]{4}$/i);
        code = code[0]!.toUpperCase() + code.slice(1).toLowerCase();
        found = name(own, 'script', code);
        break;
      case 'currency': {
        check(/^[a-z]{3}$/i);
        code = code.toUpperCase();
        const data = entry<[string, string?, string?]>(own.resolved.data, `currencies/${code}`);
        found = data?.[0];
        break;
      }
      case 'calendar':
        check(/^[a-z0-9]{3,8}(-[a-z0-9]{3,8})*$/i);
        code = code.toLowerCase();
        found = name(own, 'calendar', code);
        break;
      default: {
        if (!FIELDS.includes(code)) throw new RangeError('Invalid argument to Intl.DisplayNames.prototype.of');
        return entry<string[]>(own.resolved.data, `names/dateTimeField/${code}`)![['long', 'short', 'narrow'].indexOf(own.style)];
      }
    }
    return found ?? (own.fallback === 'code' ? code : undefined);
  }

  resolvedOptions(): Record<string, unknown> {
    const { resolved, style, type, fallback, languageDisplay } = internals(slots, this, 'Intl.DisplayNames.prototype.resolvedOptions');
    return { locale: resolved.locale, style, type, fallback, ...(type === 'language' && { languageDisplay }) };
  }
}
