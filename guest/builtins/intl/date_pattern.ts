// A pattern's letters, each with its text for an instant.

import { shared } from './data';
import type { Dates, Widths } from './data';
import { fieldsOf } from './calendar';
import type { Fields } from './calendar';
import { languageOf } from './negotiate';
import { inSystem } from './number_format';
import type { Part } from './number_format';
import { joined } from './options';
import { tokens } from './skeleton';
import type { Token } from './skeleton';
import { zoneText } from './zone_name';

export interface Context {
  /** The name under which there is data. */
  locale: string;
  dates: Dates;
  system: string;
  zone: string;
}

const width = (length: number): keyof Widths => (length === 4 ? 'wide' : length === 5 ? 'narrow' : 'abbreviated');

/** Hours and minutes at which day periods begin are whole hours everywhere. */
function dayPeriod({ dates, locale }: Context, { hour, minute, second }: Fields, length: number, list: readonly Token[]): string {
  const names = dates.periods[width(length)];
  const rules = shared.periods[languageOf(locale)] ?? {};
  const has = (letter: string) => list.some((token) => 'letter' in token && token.letter === letter);
  const sharp = (!has('m') || minute === 0) && (!has('s') || second === 0);
  let name: string | undefined;
  if (sharp && hour === 12 && 'noon' in rules) name = names.noon;
  if (name === undefined) {
    for (const [period, [from, before]] of Object.entries(rules)) {
      if (before === undefined) continue;
      if (from! < before ? hour >= from! && hour < before : hour >= from! || hour < before) name = names[period];
    }
  }
  return name ?? (hour < 12 ? names.am! : names.pm!);
}

const TYPES: Record<string, string> = { G: 'era', y: 'year', M: 'month', L: 'month', E: 'weekday', c: 'weekday', e: 'weekday', d: 'day', a: 'dayPeriod', b: 'dayPeriod', B: 'dayPeriod', h: 'hour', H: 'hour', K: 'hour', k: 'hour', m: 'minute', s: 'second', S: 'fractionalSecond', z: 'timeZoneName', v: 'timeZoneName', O: 'timeZoneName' };

function text(context: Context, fields: Fields, letter: string, length: number, list: readonly Token[]): string {
  const { dates, system } = context;
  const number = (value: number, least: number) => inSystem(String(value).padStart(least, '0'), system);
  switch (letter) {
    case 'G':
      return dates.eras[width(length)][fields.year > 0 ? 1 : 0]!;
    case 'y': {
      const year = fields.year > 0 ? fields.year : 1 - fields.year;
      return length === 2 ? number(year % 100, 2) : number(year, length);
    }
    case 'M':
      return length < 3 ? number(fields.month + 1, length) : dates.months[width(length)][fields.month]!;
    case 'L':
      return length < 3 ? number(fields.month + 1, length) : dates.monthsAlone[width(length)][fields.month]!;
    case 'E':
      return dates.days[width(length)][fields.weekday]!;
    case 'e':
      return dates.days[width(length)][fields.weekday]!;
    case 'c':
      return dates.daysAlone[width(length)][fields.weekday]!;
    case 'd':
      return number(fields.day, length);
    case 'a':
    case 'b':
      return dates.periods[width(length)][fields.hour < 12 ? 'am' : 'pm']!;
    case 'B':
      return dayPeriod(context, fields, length, list);
    case 'h':
      return number(fields.hour % 12 || 12, length);
    case 'H':
      return number(fields.hour, length);
    case 'K':
      return number(fields.hour % 12, length);
    case 'k':
      return number(fields.hour || 24, length);
    case 'm':
      return number(fields.minute, length);
    case 's':
      return number(fields.second, length);
    case 'S':
      return inSystem(String(fields.millisecond).padStart(3, '0').slice(0, length).padEnd(length, '0'), system);
    case 'z':
    case 'v':
    case 'O':
      return zoneText(context.locale, context.zone, fields.time, letter, length);
    default:
      return '';
  }
}

const cache = new Map<string, Token[]>();
export function tokensOf(pattern: string): Token[] {
  let list = cache.get(pattern);
  if (list === undefined) {
    list = tokens(pattern);
    if (cache.size < 1000) cache.set(pattern, list);
  }
  return list;
}

/** As V8 does, since programs take these texts apart: an ordinary space for a narrow one that does not break, in
 *  texts but not in parts. */
export const dateJoined = (parts: readonly Part[]): string => joined(parts).replaceAll('\u202f', ' ');

export function patternParts(context: Context, pattern: string, time: number): Part[] {
  const fields = fieldsOf(context.zone, time);
  const list = tokensOf(pattern);
  const parts: Part[] = [];
  for (const token of list) {
    if ('literal' in token) parts.push({ type: 'literal', value: token.literal });
    else parts.push({ type: TYPES[token.letter] ?? 'literal', value: text(context, fields, token.letter, token.length, list) });
  }
  return parts;
}
