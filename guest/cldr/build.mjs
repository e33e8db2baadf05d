// Makes the locale data of Intl from CLDR's JSON: data/locales.txt, a line for each section of each locale
// (`de/dates<TAB>{…}`), and for what no locale owns (`all/zones/Europe/Vienna<TAB>…`). Equal sources give equal bytes.
//
//   npm ci && node build.mjs
//
// Sections are what is needed together: a program that formats dates reads no units. Of what is a dictionary by nature each
// entry has a line of its own (`de/currencies/EUR<TAB>["Euro","€"]`).

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LOCALES, SOURCE } from './locales.mjs';
import { datesOf, relativeOf } from './dates.mjs';
import { currenciesOf, listsOf, namesOf, numbersOf, unitsOf } from './sections.mjs';
import { metazones, shared, zonesOf } from './shared.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
export const json = (path) => JSON.parse(readFileSync(`${here}node_modules/${path}.json`, 'utf8'));

/** What `child` says otherwise than `parent`; undefined when nothing. Absent from the child is null. */
function difference(parent, child) {
  if (JSON.stringify(parent) === JSON.stringify(child)) return undefined;
  const plain = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
  if (!plain(parent) || !plain(child)) return child;
  const out = {};
  for (const key of new Set([...Object.keys(parent), ...Object.keys(child)])) {
    const own = difference(parent[key], child[key] ?? null);
    if (own !== undefined) out[key] = own;
  }
  return out;
}

const main = (section, locale) => json(`cldr-${section.split('/')[0]}-full/main/${SOURCE[locale] ?? locale}/${section.split('/')[1]}`).main[SOURCE[locale] ?? locale];
const SECTIONS = { dates: datesOf, zones: zonesOf, numbers: numbersOf, currencies: currenciesOf, units: unitsOf, lists: listsOf, relative: relativeOf, names: namesOf };

/** How deep a section is a dictionary whose entries are looked up one by one. */
const DEPTH = { currencies: 1, units: 2, names: 2, zones: 2 };

const lines = [];
function write(key, value, depth) {
  if (depth === 0 || value === null || typeof value !== 'object' || Array.isArray(value)) lines.push(`${key}\t${JSON.stringify(value)}`);
  else for (const [name, entry] of Object.entries(value)) write(`${key}/${name}`, entry, depth - 1);
}

for (const [name, make] of Object.entries(SECTIONS)) {
  const made = new Map();
  for (const locale of Object.keys(LOCALES)) made.set(locale, make((section) => main(section, locale), locale));
  for (const [locale, parent] of Object.entries(LOCALES)) {
    const own = parent === null ? made.get(locale) : difference(made.get(parent), made.get(locale));
    if (own !== undefined) write(`${locale}/${name}`, own, DEPTH[name] ?? 0);
  }
}
write('all', metazones(json), 2);
lines.sort((a, b) => (a < b ? -1 : 1));
writeFileSync(`${here}data/locales.txt`, `${lines.join('\n')}\n`);
writeFileSync(`${here}data/shared.json`, `${JSON.stringify(shared(json, LOCALES), null, 1)}\n`);
const en = Object.fromEntries(['dates', 'numbers', 'lists', 'relative'].map((name) => [name, JSON.parse(lines.find((line) => line.startsWith(`en/${name}\t`)).split('\t')[1])]));
writeFileSync(`${here}data/en.json`, `${JSON.stringify(en, null, 1)}\n`);
