// What a time zone is called at an instant (UTS 35, dates, "Time Zone Format Terminology").

import { common, entry } from './data';
import { regionOf } from './negotiate';
import { spanAt } from './zone';
import type { Span } from './zone';

type Kinds = [generic: string | null, standard: string | null, daylight: string | null] | null;
type Names = [long: Kinds, short?: Kinds];

const GENERIC = 0;
const STANDARD = 1;
const DAYLIGHT = 2;
/** Where a generic name ends up as standard time: within half a year of a change it must differ. */
const HALF_YEAR = 184 * 86_400_000;

/** The name that CLDR keys a zone by. */
const key = (zone: string): string => common<string>(`alias/${zone}`) ?? zone;

/** Metazones are told from 1970 on. */
function metazone(zone: string, time: number): string | undefined {
  if (time < 0) return undefined;
  const spans = common<string | [string, number | null, number | null][]>(`zones/${key(zone)}`);
  if (spans === undefined || typeof spans === 'string') return spans;
  const minute = time / 60_000;
  return spans.find(([, from, until]) => (from === null || minute >= from) && (until === null || minute < until))?.[0];
}

export function offsetName(locale: string, offset: number, long: boolean): string {
  const [plus, minus] = entry<string>(locale, 'zones/hour')!.split(';') as [string, string];
  const seconds = Math.trunc(Math.abs(offset) / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const [, sign, hour, separator] = /^([^Hm]*)(H+)([^m]*)m+$/.exec(offset < 0 ? minus : plus)!;
  void hour;
  let text = sign + (long ? two(hours) : String(hours));
  if (long || minutes !== 0 || seconds % 60 !== 0) text += separator + two(minutes);
  if (seconds % 60 !== 0) text += separator + two(seconds % 60);
  return entry<string>(locale, 'zones/gmt')!.replace('{0}', text);
}

function name(locale: string, zone: string, meta: string | undefined, long: boolean, kind: number): string | null {
  const own = entry<Names>(locale, `zones/zone/${key(zone)}`);
  const width = long ? 0 : 1;
  return own?.[width]?.[kind] ?? (meta === undefined ? null : (entry<Names>(locale, `zones/meta/${meta}`)?.[width]?.[kind] ?? null));
}

function specific(locale: string, zone: string, span: Span, time: number, long: boolean): string {
  if (zone === 'UTC') return name(locale, 'Etc/UTC', undefined, long, STANDARD) ?? 'UTC';
  return name(locale, zone, metazone(zone, time), long, span.summer ? DAYLIGHT : STANDARD) ?? offsetName(locale, span.offset, long);
}

/** `Austria Time`, `Los Angeles Time` */
function location(locale: string, zone: string): string | undefined {
  const canonical = key(zone);
  const region = common<string>(`region/${canonical}`);
  if (region === undefined) return undefined;
  const alone = common<string>(`single/${region}`) === canonical || common<string>(`primary/${region}`) === canonical;
  return entry<[string, string, string]>(locale, 'zones/region')![0].replace('{0}', alone ? country(locale, region) : city(locale, canonical));
}

function country(locale: string, region: string): string {
  const own = entry<string | [string, string]>(locale, `names/region/${region}`);
  return own === undefined ? region : typeof own === 'string' ? own : own[0];
}

const city = (locale: string, zone: string): string => entry<string>(locale, `zones/city/${zone}`) ?? zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');

function generic(locale: string, zone: string, span: Span, time: number, long: boolean): string {
  if (zone === 'UTC') return offsetName(locale, 0, long);
  const own = name(locale, zone, undefined, long, GENERIC);
  if (own !== null) return own;
  const meta = metazone(zone, time);
  if (meta !== undefined) {
    // A zone without summer time near this instant is called by its standard name.
    const useStandard = !span.summer && !(span.from > -Infinity && time - span.from < HALF_YEAR && spanAt(zone, span.from - 1).summer) && !(span.until < Infinity && span.until - time < HALF_YEAR && spanAt(zone, span.until).summer);
    const standard = useStandard ? name(locale, zone, meta, long, STANDARD) : null;
    const found = name(locale, zone, meta, long, GENERIC);
    if (standard !== null && standard !== found) return standard;
    if (found !== null) {
      // Where the metazone's own place has another time now, the name needs one.
      const golden = common<Record<string, string>>(`regional/${meta}`)?.[regionOf(locale)] ?? common<string>(`golden/${meta}`);
      if (golden === undefined || golden === key(zone) || spanAt(golden, time).offset === span.offset) return found;
      const canonical = key(zone);
      const region = common<string>(`region/${canonical}`);
      const place = region !== undefined && common<Record<string, string>>(`regional/${meta}`)?.[region] === canonical ? country(locale, region) : city(locale, canonical);
      return entry<string>(locale, 'zones/fallback')!.replace('{1}', found).replace('{0}', place);
    }
  }
  return location(locale, zone) ?? offsetName(locale, span.offset, long);
}

/** The text of a letter of a pattern. */
export function zoneText(locale: string, zone: string, time: number, letter: string, length: number): string {
  const span = spanAt(zone, time);
  const long = length >= 4;
  if (letter === 'O' || /^[+-]/.test(zone)) return offsetName(locale, span.offset, long);
  return letter === 'v' ? generic(locale, zone, span, time, long) : specific(locale, zone, span, time, long);
}
