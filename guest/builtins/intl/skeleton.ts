// Which pattern a choice of fields has in a locale: Unicode's matching of skeletons (UTS 35, dates, "Matching
// Skeletons") with the weights and tie-breaks of ICU, so that the answers are those of engines that use it.

import type { Dates } from './data';

/** Fields by place in a mask. Quarters, weeks and days of years have places, but no letter here. */
const ERA = 0;
const YEAR = 1;
const MONTH = 3;
const WEEKDAY = 6;
const DAY = 9;
const PERIOD = 10;
const HOUR = 11;
const MINUTE = 12;
const SECOND = 13;
const FRACTION = 14;
const ZONE = 15;
const FIELDS = 16;
const DATE_MASK = (1 << PERIOD) - 1;
const TIME_MASK = ((1 << FIELDS) - 1) & ~DATE_MASK;

const NARROW = -257;
const SHORTER = -258;
const SHORT = -259;
const LONG = -260;
const NUMERIC = 256;
const DELTA = 16;

/** Letter, field, kind, least and most repetitions. */
const ROWS: readonly [string, number, number, number, number][] = [
  ['G', ERA, SHORT, 1, 3], ['G', ERA, LONG, 4, 4], ['G', ERA, NARROW, 5, 5],
  ['y', YEAR, NUMERIC, 1, 20],
  ['M', MONTH, NUMERIC, 1, 2], ['M', MONTH, SHORT, 3, 3], ['M', MONTH, LONG, 4, 4], ['M', MONTH, NARROW, 5, 5],
  ['L', MONTH, NUMERIC + DELTA, 1, 2], ['L', MONTH, SHORT - DELTA, 3, 3], ['L', MONTH, LONG - DELTA, 4, 4], ['L', MONTH, NARROW - DELTA, 5, 5],
  ['E', WEEKDAY, SHORT, 1, 3], ['E', WEEKDAY, LONG, 4, 4], ['E', WEEKDAY, NARROW, 5, 5], ['E', WEEKDAY, SHORTER, 6, 6],
  ['c', WEEKDAY, NUMERIC + 2 * DELTA, 1, 2], ['c', WEEKDAY, SHORT - 2 * DELTA, 3, 3], ['c', WEEKDAY, LONG - 2 * DELTA, 4, 4], ['c', WEEKDAY, NARROW - 2 * DELTA, 5, 5], ['c', WEEKDAY, SHORTER - 2 * DELTA, 6, 6],
  ['e', WEEKDAY, NUMERIC + DELTA, 1, 2], ['e', WEEKDAY, SHORT - DELTA, 3, 3], ['e', WEEKDAY, LONG - DELTA, 4, 4], ['e', WEEKDAY, NARROW - DELTA, 5, 5], ['e', WEEKDAY, SHORTER - DELTA, 6, 6],
  ['d', DAY, NUMERIC, 1, 2],
  ['a', PERIOD, SHORT, 1, 3], ['a', PERIOD, LONG, 4, 4], ['a', PERIOD, NARROW, 5, 5],
  ['b', PERIOD, SHORT - DELTA, 1, 3], ['b', PERIOD, LONG - DELTA, 4, 4], ['b', PERIOD, NARROW - DELTA, 5, 5],
  ['B', PERIOD, SHORT - 3 * DELTA, 1, 3], ['B', PERIOD, LONG - 3 * DELTA, 4, 4], ['B', PERIOD, NARROW - 3 * DELTA, 5, 5],
  ['H', HOUR, NUMERIC + 10 * DELTA, 1, 2], ['k', HOUR, NUMERIC + 11 * DELTA, 1, 2], ['h', HOUR, NUMERIC, 1, 2], ['K', HOUR, NUMERIC + DELTA, 1, 2],
  ['m', MINUTE, NUMERIC, 1, 2], ['s', SECOND, NUMERIC, 1, 2], ['S', FRACTION, NUMERIC, 1, 1000],
  ['v', ZONE, SHORT - 2 * DELTA, 1, 1], ['v', ZONE, LONG - 2 * DELTA, 4, 4],
  ['z', ZONE, SHORT, 1, 3], ['z', ZONE, LONG, 4, 4],
  ['Z', ZONE, NARROW - DELTA, 1, 3], ['Z', ZONE, LONG - DELTA, 4, 4], ['Z', ZONE, SHORT - DELTA, 5, 5],
  ['O', ZONE, SHORT - DELTA, 1, 1], ['O', ZONE, LONG - DELTA, 4, 4],
];

