// Paths of files as URLs, and back.

import { codes } from '../errors';
import { posix } from '../path/posix';
import { win32 } from '../path/win32';

export interface UrlLike {
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

export function URLClass(): new (url: string, base?: string) => UrlLike {
  return (globalThis as unknown as { URL: new (url: string, base?: string) => UrlLike }).URL;
}

/** As Node tells: by its parts, so that one of another realm or a copy of the class passes. */
export function isURL(value: unknown): value is UrlLike {
  const url = value as { href?: unknown; protocol?: unknown; auth?: unknown; path?: unknown } | null | undefined;
  return Boolean(url?.href && url.protocol && url.auth === undefined && url.path === undefined);
}

interface PathOptions {
  windows?: boolean;
}

function invalidPath(why: string, input: unknown): Error {
  return Object.assign(new codes.ERR_INVALID_FILE_URL_PATH!(why), { input });
}

/** The URL of a file, checked; its pathname is still encoded. */
function fileUrl(url: unknown, windows: boolean): UrlLike {
  const parsed = typeof url === 'string' ? new (URLClass())(url) : url;
  if (!isURL(parsed)) throw new codes.ERR_INVALID_ARG_TYPE!('path', ['string', 'URL'], url);
  if (parsed.protocol !== 'file:') throw new codes.ERR_INVALID_URL_SCHEME!('file');
  if (windows) {
    if (/%2f|%5c/i.test(parsed.pathname)) throw invalidPath('must not include encoded \\ or / characters', parsed);
  } else {
    if (parsed.hostname !== '') throw new codes.ERR_INVALID_FILE_URL_HOST!('linux');
    if (/%2f/i.test(parsed.pathname)) throw invalidPath('must not include encoded / characters', parsed);
  }
  return parsed;
}

export function fileURLToPath(url: unknown, options?: PathOptions | null): string {
  const windows = options?.windows ?? false;
  const parsed = fileUrl(url, windows);
  const path = decodeURIComponent(parsed.pathname);
  if (!windows) return path;
  const backwards = path.replaceAll('/', '\\');
  if (parsed.hostname !== '') return `\\\\${parsed.hostname}${backwards}`;
  if (!/^\\[a-z]:/i.test(backwards)) throw invalidPath('must be absolute', parsed);
  return backwards.slice(1);
}

/** The same as bytes: what is encoded in a URL need not be UTF-8. */
export function fileURLToPathBuffer(url: unknown, options?: PathOptions | null): Uint8Array {
  const { Buffer } = globalThis as unknown as { Buffer: { from(value: unknown, encoding?: string): Uint8Array } };
  if (options?.windows) return Buffer.from(fileURLToPath(url, options));
  const { pathname } = fileUrl(url, false);
  const latin = pathname.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(latin, 'latin1');
}

/** What a URL's parser would take for something else, or leave out. */
const POSIX_ESCAPED = /[\0-\x20"#%<>?[\\\]^`{|}~]/g;
const WINDOWS_ESCAPED = /[\0-\x20"#%<>?[\]^`{|}~]/g;

function escapeAll(path: string, pattern: RegExp): string {
  return path.replace(pattern, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

export function pathToFileURL(path: unknown, options?: PathOptions | null): UrlLike {
  if (typeof path !== 'string') throw new codes.ERR_INVALID_ARG_TYPE!('path', 'string', path);
  if (options?.windows) return windowsUrl(path);
  let full = posix.resolve(path);
  // resolve takes a slash at the end away, which matters to a URL.
  if (path.endsWith('/') && !full.endsWith('/')) full += '/';
  return new (URLClass())(`file://${escapeAll(full, POSIX_ESCAPED)}`);
}

function windowsUrl(path: string): UrlLike {
  const share = /^\\\\(?:\?\\UNC\\)?(?![?.]\\)([^\\]*)(\\[^]*)?$/i.exec(path);
  if (share !== null) {
    const [, host, below = ''] = share;
    if (below === '') throw new codes.ERR_INVALID_ARG_VALUE!('path', path, 'Missing UNC resource path');
    if (host === '') throw new codes.ERR_INVALID_ARG_VALUE!('path', path, 'Empty UNC servername');
    return new (URLClass())(`file://${host}${escapeAll(below.replaceAll('\\', '/'), WINDOWS_ESCAPED)}`);
  }
  let full = win32.resolve(path.replace(/^\\\\\?\\/, ''));
  if (/[\\/]$/.test(path) && !full.endsWith('\\')) full += '\\';
  return new (URLClass())(`file:///${escapeAll(full.replaceAll('\\', '/'), WINDOWS_ESCAPED)}`);
}
