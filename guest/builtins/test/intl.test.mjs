// Intl beside node's: the same calls on many locales, options and values must give the same texts. Where node 20 departs
// from the standard, the test says so and leaves it out.
import { deepStrictEqual, ok, strictEqual, throws } from 'node:assert';
import { test } from 'node:test';
import { there } from './intl_realm.mjs';
import { inGuest } from './web.mjs';

const ours = there('Intl');
const LOCALES = ['en-US', 'en-GB', 'de', 'fr', 'es', 'ja', 'pt-PT', 'ru', 'pl', 'zh-Hant', 'sv', 'it', 'ko', 'nl', 'de-AT', 'en-IN', 'tr'];
const ZONES = ['UTC', 'Europe/Vienna', 'America/New_York', 'Asia/Kolkata', 'Europe/London', 'Australia/Sydney', 'America/Sao_Paulo', 'Asia/Tokyo', 'Pacific/Apia', 'Europe/Dublin', 'America/Phoenix'];
const DATES = [0, 1e12, 1_700_000_000_123, 1_718_000_000_000, Date.UTC(2024, 11, 25, 0, 5, 9, 7), Date.UTC(2024, 2, 31, 1), Date.UTC(2024, 2, 31, 0, 59, 59), Date.UTC(2024, 10, 3, 5, 59, 59), Date.UTC(2024, 10, 3, 6), Date.UTC(1943, 5, 1, 12), Date.UTC(1900, 0, 1), -62_198_755_200_000, Date.UTC(2050, 6, 1)];

/** Numbers from a seed (mulberry32): the same choices in every run. */
function chooser(seed) {
  const next = (count) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
  return { next, pick: (list) => list[next(list.length)] };
}

function outcome(run) {
  try {
    return run();
  } catch (error) {
    return error.name;
  }
}

/** Calls of both that differ, at most `allowed` of all. */
function alike(calls, allowed = 0) {
  const differ = [];
  let count = 0;
  for (const [label, call] of calls) {
    count++;
    const expected = JSON.stringify(outcome(() => call(Intl)));
    const found = JSON.stringify(outcome(() => call(ours)));
    if (expected !== found) differ.push(`${label}: ${found}, node ${expected}`);
  }
  ok(count > 0);
  ok(differ.length <= allowed, `${differ.length} of ${count} differ:\n${differ.slice(0, 10).join('\n')}`);
}

const COMPONENTS = {
  weekday: ['long', 'short', 'narrow'],
  era: ['short', 'long'],
  year: ['numeric', '2-digit'],
  month: ['numeric', '2-digit', 'long', 'short', 'narrow'],
  day: ['numeric', '2-digit'],
  hour: ['numeric', '2-digit'],
  minute: ['numeric', '2-digit'],
  second: ['numeric', '2-digit'],
  timeZoneName: ['short', 'long', 'shortOffset', 'longOffset', 'shortGeneric', 'longGeneric'],
  fractionalSecondDigits: [1, 2, 3],
  dayPeriod: ['short', 'long', 'narrow'],
  hourCycle: ['h11', 'h12', 'h23', 'h24'],
};
const RARE = ['era', 'dayPeriod', 'fractionalSecondDigits', 'hourCycle'];
const STYLES = ['full', 'long', 'medium', 'short'];

function* dateCalls(locales, count, call) {
  const { next, pick } = chooser(7);
  for (let at = 0; at < count; at++) {
    const [locale, options] = [pick(locales), { timeZone: pick(ZONES) }];
    if (next(5) === 0) {
      if (next(3) > 0) options.dateStyle = pick(STYLES);
      if (options.dateStyle === undefined || next(2) === 0) options.timeStyle = pick(STYLES);
    } else for (const [name, values] of Object.entries(COMPONENTS)) if (next(RARE.includes(name) ? 6 : 3) === 0) options[name] = pick(values);
    const date = pick(DATES);
    yield [`${locale} ${JSON.stringify(options)} ${new Date(date).toISOString()}`, (intl) => call(intl, locale, options, date, pick)];
  }
}

test('dates in English are formatted as in node, all fields, styles and zones', () => {
  alike(dateCalls(['en-US', 'en-GB', 'en'], 2500, (intl, locale, options, date) => new intl.DateTimeFormat(locale, options).format(date)));
  alike(dateCalls(['en-US'], 500, (intl, locale, options, date) => new intl.DateTimeFormat(locale, options).formatToParts(date)));
});

test('dates in other languages are formatted as in node, but for a few combinations of fields that hardly occur', () => {
  alike(dateCalls(LOCALES, 2500, (intl, locale, options, date) => new intl.DateTimeFormat(locale, options).format(date)), 12);
});

