// Time zones: their names, and how far each is ahead of UTC at an instant. The host knows; what it says holds for a
// span of time, and spans are kept.

import { Pure } from '../abi';
import { native } from '../native';

export interface Span {
  /** Milliseconds ahead of UTC. */
  offset: number;
  summer: boolean;
  /** Milliseconds since the epoch. */
  from: number;
  until: number;
}

const names = new Map<string, string | undefined>([['UTC', 'UTC']]);

/** The name as it is shown; undefined when there is no such zone. */
export function zoneName(given: string): string | undefined {
  const upper = given.toUpperCase();
  if (names.has(upper)) return names.get(upper);
  let name = fixedOffset(given) !== undefined ? offsetName(fixedOffset(given)!) : undefined;
  if (name === undefined && /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(given)) name = native.pure(Pure.TimeZoneName, given)[0] as string | undefined;
  if (name !== undefined && /^(Etc\/)?(UTC|UCT|GMT|GMT0|GMT[+-]0|Greenwich|Universal|Zulu)$/.test(name)) name = 'UTC';
  if (names.size < 1000) names.set(upper, name);
  return name;
}

/** Minutes of `+01:00`. */
function fixedOffset(text: string): number | undefined {
  const found = /^([+-])([01]\d|2[0-3])(?::?([0-5]\d))?$/.exec(text);
  if (found === null) return undefined;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  return found[1] === '-' ? -minutes : minutes;
}

function offsetName(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

const UTC: Span = { offset: 0, summer: false, from: -Infinity, until: Infinity };
const spans = new Map<string, Span[]>();

/** Spans of a zone that are kept: enough for years of history in order. */
const SPANS_MAX = 64;

/** What holds in a zone (a name of `zoneName`) at an instant. */
export function spanAt(zone: string, time: number): Span {
  if (zone === 'UTC') return UTC;
  let list = spans.get(zone);
  if (list === undefined) spans.set(zone, (list = []));
  for (const span of list) if (time >= span.from && time < span.until) return span;
  const fixed = fixedOffset(zone);
  let span: Span;
  if (fixed !== undefined) span = { ...UTC, offset: fixed * 60_000 };
  else {
    const [offset, summer, from, until] = native.pure(Pure.TimeZoneAt, zone, Math.floor(time / 1000)) as [number, number, number | null, number | null];
    span = { offset: offset * 1000, summer: summer === 1, from: from === null ? -Infinity : from * 1000, until: until === null ? Infinity : until * 1000 };
  }
  if (list.length >= SPANS_MAX) list.pop();
  list.unshift(span);
  return span;
}
