// node:querystring

import { registerBuiltin } from '../../runtime/builtin_modules';

type Values = Record<string, unknown>;

const unreserved = /[^A-Za-z0-9\-_.!~*'()]/;

function escape(value: unknown): string {
  const text = typeof value === 'string' ? value : `${value as string}`;
  if (!unreserved.test(text)) return text;
  // A lone surrogate throws URIError, as in Node.
  return encodeURIComponent(text);
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Something of it is not UTF-8: what can be read is read, byte by byte.
    const bytes: number[] = [];
    const encoder = new (globalThis as any).TextEncoder();
    for (let at = 0; at < text.length; at++) {
      const code = text[at] === '%' ? parseInt(text.slice(at + 1, at + 3), 16) : NaN;
      if (/^%[0-9a-f]{2}/i.test(text.slice(at, at + 3))) {
        bytes.push(code);
        at += 2;
      } else {
        bytes.push(...encoder.encode(text[at]));
      }
    }
    return new (globalThis as any).TextDecoder().decode(new Uint8Array(bytes));
  }
}

function scalar(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
    case 'boolean':
      return `${value}`;
    case 'number':
      return Number.isFinite(value) ? `${value}` : '';
    default:
      return '';
  }
}

interface Options {
  encodeURIComponent?: (text: string) => string;
  decodeURIComponent?: (text: string) => string;
  maxKeys?: number;
}

function stringify(values: Values | null | undefined, separator?: string, equals?: string, options?: Options): string {
  if (typeof values !== 'object' || values === null) return '';
  const encode = options?.encodeURIComponent ?? module.escape;
  const between = equals || '=';
  return Object.keys(values)
    .flatMap((key) => {
      const value = values[key];
      const name = encode(key);
      const list: unknown[] = Array.isArray(value) ? value : [value];
      return list.map((item) => `${name}${between}${encode(scalar(item))}`);
    })
    .join(separator || '&');
}

function parse(text: unknown, separator?: string, equals?: string, options?: Options): Values {
  const result = Object.create(null) as Values;
  if (typeof text !== 'string' || text === '') return result;
  const decode = options?.decodeURIComponent ?? module.unescape;
  const safely = (part: string) => {
    const spaced = part.replaceAll('+', ' ');
    try {
      return decode(spaced);
    } catch {
      return unescape(spaced);
    }
  };
  const between = equals || '=';
  const maxKeys = options?.maxKeys ?? 1000;
  let pairs = text.split(separator || '&');
  if (maxKeys > 0) pairs = pairs.slice(0, maxKeys);
  for (const pair of pairs) {
    if (pair === '') continue;
    const at = pair.indexOf(between);
    const key = safely(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? '' : safely(pair.slice(at + between.length));
    const before = result[key];
    if (before === undefined) result[key] = value;
    else if (Array.isArray(before)) before.push(value);
    else result[key] = [before, value];
  }
  return result;
}

const module = { parse, stringify, escape, unescape, decode: parse, encode: stringify };

registerBuiltin('querystring', () => module);