test('two dates share what they have in common', () => {
  const SHAPES = [{ dateStyle: 'medium' }, { dateStyle: 'long' }, { dateStyle: 'short' }, { timeStyle: 'short' }, { dateStyle: 'medium', timeStyle: 'short' }, { month: 'short', day: 'numeric' }, { year: 'numeric', month: 'long' }, { hour: 'numeric', minute: '2-digit' }, { weekday: 'short', month: 'short', day: 'numeric' }, {}];
  const STEPS = [0, 60_000, 3_600_000, 40_000_000, 86_400_000, 40 * 86_400_000, 400 * 86_400_000];
  function* calls() {
    for (const shape of SHAPES) {
      for (const step of STEPS) {
        const options = { ...shape, timeZone: 'Europe/Vienna' };
        yield [`${JSON.stringify(shape)} ${step}`, (intl) => new intl.DateTimeFormat('en-US', options).formatRange(1_718_000_000_000, 1_718_000_000_000 + step)];
        yield [`parts ${JSON.stringify(shape)} ${step}`, (intl) => new intl.DateTimeFormat('en-US', options).formatRangeToParts(1_718_000_000_000, 1_718_000_000_000 + step)];
      }
    }
  }
  alike(calls());
});

test('24 hours begin with 0, 12 hours with 12: node 20 says 24 and 0', () => {
  const at = (locale, hour12) => new ours.DateTimeFormat(locale, { hour: 'numeric', minute: 'numeric', hour12, timeZone: 'UTC' }).format(0);
  strictEqual(at('en-US', false), '00:00');
  strictEqual(at('de', true), '12:00 AM');
});

const VALUES = [0, -0, 1, -1, 1.5, 2, 5, 0.1, 1234.5678, -1234567.891, 999.5, 999999, 999950, 1e6, 1.5e9, 123456789012345, 1e21, 1e-7, 0.00012345, NaN, Infinity, -Infinity, 12345678901234567890n, -5n, '1234567890123456789.123', 42, 0.5, -0.4, 15000, 12.345, 1.005];
const NUMBERS = {
  notation: ['standard', 'compact', 'scientific', 'engineering'],
  compactDisplay: ['short', 'long'],
  signDisplay: ['auto', 'never', 'always', 'exceptZero', 'negative'],
  useGrouping: [true, false, 'min2', 'auto', 'always'],
  minimumIntegerDigits: [1, 2, 5],
  minimumFractionDigits: [0, 1, 2],
  maximumFractionDigits: [0, 2, 5],
  maximumSignificantDigits: [3, 5],
  roundingMode: ['ceil', 'floor', 'expand', 'trunc', 'halfCeil', 'halfFloor', 'halfExpand', 'halfTrunc', 'halfEven'],
  trailingZeroDisplay: ['auto', 'stripIfInteger'],
  currencySign: ['standard', 'accounting'],
  currencyDisplay: ['symbol', 'narrowSymbol', 'code', 'name'],
  unitDisplay: ['short', 'long', 'narrow'],
};
const UNITS = ['kilometer', 'liter', 'mile-per-hour', 'kilometer-per-hour', 'byte', 'celsius', 'percent', 'day', 'megabit-per-second', 'meter-per-second', 'gram-per-liter', 'mile-per-gallon', 'foot'];

function* numberCalls(locales, count, call) {
  const { next, pick } = chooser(3);
  for (let at = 0; at < count; at++) {
    const [locale, options] = [pick(locales), {}];
    const style = next(5);
    if (style === 1) options.style = 'percent';
    if (style === 2) Object.assign(options, { style: 'currency', currency: pick(['USD', 'EUR', 'JPY', 'GBP', 'CHF', 'BHD', 'XXX', 'CAD']) });
    if (style === 3) Object.assign(options, { style: 'unit', unit: pick(UNITS) });
    for (const [name, values] of Object.entries(NUMBERS)) if (next(/^(m|useG|rounding)/.test(name) ? 7 : 3) === 0) options[name] = pick(values);
    const value = pick(VALUES);
    yield [`${locale} ${JSON.stringify(options)} ${String(value)}`, (intl) => call(intl, locale, options, value)];
  }
}

test('numbers in English are formatted as in node, all styles, notations and ways to round', () => {
  alike(numberCalls(['en-US', 'en-GB', 'en'], 4000, (intl, locale, options, value) => new intl.NumberFormat(locale, options).format(value)));
  // Node 20 calls the sign of compact percentages a unit.
  const parts = (intl, locale, options, value) => new intl.NumberFormat(locale, options).formatToParts(value).map(({ type, value }) => [type === 'percentSign' ? 'unit' : type, value]);
  alike(numberCalls(['en-US'], 1500, parts));
});

