// What the host answers for Intl (host-api, codes::Pure from 40), by node's own Intl and the file of locale data.

import { readFileSync } from 'node:fs';

const { Collator, DateTimeFormat, Locale, Segmenter, getCanonicalLocales, supportedValuesOf } = Intl;

let lines;
function data(...keys) {
  lines ??= new Map(readFileSync(new URL('../../cldr/data/locales.txt', import.meta.url), 'utf8').split('\n').map((line) => line.split('\t')));
  const key = keys.find((key) => lines.has(key));
  return key === undefined ? [] : [lines.get(key)];
}

let zones;
/** The name as the database writes it. */
function zoneName(name) {
  zones ??= new Map([...supportedValuesOf('timeZone'), ...JSON.parse(data('all/list/zones')[0]), 'Etc/UTC', 'GMT', 'Etc/GMT+5', 'US/Eastern', 'Asia/Calcutta'].map((zone) => [zone.toLowerCase(), zone]));
  return zones.has(name.toLowerCase()) ? [zones.get(name.toLowerCase())] : [];
}

const formats = new Map();
function format(zone, timeZoneName) {
  const key = `${zone}/${timeZoneName}`;
  if (!formats.has(key)) formats.set(key, new DateTimeFormat('en-US', { timeZone: zone, timeZoneName }));
  return formats.get(key);
}
const zonePart = (zone, timeZoneName, seconds) => format(zone, timeZoneName).formatToParts(seconds * 1000).find(({ type }) => type === 'timeZoneName').value;

function offsetAt(zone, seconds) {
  const [, sign = '+', hours = 0, minutes = 0, rest = 0] = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/.exec(zonePart(zone, 'longOffset', seconds));
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(rest));
  const name = zonePart(zone, 'long', seconds);
  return [offset, /Daylight|Summer/.test(name) || name === 'Irish Standard Time' ? 1 : 0];
}

/** Spans end where the offset changes, or after a year without a change. */
const STEP = 12 * 86_400;
const spans = new Map();
function zoneAt(zone, seconds) {
  const known = spans.get(zone) ?? [];
  spans.set(zone, known);
  const found = known.find(([, , from, until]) => seconds >= from && seconds < until);
  if (found !== undefined) return found;
  const here = offsetAt(zone, seconds);
  const same = (at) => offsetAt(zone, at).join() === here.join();
  const edge = (step) => {
    let near = seconds;
    for (let count = 0; count < 31; count++) {
      let far = near + step;
      if (same(far)) {
        near = far;
        continue;
      }
      while (Math.abs(far - near) > 1) {
        const middle = Math.trunc((far + near) / 2);
        if (same(middle)) near = middle;
        else far = middle;
      }
      return step < 0 ? near : far;
    }
    return near;
  };
  const span = [...here, edge(-STEP), edge(STEP)];
  known.push(span);
  return span;
}

const SENSITIVITY = ['base', 'accent', 'case', 'variant'];
const collators = new Map();
function collate(locale, strength, flags, a, b) {
  const key = `${locale}/${strength}/${flags}`;
  if (!collators.has(key)) collators.set(key, new Collator(locale, { sensitivity: SENSITIVITY[strength], numeric: (flags & 1) !== 0, ignorePunctuation: (flags & 2) !== 0, caseFirst: flags & 4 ? 'upper' : flags & 8 ? 'lower' : 'false' }));
  return [Math.sign(collators.get(key).compare(a, b)) + 1];
}

function segment(locale, kind, text) {
  const list = [...new Segmenter(locale, { granularity: ['grapheme', 'word', 'sentence'][kind] }).segment(text)];
  const ends = new Uint32Array(list.map(({ index, segment }) => index + segment.length));
  return [Buffer.from(ends.buffer), ...(kind === 1 ? [Buffer.from(list.map(({ isWordLike }) => (isWordLike ? 1 : 0)))] : [])];
}

function tag(work, text) {
  try {
    if (work === 0) return [getCanonicalLocales(text)[0]];
    const locale = new Locale(text);
    return [String(work === 1 ? locale.maximize() : locale.minimize())];
  } catch {
    return [];
  }
}

export const pureIntl = {
  40: data,
  41: tag,
  42: zoneName,
  43: zoneAt,
  44: collate,
  45: segment,
  46: (locale, upper, text) => [upper ? text.toLocaleUpperCase(locale) : text.toLocaleLowerCase(locale)],
};