/** Letters of fields that have no name or pattern of their own in the data. */
const LETTER = ['G', 'y', '', 'M', '', '', 'E', '', '', 'd', 'a', 'H', 'm', 's', 'S', 'v'];

function rowOf(letter: string, length: number): (typeof ROWS)[number] | undefined {
  let last: (typeof ROWS)[number] | undefined;
  for (const row of ROWS) {
    if (row[0] !== letter) continue;
    if (length >= row[3] && length <= row[4]) return row;
    last = row;
  }
  return last;
}

export type Token = { letter: string; length: number } | { literal: string };

/** Letters and literal text. */
export function tokens(pattern: string): Token[] {
  const out: Token[] = [];
  let literal = '';
  const flush = () => {
    if (literal !== '') out.push({ literal });
    literal = '';
  };
  for (let at = 0; at < pattern.length; ) {
    const character = pattern[at]!;
    if (character === "'") {
      if (pattern[at + 1] === "'") {
        literal += "'";
        at += 2;
        continue;
      }
      for (at++; at < pattern.length; at++) {
        if (pattern[at] !== "'") literal += pattern[at];
        else if (pattern[at + 1] === "'") literal += pattern[at++];
        else break;
      }
      at++;
    } else if (/[A-Za-z]/.test(character)) {
      flush();
      let end = at;
      while (pattern[end] === character) end++;
      out.push({ letter: character, length: end - at });
      at = end;
    } else {
      literal += character;
      at++;
    }
  }
  flush();
  return out;
}

