// URL. Parsing and the setters are the host's; what is kept here is the serialised URL and where its parts
// begin and end, so that a getter is one slice.

import { Pure, UrlPart } from '../../abi';
import { native } from '../../native';
import { inspectable } from '../console/inspectable';
import { needArguments, toText } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';
import { paramsOfQuery, resetParams, type URLSearchParams } from './params';

/** An answer of `Pure.UrlParse`: href, then the ends and starts of its parts. */
type Parts = [
  href: string,
  protocolEnd: number,
  usernameEnd: number,
  hostStart: number,
  hostEnd: number,
  port: number,
  pathnameStart: number,
  searchStart: number,
  hashStart: number,
];

/** Stands for a port, search or hash that is not there. */
const absent = 0xffffffff;

/** Given to the constructor in place of a URL: what follows are the parts, parsed already. */
const ready: any = Symbol('ready');

/** Lone surrogates are replaced on the way to the host. */
function parseUrl(url: unknown, base: unknown): Parts | null {
  const answer = native.pure(
    Pure.UrlParse,
    typeof url === 'string' ? url : toText(url),
    base === undefined ? null : toText(base),
  );
  return answer.length === 0 ? null : (answer as unknown as Parts);
}

/** Parses an absolute URL; throws TypeError when it is none. */
export function parseUrlText(url: unknown): Parts {
  const text = toText(url);
  const parts = parseUrl(text, undefined);
  if (parts === null) throw invalidUrl(text, undefined);
  return parts;
}

export class URL {
  #parts: Parts;
  #params: URLSearchParams | null = null;

  constructor(url: string, base?: string) {
    if (url === ready) {
      this.#parts = base as unknown as Parts;
      return;
    }
    const parts = parseUrl(url, base);
    if (parts === null) throw invalidUrl(url, base);
    this.#parts = parts;
  }

  static parse(url: string, base?: string): URL | null {
    needArguments(arguments.length, 1, 'URL.parse');
    const parts = parseUrl(url, base);
    return parts === null ? null : new URL(ready, parts as unknown as string);
  }

  static canParse(url: string, base?: string): boolean {
    needArguments(arguments.length, 1, 'URL.canParse');
    return parseUrl(url, base) !== null;
  }

  get href(): string {
    return this.#parts[0];
  }

