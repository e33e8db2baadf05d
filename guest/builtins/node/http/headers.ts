// Headers as node:http has them: checked by its rules, kept by lower-case name with the case that was given.

import { codes } from '../errors';

export type HeaderValue = string | number | readonly string[];

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const INVALID = /[^\t\x20-\x7e\x80-\xff]/;

export function validateHeaderName(name: unknown, label = 'Header name'): asserts name is string {
  if (typeof name !== 'string' || name === '' || !TOKEN.test(name)) throw new codes.ERR_INVALID_HTTP_TOKEN!(label, name);
}

export function validateHeaderValue(name: string, value: unknown): void {
  if (value === undefined) throw new codes.ERR_HTTP_INVALID_HEADER_VALUE!(value, name);
  for (const each of Array.isArray(value) ? value : [value]) {
    if (INVALID.test(String(each))) throw new codes.ERR_INVALID_CHAR!('header content', name);
  }
}

/** What comes once, whatever is sent twice; of others the values are joined. */
const SINGLE = new Set(
  ('age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since last-modified location ' +
    'max-forwards proxy-authorization referer retry-after server user-agent').split(' '),
);

/** An incoming message's `headers` and `rawHeaders` from pairs. */
export function incomingHeaders(pairs: Iterable<readonly [string, string]>): [Record<string, string | string[]>, string[]] {
  const headers: Record<string, string | string[]> = {};
  const raw: string[] = [];
  for (const [given, value] of pairs) {
    raw.push(given, value);
    const name = given.toLowerCase();
    const found = headers[name];
    if (name === 'set-cookie') headers[name] = [...((found as string[] | undefined) ?? []), value];
    else if (found === undefined) headers[name] = value;
    else if (!SINGLE.has(name)) headers[name] = `${found as string}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
  return [headers, raw];
}

/** The headers of an outgoing message. */
export class OutgoingHeaders {
  #all = new Map<string, [name: string, value: HeaderValue]>();

  set(name: string, value: HeaderValue): void {
    this.#all.set(name.toLowerCase(), [name, value]);
  }
  append(name: string, value: string | readonly string[]): void {
    const found = this.get(name);
    const list = found === undefined ? [] : Array.isArray(found) ? (found as string[]) : [String(found)];
    this.set(name, [...list, ...(Array.isArray(value) ? (value as string[]) : [value as string])]);
  }
  get(name: string): HeaderValue | undefined {
    return this.#all.get(name.toLowerCase())?.[1];
  }
  has(name: string): boolean {
    return this.#all.has(name.toLowerCase());
  }
  remove(name: string): void {
    this.#all.delete(name.toLowerCase());
  }
  names(): string[] {
    return [...this.#all.keys()];
  }
  rawNames(): string[] {
    return Array.from(this.#all.values(), ([name]) => name);
  }
  object(): Record<string, HeaderValue> {
    const object = Object.create(null) as Record<string, HeaderValue>;
    for (const [name, [, value]] of this.#all) object[name] = value;
    return object;
  }
  /** One pair for each line. */
  *pairs(): Generator<[string, string]> {
    for (const [name, value] of this.#all.values()) {
      if (Array.isArray(value)) for (const each of value as string[]) yield [name, String(each)];
      else yield [name, String(value)];
    }
  }
}
