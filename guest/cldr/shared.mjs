// Names of time zones of a locale, and what no locale owns: metazones, plural rules, regions' habits, digits, currencies.

/** `{ Europe: { Vienna: … } }` by the zone's whole name. */
function* leaves(tree, path = []) {
  for (const [name, value] of Object.entries(tree)) {
    if (Array.isArray(value) || value._type === 'zone' || 'exemplarCity' in value || 'long' in value || 'short' in value) yield [[...path, name].join('/'), value];
    else yield* leaves(value, [...path, name]);
  }
}

const KINDS = ['generic', 'standard', 'daylight'];
const kinds = (names) => (names === undefined ? null : KINDS.map((kind) => names[kind] ?? null));

export function zonesOf(main) {
  const names = main('dates/timeZoneNames').dates.timeZoneNames;
  const out = { hour: names.hourFormat, gmt: names.gmtFormat, zero: names.gmtZeroFormat, region: [names.regionFormat, names['regionFormat-type-standard'], names['regionFormat-type-daylight']], fallback: names.fallbackFormat, city: {}, zone: {}, meta: {} };
  for (const [zone, own] of leaves(names.zone)) {
    if (own.exemplarCity !== undefined) out.city[zone] = own.exemplarCity;
    if (own.long !== undefined || own.short !== undefined) out.zone[zone] = [kinds(own.long), kinds(own.short)];
  }
  for (const [meta, own] of Object.entries(names.metazone)) {
    out.meta[meta] = own.short === undefined ? [kinds(own.long)] : [kinds(own.long), kinds(own.short)];
  }
  return out;
}

