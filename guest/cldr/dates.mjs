// The Gregorian calendar of a locale: names, patterns, skeletons, intervals; and names of relative times.

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const WIDTHS = ['abbreviated', 'narrow', 'wide'];
/** Of the fields that can be asked for, CLDR's name and its letter in a skeleton. */
const APPENDED = { G: ['Era', 'era'], y: ['Year', 'year'], M: ['Month', 'month'], E: ['Day-Of-Week', 'weekday'], d: ['Day', 'day'], a: [null, 'dayperiod'], H: ['Hour', 'hour'], m: ['Minute', 'minute'], s: ['Second', 'second'], v: ['Timezone', 'zone'] };

const list = (names, keys) => keys.map((key) => names[key]);
const months = Array.from({ length: 12 }, (_, at) => String(at + 1));
/** ICU has spaces between date and time in traditional Chinese that CLDR's JSON has lost. */
const text = (pattern, width) => (pattern._value ?? pattern).replace(/^\{1\}\{0\}$/, width === 'short' ? '{1}\u2009{0}' : '{1} {0}');

function widths(names, keys) {
  return Object.fromEntries(WIDTHS.map((width) => [width, list(names[width], keys)]));
}

/** Patterns that can be asked for: no quarters, no weeks, no plurals, no variants. */
function skeletons(available) {
  return Object.fromEntries(Object.entries(available).filter(([skeleton]) => !/[QwW-]/.test(skeleton)));
}

export function datesOf(main) {
  const gregorian = main('dates/ca-gregorian').dates.calendars.gregorian;
  const fields = main('dates/dateFields').dates.fields;
  const { availableFormats, appendItems, intervalFormats, ...glue } = gregorian.dateTimeFormats;
  const at = gregorian['dateTimeFormats-atTime'].standard;
  const intervals = {};
  for (const [skeleton, patterns] of Object.entries(intervalFormats)) {
    if (skeleton === 'intervalFormatFallback' || /[QwW-]/.test(skeleton)) continue;
    intervals[skeleton] = Object.fromEntries(Object.entries(patterns).filter(([field]) => field.length === 1));
  }
  const periods = (kind) => Object.fromEntries(WIDTHS.map((width) => [width, Object.fromEntries(Object.entries(gregorian.dayPeriods[kind][width]).filter(([name]) => !name.includes('-')))]));
  const era = (names) => [names[0], names[1]];
  const standard = (formats) => Object.fromEntries(['full', 'long', 'medium', 'short'].map((width) => [width, text(formats[width], width)]));
  return {
    months: widths(gregorian.months.format, months),
    monthsAlone: widths(gregorian.months['stand-alone'], months),
    days: widths(gregorian.days.format, WEEKDAYS),
    daysAlone: widths(gregorian.days['stand-alone'], WEEKDAYS),
    periods: periods('format'),
    eras: { wide: era(gregorian.eras.eraNames), abbreviated: era(gregorian.eras.eraAbbr), narrow: era(gregorian.eras.eraNarrow) },
    date: standard(gregorian.dateFormats),
    time: standard(gregorian.timeFormats),
    glue: standard(glue),
    at: standard(at),
    available: skeletons(availableFormats),
    append: Object.fromEntries(Object.entries(APPENDED).map(([letter, [item, field]]) => [letter, [item === null ? '{0} ├{2}: {1}┤' : appendItems[item], fields[field].displayName]])),
    interval: intervals,
    between: intervalFormats.intervalFormatFallback,
  };
}

const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'];

export function relativeOf(main) {
  const fields = main('dates/dateFields').dates.fields;
  const out = {};
  for (const unit of UNITS) {
    for (const [style, suffix] of [['long', ''], ['short', '-short'], ['narrow', '-narrow']]) {
      const field = fields[`${unit}${suffix}`];
      const plurals = (patterns) => Object.fromEntries(Object.entries(patterns).map(([key, pattern]) => [key.replace('relativeTimePattern-count-', ''), pattern]));
      const own = { future: plurals(field['relativeTime-type-future']), past: plurals(field['relativeTime-type-past']) };
      for (const [key, value] of Object.entries(field)) {
        const word = /^relative-type-(-?\d+)$/.exec(key);
        if (word !== null) (own.words ??= {})[word[1]] = value;
      }
      (out[style] ??= {})[unit] = own;
    }
  }
  return out;
}
