// CLDR's plural rules: read from their notation at first use, then asked with what is shown of a number.

import { shared } from './data';
import { languageOf } from './negotiate';

/** Of a number as shown: n its value, i whole digits, v and w count fraction digits with and without zeros at the end,
 *  f and t are those digits, c the exponent of compact notation. */
export interface Operands {
  n: number;
  i: number;
  v: number;
  w: number;
  f: number;
  t: number;
  c: number;
  e: number;
}

export function operands(whole: string, fraction: string, exponent = 0): Operands {
  if (exponent > 0) {
    whole += fraction.slice(0, exponent).padEnd(exponent, '0');
    fraction = fraction.slice(exponent);
  }
  if (exponent < 0) {
    fraction = (whole.padStart(-exponent, '0') + fraction).slice(whole.length + exponent > 0 ? whole.length + exponent : 0);
    whole = whole.slice(0, Math.max(0, whole.length + exponent)) || '0';
  }
  const stripped = fraction.replace(/0+$/, '');
  return { n: Number(`${whole}.${fraction}`), i: Number(whole), v: fraction.length, w: stripped.length, f: Number(fraction || 0), t: Number(stripped || 0), c: Math.max(0, exponent), e: Math.max(0, exponent) };
}

type Test = (operands: Operands) => boolean;

/** `n % 10 = 2..4`, `i != 11` */
function relation(text: string): Test {
  const [, name, modulus, operator, list] = /^([nivwftce])(?: % (\d+))? (!?=) (.+)$/.exec(text)!;
  const ranges = list!.split(',').map((range) => range.split('..').map(Number) as [number, number?]);
  const divisor = modulus === undefined ? 0 : Number(modulus);
  return (operands) => {
    let value = operands[name as keyof Operands];
    if (divisor !== 0) value %= divisor;
    // A range holds whole numbers only.
    const found = ranges.some(([low, high]) => (high === undefined ? value === low : Number.isInteger(value) && value >= low && value <= high));
    return found === (operator === '=');
  };
}

function compile(rule: string): Test {
  const any = rule.split(' or ').map((all) => all.split(' and ').map((part) => relation(part.trim())));
  return (operands) => any.some((all) => all.every((test) => test(operands)));
}

export type PluralRule = { categories: string[]; select(operands: Operands): string };

const rules = new Map<string, PluralRule>();
const ORDER = ['zero', 'one', 'two', 'few', 'many', 'other'];

export function pluralRule(locale: string, ordinal: boolean): PluralRule {
  const table = ordinal ? shared.ordinal : shared.cardinal;
  const name = Object.hasOwn(table, locale) ? locale : languageOf(locale);
  const key = `${ordinal ? 'o' : 'c'}/${name}`;
  let rule = rules.get(key);
  if (rule === undefined) {
    const tests = Object.entries(table[name] ?? {}).map(([category, text]) => [category, compile(text)] as const);
    rule = {
      categories: ORDER.filter((category) => category === 'other' || tests.some(([own]) => own === category)),
      select: (operands) => tests.find(([, test]) => test(operands))?.[0] ?? 'other',
    };
    rules.set(key, rule);
  }
  return rule;
}

/** The category of a range from those of its ends. */
export function pluralOfRange(locale: string, start: string, end: string): string {
  return shared.ranges[languageOf(locale)]?.[`${start} ${end}`] ?? end;
}
