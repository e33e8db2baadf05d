// http.OutgoingMessage: what a server's response and a client's request have in common: headers, and a body that
// is written. It goes to an exchange with the host, or as text of HTTP/1.1 to any stream that it was given as its
// socket, which is how packages test servers without a network.

import { nextTick } from '../../runtime/ticks';
import { Buffer } from '../buffer/buffer';
import { Stream } from '../stream';
import { codes } from '../errors';
import { validateFunction } from '../validators';
import type { Exchange } from './exchange';
import { headerMap, storeHead, type HeaderMap } from './head';
import { validateHeaderName, validateHeaderValue, type HeaderValue } from './headers';
import { accessors, inherit } from './inherit';

/** Bytes that may wait before `write` says to wait. */
const HIGH_WATER_MARK = 16 * 1024;

type Callback = ((error?: unknown) => void) | null | undefined;

interface Piece {
  data: string | Uint8Array;
  encoding: string | undefined;
  callback: Callback;
}

export const OutgoingMessage = inherit(
  'OutgoingMessage',
  function (this: any, options?: { highWaterMark?: number; rejectNonStandardBodyWrites?: boolean }) {
    Stream.call(this);
    this._exchange = null as Exchange | null;
    this._outHeaders = new Map() as HeaderMap;
    this._header = null as string | null;
    this._headerSent = false;
    this._highWaterMark = options?.highWaterMark ?? HIGH_WATER_MARK;
    this._rejectsBodies = options?.rejectNonStandardBodyWrites ?? false;
    this._needsDrain = false;
    this._corked = 0;
    this._closed = false;
    this._error = null;
    this._bytesWritten = 0;
    this._contentLength = null as number | null;
    this._hasBody = true;
    this._trailer = '';
    this._last = false;
    this._defaultKeepAlive = true;
    this._removedConnection = false;
    this._removedContLen = false;
    this._removedTE = false;
    this._keepAliveTimeout = 0;
    this.outputData = [] as Piece[];
    this.outputSize = 0;
    this.writable = true;
    this.destroyed = false;
    this.chunkedEncoding = false;
    this.shouldKeepAlive = true;
    this.maxRequestsOnConnectionReached = false;
    this.useChunkedEncodingByDefault = true;
    this.sendDate = false;
    this.strictContentLength = false;
    this.finished = false;
    this.socket = null;
  },
  Stream,
  {
    setHeader(this: any, name: string, value: HeaderValue) {
      if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!('set');
      validateHeaderName(name);
      validateHeaderValue(name, value);
      this._outHeaders.set(name.toLowerCase(), [name, value]);
      return this;
    },
    setHeaders(this: any, headers: Iterable<[string, HeaderValue]>) {
      if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!('set');
      if (!headers || Array.isArray(headers) || typeof (headers as any).keys !== 'function' || typeof (headers as any).get !== 'function') {
        throw new codes.ERR_INVALID_ARG_TYPE!('headers', ['Headers', 'Map'], headers);
      }
      const cookies: unknown[] = [];
      for (const [name, value] of headers) {
        if (name === 'set-cookie') cookies.push(...(Array.isArray(value) ? value : [value]));
        else this.setHeader(name, value);
      }
      if (cookies.length > 0) this.setHeader('set-cookie', cookies);
      return this;
    },
    appendHeader(this: any, name: string, value: string | readonly string[]) {
      if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!('append');
      validateHeaderName(name);
      validateHeaderValue(name, value);
      const found = (this._outHeaders as HeaderMap).get(name.toLowerCase());
      if (found === undefined) this._outHeaders.set(name.toLowerCase(), [name, value]);
      else this._outHeaders.set(name.toLowerCase(), [name, [found[1], value].flat()]);
      return this;
    },
    getHeader(this: any, name: string) {
      checkName(name);
      return (this._outHeaders as HeaderMap).get(name.toLowerCase())?.[1];
    },
    hasHeader(this: any, name: string) {
      checkName(name);
      return this._outHeaders.has(name.toLowerCase());
    },
    removeHeader(this: any, name: string) {
      checkName(name);
      if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!('remove');
      const key = name.toLowerCase();
      // What would be added by itself stays away then.
      if (key === 'connection') this._removedConnection = true;
      else if (key === 'content-length') this._removedContLen = true;
      else if (key === 'transfer-encoding') this._removedTE = true;
      else if (key === 'date') this.sendDate = false;
      this._outHeaders.delete(key);
    },
    getHeaderNames(this: any) {
      return [...this._outHeaders.keys()];
    },
    getRawHeaderNames(this: any) {
      return Array.from((this._outHeaders as HeaderMap).values(), ([name]) => name);
    },
    getHeaders(this: any) {
      const all = Object.create(null) as Record<string, HeaderValue>;
      for (const [name, [, value]] of this._outHeaders as HeaderMap) all[name] = value;
      return all;
    },
    setTimeout(this: any, ms: number, callback?: () => void) {
      if (callback) this.on('timeout', callback);
      if (this.socket) this.socket.setTimeout(ms);
      else this.once('socket', (socket: any) => socket.setTimeout(ms));
      return this;
    },
    destroy(this: any, error?: unknown) {
      if (this.destroyed) return this;
      this.destroyed = true;
      this._error = error ?? null;
      if (this.socket) this.socket.destroy(error);
      else this.once('socket', (socket: any) => socket.destroy(error));
      return this;
    },
    cork(this: any) {
      this._corked++;
      this.socket?.cork();
    },
    uncork(this: any) {
      if (this._corked > 0) this._corked--;
      this.socket?.uncork();
    },
    pipe(this: any) {
      this.emit('error', new codes.ERR_STREAM_CANNOT_PIPE!());
    },
    /** Subclasses know their first line. */
    _implicitHeader() {
      throw new codes.ERR_METHOD_NOT_IMPLEMENTED!('_implicitHeader()');
    },
    _storeHeader(this: any, firstLine: string, headers: unknown) {
      storeHead(this, firstLine, headerMap(headers));
    },
    _renderHeaders(this: any) {
      if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!('render');
      const all: Record<string, HeaderValue> = {};
      for (const [name, value] of (this._outHeaders as HeaderMap).values()) all[name] = value;
      return all;
    },
    flushHeaders(this: any) {
      if (!this._header) this._implicitHeader();
      this._send('');
    },
    addTrailers(this: any, given: unknown) {
      let text = '';
      for (const [name, value] of headerMap(given).values()) for (const one of [value].flat()) text += `${name}: ${one}\r\n`;
      this._trailer = text;
    },
    write(this: any, chunk: unknown, encoding?: unknown, callback?: unknown) {
      if (typeof encoding === 'function') return write(this, chunk, undefined, encoding as Callback, false);
      return write(this, chunk, encoding as string | undefined, callback as Callback, false);
    },
    end(this: any, chunk?: any, encoding?: any, callback?: any) {
      if (typeof chunk === 'function') [chunk, encoding, callback] = [null, null, chunk];
      else if (typeof encoding === 'function') [encoding, callback] = [null, encoding];
      const isEmpty = chunk === undefined || chunk === null || chunk === '';
      if (this.finished) {
        if (!isEmpty) write(this, chunk, encoding, callback, true);
        else if (typeof callback === 'function') {
          if (this.writableFinished) callback(new codes.ERR_STREAM_ALREADY_FINISHED!('end'));
          else this.once('finish', callback);
        }
        return this;
      }
      if (typeof callback === 'function') this.once('finish', callback);
      this.socket?.cork();
      if (!isEmpty) write(this, chunk, encoding, null, true);
      else if (!this._header) {
        this._contentLength = 0;
        this._implicitHeader();
      }
      if (this.strictContentLength && this._hasBody && typeof this._contentLength === 'number' && this._bytesWritten !== this._contentLength) {
        throw new codes.ERR_HTTP_CONTENT_LENGTH_MISMATCH!(this._bytesWritten, this._contentLength);
      }
      const finish = () => {
        if (this.socket?._hadError) return;
        this.emit('finish');
      };
      if (this._exchange !== null) {
        if (!this._headerSent) {
          this._headerSent = true;
          this._exchange.whole(null);
        } else this._exchange.end();
        nextTick(finish, []);
      } else if (this._hasBody && this.chunkedEncoding) this._send(`0\r\n${this._trailer}\r\n`, 'latin1', finish);
      else if (!this._headerSent || this.writableLength > 0 || !isEmpty) this._send('', 'latin1', finish);
      else nextTick(finish, []);
      this.socket?.uncork();
      this._corked = 0;
      this.finished = true;
      if (this.outputData.length === 0 && (this._exchange !== null || this.socket?._httpMessage === this)) this._finish();
      return this;
    },
    _finish(this: any) {
      this.emit('prefinish');
    },
    /** Sends a piece as it is, after the head when that has not been sent. */
    _send(this: any, data: string | Uint8Array, encoding?: string, callback?: Callback) {
      const exchange = this._exchange as Exchange | null;
      if (exchange !== null) {
        if (!this._headerSent) {
          this._headerSent = true;
          exchange.head();
        }
        if (data.length > 0) return exchange.write(bytesOf(data, encoding), callback ?? (() => {}));
        if (callback) nextTick(callback, []);
        return true;
      }
      if (!this._headerSent) {
        this._headerSent = true;
        const head = (this._header as string | null) ?? '';
        if (typeof data === 'string' && (!encoding || /^(utf-?8|latin1)$/i.test(encoding))) data = head + data;
        else if (head !== '') {
          this.outputData.unshift({ data: head, encoding: 'latin1', callback: null });
          this.outputSize += head.length;
        }
      }
      return this._writeRaw(data, encoding, callback);
    },
    /** Writes to the socket, or keeps it until there is one. */
    _writeRaw(this: any, data: string | Uint8Array, encoding?: string, callback?: Callback) {
      const { socket } = this;
      if (socket?.destroyed) return false;
      if (socket && socket._httpMessage === this && socket.writable) {
        if (this.outputData.length > 0) this._flushOutput(socket);
        return socket.write(data, encoding, callback) as boolean;
      }
      this.outputData.push({ data, encoding, callback });
      this.outputSize += data.length;
      return this.outputSize < this._highWaterMark;
    },
    _flush(this: any) {
      const { socket } = this;
      if (!socket?.writable || this._exchange !== null) return;
      const hasRoom = this._flushOutput(socket);
      if (this.finished) this._finish();
      else if (hasRoom && this._needsDrain) {
        this._needsDrain = false;
        this.emit('drain');
      }
    },
    _flushOutput(this: any, socket: any) {
      const pieces = this.outputData as Piece[];
      this.outputData = [];
      this.outputSize = 0;
      socket.cork();
      let hasRoom = true;
      for (const { data, encoding, callback } of pieces) hasRoom = socket.write(data, encoding, callback);
      socket.uncork();
      return hasRoom;
    },
    [Symbol.for('nodejs.rejection')](this: any, error: unknown) {
      this.destroy(error);
    },
  },
);

