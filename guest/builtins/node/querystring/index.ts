// node:querystring

import { registerBuiltin } from '../../runtime/builtin_modules';
import { percentDecode } from '../../web/url/urlencoded';
import { Buffer } from '../buffer/buffer';
import { codes } from '../errors';

type Values = Record<string, unknown>;

const unreserved = /[^A-Za-z0-9\-_.!~*'()]/;

function escape(value: unknown): string {
  // As for an object that is written into a text: its toString, or its valueOf.
  const text = typeof value === 'string' ? value : typeof value === 'object' ? String(value) : `${value as string}`;
  if (!unreserved.test(text)) return text;
  return text.isWellFormed() ? encodeURIComponent(text) : escapeIllFormed(text);
}

/** As Node: whatever follows the first half of a pair is taken for the second one, and at the end it is an error. */
function escapeIllFormed(text: string): string {
  let escaped = '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0xd800 || unit > 0xdfff) {
      escaped += encodeURIComponent(text[at]!);
      continue;
    }
    if (++at >= text.length) throw new codes.ERR_INVALID_URI!();
    const point = 0x10000 + (((unit & 0x3ff) << 10) | (text.charCodeAt(at) & 0x3ff));
    escaped += encodeURIComponent(String.fromCodePoint(point));
  }
  return escaped;
}

/** Bytes with each "%XX" replaced; a "%" without two digits stays, and a "+" unless it is to be a space. */
function unescapeBuffer(text: string, plusIsSpace = false): Buffer {
  return Buffer.from(percentDecode(plusIsSpace ? text.replaceAll('+', ' ') : text));
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Something of it is not UTF-8: what can be read is read.
    return unescapeBuffer(text).toString();
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
  const maxKeys = typeof options?.maxKeys === 'number' ? options.maxKeys : 1000;
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

const module = { parse, stringify, escape, unescape, unescapeBuffer, decode: parse, encode: stringify };

registerBuiltin('querystring', () => module);
