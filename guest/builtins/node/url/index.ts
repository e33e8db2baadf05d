// node:url: the WHATWG interfaces, and files as URLs. The old `url.parse` is there for what still calls it.

import { builtinExports, registerBuiltin } from '../../runtime/builtin_modules';
import { coded, invalidArgument } from '../errors';
import { posix } from '../path/posix';
import { urlToHttpOptions } from './options';

interface UrlLike {
  href: string;
  protocol: string;
  hostname: string;
  pathname: string;
  search: string;
  hash: string;
  host: string;
  port: string;
  username: string;
  password: string;
}

function URLClass(): new (url: string, base?: string) => UrlLike {
  return (globalThis as unknown as { URL: new (url: string, base?: string) => UrlLike }).URL;
}

export function fileURLToPath(url: unknown): string {
  const parsed = typeof url === 'string' ? new (URLClass())(url) : (url as UrlLike | null);
  if (typeof parsed !== 'object' || parsed === null || typeof parsed.pathname !== 'string') {
    throw invalidArgument('path', 'of type string or an instance of URL', url);
  }
  if (parsed.protocol !== 'file:') throw coded(new TypeError('The URL must be of scheme file'), 'ERR_INVALID_URL_SCHEME');
  if (parsed.hostname !== '') throw coded(new TypeError('File URL host must be "localhost" or empty on linux'), 'ERR_INVALID_FILE_URL_HOST');
  if (/%2f/i.test(parsed.pathname)) {
    throw coded(new TypeError('File URL path must not include encoded / characters'), 'ERR_INVALID_FILE_URL_PATH');
  }
  return decodeURIComponent(parsed.pathname);
}

export function pathToFileURL(path: string): UrlLike {
  if (typeof path !== 'string') throw invalidArgument('path', 'of type string', path);
  let full = posix.resolve(path);
  // resolve takes a slash at the end away, which matters to a URL.
  if (path.endsWith('/') && !full.endsWith('/')) full += '/';
  const escaped = full.replace(/[%\\\n\r\t?#]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return new (URLClass())(`file://${escaped}`);
}

interface Legacy {
  protocol?: string | null;
  slashes?: boolean | null;
  auth?: string | null;
  host?: string | null;
  port?: string | number | null;
  hostname?: string | null;
  hash?: string | null;
  search?: string | null;
  query?: unknown;
  pathname?: string | null;
}

/** An absolute URL in the old form. */
function parse(text: string, parseQuery = false): Legacy & { path: string | null; href: string } {
  if (typeof text !== 'string') throw invalidArgument('url', 'of type string', text);
  const relative = !/^[a-z][a-z0-9+.-]*:/i.test(text);
  let url: UrlLike;
  try {
    url = new (URLClass())(text, relative ? 'relative://' : undefined);
  } catch {
    throw coded(new TypeError('Invalid URL'), 'ERR_INVALID_URL');
  }
  const slashes = !relative && /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const pathname = relative ? /^[^?#]*/.exec(text)![0] : url.pathname;
  const search = url.search === '' ? null : url.search;
  const query = search === null ? null : search.slice(1);
  const { parse: parseQuerystring } = builtinExports('querystring') as unknown as { parse(text: string): unknown };
  const auth = url.username === '' ? null : decodeURIComponent(url.username) + (url.password === '' ? '' : `:${decodeURIComponent(url.password)}`);
  return {
    protocol: relative ? null : url.protocol,
    slashes: slashes || null,
    auth,
    host: relative || !slashes ? null : url.host,
    port: url.port === '' ? null : url.port,
    hostname: relative || !slashes ? null : url.hostname,
    hash: url.hash === '' ? null : url.hash,
    search,
    query: parseQuery ? parseQuerystring(query ?? '') : query,
    pathname: pathname === '' ? null : pathname,
    path: pathname === '' && search === null ? null : `${pathname}${search ?? ''}`,
    href: relative ? text : url.href,
  };
}

function format(url: unknown): string {
  if (typeof url === 'string') return parse(url).href;
  if (typeof url !== 'object' || url === null) throw invalidArgument('urlObject', 'one of type object or string', url);
  if (url instanceof URLClass()) return (url as UrlLike).href;
  const given = url as Legacy;
  let protocol = given.protocol ?? '';
  if (protocol !== '' && !protocol.endsWith(':')) protocol += ':';
  const { stringify } = builtinExports('querystring') as unknown as { stringify(values: unknown): string };
  let host = given.host ?? '';
  if (host === '' && given.hostname) {
    host = given.hostname.includes(':') && !given.hostname.startsWith('[') ? `[${given.hostname}]` : given.hostname;
    if (given.port) host += `:${given.port}`;
  }
  if (host !== '' && given.auth) host = `${encodeURIComponent(given.auth).replace(/%3A/i, ':')}@${host}`;
  let pathname = (given.pathname ?? '').replace(/[?#]/g, encodeURIComponent);
  let search = given.search ?? (given.query && typeof given.query === 'object' ? stringify(given.query) : '');
  if (search !== '' && !search.startsWith('?')) search = `?${search}`;
  let hash = given.hash ?? '';
  if (hash !== '' && !hash.startsWith('#')) hash = `#${hash}`;
  const special = /^(?:https?|ftp|file|wss?):$/.test(protocol);
  const authority = given.slashes || (special && host !== '') || protocol === 'file:' ? `//${host}` : host;
  if (authority.startsWith('//') && pathname !== '' && !pathname.startsWith('/')) pathname = `/${pathname}`;
  return `${protocol}${authority}${pathname}${search.replace('#', '%23')}${hash}`;
}

function resolve(from: string, to: string): string {
  const url = new (URLClass())(to, new (URLClass())(from, 'resolve://').href);
  return url.protocol === 'resolve:' ? `${url.pathname}${url.search}${url.hash}` : url.href;
}

function domainToASCII(text: string): string {
  try {
    return new (URLClass())(`ws://${text}`).hostname;
  } catch {
    return '';
  }
}

registerBuiltin('url', () => {
  const { URL, URLSearchParams } = globalThis as unknown as Record<string, unknown>;
  return {
    URL,
    URLSearchParams,
    domainToASCII,
    fileURLToPath,
    format,
    parse,
    pathToFileURL,
    resolve,
    urlToHttpOptions,
  };
});
