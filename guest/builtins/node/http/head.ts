// The head of an outgoing message as text, and what follows from its headers: how the body is framed, and whether
// the connection stays open.

import { codes } from '../errors';
import { validateHeaderName, validateHeaderValue, type HeaderValue } from './headers';

/** Lower-case name, then the name and the value as they were given. */
export type HeaderMap = Map<string, [name: string, value: HeaderValue]>;

/** Calls `each` for every line of the headers. */
export function eachLine(headers: HeaderMap, each: (name: string, value: string) => void): void {
  for (const [lower, [name, value]] of headers) {
    if (!Array.isArray(value)) each(name, String(value));
    // One line for all cookies, by their standard; a line for each value of anything else.
    else if (lower === 'cookie') each(name, (value as string[]).join('; '));
    else for (const one of value as string[]) each(name, String(one));
  }
}

/** Headers as they may be given to `_storeHeader`: an object, pairs, or a flat list. */
export function headerMap(given: unknown): HeaderMap {
  if (given instanceof Map) return given as HeaderMap;
  const map: HeaderMap = new Map();
  const add = (name: unknown, value: unknown) => {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    const found = map.get(name.toLowerCase());
    const values = found === undefined ? (value as HeaderValue) : ([found[1], value].flat() as string[]);
    map.set(name.toLowerCase(), [name, values]);
  };
  if (Array.isArray(given)) {
    if (Array.isArray(given[0])) for (const [name, value] of given as [unknown, unknown][]) add(name, value);
    else for (let at = 0; at + 1 < given.length; at += 2) add(given[at], given[at + 1]);
  } else if (given) {
    for (const name of Object.keys(given)) add(name, (given as Record<string, unknown>)[name]);
  }
  return map;
}

/** Writes `message._header` and settles the fields that depend on it. */
export function storeHead(message: any, firstLine: string, headers: HeaderMap): void {
  let text = firstLine;
  eachLine(headers, (name, value) => {
    text += `${name}: ${value}\r\n`;
  });
  const value = (name: string) => {
    const found = headers.get(name);
    return found === undefined ? undefined : String(found[1]);
  };
  const connection = value('connection');
  if (connection !== undefined) {
    message._removedConnection = false;
    if (/(?:^|\W)close(?:$|\W)/i.test(connection)) message._last = true;
    else message.shouldKeepAlive = true;
  }
  const encoding = value('transfer-encoding');
  if (encoding !== undefined) {
    message._removedTE = false;
    if (/(?:^|\W)chunked(?:$|\W)/i.test(encoding)) message.chunkedEncoding = true;
  }
  const length = value('content-length');
  if (length !== undefined) {
    message._contentLength = Number(length);
    message._removedContLen = false;
  }
  if (headers.has('keep-alive')) message._defaultKeepAlive = false;
  if (message.sendDate && !headers.has('date')) text += `Date: ${new Date().toUTCString()}\r\n`;

  // These have no body, so that chunks would be taken for the next message.
  if (message.chunkedEncoding && (message.statusCode === 204 || message.statusCode === 304)) {
    message.chunkedEncoding = false;
    message.shouldKeepAlive = false;
  }
  if (message._removedConnection) {
    message._last = true;
    message.shouldKeepAlive = false;
  } else if (connection === undefined) {
    const hasEnd = length !== undefined || message.useChunkedEncodingByDefault || message.agent;
    if (message.shouldKeepAlive && hasEnd) {
      text += 'Connection: keep-alive\r\n';
      if (message._keepAliveTimeout && message._defaultKeepAlive) text += `Keep-Alive: timeout=${Math.floor(message._keepAliveTimeout / 1000)}\r\n`;
    } else {
      message._last = true;
      text += 'Connection: close\r\n';
    }
  }
  if (length === undefined && encoding === undefined) {
    if (!message._hasBody) message.chunkedEncoding = false;
    else if (!message.useChunkedEncodingByDefault) message._last = true;
    else if (!headers.has('trailer') && !message._removedContLen && typeof message._contentLength === 'number') {
      text += `Content-Length: ${message._contentLength}\r\n`;
    } else if (!message._removedTE) {
      text += 'Transfer-Encoding: chunked\r\n';
      message.chunkedEncoding = true;
    }
  }
  if (!message.chunkedEncoding && headers.has('trailer')) throw new codes.ERR_HTTP_TRAILER_INVALID!();
  message._header = `${text}\r\n`;
  message._headerSent = false;
  // Who expects something waits for the answer before the body.
  if (headers.has('expect')) message._send('');
}
