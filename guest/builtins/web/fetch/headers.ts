// Headers: a flat list of lower-case names and values. The host hands header lists over as one text, which
// is taken apart at the first look, and takes them back as one.

import { native } from '../../native';
import { inspectable } from '../console/inspectable';
import { flatPairs, needArguments, recordPairs, shownPairs, toText } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';
import { definePairIteration } from '../webidl/pairs';

export type HeadersInit = Headers | Iterable<Iterable<string>> | Record<string, string>;

/** Headers over a list or over the host's text. Nobody can change them when `immutable`. */
export let headersOf: (list: string[] | string, immutable: boolean) => Headers;
/** The flat list, which must not be changed. */
export let headerList: (headers: Headers) => string[];
/** The form in which the host takes headers. */
export let headersText: (headers: Headers) => string;
let pairAt: (headers: Headers, index: number) => [string, string] | undefined;

/** Given to the constructor in place of an init: what follows is the state, ready made. */
const ready: any = Symbol('ready');

export class Headers {
  /** Flat list, or the host's text of it. */
  #list: string[] | string;
  #immutable: boolean;
  /** What iteration gives: sorted and combined. Null when the list has changed since. */
  #sorted: string[] | null;

  static {
    headersOf = (list, immutable) => new (Headers as any)(ready, list, immutable);
    headerList = (headers) => headers.#entries();
    headersText = (headers) => {
      const list = headers.#list;
      return typeof list === 'string' ? list : list.join('\n');
    };
    pairAt = (headers, index) => {
      const sorted = (headers.#sorted ??= sortAndCombine(headers.#entries()));
      return index * 2 < sorted.length ? [sorted[index * 2]!, sorted[index * 2 + 1]!] : undefined;
    };
  }

  constructor(init?: HeadersInit);
  constructor(init: any, list?: any, immutable?: any) {
    this.#sorted = null;
    if (init === ready) {
      this.#list = list;
      this.#immutable = immutable;
      return;
    }
    this.#list = init === undefined ? [] : listOfInit(init);
    this.#immutable = false;
  }

  append(name: string, value: string): void {
    needArguments(arguments.length, 2, 'Headers.append');
    const key = headerName(name);
    const text = headerValue(value, key);
    this.#change().push(key, text);
  }

  delete(name: string): void {
    needArguments(arguments.length, 1, 'Headers.delete');
    const key = headerName(name);
    removeHeader(this.#change(), key);
  }

  get(name: string): string | null {
    // No count of arguments, here and in has: the engine makes an object of them wherever they are mentioned.
    return getHeader(this.#entries(), knownNames.get(name) ?? headerName(name));
  }

  getSetCookie(): string[] {
    const list = this.#entries();
    const values: string[] = [];
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] === 'set-cookie') values.push(list[at + 1]!);
    }
    return values;
  }

