// node:url: the WHATWG interfaces, files as URLs, and the interface that was there before those.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { codes } from '../errors';
import { validateObject } from '../validators';
import { domainToASCII, domainToUnicode, unicodeOf } from './domains';
import { fileURLToPath, fileURLToPathBuffer, isURL, pathToFileURL, URLClass, type UrlLike } from './files';
import { formatUrl, parse, Url } from './legacy';
import { urlToHttpOptions } from './options';

interface FormatOptions {
  auth?: unknown;
  fragment?: unknown;
  search?: unknown;
  unicode?: unknown;
}

function format(url: unknown, options?: FormatOptions): string {
  if (typeof url === 'string') return formatUrl(parse(url));
  if (typeof url !== 'object' || url === null) throw new codes.ERR_INVALID_ARG_TYPE!('urlObject', ['Object', 'string'], url);
  return url instanceof URLClass() ? formatWhatwg(url as UrlLike, options) : formatUrl(url);
}

function formatWhatwg(url: UrlLike, options: FormatOptions | undefined): string {
  if (!options) return url.href;
  validateObject(options, 'options', { allowFunction: true });
  const { auth = true, fragment = true, search = true, unicode = false } = options;
  let text = url.protocol;
  if (url.href.startsWith('//', text.length)) {
    text += '//';
    if (auth && (url.username !== '' || url.password !== '')) {
      text += `${url.username}${url.password === '' ? '' : `:${url.password}`}@`;
    }
    text += unicode ? unicodeOf(url.hostname) : url.hostname;
    if (url.port !== '') text += `:${url.port}`;
  }
  text += url.pathname;
  if (search) text += url.search;
  if (fragment) text += url.hash;
  return text;
}

registerBuiltin('url', () => {
  const { URL, URLPattern, URLSearchParams } = globalThis as unknown as Record<string, unknown>;
  return {
    URL,
    URLPattern,
    URLSearchParams,
    Url,
    domainToASCII,
    domainToUnicode,
    fileURLToPath,
    fileURLToPathBuffer,
    format,
    parse,
    pathToFileURL,
    resolve: (from: unknown, to: string) => parse(from, false, true).resolve(to),
    resolveObject: (from: unknown, to: string | Url) => (from ? parse(from, false, true).resolveObject(to) : to),
    urlToHttpOptions,
  };
});

export { fileURLToPath, isURL, pathToFileURL };
