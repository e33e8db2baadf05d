// Intl.Locale.

import { TagWork } from '../abi';
import { shared } from './data';
import { canonicalTag, internals, languageOf, regionOf, setTagOf, splitTag, tagWork } from './negotiate';
import { booleanOption, coerceOptions, stringOption } from './options';

const slots = new WeakMap<object, { tag: string }>();
setTagOf((value) => slots.get(value)?.tag);

const TYPE = /^[a-z0-9]{3,8}(-[a-z0-9]{3,8})*$/i;

function checked(value: string | undefined, pattern: RegExp): string | undefined {
  if (value !== undefined && !pattern.test(value)) throw new RangeError('Incorrect locale information provided');
  return value;
}

/** The tag with subtags replaced. */
function withSubtags(tag: string, language: string | undefined, script: string | undefined, region: string | undefined): string {
  const found = /^([a-z]{2,8})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?(?=-|$)/i.exec(tag)!;
  const head = [language ?? found[1], script ?? found[2], region ?? found[3]].filter((part) => part !== undefined);
  return head.join('-') + tag.slice(found[0].length);
}

const subtag = (tag: string, pattern: RegExp): string | undefined => pattern.exec(splitTag(tag)[0].replace(/-[a-z0-9]-.*$/, ''))?.[1];
const keyword = (tag: string, key: string): string | undefined => splitTag(tag)[1].get(key);

export class Locale {
  constructor(given?: unknown, givenOptions?: unknown) {
    if (typeof given !== 'string' && (typeof given !== 'object' || given === null)) throw new TypeError('First argument to Intl.Locale constructor can\'t be empty or missing');
    let tag = slots.get(given as object)?.tag ?? canonicalTag(String(given));
    const options = coerceOptions(givenOptions);
    const language = checked(stringOption(options, 'language', undefined, undefined), /^([a-z]{2,3}|[a-z]{5,8})$/i);
    const script = checked(stringOption(options, 'script', undefined, undefined), /^[a-z]{4}$/i);
    const region = checked(stringOption(options, 'region', undefined, undefined), /^([a-z]{2}|\d{3})$/i);
    if (language !== undefined || script !== undefined || region !== undefined) tag = canonicalTag(withSubtags(tag, language, script, region));
    const keywords = new Map<string, string | undefined>();
    keywords.set('ca', checked(stringOption(options, 'calendar', undefined, undefined), TYPE));
    keywords.set('co', checked(stringOption(options, 'collation', undefined, undefined), TYPE));
    keywords.set('hc', stringOption(options, 'hourCycle', ['h11', 'h12', 'h23', 'h24'], undefined));
    keywords.set('kf', stringOption(options, 'caseFirst', ['upper', 'lower', 'false'], undefined));
    const numeric = booleanOption(options, 'numeric', undefined);
    keywords.set('kn', numeric === undefined ? undefined : String(numeric));
    keywords.set('nu', checked(stringOption(options, 'numberingSystem', undefined, undefined), TYPE));
    if ([...keywords.values()].some((value) => value !== undefined)) {
      const [plain, own] = splitTag(tag);
      for (const [key, value] of keywords) if (value !== undefined) own.set(key, value === 'true' ? '' : value);
      const extension = [...own].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => (value === '' ? key : `${key}-${value}`));
      const other = plain.search(/-[a-z0-9]-/);
      const at = other < 0 ? plain.length : other;
      tag = canonicalTag(`${plain.slice(0, at)}-u-${extension.join('-')}${plain.slice(at)}`);
    }
    slots.set(this, { tag });
  }

  get #tag(): string {
    return internals(slots, this, 'Intl.Locale.prototype').tag;
  }

  maximize(): Locale {
    return new Locale(tagWork(TagWork.Maximize, this.#tag) ?? this.#tag);
  }

  minimize(): Locale {
    return new Locale(tagWork(TagWork.Minimize, this.#tag) ?? this.#tag);
  }

  toString(): string {
    return this.#tag;
  }

  get baseName(): string {
    return splitTag(this.#tag)[0].replace(/-[a-z0-9]-.*$/, '');
  }

  get calendar(): string | undefined {
    return keyword(this.#tag, 'ca');
  }

  get caseFirst(): string | undefined {
    return keyword(this.#tag, 'kf');
  }

  get collation(): string | undefined {
    return keyword(this.#tag, 'co');
  }

  get hourCycle(): string | undefined {
    return keyword(this.#tag, 'hc');
  }

  get language(): string {
    return languageOf(this.#tag);
  }

  get numberingSystem(): string | undefined {
    return keyword(this.#tag, 'nu');
  }

  get numeric(): boolean {
    const value = keyword(this.#tag, 'kn');
    return value === '' || value === 'true';
  }

  get region(): string | undefined {
    return subtag(this.#tag, /^[a-z]{2,8}(?:-[A-Z][a-z]{3})?-([A-Z]{2}|\d{3})(?=-|$)/);
  }

  get script(): string | undefined {
    return subtag(this.#tag, /^[a-z]{2,8}-([A-Z][a-z]{3})(?=-|$)/);
  }

  getHourCycles(): string[] {
    const own = this.hourCycle;
    if (own !== undefined) return [own];
    const CYCLES: Record<string, string> = { h: 'h12', H: 'h23', K: 'h11', k: 'h24' };
    const region = regionOf(this.#tag);
    const [preferred] = shared.hours[`${this.language}-${region}`] ?? shared.hours[`${this.language}_${region}`] ?? shared.hours[region] ?? shared.hours['001']!;
    return [CYCLES[preferred]!];
  }

  getTextInfo(): { direction: string } {
    const script = new Locale(this.#tag).maximize().script ?? '';
    const rightToLeft = ['Adlm', 'Arab', 'Aran', 'Hebr', 'Mand', 'Mend', 'Nkoo', 'Rohg', 'Samr', 'Syrc', 'Thaa', 'Yezi'];
    return { direction: rightToLeft.includes(script) ? 'rtl' : 'ltr' };
  }

  getWeekInfo(): { firstDay: number; weekend: number[]; minimalDays?: number } {
    const region = regionOf(this.#tag);
    const DAYS = ['', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    const of = (table: Record<string, string>) => DAYS.indexOf(table[region] ?? table['001']!);
    const weekend: number[] = [];
    const last = of(shared.weekendEnd);
    for (let day = of(shared.weekendStart); ; day = (day % 7) + 1) {
      weekend.push(day);
      if (day === last) break;
    }
    return { firstDay: of(shared.firstDay), weekend: weekend.sort((a, b) => a - b) };
  }
}
