// Numbers, currencies, units, lists and names of a locale.

const WIDTHS = { long: 'long', short: 'short', narrow: 'narrow' };

/** ECMA-402's simple units, each with CLDR's name. */
export const UNITS = ['area-acre', 'area-hectare', 'concentr-percent', 'digital-bit', 'digital-byte', 'digital-gigabit', 'digital-gigabyte', 'digital-kilobit', 'digital-kilobyte', 'digital-megabit', 'digital-megabyte', 'digital-petabyte', 'digital-terabit', 'digital-terabyte', 'duration-day', 'duration-hour', 'duration-microsecond', 'duration-millisecond', 'duration-minute', 'duration-month', 'duration-nanosecond', 'duration-second', 'duration-week', 'duration-year', 'length-centimeter', 'length-foot', 'length-inch', 'length-kilometer', 'length-meter', 'length-mile', 'length-mile-scandinavian', 'length-millimeter', 'length-yard', 'angle-degree', 'mass-gram', 'mass-kilogram', 'mass-ounce', 'mass-pound', 'mass-stone', 'temperature-celsius', 'temperature-fahrenheit', 'volume-fluid-ounce', 'volume-gallon', 'volume-liter', 'volume-milliliter'];
/** Units of two that CLDR has patterns of its own for. */
const COMPOUND = { 'kilometer-per-hour': 'speed-kilometer-per-hour', 'meter-per-second': 'speed-meter-per-second', 'mile-per-hour': 'speed-mile-per-hour', 'mile-per-gallon': 'consumption-mile-per-gallon' };

/** `1000-count-one` and its like: for each power of ten the pattern of each plural. */
function compact(formats) {
  const out = {};
  for (const [key, pattern] of Object.entries(formats)) {
    const found = /^(10+)-count-(\w+)$/.exec(key);
    if (found !== null) (out[found[1].length - 1] ??= {})[found[2]] = pattern;
  }
  return out;
}

export function numbersOf(main) {
  const { numbers } = main('numbers/numbers');
  const of = (kind) => numbers[`${kind}-numberSystem-latn`];
  const symbols = of('symbols');
  const decimal = of('decimalFormats');
  const currency = of('currencyFormats');
  const misc = of('miscPatterns');
  const names = ['decimal', 'group', 'plusSign', 'minusSign', 'percentSign', 'exponential', 'infinity', 'nan', 'approximatelySign'];
  return {
    symbols: Object.fromEntries(names.map((name) => [name, symbols[name]]).concat([['currencyDecimal', symbols.currencyDecimal ?? symbols.decimal], ['currencyGroup', symbols.currencyGroup ?? symbols.group]])),
    minGrouping: Number(numbers.minimumGroupingDigits),
    decimal: decimal.standard,
    percent: of('percentFormats').standard,
    currency: currency.standard,
    accounting: currency.accounting,
    currencyName: Object.fromEntries(Object.entries(currency).filter(([key]) => key.startsWith('unitPattern-count-')).map(([key, pattern]) => [key.slice(18), pattern])),
    long: compact(decimal.long.decimalFormat),
    short: compact(decimal.short.decimalFormat),
    currencyShort: compact(currency.short.standard),
    range: misc.range,
  };
}

export function currenciesOf(main) {
  const { currencies } = main('numbers/currencies').numbers;
  const out = {};
  for (const [code, own] of Object.entries(currencies)) {
    const plurals = Object.entries(own).filter(([key]) => key.startsWith('displayName-count-'));
    const counts = Object.fromEntries(plurals.map(([key, name]) => [key.slice(18), name]).filter(([, name], _, all) => name !== own.displayName || all.length > 1));
    const entry = [own.displayName ?? code, own.symbol === code ? '' : (own.symbol ?? ''), own['symbol-alt-narrow'] ?? '', counts];
    if (Object.values(counts).every((name) => name === entry[0])) entry.pop();
    while (entry.at(-1) === '') entry.pop();
    if (entry.length > 1 || entry[0] !== code) out[code] = entry;
  }
  return out;
}

export function unitsOf(main) {
  const { units } = main('units/units');
  const out = {};
  for (const width of Object.keys(WIDTHS)) {
    const own = {};
    const add = (name, from) => {
      const unit = units[width][from];
      if (unit === undefined) return;
      const patterns = Object.entries(unit).filter(([key]) => /^unitPattern-count-[a-z]+$/.test(key)).map(([key, pattern]) => [key.slice(18), pattern]);
      own[name] = Object.fromEntries(patterns);
      if (unit.perUnitPattern !== undefined) own[name].per = unit.perUnitPattern;
    };
    for (const unit of UNITS) add(unit.slice(unit.indexOf('-') + 1), unit);
    for (const [name, from] of Object.entries(COMPOUND)) add(name, from);
    own.per = units[width].per.compoundUnitPattern;
    out[width] = own;
  }
  return out;
}

export function listsOf(main) {
  const { listPatterns } = main('misc/listPatterns');
  const names = { conjunction: 'standard', disjunction: 'or', unit: 'unit' };
  const out = {};
  for (const [type, from] of Object.entries(names)) {
    for (const [style, suffix] of [['long', ''], ['short', '-short'], ['narrow', '-narrow']]) {
      const own = listPatterns[`listPattern-type-${from}${suffix}`];
      (out[type] ??= {})[style] = [own.start, own.middle, own.end, own[2]];
    }
  }
  return out;
}

export function namesOf(main) {
  const of = (section) => Object.entries(main(`localenames/${section}`).localeDisplayNames[section === 'localeDisplayNames' ? 'x' : section] ?? {});
  const plain = (section) => {
    const all = Object.fromEntries(of(section));
    const out = {};
    for (const [code, name] of Object.entries(all)) {
      const [bare, kind] = code.split('-alt-');
      if (kind === undefined) (out[bare] ??= [null, null])[0] = name;
      else if (kind === 'short') (out[bare] ??= [null, null])[1] = name;
    }
    return Object.fromEntries(Object.entries(out).filter(([code, [name]]) => name !== null && name !== code).map(([code, [name, short]]) => [code, short === null ? name : [name, short]]));
  };
  const { localeDisplayPattern } = main('localenames/localeDisplayNames').localeDisplayNames;
  const { fields } = main('dates/dateFields').dates;
  const FIELDS = { era: 'era', year: 'year', quarter: 'quarter', month: 'month', weekOfYear: 'week', weekday: 'weekday', day: 'day', dayPeriod: 'dayperiod', hour: 'hour', minute: 'minute', second: 'second', timeZoneName: 'zone' };
  const styles = (field) => ['', '-short', '-narrow'].map((suffix) => fields[`${field}${suffix}`].displayName);
  return {
    pattern: [localeDisplayPattern.localePattern, localeDisplayPattern.localeSeparator],
    language: plain('languages'),
    region: plain('territories'),
    script: plain('scripts'),
    variant: plain('variants'),
    dateTimeField: Object.fromEntries(Object.entries(FIELDS).map(([name, field]) => [name, styles(field)])),
  };
}