  set href(value: string) {
    const text = toText(value);
    if (!this.#set(UrlPart.Href, text)) throw invalidUrl(text, undefined);
    this.#queryWasSet();
  }

  get origin(): string {
    return originOf(this.#parts);
  }

  get protocol(): string {
    return this.#parts[0].slice(0, this.#parts[1]);
  }

  set protocol(value: string) {
    this.#set(UrlPart.Protocol, toText(value));
  }

  get username(): string {
    const [href, protocolEnd, usernameEnd] = this.#parts;
    return usernameEnd > protocolEnd + 2 ? href.slice(protocolEnd + 2, usernameEnd) : '';
  }

  set username(value: string) {
    this.#set(UrlPart.Username, toText(value));
  }

  get password(): string {
    const [href, , usernameEnd, hostStart] = this.#parts;
    return hostStart > usernameEnd + 1 ? href.slice(usernameEnd + 1, hostStart - 1) : '';
  }

  set password(value: string) {
    this.#set(UrlPart.Password, toText(value));
  }

  get host(): string {
    return hostOf(this.#parts);
  }

  set host(value: string) {
    this.#set(UrlPart.Host, toText(value));
  }

  get hostname(): string {
    return this.#parts[0].slice(this.#parts[3], this.#parts[4]);
  }

  set hostname(value: string) {
    this.#set(UrlPart.Hostname, toText(value));
  }

  get port(): string {
    const port = this.#parts[5];
    return port === absent ? '' : String(port);
  }

  set port(value: string) {
    this.#set(UrlPart.Port, toText(value));
  }

  get pathname(): string {
    const parts = this.#parts;
    return parts[0].slice(parts[6], pathnameEnd(parts));
  }

  set pathname(value: string) {
    this.#set(UrlPart.Pathname, toText(value));
  }

  get search(): string {
    const [href, , , , , , , searchStart, hashStart] = this.#parts;
    if (searchStart === absent) return '';
    const search = hashStart === absent ? href.slice(searchStart) : href.slice(searchStart, hashStart);
    return search.length === 1 ? '' : search;
  }

  set search(value: string) {
    this.#set(UrlPart.Search, toText(value));
    this.#queryWasSet();
  }

  get searchParams(): URLSearchParams {
    return (this.#params ??= paramsOfQuery(this.search.slice(1), (query) => this.#replaceQuery(query)));
  }

  get hash(): string {
    const hashStart = this.#parts[8];
    if (hashStart === absent) return '';
    const hash = this.#parts[0].slice(hashStart);
    return hash.length === 1 ? '' : hash;
  }

  set hash(value: string) {
    this.#set(UrlPart.Hash, toText(value));
  }

  toJSON(): string {
    return this.#parts[0];
  }

  toString(): string {
    return this.#parts[0];
  }

  #set(part: UrlPart, value: string): boolean {
    const answer = native.pure(Pure.UrlSet, this.#parts[0], part, value);
    if (answer.length === 0) return false;
    this.#parts = answer as unknown as Parts;
    return true;
  }

  #queryWasSet(): void {
    if (this.#params !== null) resetParams(this.#params, this.search.slice(1));
  }

  /** Puts what URLSearchParams serialised into the URL: it needs no more encoding, hence no host. */
  #replaceQuery(query: string): void {
    const parts = this.#parts.slice() as Parts;
    const href = parts[0];
    const hash = parts[8] === absent ? '' : href.slice(parts[8]);
    const before = href.slice(0, pathnameEnd(parts));
    const search = query === '' ? '' : '?' + query;
    parts[0] = before + search + hash;
    parts[7] = search === '' ? absent : before.length;
    if (parts[8] !== absent) parts[8] = before.length + search.length;
    this.#parts = parts;
  }
}

function pathnameEnd(parts: Parts): number {
  return parts[7] !== absent ? parts[7] : parts[8] !== absent ? parts[8] : parts[0].length;
}

function hostOf(parts: Parts): string {
  // Only where there is no host do two more characters ("/.") stand between it and the path.
  return parts[5] === absent ? parts[0].slice(parts[3], parts[4]) : parts[0].slice(parts[3], parts[6]);
}

function originOf(parts: Parts): string {
  const protocol = parts[0].slice(0, parts[1]);
  switch (protocol) {
    case 'http:':
    case 'https:':
    case 'ws:':
    case 'wss:':
    case 'ftp:':
      return protocol + '//' + hostOf(parts);
    case 'blob:': {
      const inner = parseUrl(parts[0].slice(parts[6], pathnameEnd(parts)), undefined);
      if (inner === null) return 'null';
      const scheme = inner[0].slice(0, inner[1]);
      return scheme === 'http:' || scheme === 'https:' ? originOf(inner) : 'null';
    }
    default:
      return 'null';
  }
}

function invalidUrl(input: unknown, base: unknown): TypeError {
  const against = base === undefined ? '' : ` against the base '${shorten(String(base))}'`;
  const error = new TypeError(`Invalid URL: '${shorten(String(input))}'${against}`);
  return Object.assign(error, { code: 'ERR_INVALID_URL', input: String(input) });
}

function shorten(text: string): string {
  return text.length > 200 ? text.slice(0, 200) + '…' : text;
}

const attributes = [
  'href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search',
  'searchParams', 'hash',
] as const;
defineInterface(URL, 'URL', { constructor: 1, 'static parse': 1, 'static canParse': 1 });
inspectable(URL, (url) => Object.fromEntries(attributes.map((name) => [name, url[name]])));
