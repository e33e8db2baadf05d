// The interface of node:url that was there before the WHATWG's: url.parse and Url.prototype.format. It keeps what
// was written where the standard normalises, and takes addresses that are relative.

import { builtinExports } from '../../runtime/builtin_modules';
import { codes } from '../errors';
import { domainToASCII } from './domains';
import { resolveObject } from './resolve';

interface Querystring {
  parse(text: string): Record<string, unknown>;
  stringify(values: unknown): string;
}

function querystring(): Querystring {
  return builtinExports('querystring') as unknown as Querystring;
}

/** Whose parts are written with "//" even if the address has none. */
const SLASHED = new Set(['http', 'https', 'ftp', 'gopher', 'file', 'ws', 'wss']);

export function isSlashed(protocol: string | null): boolean {
  return protocol !== null && SLASHED.has(protocol.replace(/:$/, ''));
}

/** What follows this protocol is program text: there is no host in it, and nothing is escaped. */
export function isScript(protocol: string | null): boolean {
  return protocol === 'javascript:' || protocol === 'javascript';
}

const SIMPLE_PATH = /^(\/\/?(?!\/)[^?\s]*)(\?[^\s]*)?$/;
const SCHEME = /^[a-z0-9.+-]+:/i;
const USER_AND_HOST = /^\/\/[^@/]+@[^@/]+/;
/** Ends a host without being part of what follows as it is. */
const NO_HOST = /[\t\n\r "%';<>\\^`{|}]/;
const TO_ESCAPE = /[\t\n\r "'<>\\^`{|}]/g;
/** Part of no host, however it came to be there: an address that means another host than it shows must not pass. */
const FORBIDDEN = /[\0\t\n\r #%/:<>?@[\\\]^|]/;
const FORBIDDEN_IN_IPV6 = /[\0\t\n\r #%/<>?@\\^|]/;
const HOST_LENGTH_MAX = 255;

function escapeCharacter(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

export class Url {
  protocol: string | null = null;
  slashes: boolean | null = null;
  auth: string | null = null;
  host: string | null = null;
  port: string | null = null;
  hostname: string | null = null;
  hash: string | null = null;
  search: string | null = null;
  query: string | Record<string, unknown> | null = null;
  pathname: string | null = null;
  path: string | null = null;
  href: string | null = null;

  declare parse: (text: string, parseQuery?: boolean, slashesDenoteHost?: boolean) => this;
  declare parseHost: () => void;
  declare format: () => string;
  declare resolve: (to: string) => string;
  declare resolveObject: (to: string | Url) => Url;
}

/** The parts, as functions of objects that may be no Url: `format` takes any. */
export function parseInto(url: Url, text: unknown, parseQuery = false, slashesDenoteHost = false): void {
  if (typeof text !== 'string') throw new codes.ERR_INVALID_ARG_TYPE!('url', 'string', text);
  let rest = forwardSlashes(text.trim());
  if (!slashesDenoteHost && !/[#@]/.test(rest) && simplePath(url, rest, parseQuery)) return;

  const scheme = SCHEME.exec(rest)?.[0];
  if (scheme !== undefined) {
    url.protocol = scheme.toLowerCase();
    rest = rest.slice(scheme.length);
  }
  const script = isScript(url.protocol);
  let slashes = false;
  if (slashesDenoteHost || scheme !== undefined || USER_AND_HOST.test(rest)) {
    slashes = rest.startsWith('//');
    if (slashes && !script) {
      rest = rest.slice(2);
      url.slashes = true;
    }
  }
  if (!script && (slashes || (scheme !== undefined && !isSlashed(url.protocol)))) rest = authority(url, rest, text);
  if (!script) rest = rest.replace(TO_ESCAPE, escapeCharacter);
  pathAndBehind(url, rest, parseQuery);
  url.href = formatUrl(url);
}

/** As browsers: a backslash before the query is a slash. */
function forwardSlashes(text: string): string {
  const end = text.search(/[?#]/);
  return end < 0 ? text.replaceAll('\\', '/') : text.slice(0, end).replaceAll('\\', '/') + text.slice(end);
}

/** A path with at most a query, as most addresses of requests are. */
function simplePath(url: Url, rest: string, parseQuery: boolean): boolean {
  const simple = SIMPLE_PATH.exec(rest);
  if (simple === null) return false;
  url.path = url.href = rest;
  url.pathname = simple[1]!;
  takeQuery(url, simple[2], parseQuery);
  return true;
}

function takeQuery(url: Url, search: string | undefined, parseQuery: boolean): void {
  if (search !== undefined) {
    url.search = search;
    url.query = parseQuery ? querystring().parse(search.slice(1)) : search.slice(1);
  } else if (parseQuery) {
    url.query = Object.create(null) as Record<string, unknown>;
  }
}

/** User and host at the start of `rest`; what is behind them. */
function authority(url: Url, rest: string, text: string): string {
  // A tab or an end of line inside of a host is not there, as for browsers.
  const [all] = /^[^/?#]*/.exec(rest)!;
  let behind = rest.slice(all.length);
  let host = all.replace(/[\t\n\r]/g, '');
  const at = host.lastIndexOf('@');
  if (at >= 0) {
    url.auth = decodeURIComponent(host.slice(0, at));
    host = host.slice(at + 1);
  }
  const end = host.search(NO_HOST);
  if (end >= 0) {
    behind = host.slice(end) + behind;
    host = host.slice(0, end);
  }
  url.host = host;
  parseHost(url);
  url.hostname ??= '';
  const ipv6 = url.hostname.startsWith('[') && url.hostname.endsWith(']');
  url.hostname = url.hostname.length > HOST_LENGTH_MAX ? '' : url.hostname.toLowerCase();
  if (!ipv6 && url.hostname.includes(':')) throw new codes.ERR_INVALID_ARG_VALUE!('url', text, 'has an invalid port');
  if (!ipv6 && url.hostname !== '') {
    if (/[^\0-\x7f]/.test(url.hostname)) url.hostname = domainToASCII(url.hostname);
    if (url.hostname === '' || FORBIDDEN.test(url.hostname)) throw invalidUrl(text);
  }
  if (ipv6 && FORBIDDEN_IN_IPV6.test(url.hostname)) throw invalidUrl(text);
  url.host = url.hostname + (url.port ? `:${url.port}` : '');
  if (ipv6) url.hostname = url.hostname.slice(1, -1);
  if (ipv6 && !behind.startsWith('/')) behind = `/${behind}`;
  return behind;
}

function invalidUrl(input: string): Error {
  return Object.assign(new codes.ERR_INVALID_URL!(), { input });
}

/** `host` into `hostname` and `port`. */
export function parseHost(url: Url): void {
  let host = url.host ?? '';
  const port = /:[0-9]*$/.exec(host)?.[0];
  if (port !== undefined) {
    if (port !== ':') url.port = port.slice(1);
    host = host.slice(0, -port.length);
  }
  if (host !== '') url.hostname = host;
}

function pathAndBehind(url: Url, rest: string, parseQuery: boolean): void {
  const [, pathname, search, hash] = /^([^?#]*)(\?[^#]*)?(#[^]*)?$/.exec(rest)!;
  if (hash !== undefined) url.hash = hash;
  takeQuery(url, search, parseQuery);
  if (pathname !== '') url.pathname = pathname!;
  if (isSlashed(url.protocol) && url.hostname && !url.pathname) url.pathname = '/';
  if (url.pathname || url.search) url.path = (url.pathname ?? '') + (url.search ?? '');
}

/** Bytes of a user's name that stand for themselves. */
function encodeAuth(auth: string): string {
  return encodeURIComponent(auth).replaceAll('%3A', ':');
}

export function formatUrl(url: Partial<Url>): string {
  let protocol = url.protocol || '';
  if (protocol !== '' && !protocol.endsWith(':')) protocol += ':';
  const auth = url.auth ? `${encodeAuth(url.auth)}@` : '';
  let host = '';
  if (url.host) {
    host = auth + url.host;
  } else if (url.hostname) {
    host = auth + (url.hostname.includes(':') && !url.hostname.startsWith('[') ? `[${url.hostname}]` : url.hostname);
    if (url.port) host += `:${url.port}`;
  }
  let pathname = (url.pathname || '').replace(/[?#]/g, escapeCharacter);
  const query = url.query !== null && typeof url.query === 'object' ? querystring().stringify(url.query) : '';
  let search = url.search || (query === '' ? '' : `?${query}`);
  let hash = url.hash || '';
  if (url.slashes || isSlashed(protocol)) {
    if (url.slashes || host !== '') {
      if (pathname !== '' && !pathname.startsWith('/')) pathname = `/${pathname}`;
      host = `//${host}`;
    } else if (protocol === 'file:') {
      host = '//';
    }
  }
  search = search.replaceAll('#', '%23');
  if (hash !== '' && !hash.startsWith('#')) hash = `#${hash}`;
  if (search !== '' && !search.startsWith('?')) search = `?${search}`;
  return protocol + host + pathname + search + hash;
}

const methods: ThisType<Url> & Record<string, unknown> = {
  parse(text: unknown, parseQuery?: boolean, slashesDenoteHost?: boolean) {
    parseInto(this, text, parseQuery, slashesDenoteHost);
    return this;
  },
  parseHost() {
    parseHost(this);
  },
  format() {
    return formatUrl(this);
  },
  resolve(to: string) {
    return resolveObject(this, to).format();
  },
  resolveObject(to: string | Url) {
    return resolveObject(this, to);
  },
};
Object.assign(Url.prototype, methods);

export function parse(text: unknown, parseQuery?: boolean, slashesDenoteHost?: boolean): Url {
  if (text instanceof Url) return text;
  const url = new Url();
  parseInto(url, text, parseQuery, slashesDenoteHost);
  return url;
}
