// Headers as node:http has them: the rules of names and values, and how equal ones of an incoming message are
// combined.

import { codes } from '../errors';

export type HeaderValue = string | number | readonly string[];

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const INVALID = /[^\t\x20-\x7e\x80-\xff]/;

export function isToken(text: unknown): text is string {
  return typeof text === 'string' && TOKEN.test(text);
}

export function hasInvalidCharacter(text: unknown): boolean {
  return INVALID.test(String(text));
}

export function validateHeaderName(name: unknown, label = 'Header name'): asserts name is string {
  if (!isToken(name)) throw new codes.ERR_INVALID_HTTP_TOKEN!(label, name);
}

export function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined) throw new codes.ERR_HTTP_INVALID_HEADER_VALUE!(value, name);
  for (const each of Array.isArray(value) ? value : [value]) {
    if (hasInvalidCharacter(each)) throw new codes.ERR_INVALID_CHAR!('header content', name);
  }
}

/** What comes once, whatever is sent twice; of others the values are joined. */
const SINGLE = new Set(
  ('age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since last-modified location ' +
    'max-forwards proxy-authorization referer retry-after server user-agent').split(' '),
);

/** Adds one line to an incoming message's headers. `joinsAll`: also those that come once are joined. */
export function addHeaderLine(given: string, value: string, headers: Record<string, any>, joinsAll = false): void {
  const name = given.toLowerCase();
  const found = headers[name];
  if (name === 'set-cookie') {
    if (found === undefined) headers[name] = [value];
    else found.push(value);
  } else if (typeof found !== 'string') {
    if (found === undefined) headers[name] = value;
  } else if (joinsAll || !SINGLE.has(name)) {
    headers[name] = `${found}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
}

/** The values of each name apart. */
export function distinct(raw: readonly string[]): Record<string, string[]> {
  const all = Object.create(null) as Record<string, string[]>;
  for (let at = 0; at + 1 < raw.length; at += 2) (all[raw[at]!.toLowerCase()] ??= []).push(raw[at + 1]!);
  return all;
}
