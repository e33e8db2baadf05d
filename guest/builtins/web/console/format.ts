// util.format: text with %-specifiers, as console.log takes it.

import { native } from '../../native';
import type { InspectOptions } from './context';
import { inspectBounded } from './inspect';

/** What one call writes at most, in characters, so that logging a huge value costs a bounded amount. */
const budgetDefault = 16 * 1024 * 1024;

export function format(...args: unknown[]): string {
  return formatWithOptions({}, ...args);
}

export function formatWithOptions(options: InspectOptions, ...args: unknown[]): string {
  return formatArguments(options, args, budgetDefault);
}

export function formatArguments(options: InspectOptions, args: unknown[], budget: number): string {
  const first = args[0];
  if (args.length === 1) return typeof first === 'string' ? first : inspectBounded(first, options, budget);
  let text = '';
  let next = 0;
  if (typeof first === 'string') {
    [text, next] = substitute(options, first, args, budget);
  }
  for (; next < args.length; next++) {
    const value = args[next];
    if (next > 0) text += ' ';
    text += typeof value === 'string' ? value : inspectBounded(value, options, Math.max(budget - text.length, 0));
  }
  return text;
}

/** Fills the specifiers of `pattern`; the text and the index of the first argument that was not used. */
function substitute(options: InspectOptions, pattern: string, args: unknown[], budget: number): [string, number] {
  if (!pattern.includes('%')) return [pattern, 1];
  let text = '';
  let from = 0;
  let next = 1;
  for (let at = pattern.indexOf('%'); at >= 0 && at < pattern.length - 1; at = pattern.indexOf('%', at)) {
    const specifier = pattern[at + 1]!;
    if (specifier === '%') {
      text += pattern.slice(from, at + 1);
      from = at += 2;
      continue;
    }
    if (next >= args.length || !'sdifjoOc'.includes(specifier)) {
      at++;
      continue;
    }
    text += pattern.slice(from, at) + filled(options, specifier, args[next++], Math.max(budget - text.length, 0));
    from = at += 2;
  }
  return [text + pattern.slice(from), next];
}

function filled(options: InspectOptions, specifier: string, value: unknown, budget: number): string {
  switch (specifier) {
    case 's':
      return formatText(options, value, budget);
    case 'd':
      if (typeof value === 'bigint') return `${value}n`;
      return typeof value === 'symbol' ? 'NaN' : number(toNumber(value));
    case 'i':
      if (typeof value === 'bigint') return `${value}n`;
      return typeof value === 'symbol' ? 'NaN' : number(parseInt(toText(value)));
    case 'f':
      return typeof value === 'symbol' ? 'NaN' : number(parseFloat(toText(value)));
    case 'j':
      return json(value);
    case 'o':
      return inspectBounded(value, { ...options, showHidden: true, showProxy: true, depth: 4 }, budget);
    case 'O':
      return inspectBounded(value, options, budget);
    default:
      // %c: styles mean nothing in a log.
      return '';
  }
}

function number(value: number): string {
  return Object.is(value, -0) ? '-0' : `${value}`;
}

function toNumber(value: unknown): number {
  try {
    return Number(value);
  } catch {
    return NaN;
  }
}

function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return '';
  }
}

function json(value: unknown): string {
  try {
    return `${JSON.stringify(value)}`;
  } catch (error) {
    // The only failure that says something about the value rather than about a toJSON of its own.
    if (/circular/i.test(`${(error as { message?: unknown } | null)?.message}`)) return '[Circular]';
    throw error;
  }
}

function formatText(options: InspectOptions, value: unknown, budget: number): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return number(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      if (value !== null && hasOwnText(value)) {
        try {
          return String(value);
        } catch {
          // Its toString throws: shown like any other object.
        }
      }
      if (value === null) return 'null';
      return inspectBounded(value, { ...options, depth: 0, colors: false, compact: 3 }, budget);
    default:
      return String(value);
  }
}

/** Whether `String(value)` says more than "[object Object]": the value, or a class that is not the engine's,
 *  has a toString or Symbol.toPrimitive of its own. */
function hasOwnText(value: object): boolean {
  if (native.proxyDetails(value) !== undefined) return false;
  try {
    if (typeof (value as { toString?: unknown }).toString !== 'function') {
      return typeof (value as Record<symbol, unknown>)[Symbol.toPrimitive] === 'function';
    }
    if (Object.hasOwn(value, 'toString') || Object.hasOwn(value, Symbol.toPrimitive)) return true;
    let prototype: object | null = value;
    do prototype = Object.getPrototypeOf(prototype) as object | null;
    while (prototype !== null && !Object.hasOwn(prototype, 'toString') && !Object.hasOwn(prototype, Symbol.toPrimitive));
    if (prototype === null) return false;
    const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    return typeof constructor === 'function' && !engineConstructors.has(constructor);
  } catch {
    return false;
  }
}

const engineConstructors: Set<unknown> = new Set(
  [
    'Object', 'Function', 'Array', 'Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError',
    'SyntaxError', 'TypeError', 'URIError', 'Date', 'RegExp', 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef',
    'Promise', 'ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Number', 'String', 'Boolean', 'Symbol',
    'BigInt', 'FinalizationRegistry', 'Iterator',
  ].map((name) => (globalThis as Record<string, unknown>)[name]),
);
engineConstructors.add(Object.getPrototypeOf(Uint8Array));
engineConstructors.delete(undefined);