test('numbers in other languages are formatted as in node, but for a few combinations that hardly occur', () => {
  alike(numberCalls(LOCALES, 3000, (intl, locale, options, value) => new intl.NumberFormat(locale, options).format(value)), 12);
});

test('plurals, lists, relative times and names are those of node', () => {
  function* calls() {
    for (const locale of LOCALES) {
      for (const value of [0, 1, 2, 3, 5, 11, 12, 21, 22, 101, 1.5, 1e6]) {
        for (const type of ['cardinal', 'ordinal']) yield [`${locale} ${type} ${value}`, (intl) => new intl.PluralRules(locale, { type }).select(value)];
      }
      for (const type of ['conjunction', 'disjunction', 'unit']) {
        for (const style of ['long', 'short', 'narrow']) {
          for (const list of [[], ['a'], ['a', 'b'], ['a', 'b', 'c', 'd']]) yield [`${locale} ${type} ${style} ${list}`, (intl) => new intl.ListFormat(locale, { type, style }).formatToParts(list)];
        }
      }
      for (const style of ['long', 'short', 'narrow']) {
        for (const numeric of ['always', 'auto']) {
          for (const unit of ['second', 'minutes', 'hour', 'day', 'week', 'month', 'quarter', 'year']) {
            for (const value of [-1, 1, 0, -0, 2, -10.5, 12345]) yield [`${locale} ${style} ${numeric} ${value} ${unit}`, (intl) => new intl.RelativeTimeFormat(locale, { style, numeric }).formatToParts(value, unit)];
          }
        }
      }
      for (const [type, codes] of Object.entries({ language: ['en', 'fr-CA', 'zh-Hant', 'de-AT', 'xx', 'nl-BE'], region: ['US', 'AT', '419', 'XX'], script: ['Latn', 'Cyrl'], currency: ['USD', 'JPY'], dateTimeField: ['year', 'weekOfYear', 'dayPeriod'] })) {
        for (const code of codes) {
          for (const languageDisplay of ['dialect', 'standard']) yield [`${locale} ${type} ${code}`, (intl) => new intl.DisplayNames(locale, { type, languageDisplay }).of(code)];
        }
      }
    }
  }
  alike(calls());
});

test('texts are ordered as in node, by the host', () => {
  const words = ['résumé', 'resume', 'Resume', 'file10', 'file9', 'ä', 'a', 'z', 'Z', 'co-op', 'coop', 'öl', 'ol', ''];
  function* calls() {
    for (const locale of ['en', 'de', 'sv']) {
      for (const options of [{}, { numeric: true }, { sensitivity: 'base' }, { sensitivity: 'accent' }, { sensitivity: 'case' }, { caseFirst: 'upper' }, { ignorePunctuation: true }]) {
        yield [`${locale} ${JSON.stringify(options)}`, (intl) => [...words].sort(new intl.Collator(locale, options).compare)];
      }
    }
  }
  alike(calls());
  strictEqual(there("'a'.localeCompare('B')"), -1);
  strictEqual(there("'file10'.localeCompare('file9', 'en', { numeric: true })"), 1);
});

test('methods of numbers, dates, arrays and texts go through Intl', () => {
  const same = (code) => strictEqual(there(code), eval(code), code);
  same('(1234567.891).toLocaleString()');
  same("(1234.5).toLocaleString('de-DE', { style: 'currency', currency: 'EUR' })");
  same('(12345678901234567890n).toLocaleString()');
  same("new Date(0).toLocaleString('en-GB', { timeZone: 'Europe/Vienna' })");
  same("new Date(0).toLocaleDateString('de-DE', { timeZone: 'UTC' })");
  same("new Date(0).toLocaleTimeString('en-US', { timeZone: 'America/New_York', hour: '2-digit' })");
  same("new Date(NaN).toLocaleString()");
  same("[1234.5, new Date(0), null, undefined].toLocaleString('en-US', { timeZone: 'UTC' })");
  same("new Float64Array([1234.5, 2]).toLocaleString('en')");
  same("'ıi'.toLocaleUpperCase('tr') + 'Iİ'.toLocaleLowerCase('tr') + 'i'.toLocaleUpperCase()");
});

