// Strings, keys and primitive values as inspect writes them.

import type { Context } from './context';

const needsEscape = /[\x00-\x1f'\\\x7f-\x9f\ud800-\udfff]/;
const plainKey = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const shortEscapes: Record<number, string> = { 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r', 92: '\\\\' };

/** A string in quotes: single ones, unless the text has them and lacks another kind. */
export function quote(text: string): string {
  if (!needsEscape.test(text)) return `'${text}'`;
  let mark = "'";
  if (text.includes("'")) {
    if (!text.includes('"')) mark = '"';
    else if (!text.includes('`') && !text.includes('${')) mark = '`';
  }
  return mark + escape(text, mark) + mark;
}

function escape(text: string, mark: string): string {
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    let escaped: string;
    if (code < 32 || (code >= 127 && code <= 159) || code === 92) {
      escaped = shortEscapes[code] ?? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
    } else if (code === 39) {
      if (mark !== "'") continue;
      escaped = "\\'";
    } else if (code >= 0xd800 && code <= 0xdfff) {
      const next = text.charCodeAt(at + 1);
      if (code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
        at++;
        continue;
      }
      escaped = `\\u${code.toString(16)}`;
    } else {
      continue;
    }
    out += text.slice(from, at) + escaped;
    from = at + 1;
  }
  return out + text.slice(from);
}

/** The key of a property, as it stands before the colon. */
export function formatKey(ctx: Context, key: string | symbol, enumerable: boolean): string {
  if (typeof key === 'symbol') return `[${ctx.stylize(formatSymbol(key), 'symbol')}]`;
  if (key === '__proto__') return "['__proto__']";
  if (!enumerable) return `[${key}]`;
  return plainKey.test(key) ? ctx.stylize(key, 'name') : ctx.stylize(quote(key), 'string');
}

export function formatSymbol(value: symbol): string {
  return Symbol.prototype.toString.call(value);
}

/** 1234567.25 as 1_234_567.25 */
function separated(digits: string): string {
  if (/[^\d.-]/.test(digits)) return digits;
  const [whole, fraction] = digits.split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, '_');
  return fraction === undefined ? grouped : `${grouped}.${fraction.replace(/(\d{3})(?=\d)/g, '$1_')}`;
}

export function formatNumber(ctx: Context, value: number): string {
  const text = Object.is(value, -0) ? '-0' : `${value}`;
  return ctx.stylize(ctx.numericSeparator ? separated(text) : text, 'number');
}

export function formatBigInt(ctx: Context, value: bigint): string {
  const text = `${value}`;
  return ctx.stylize(`${ctx.numericSeparator ? separated(text) : text}n`, 'bigint');
}

/** Strings shorter than this are never broken into lines. */
const breakableLength = 16;

export function formatPrimitive(ctx: Context, value: unknown): string {
  switch (typeof value) {
    case 'string':
      return formatString(ctx, value);
    case 'number':
      return formatNumber(ctx, value);
    case 'bigint':
      return formatBigInt(ctx, value);
    case 'symbol':
      return ctx.stylize(formatSymbol(value), 'symbol');
    case 'boolean':
      return ctx.stylize(`${value}`, 'boolean');
    case 'undefined':
      return ctx.stylize('undefined', 'undefined');
    default:
      return ctx.stylize('null', 'null');
  }
}

function formatString(ctx: Context, value: string): string {
  let text = value;
  let trailer = '';
  if (text.length > ctx.maxStringLength) {
    const left = text.length - ctx.maxStringLength;
    text = text.slice(0, ctx.maxStringLength);
    trailer = `... ${left} more character${left > 1 ? 's' : ''}`;
  }
  if (
    ctx.compact !== true &&
    text.length > breakableLength &&
    text.length > ctx.breakLength - ctx.indentation - 4 &&
    text.includes('\n')
  ) {
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [text];
    return lines.map((line) => ctx.stylize(quote(line), 'string')).join(` +\n${' '.repeat(ctx.indentation + 2)}`) + trailer;
  }
  return ctx.stylize(quote(text), 'string') + trailer;
}