accessors(OutgoingMessage.prototype as object, {
  connection: {
    get() {
      return this.socket;
    },
    set(value) {
      this.socket = value;
    },
  },
  headersSent: {
    get() {
      return Boolean(this._header);
    },
  },
  errored: {
    get() {
      return this._error;
    },
  },
  closed: {
    get() {
      return this._closed;
    },
  },
  writableFinished: {
    get() {
      return this.finished && this.outputSize === 0 && (!this.socket || this.socket.writableLength === 0);
    },
  },
  writableObjectMode: { get: () => false },
  writableLength: {
    get() {
      return this.outputSize + (this.socket ? this.socket.writableLength : 0);
    },
  },
  writableHighWaterMark: {
    get() {
      return this.socket?.writableHighWaterMark ?? this._highWaterMark;
    },
  },
  writableCorked: {
    get() {
      return this._corked;
    },
  },
  writableEnded: {
    get() {
      return this.finished;
    },
  },
  writableNeedDrain: {
    get() {
      return !this.destroyed && !this.finished && this._needsDrain;
    },
  },
});

function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string') throw new codes.ERR_INVALID_ARG_TYPE!('name', 'string', name);
}

function bytesOf(data: string | Uint8Array, encoding: string | null | undefined): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, (encoding ?? 'utf8') as 'utf8') : data;
}