  has(name: string): boolean {
    return firstIndex(this.#entries(), knownNames.get(name) ?? headerName(name)) >= 0;
  }

  set(name: string, value: string): void {
    needArguments(arguments.length, 2, 'Headers.set');
    const key = headerName(name);
    const text = headerValue(value, key);
    setHeader(this.#change(), key, text);
  }

  #entries(): string[] {
    const list = this.#list;
    if (typeof list !== 'string') return list;
    return (this.#list = splitHeaders(list));
  }

  #change(): string[] {
    if (this.#immutable) throw new TypeError('These headers are immutable; copy them with new Headers(headers)');
    this.#sorted = null;
    return this.#entries();
  }
}

/** Takes the host's text of a header list apart. */
export function splitHeaders(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

/** The value of a header in a flat list, its occurrences combined; null without one. */
export function getHeader(list: readonly string[], name: string): string | null {
  let value: string | null = null;
  for (let at = 0; at < list.length; at += 2) {
    if (list[at] !== name) continue;
    value = value === null ? list[at + 1]! : `${value}, ${list[at + 1]!}`;
  }
  return value;
}

export function hasContentType(list: readonly string[]): boolean {
  // The search in C, over values as well, settles most cases.
  return list.includes('content-type') && firstIndex(list, 'content-type') >= 0;
}

/** Sets a header in a flat list: the first occurrence stays in its place, others go. */
function setHeader(list: string[], name: string, value: string): void {
  const first = firstIndex(list, name);
  if (first < 0) {
    list.push(name, value);
    return;
  }
  list[first + 1] = value;
  removeHeader(list, name, first + 2);
}

function firstIndex(list: readonly string[], name: string): number {
  for (let at = 0; at < list.length; at += 2) {
    if (list[at] === name) return at;
  }
  return -1;
}

function removeHeader(list: string[], name: string, from: number = 0): void {
  let to = from;
  for (let at = from; at < list.length; at += 2) {
    if (list[at] === name) continue;
    list[to] = list[at]!;
    list[to + 1] = list[at + 1]!;
    to += 2;
  }
  list.length = to;
}

const HEADER_PAIRS = { pair: 'header pair', pairs: 'Header pairs' };

/** A flat list of what a caller gave as headers. */
export function listOfInit(init: unknown): string[] {
  if ((typeof init !== 'object' && typeof init !== 'function') || init === null) {
    throw new TypeError('Headers must be given as Headers, an object, or a sequence of pairs');
  }
  const iterate: unknown = (init as any)[iterator];
  // What a proxy sees of the conversion must be in the standard's order.
  const isProxy = iterate === undefined && native.proxyDetails(init) !== undefined;
  if (iterate === undefined && !isProxy) return listOfRecord(init as Record<string, unknown>);
  if (iterate === ownIterator && init instanceof Headers) return headerList(init).slice();
  const list = isProxy ? recordPairs(init, byteString, byteString) : flatPairs(init, HEADER_PAIRS, toText, toText);
  for (let at = 0; at < list.length; at += 2) {
    list[at] = headerName(list[at]);
    list[at + 1] = headerValue(list[at + 1], list[at]!);
  }
  return list;
}

function byteString(value: unknown): string {
  const text = toText(value);
  if (/[^\x00-\xff]/.test(text)) throw new TypeError('A header has a character above U+00FF');
  return text;
}

const iterator = Symbol.iterator;
const keysOf = Object.keys;

/** The common case, an object literal, without the detours of the general one. */
function listOfRecord(record: Record<string, unknown>): string[] {
  const list: string[] = [];
  const keys = keysOf(record);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at]!;
    const name = knownNames.get(key) ?? headerName(key);
    list.push(name, headerValue(record[key], name));
  }
  return list;
}

// Names that programs use often, in the ways they write them: they need no check and no conversion.
const knownNames = new Map<string, string>();
for (const name of (
  'accept accept-encoding accept-language access-control-allow-credentials access-control-allow-headers ' +
  'access-control-allow-methods access-control-allow-origin access-control-expose-headers access-control-max-age ' +
  'access-control-request-headers access-control-request-method age allow authorization cache-control connection ' +
  'content-disposition content-encoding content-language content-length content-location content-range ' +
  'content-security-policy content-type cookie date etag expires forwarded host if-match if-modified-since ' +
  'if-none-match if-unmodified-since last-modified link location origin pragma range referer retry-after server ' +
  'server-timing set-cookie strict-transport-security traceparent transfer-encoding upgrade user-agent vary via ' +
  'www-authenticate x-content-type-options x-forwarded-for x-forwarded-host x-forwarded-proto x-frame-options ' +
  'x-powered-by x-real-ip x-request-id x-requested-with'
).split(' ')) {
  knownNames.set(name, name);
  knownNames.set(name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()), name);
}

/** A header name in lower case; throws TypeError when it is none. */
export function headerName(name: unknown): string {
  const known = knownNames.get(name as string);
  if (known !== undefined) return known;
  const text = typeof name === 'string' ? name : toText(name);
  const token = native.headerName(text);
  if (token === null) {
    throw new TypeError(`'${text}' is not a valid header name: it may have letters, digits and !#$%&'*+-.^_\`|~ only`);
  }
  return token;
}

/** A header value without whitespace around it; throws TypeError when it is none. */
export function headerValue(value: unknown, name: string): string {
  const text = native.headerValue(typeof value === 'string' ? value : toText(value));
  if (text === null) {
    throw new TypeError(
      `The value of the header '${name}' is not valid: it must not have line breaks, NUL, or characters above U+00FF`,
    );
  }
  return text;
}

/** Sorted by name; values of equal names combined, except those of set-cookie. */
function sortAndCombine(list: readonly string[]): string[] {
  const values = new Map<string, string>();
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at]!;
    const before = values.get(name);
    values.set(name, before === undefined ? list[at + 1]! : `${before}, ${list[at + 1]!}`);
  }
  const sorted: string[] = [];
  for (const name of [...values.keys()].sort()) {
    if (name !== 'set-cookie') {
      sorted.push(name, values.get(name)!);
      continue;
    }
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] === name) sorted.push(name, list[at + 1]!);
    }
  }
  return sorted;
}

defineInterface(Headers, 'Headers', { constructor: 0 });
definePairIteration(Headers.prototype, 'Headers', pairAt);
const ownIterator: unknown = (Headers.prototype as any)[Symbol.iterator];
inspectable(Headers, (headers) => shownPairs(headerList(headers)));
