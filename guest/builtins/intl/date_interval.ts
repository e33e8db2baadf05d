// Two dates in one text (ICU's way of choosing among a locale's interval patterns).

import type { Dates } from './data';
import { fieldsOf } from './calendar';
import type { Context } from './date_pattern';
import { patternParts } from './date_pattern';
import type { Part } from './number_format';
import { tokens, untokenized } from './skeleton';
import type { Generator, Token } from './skeleton';

type Counts = Record<string, number>;

/** Letters of a pattern or skeleton with their lengths; `L` as `M`, `c` and `e` as `E`. */
function counts(text: string): Counts {
  const SAME: Record<string, string> = { L: 'M', c: 'E', e: 'E', K: 'h', k: 'H', z: 'v', O: 'v', b: 'a' };
  const out: Counts = {};
  for (const token of tokens(text)) if ('letter' in token) out[SAME[token.letter] ?? token.letter] = token.length;
  return out;
}

const ORDER = 'GyMEdBhHmv';
const spelled = (own: Counts): string => [...ORDER].map((letter) => letter.repeat(own[letter] ?? 0)).join('');

interface Found {
  skeleton: string;
  /** 0 the same, 1 other lengths, -1 other fields. */
  difference: -1 | 0 | 1;
}

function bestSkeleton(dates: Dates, wanted: Counts): Found | undefined {
  let best: Found | undefined;
  let least = Infinity;
  for (const skeleton of Object.keys(dates.interval)) {
    const own = counts(skeleton);
    let distance = 0;
    let difference: Found['difference'] = 0;
    for (const letter of new Set([...Object.keys(own), ...Object.keys(wanted)])) {
      const a = wanted[letter] ?? 0;
      const b = own[letter] ?? 0;
      if (a === b) continue;
      if (a === 0 || b === 0) {
        difference = -1;
        distance += 0x1000;
      } else {
        if (difference === 0) difference = 1;
        distance += letter === 'M' && a > 2 !== b > 2 ? 0x100 : Math.abs(a - b);
      }
    }
    if (distance < least) {
      least = distance;
      best = { skeleton, difference };
    }
    if (distance === 0) break;
  }
  return best;
}

/** The pattern with fields as long as was asked for where it has them as its own skeleton says. */
function widened(pattern: string, wanted: Counts, skeleton: string, zone: string): string {
  const own = counts(skeleton);
  const SAME: Record<string, string> = { L: 'M', c: 'E', e: 'E' };
  return untokenized(
    tokens(pattern).map((token): Token => {
      if ('literal' in token) return token;
      if (token.letter === 'v' && zone !== '') return { letter: zone[0]!, length: zone.length };
      const letter = SAME[token.letter] ?? token.letter;
      const asked = wanted[letter] ?? 0;
      return token.length === own[letter] && asked > token.length ? { letter: token.letter, length: asked } : token;
    }),
  );
}

/** Where the second date begins: at the first letter that comes again. */
function halves(pattern: string): [string, string] {
  const list = tokens(pattern);
  const seen = new Set<string>();
  let at = 0;
  for (; at < list.length; at++) {
    const token = list[at]!;
    if ('literal' in token) continue;
    if (seen.has(token.letter)) break;
    seen.add(token.letter);
  }
  return [untokenized(list.slice(0, at)), untokenized(list.slice(at))];
}

export class Intervals {
  readonly #context: Context;
  readonly #generator: Generator;
  /** Of one date. */
  readonly #own: string;
  #pattern: string;
  /** Of each largest field that differs, the interval's pattern, or the one of each date. */
  readonly #patterns = new Map<string, { halves: [string, string] } | { each: string }>();
  #datePattern = '';
  #timePattern = '';
  #glue = '{1}, {0}';

  constructor(context: Context, generator: Generator, pattern: string) {
    this.#context = context;
    this.#generator = generator;
    this.#own = pattern;
    this.#pattern = pattern;
    this.#prepare();
  }