function write(message: any, chunk: unknown, encoding: string | null | undefined, callback: Callback, isEnd: boolean): boolean {
  if (callback !== null && callback !== undefined && typeof callback !== 'function') validateFunction(callback, 'callback');
  const done = callback ?? (() => {});
  if (chunk === null) throw new codes.ERR_STREAM_NULL_VALUES!();
  if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) throw new codes.ERR_INVALID_ARG_TYPE!('chunk', ['string', 'Buffer', 'Uint8Array'], chunk);
  if (message.destroyed) {
    nextTick(done, [new codes.ERR_STREAM_DESTROYED!('write')]);
    return false;
  }
  if (message.finished) {
    const error = new codes.ERR_STREAM_WRITE_AFTER_END!();
    nextTick(() => {
      message.emit('error', error);
      done(error);
    }, []);
    return false;
  }
  const data = bytesOf(chunk, encoding);
  message._bytesWritten += data.length;
  if (message.strictContentLength && typeof message._contentLength === 'number' && message._bytesWritten > message._contentLength) {
    throw new codes.ERR_HTTP_CONTENT_LENGTH_MISMATCH!(message._bytesWritten, message._contentLength);
  }
  if (!message._header) {
    if (isEnd) message._contentLength ??= data.length;
    message._implicitHeader();
  }
  if (!message._hasBody) {
    if (message._rejectsBodies) throw new codes.ERR_HTTP_BODY_NOT_ALLOWED!();
    nextTick(done, []);
    return true;
  }
  let hasRoom: boolean;
  if (message._exchange !== null) {
    if (isEnd && !message._headerSent) {
      // The usual case, and it needs no stream. The exchange is told of no end besides.
      message._headerSent = true;
      (message._exchange as Exchange).whole(data);
      nextTick(done, []);
      return true;
    }
    hasRoom = message._send(data, undefined, done);
  } else if (message.chunkedEncoding && data.length > 0) {
    message._send(`${data.length.toString(16)}\r\n`, 'latin1', null);
    message._send(chunk, encoding ?? undefined, null);
    hasRoom = message._send('\r\n', null, done);
  } else hasRoom = message._send(chunk, encoding ?? undefined, done);
  if (!hasRoom) message._needsDrain = true;
  return hasRoom;
}
