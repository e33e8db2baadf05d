// http.OutgoingMessage: what a server's response and a client's request have in common: headers, and a body that
// is written.

import { Writable } from '../stream';
import { codes } from '../errors';
import { OutgoingHeaders, validateHeaderName, validateHeaderValue, type HeaderValue } from './headers';
import { ConnectionInfo } from './socket';

export class OutgoingMessage extends (Writable as new (options?: object) => any) {
  _headerStore = new OutgoingHeaders();
  _headersAreSent = false;
  sendDate = true;
  shouldKeepAlive = true;
  chunkedEncoding = false;
  useChunkedEncodingByDefault = true;
  socket: ConnectionInfo | null = null;

  constructor(options?: object) {
    super({ decodeStrings: true, ...options });
  }

  get connection(): ConnectionInfo | null {
    return this.socket;
  }
  get headersSent(): boolean {
    return this._headersAreSent;
  }
  get finished(): boolean {
    return this.writableEnded;
  }
  setHeader(name: string, value: HeaderValue): this {
    if (this._headersAreSent) throw new codes.ERR_HTTP_HEADERS_SENT!('set');
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this._headerStore.set(name, value);
    return this;
  }
  setHeaders(headers: Iterable<[string, HeaderValue]>): this {
    if (this._headersAreSent) throw new codes.ERR_HTTP_HEADERS_SENT!('set');
    if (headers === null || typeof headers !== 'object' || Array.isArray(headers) || typeof (headers as any).keys !== 'function' || typeof (headers as any).get !== 'function') {
      throw new codes.ERR_INVALID_ARG_TYPE!('headers', ['Headers', 'Map'], headers);
    }
    for (const [name, value] of headers) {
      if (name === 'set-cookie' && this.hasHeader(name)) this.appendHeader(name, value as string);
      else this.setHeader(name, value);
    }
    return this;
  }
  appendHeader(name: string, value: string | readonly string[]): this {
    if (this._headersAreSent) throw new codes.ERR_HTTP_HEADERS_SENT!('append');
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this._headerStore.append(name, value);
    return this;
  }
  getHeader(name: string): HeaderValue | undefined {
    if (typeof name !== 'string') throw new codes.ERR_INVALID_ARG_TYPE!('name', 'string', name);
    return this._headerStore.get(name);
  }
  hasHeader(name: string): boolean {
    if (typeof name !== 'string') throw new codes.ERR_INVALID_ARG_TYPE!('name', 'string', name);
    return this._headerStore.has(name);
  }
  removeHeader(name: string): void {
    if (typeof name !== 'string') throw new codes.ERR_INVALID_ARG_TYPE!('name', 'string', name);
    if (this._headersAreSent) throw new codes.ERR_HTTP_HEADERS_SENT!('remove');
    this._headerStore.remove(name);
  }
  getHeaderNames(): string[] {
    return this._headerStore.names();
  }
  getRawHeaderNames(): string[] {
    return this._headerStore.rawNames();
  }
  getHeaders(): Record<string, HeaderValue> {
    return this._headerStore.object();
  }
  addTrailers(): never {
    throw new codes.ERR_HTTP_TRAILER_INVALID!();
  }
  setTimeout(_ms: number, callback?: () => void): this {
    if (typeof callback === 'function') this.once('timeout', callback);
    return this;
  }
}