  #prepare(): void {
    const { dates } = this.#context;
    const all = counts(this.#pattern);
    const zone = tokens(this.#pattern).find((token) => 'letter' in token && 'zvO'.includes(token.letter)) as { letter: string; length: number } | undefined;
    const zoneText = zone === undefined ? '' : zone.letter.repeat(zone.length);
    const date: Counts = {};
    const time: Counts = {};
    for (const [letter, length] of Object.entries(all)) {
      if ('GyMEd'.includes(letter)) date[letter] = letter === 'E' && length <= 3 ? 1 : letter === 'M' && length <= 2 ? 1 : letter === 'd' ? 1 : letter === 'G' && length <= 3 ? 1 : length;
      else if ('hHmvB'.includes(letter)) time[letter] = 'v' === letter ? 1 : letter === 'B' ? length : 1;
      else if (letter === 's' || letter === 'S') time[letter] = length;
    }
    const hasDate = Object.keys(date).length > 0;
    const hasTime = Object.keys(time).length > 0;
    const shown = (own: Counts, letters: string): string => [...letters].map((letter) => letter.repeat(own[letter] ?? 0)).join('');
    const full = shown(all, 'GyMEdBhHmsS') + zoneText;
    this.#pattern = this.#generator.pattern(full, false);
    if (hasDate) this.#datePattern = this.#generator.pattern(shown(all, 'GyMEd'), false);
    if (hasTime) this.#timePattern = this.#generator.pattern(shown(time, 'BhHmsS') + (zone?.letter === 'z' || zone?.letter === 'v' ? zone.letter : ''), false);
    // The glue is that of the whole pattern.
    if (hasDate && hasTime) {
      const M = all.M ?? 0;
      const style = M === 4 ? (all.E === undefined ? 'long' : 'full') : M === 3 ? 'medium' : 'short';
      this.#glue = dates.at[style];
    }
    const wanted = hasTime ? time : date;
    const best = bestSkeleton(dates, wanted);
    const found = best !== undefined && best.difference !== -1;
    const each = (field: string, skeleton: string) => this.#patterns.set(field, { each: this.#generator.pattern(skeleton, false) });
    if (hasTime && !hasDate) {
      for (const field of 'dMy') each(field, `yMd${full}`);
      each('G', `GyMd${full}`);
    } else if (hasTime && found) {
      let skeleton = full;
      for (const field of 'dMyG') {
        if (all[field] !== undefined) continue;
        skeleton = field + skeleton;
        each(field, skeleton);
      }
    }
    if (!found) return;
    if (hasTime) {
      for (const field of ['m', 'h', 'a']) {
        const table = dates.interval[best.skeleton]!;
        const pattern = table[field] ?? table[field === 'h' ? 'H' : field === 'a' ? (table.B !== undefined ? 'B' : table.h !== undefined ? 'h' : 'H') : ''];
        if (pattern === undefined) continue;
        const adjusted = widened(pattern, time, best.skeleton, zoneText);
        const whole = hasDate ? this.#glue.replace('{1}', () => this.#datePattern).replace('{0}', () => adjusted) : adjusted;
        this.#patterns.set(field, { halves: hasDate ? this.#dated(whole, adjusted) : halves(whole) });
      }
      return;
    }
    let skeleton = date;
    let name = best.skeleton;
    let difference = best.difference;
    for (const field of ['d', 'M', 'y', 'G']) {
      let pattern = dates.interval[name]?.[field];
      let extended = skeleton;
      let extendedName = name;
      if (pattern === undefined) {
        // A field that is shown nowhere and smaller than all that is makes no difference.
        const smallest = [...'dMyG'].findIndex((letter) => counts(name)[letter] !== undefined);
        if ('dMyG'.indexOf(field) < smallest) continue;
        extended = { ...skeleton, [field]: 1 };
        extendedName = spelled({ ...counts(name), [field]: 1 });
        pattern = dates.interval[extendedName]?.[field];
        if (pattern === undefined) {
          const other = bestSkeleton(dates, counts(extendedName));
          if (other === undefined || other.difference === -1) continue;
          pattern = dates.interval[other.skeleton]?.[field];
          extendedName = other.skeleton;
          difference = 1;
        }
      }
      if (pattern === undefined) continue;
      this.#patterns.set(field, { halves: halves(difference === 0 ? pattern : widened(pattern, extended, extendedName, '')) });
      skeleton = extended;
      name = extendedName;
    }
  }

  /** A date, then an interval of times: the time's letters decide where the second begins. */
  #dated(whole: string, times: string): [string, string] {
    const second = halves(times)[1];
    const end = whole.lastIndexOf(second);
    return end < 0 ? halves(whole) : [whole.slice(0, end), whole.slice(end)];
  }