export function untokenized(list: readonly Token[]): string {
  let out = '';
  for (const token of list) {
    if ('literal' in token) out += /[A-Za-z']/.test(token.literal) ? `'${token.literal.replaceAll("'", "''")}'` : token.literal;
    else out += token.letter.repeat(token.length);
  }
  return out;
}

interface Skeleton {
  /** Of each field its kind, 0 where it is absent. */
  types: number[];
  letters: string[];
  lengths: number[];
}

function skeletonOf(pattern: string): Skeleton {
  const types = new Array<number>(FIELDS).fill(0);
  const letters = new Array<string>(FIELDS).fill('');
  const lengths = new Array<number>(FIELDS).fill(0);
  const put = (letter: string, length: number) => {
    const row = rowOf(letter, length);
    if (row === undefined) return;
    types[row[1]] = row[2] > 0 ? row[2] + length : row[2];
    letters[row[1]] = letter;
    lengths[row[1]] = length;
  };
  for (const token of tokens(pattern)) if ('letter' in token) put(token.letter, token.length);
  if (types[MINUTE] !== 0 && types[FRACTION] !== 0 && types[SECOND] === 0) put('s', 1);
  if (types[HOUR] !== 0) {
    if (letters[HOUR] === 'h' || letters[HOUR] === 'K') {
      if (types[PERIOD] === 0) put('a', 1);
    } else types[PERIOD] = 0;
  }
  return { types, letters, lengths };
}

const maskOf = ({ types }: Skeleton): number => types.reduce((mask, type, at) => (type === 0 ? mask : mask | (1 << at)), 0);

interface Entry {
  skeleton: Skeleton;
  pattern: string;
  /** Named by the data, not taken from the pattern itself. */
  specified: boolean;
}

/** The letters with their kinds but not lengths of numbers, in the order of fields. */
const baseOf = ({ types, letters, lengths }: Skeleton): string =>
  types.map((type, at) => (type === 0 ? '' : type > 0 ? letters[at] : letters[at]!.repeat(rowOf(letters[at]!, lengths[at]!)![3]))).join('');
const keyOf = ({ types, letters, lengths }: Skeleton): string => types.map((type, at) => (type === 0 ? '' : letters[at]!.repeat(lengths[at]!))).join('');

export class Generator {
  #entries: Entry[] = [];
  readonly #dates: Dates;
  /** The letter of the hour that the locale prefers. */
  readonly #hour: string;
  readonly #decimal: string;
  #found = new Map<string, string>();
  #hours = true;

  constructor(dates: Dates, hour: string, decimal: string) {
    this.#dates = dates;
    this.#hour = hour;
    this.#decimal = decimal;
    const byBase = new Map<string, Entry>();
    const byKey = new Map<string, Entry>();
    const add = (pattern: string, specified: string | undefined) => {
      const skeleton = skeletonOf(specified ?? pattern);
      const base = baseOf(skeleton);
      const key = keyOf(skeleton);
      const conflict = byBase.get(base);
      if (conflict !== undefined && !conflict.specified && specified === undefined) return;
      const same = byKey.get(key);
      if (same !== undefined) {
        if (specified === undefined || same.specified) return;
        same.pattern = pattern;
        same.specified = true;
        byBase.set(base, same);
        return;
      }
      const entry = { skeleton, pattern, specified: specified !== undefined };
      byKey.set(key, entry);
      byBase.set(base, entry);
      this.#entries.push(entry);
    };
    for (const letter of ['G', 'y', 'M', 'E', 'd', 'a', 'H', 'm', 's', 'S', 'v']) add(letter, undefined);
    for (const style of ['full', 'long', 'medium', 'short'] as const) {
      add(dates.date[style], undefined);
      add(dates.time[style], undefined);
    }
    // In the order of ICU's tables: of two that fit as well, the first is taken.
    for (const skeleton of Object.keys(dates.available).sort()) add(dates.available[skeleton]!, skeleton);
    // Patterns are looked through by their first letters, capitals before small ones, as ICU keeps them.
    const bases = new Map(this.#entries.map((entry) => [entry, baseOf(entry.skeleton)]));
    this.#entries.sort((a, b) => bases.get(a)!.charCodeAt(0) - bases.get(b)!.charCodeAt(0));
  }

  /** The pattern for a skeleton; `hours`: with the hour as long as the skeleton has it. */
  pattern(skeleton: string, hours = true): string {
    const key = hours ? skeleton : `${skeleton}/`;
    let found = this.#found.get(key);
    if (found === undefined) {
      this.#hours = hours;
      this.#found.set(key, (found = this.#make(skeleton)));
    }
    return found;
  }

  #make(text: string): string {
    const wanted = skeletonOf(text);
    const best = this.#best(wanted, -1);
    if (best.missing === 0 && best.extra === 0) return this.#adjusted(best.entry, wanted, false);
    const needed = maskOf(wanted);
    const date = this.#appended(wanted, needed & DATE_MASK);
    const time = this.#appended(wanted, needed & TIME_MASK);
    if (date === '') return time;
    if (time === '') return date;
    const month = wanted.letters[MONTH] === '' ? 0 : wanted.lengths[MONTH]!;
    const style = wanted.types[MONTH] === 0 ? 'short' : month === 4 ? (wanted.types[WEEKDAY] !== 0 ? 'full' : 'long') : month === 3 ? 'medium' : 'short';
    return this.#dates.at[style].replace('{1}', () => date).replace('{0}', () => time);
  }

  #best(wanted: Skeleton, mask: number): { entry: Entry; missing: number; extra: number } {
    let found: { entry: Entry; missing: number; extra: number } | undefined;
    let least = Infinity;
    for (const entry of this.#entries) {
      const { types } = entry.skeleton;
      let distance = 0;
      let missing = 0;
      let extra = 0;
      for (let at = 0; at < FIELDS; at++) {
        const mine = (mask & (1 << at)) === 0 ? 0 : wanted.types[at]!;
        const other = types[at]!;
        if (mine === other) continue;
        if (mine === 0) {
          distance += 0x10000;
          extra |= 1 << at;
        } else if (other === 0) {
          distance += 0x1000;
          missing |= 1 << at;
        } else distance += Math.abs(mine - other);
      }
      if (distance < least || (distance === least && found!.missing < missing)) {
        least = distance;
        found = { entry, missing, extra };
        if (distance === 0) break;
      }
    }
    return found!;
  }

  #appended(wanted: Skeleton, mask: number): string {
    if (mask === 0) return '';
    let { entry, missing } = this.#best(wanted, mask);
    let result = this.#adjusted(entry, wanted, false);
    const seconds = (1 << SECOND) | (1 << FRACTION);
    // ICU gives up once what is missing stays the same, which it does after one piece.
    for (let before = 0; missing !== 0 && missing !== before; ) {
      if ((missing & seconds) === 1 << FRACTION && (mask & seconds) === seconds) {
        result = this.#adjusted({ ...entry, pattern: result, specified: entry.specified }, wanted, true);
        missing &= ~(1 << FRACTION);
        continue;
      }
      const start = missing;
      const next = this.#best(wanted, missing);
      const piece = this.#adjusted(next.entry, wanted, false);
      missing = next.missing;
      before = missing;
      const top = 31 - Math.clz32(start & ~missing);
      const [item, name] = this.#dates.append[LETTER[top]!] ?? ['{0} \u251c{2}: {1}\u2524', `F${top}`];
      const current = result;
      result = item.replace(/\{([012])\}/g, (_, at) => (at === '0' ? current : at === '1' ? piece : `'${name.replaceAll("'", "''")}'`));
    }
    return result;
  }

  /** The pattern with the lengths that were asked for. */
  #adjusted(entry: Entry, wanted: Skeleton, addFraction: boolean): string {
    const specified = entry.specified ? entry.skeleton : undefined;
    const out: Token[] = [];
    for (const token of tokens(entry.pattern)) {
      const row = 'letter' in token ? rowOf(token.letter, token.length) : undefined;
      if ('literal' in token || row === undefined) {
        out.push(token);
        continue;
      }
      const [, field, kind] = row;
      if (addFraction && field === SECOND) {
        out.push(token, { literal: this.#decimal }, { letter: 'S', length: wanted.lengths[FRACTION]! });
        continue;
      }
      if (wanted.types[field] === 0) {
        out.push(token);
        continue;
      }
      const asked = wanted.letters[field]!;
      let askedLength = wanted.lengths[field]!;
      if (asked === 'E' && askedLength < 3) askedLength = 3;
      let length = askedLength;
      if (field === MINUTE || field === SECOND || (field === HOUR && !this.#hours)) length = token.length;
      else if (specified !== undefined && asked !== 'c' && asked !== 'e') {
        const numeric = kind > 0;
        const skeletonNumeric = specified.types[field]! > 0;
        if (specified.lengths[field] === askedLength || numeric !== skeletonNumeric) length = token.length;
      }
      let letter = field !== HOUR && field !== MONTH && field !== WEEKDAY && field !== YEAR ? asked : token.letter;
      if (letter === 'E' && length < 3) letter = 'e';
      if (field === HOUR) {
        const preferred = this.#hour;
        if (asked === preferred) letter = preferred;
        else if (asked === 'h' && preferred === 'K') letter = 'K';
        else if (asked === 'H' && preferred === 'k') letter = 'k';
        else if (asked === 'k' && preferred === 'H') letter = 'H';
        else if (asked === 'K' && preferred === 'h') letter = 'h';
      }
      out.push({ letter, length });
    }
    return untokenized(out);
  }
}

/** The letters of a pattern in the order in which they stand, without literals. */
export function lettersOf(pattern: string): string {
  let out = '';
  for (const token of tokens(pattern)) if ('letter' in token && !out.includes(token.letter)) out += token.letter.repeat(token.length);
  return out;
}