/** Of each zone its metazones with the minute at which each begins, its region, and each region's zones. */
export function metazones(json) {
  const { metaZones } = json('cldr-core/supplemental/metaZones').supplemental;
  const minutes = (text) => (text === undefined ? null : Date.parse(`${text.replace(' ', 'T')}Z`) / 60_000);
  const zones = {};
  for (const [zone, spans] of leaves(metaZones.metazoneInfo.timezone)) {
    const list = spans.map(({ usesMetazone: { _mzone, _from, _to } }) => [_mzone, minutes(_from), minutes(_to)]);
    zones[zone] = list.length === 1 && list[0][1] === null && list[0][2] === null ? list[0][0] : list;
  }
  const golden = {};
  for (const { mapZone } of metaZones.metazones) {
    if (mapZone._territory === '001') golden[mapZone._other] = mapZone._type;
  }
  const regional = {};
  for (const { mapZone } of metaZones.metazones) {
    if (mapZone._territory !== '001') (regional[mapZone._other] ??= {})[mapZone._territory] = mapZone._type;
  }
  const region = {};
  const alias = {};
  const { tz } = json('cldr-bcp47/bcp47/timezone').keyword.u;
  const own = {};
  for (const [short, { _alias, _region, _deprecated }] of Object.entries(tz)) {
    if (typeof _alias !== 'string' || short === '_alias' || _deprecated === true) continue;
    const [canonical, ...others] = _alias.split(' ');
    for (const other of others) alias[other] = canonical;
    const code = (_region ?? short.slice(0, 2)).toUpperCase();
    if (canonical.includes('/') && !canonical.startsWith('Etc/') && /^[A-Z]{2}$/.test(code) && (short.length === 5 || _region !== undefined)) {
      own[canonical] = code;
      (region[code] ??= []).push(canonical);
    }
  }
  const { primaryZones } = json('cldr-core/supplemental/primaryZones').supplemental;
  const names = Object.values(tz).filter(({ _alias, _deprecated, _preferred }) => typeof _alias === 'string' && _deprecated !== true && _preferred === undefined).map(({ _alias, _iana }) => _iana ?? _alias.split(' ')[0]).filter((name) => /^(?!Etc\/Unknown)[A-Z]\w+\//.test(name) && !/^(Etc|SystemV)\//.test(name));
  return { zones, golden, regional, alias, list: { zones: [...new Set(['UTC', ...names])].sort() }, region: own, single: Object.fromEntries(Object.entries(region).filter(([, list]) => list.length === 1).map(([code, [zone]]) => [code, zone])), primary: primaryZones };
}

/** A rule without its examples. */
const rule = (text) => text.replace(/\s*@.*$/, '').trim();

function plurals(json, kind, languages) {
  const all = json(`cldr-core/supplemental/${kind === 'cardinal' ? 'plurals' : 'ordinals'}`).supplemental[`plurals-type-${kind}`];
  const out = {};
  for (const language of languages) {
    const rules = all[language] ?? all[language === 'nb' ? 'no' : language] ?? {};
    out[language] = Object.fromEntries(Object.entries(rules).map(([key, text]) => [key.replace('pluralRule-count-', ''), rule(text)]).filter(([, text]) => text !== ''));
  }
  return out;
}

/** Each tag that names a locale of ours, by itself or as the usual form of it (`de-DE`, `zh-TW`), with that locale. */
function available(json, locales) {
  const out = {};
  const { defaultContent } = json('cldr-core/defaultContent');
  for (const locale of Object.keys(locales)) out[locale] = locale;
  for (const tag of defaultContent) {
    const parent = tag.slice(0, tag.lastIndexOf('-'));
    if (out[parent] !== undefined && out[tag] === undefined) out[tag] = out[parent];
  }
  Object.assign(out, { no: 'nb', 'no-NO': 'nb', 'nb-NO': 'nb', 'zh-Hans': 'zh', 'zh-Hans-CN': 'zh', 'zh-CN': 'zh', 'zh-Hant-TW': 'zh-Hant', 'zh-TW': 'zh-Hant' });
  return out;
}

export function shared(json, locales) {
  const core = (name) => json(`cldr-core/supplemental/${name}`).supplemental;
  const languages = [...new Set([...Object.keys(locales).map((locale) => locale.split('-')[0]), 'pt-PT'])];
  const ranges = core('pluralRanges').plurals;
  const { fractions, region } = core('currencyData').currencyData;
  const { weekData } = core('weekData');
  const { timeData } = core('timeData');
  const digits = core('numberingSystems').numberingSystems;
  const codes = new Set();
  for (const list of Object.values(region)) for (const entry of list) for (const code of Object.keys(entry)) codes.add(code);
  for (const code of Object.keys(json('cldr-numbers-full/main/en/currencies').main.en.numbers.currencies)) codes.add(code);
  const days = core('dayPeriods').dayPeriodRuleSet;
  const minutes = (text) => Number(text.slice(0, 2));
  const periods = {};
  for (const language of languages) {
    const rules = days[language] ?? days[language === 'nb' ? 'no' : language] ?? {};
    periods[language] = Object.fromEntries(Object.entries(rules).map(([name, { _at, _from, _before }]) => [name, _at === undefined ? [minutes(_from), minutes(_before)] : [minutes(_at)]]));
  }
  const hours = {};
  for (const [code, { _preferred, _allowed }] of Object.entries(timeData)) hours[code] = [_preferred, _allowed.split(' ')];
  return {
    locales: available(json, locales),
    parents: Object.fromEntries(Object.entries(locales).filter(([, parent]) => parent !== null)),
    parentOf: Object.fromEntries(Object.entries(core('parentLocales').parentLocales.parentLocale).filter(([child, parent]) => parent in locales && !(child in locales))),
    cardinal: plurals(json, 'cardinal', languages),
    ordinal: plurals(json, 'ordinal', languages),
    ranges: Object.fromEntries(languages.map((language) => [language, Object.fromEntries(Object.entries(ranges[language === 'nb' ? 'no' : language] ?? {}).map(([key, to]) => [key.replace('pluralRange-start-', '').replace('-end-', ' '), to]))])),
    fractions: Object.fromEntries(Object.entries(fractions).filter(([, { _digits }]) => _digits !== '2').map(([code, { _digits }]) => [code, Number(_digits)])),
    currencies: [...codes].filter((code) => /^[A-Z]{3}$/.test(code)).sort(),
    firstDay: weekData.firstDay,
    weekendStart: weekData.weekendStart,
    weekendEnd: weekData.weekendEnd,
    hours,
    periods,
    digits: Object.fromEntries(Object.entries(digits).filter(([, { _digits }]) => _digits !== undefined).map(([name, { _digits }]) => [name, _digits])),
  };
}