  parts(start: number, end: number): Part[] {
    const context = this.#context;
    const a = fieldsOf(context.zone, start);
    const b = fieldsOf(context.zone, end);
    const field = a.year > 0 !== b.year > 0 ? 'G' : a.year !== b.year ? 'y' : a.month !== b.month ? 'M' : a.day !== b.day ? 'd' : a.hour < 12 !== b.hour < 12 ? 'a' : a.hour !== b.hour ? 'h' : a.minute !== b.minute ? 'm' : a.second !== b.second ? 's' : a.millisecond !== b.millisecond ? 'S' : '';
    const single = () => patternParts(context, this.#own, start).map((part) => ({ ...part, source: 'shared' }));
    if (field === '') return single();
    const found = this.#patterns.get(field);
    if (found !== undefined && 'halves' in found) {
      const [first, second] = found.halves;
      return sourced(patternParts(context, first, start), patternParts(context, second, end));
    }
    if (found === undefined && this.#ignores(field)) return single();
    return this.#each(found === undefined ? this.#pattern : found.each, start, end, field);
  }

  /** True when the pattern shows nothing as small as the field. */
  #ignores(field: string): boolean {
    const SIZES = ['S', 's', 'm', 'hHKkabB', 'dEce', 'ML', 'y', 'G'];
    const size = SIZES.findIndex((letters) => letters.includes(field));
    const shown = tokens(this.#pattern).flatMap((token) => ('letter' in token ? [SIZES.findIndex((letters) => letters.includes(token.letter))] : [])).filter((at) => at >= 0);
    return Math.min(...shown) > size;
  }

  #each(pattern: string, start: number, end: number, field: string): Part[] {
    const context = this.#context;
    const sameDay = !'GyMd'.includes(field);
    const [before, between, after] = context.dates.between.split(/\{[01]\}/) as [string, string, string];
    const mark = (parts: Part[], source: string) => parts.map((part) => ({ ...part, source }));
    const literal = (value: string): Part[] => (value === '' ? [] : [{ type: 'literal', value, source: 'shared' }]);
    const range = (own: string) => [...literal(before), ...mark(patternParts(context, own, start), 'startRange'), ...literal(between), ...mark(patternParts(context, own, end), 'endRange'), ...literal(after)];
    if (!sameDay || this.#datePattern === '' || this.#timePattern === '') return range(pattern);
    const out: Part[] = [];
    for (const piece of this.#glue.split(/(\{[01]\})/)) {
      if (piece === '{0}') out.push(...range(this.#timePattern));
      else if (piece === '{1}') out.push(...mark(patternParts(context, this.#datePattern, start), 'shared'));
      else if (piece !== '') out.push(...literal(joinedLiteral(piece)));
    }
    return out;
  }
}

const joinedLiteral = (piece: string): string => tokens(piece).map((token) => ('literal' in token ? token.literal : token.letter.repeat(token.length))).join('');

/** Fields that only one half shows are of both. */
function sourced(first: Part[], second: Part[]): Part[] {
  const types = (parts: Part[]) => new Set(parts.filter(({ type }) => type !== 'literal').map(({ type }) => type));
  const inFirst = types(first);
  const inSecond = types(second);
  const start = first.findIndex(({ type }) => inSecond.has(type));
  const startEnd = first.findLastIndex(({ type }) => inSecond.has(type));
  const finish = second.findLastIndex(({ type }) => inFirst.has(type));
  const mark = (parts: Part[], from: number, to: number, source: string) => parts.map((part, at) => ({ ...part, source: at >= from && at <= to ? source : 'shared' }));
  const out = [...mark(first, start, startEnd, 'startRange'), ...mark(second, 0, finish, 'endRange')];
  return out;
}