test('locales are negotiated as the standard says, and only what has data is supported', () => {
  deepStrictEqual([...ours.DateTimeFormat.supportedLocalesOf(['de-DE', 'tlh', 'en-US', 'sw', 'zh-TW'])], ['de-DE', 'en-US', 'zh-TW']);
  const resolved = (locale, options) => new ours.NumberFormat(locale, options).resolvedOptions();
  strictEqual(resolved('sw').locale, 'en-US');
  strictEqual(resolved(['sw', 'de-DE-1996']).locale, 'de-DE');
  strictEqual(resolved('de-u-nu-arab').locale, 'de-u-nu-arab');
  strictEqual(resolved('de-u-nu-arab').numberingSystem, 'arab');
  strictEqual(resolved('de', { numberingSystem: 'thai' }).locale, 'de');
  deepStrictEqual([...ours.getCanonicalLocales(['EN-us', 'iw', 'en-US'])], ['en-US', 'he']);
  for (const wrong of ['', 'e', 'en_US', 'en-', 'x-private', 'de-de-de-']) throws(() => ours.getCanonicalLocales(wrong), { name: 'RangeError' }, wrong);
  throws(() => ours.getCanonicalLocales(null), { name: 'TypeError' });
  strictEqual(String(new ours.Locale('zh-TW').maximize()), 'zh-Hant-TW');
  const locale = new ours.Locale('de-AT', { calendar: 'gregory', numeric: true, hourCycle: 'h23' });
  strictEqual(String(locale), 'de-AT-u-ca-gregory-hc-h23-kn');
  deepStrictEqual([locale.language, locale.region, locale.calendar, locale.numeric, locale.baseName], ['de', 'AT', 'gregory', true, 'de-AT']);
});

test('zones are found in any case and keep their names; others are refused', () => {
  const zone = (timeZone) => new ours.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  strictEqual(zone('europe/vienna'), 'Europe/Vienna');
  strictEqual(zone('Etc/UTC'), 'UTC');
  strictEqual(zone('+05:30'), '+05:30');
  strictEqual(zone(undefined), 'UTC');
  for (const wrong of ['Mars/Olympus', '', '+25:00', '../etc/passwd', 'Europe']) throws(() => zone(wrong), { name: 'RangeError' }, wrong);
  ok(ours.supportedValuesOf('timeZone').includes('America/New_York'));
  strictEqual(new ours.DateTimeFormat('en', { timeZone: '+05:30', timeStyle: 'long' }).format(0), '5:30:00\u202fAM GMT+5:30'.replace('\u202f', ' '));
});

test('wrong options are refused', () => {
  const refused = (name, make) => throws(make, { name });
  refused('TypeError', () => new ours.NumberFormat('en', { style: 'currency' }));
  refused('RangeError', () => new ours.NumberFormat('en', { style: 'currency', currency: 'EURO' }));
  refused('RangeError', () => new ours.NumberFormat('en', { style: 'unit', unit: 'parsec' }));
  refused('RangeError', () => new ours.NumberFormat('en', { maximumFractionDigits: 101 }));
  refused('RangeError', () => new ours.NumberFormat('en', { minimumFractionDigits: 5, maximumFractionDigits: 2 }));
  refused('TypeError', () => new ours.DateTimeFormat('en', { dateStyle: 'short', year: 'numeric' }));
  refused('RangeError', () => new ours.DateTimeFormat('en', { month: 'huge' }));
  refused('RangeError', () => new ours.DateTimeFormat('en').format(NaN));
  refused('RangeError', () => new ours.RelativeTimeFormat('en').format(1, 'decade'));
  refused('TypeError', () => new ours.DisplayNames('en'));
  refused('TypeError', () => ours.NumberFormat.prototype.format);
  refused('TypeError', () => new ours.ListFormat('en').format([1]));
  refused('RangeError', () => ours.supportedValuesOf('colour'));
});

inGuest('the engine has Intl, with data of other languages from the host', `
  eq(new Intl.DateTimeFormat('en-US', { timeZone: 'Europe/Vienna', dateStyle: 'medium', timeStyle: 'short' }).format(1_700_000_000_000), 'Nov 14, 2023, 11:13 PM');
  eq(new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(1234.5), '1.234,50\\u00a0€');
  eq(Intl.NumberFormat('en').format(0.1 + 0.2), '0.3');
  eq(new Date(Date.UTC(2024, 0, 2)).toLocaleDateString(), '1/2/2024');
  eq([...new Intl.Segmenter('en', { granularity: 'word' }).segment('Hi, you')].map(({ segment, isWordLike }) => [segment, isWordLike]), [['Hi', true], [',', false], [' ', false], ['you', true]]);
  eq([...new Intl.Segmenter().segment('e\\u0301👨‍👩‍👧')].length, 2);
  eq(new Intl.Segmenter('en', { granularity: 'word' }).segment('one two').containing(5).segment, 'two');
  eq(['b', 'a', 'C'].sort(new Intl.Collator().compare).join(''), 'abC');
  eq(Object.prototype.toString.call(new Intl.PluralRules()), '[object Intl.PluralRules]');
  eq(typeof Intl.DurationFormat, 'undefined');
`);
