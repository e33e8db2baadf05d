// http.IncomingMessage: a request that came in, or the answer to one that went out.

import { nextTick } from '../../runtime/ticks';
import { Readable } from '../stream';
import { Buffer } from '../buffer/buffer';
import { connectionReset } from './connection';
import { addHeaderLine, distinct } from './headers';
import { accessors, inherit } from './inherit';

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}

export const IncomingMessage = inherit(
  'IncomingMessage',
  function (this: any, socket?: any) {
    Readable.call(this, { autoDestroy: true, highWaterMark: socket?.readableHighWaterMark });
    this._consumed = false;
    this._dumped = false;
    this._reader = null as Reader | null;
    this._headers = null;
    this._headersDistinct = null;
    this._trailers = null;
    this._trailersDistinct = null;
    this.socket = socket;
    this.httpVersionMajor = null;
    this.httpVersionMinor = null;
    this.httpVersion = null;
    this.complete = false;
    this.rawHeaders = [];
    this.rawTrailers = [];
    this.joinDuplicateHeaders = false;
    this.aborted = false;
    this.upgrade = null;
    this.url = '';
    this.method = null;
    this.statusCode = null;
    this.statusMessage = null;
    this.client = socket;
  },
  Readable,
  {
    setTimeout(this: any, ms: number, callback?: () => void) {
      if (callback !== undefined) this.on('timeout', callback);
      this.socket.setTimeout(ms);
      return this;
    },
    /** Takes over the headers (a flat list) and the body of a message from the host. */
    _take(this: any, rawHeaders: string[], body: { getReader(): unknown } | null) {
      this.httpVersion = '1.1';
      this.httpVersionMajor = 1;
      this.httpVersionMinor = 1;
      this.upgrade = false;
      this.rawHeaders = rawHeaders;
      if (body === null) this._finish();
      else this._reader = body.getReader();
    },
    _read(this: any) {
      this._consumed = true;
      // Without a reader whoever made the message pushes into it.
      const reader = this._reader as Reader | null;
      if (reader === null) return;
      reader.read().then(
        ({ done, value }) => {
          if (this._reader === null) return;
          this.socket?._refreshTimer?.();
          if (done) this._finish();
          else this.push(Buffer.from(value!.buffer as ArrayBuffer, value!.byteOffset, value!.byteLength));
        },
        (error: unknown) => this.destroy(error),
      );
    },
    _finish(this: any) {
      this._reader = null;
      this.complete = true;
      this.push(null);
    },
    _destroy(this: any, error: unknown, done: (error?: unknown) => void) {
      const reader = this._reader as Reader | null;
      this._reader = null;
      reader?.cancel(error).catch(() => {});
      if (!this.readableEnded || !this.complete) {
        this.aborted = true;
        this.emit('aborted');
      }
      if (this.aborted && this.socket && !this.socket.destroyed && typeof this.socket.destroy === 'function') this.socket.destroy(error);
      // Nobody may listen: the connection's end is no error of the program then.
      nextTick(done as () => void, [error && this.listenerCount('error') === 0 ? null : error]);
    },
    _addHeaderLines(this: any, lines: string[] | undefined, count: number) {
      if (lines === undefined || lines.length === 0) return;
      if (this.complete) {
        this.rawTrailers = lines;
        this._trailers = null;
      } else {
        this.rawHeaders = lines.slice(0, count);
        this._headers = null;
      }
    },
    _addHeaderLine(this: any, name: string, value: string, headers: Record<string, unknown>) {
      addHeaderLine(name, value, headers, this.joinDuplicateHeaders);
    },
    /** Throws the rest of the body away. */
    _dump(this: any) {
      if (this._dumped) return;
      this._dumped = true;
      this.removeAllListeners('data');
      const reader = this._reader as Reader | null;
      if (reader !== null) {
        reader.cancel().catch(() => {});
        this._finish();
      }
      this.resume();
    },
  },
);

function combined(message: any, raw: readonly string[]): Record<string, unknown> {
  const headers: Record<string, unknown> = {};
  for (let at = 0; at + 1 < raw.length; at += 2) message._addHeaderLine(raw[at], raw[at + 1], headers);
  return headers;
}

accessors(IncomingMessage.prototype as object, {
  connection: {
    get() {
      return this.socket;
    },
    set(value) {
      this.socket = value;
    },
  },
  headers: {
    get() {
      return (this._headers ??= combined(this, this.rawHeaders));
    },
    set(value) {
      this._headers = value;
    },
  },
  headersDistinct: {
    get() {
      return (this._headersDistinct ??= distinct(this.rawHeaders));
    },
    set(value) {
      this._headersDistinct = value;
    },
  },
  trailers: {
    get() {
      return (this._trailers ??= combined(this, this.rawTrailers));
    },
    set(value) {
      this._trailers = value;
    },
  },
  trailersDistinct: {
    get() {
      return (this._trailersDistinct ??= distinct(this.rawTrailers));
    },
    set(value) {
      this._trailersDistinct = value;
    },
  },
});

/** The error of a message that broke off. */
export function abortedError(): Error {
  return connectionReset('aborted');
}
