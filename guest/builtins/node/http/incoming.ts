// http.IncomingMessage: a request that came in, or the answer to one that went out.

import { Readable } from '../stream';
import { Buffer } from '../buffer/buffer';
import { incomingHeaders } from './headers';
import { ConnectionInfo } from './socket';

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}

export class IncomingMessage extends (Readable as new (options?: object) => any) {
  httpVersion = '1.1';
  httpVersionMajor = 1;
  httpVersionMinor = 1;
  complete = false;
  aborted = false;
  headers: Record<string, string | string[]> = {};
  rawHeaders: string[] = [];
  trailers: Record<string, string> = {};
  rawTrailers: string[] = [];
  url = '';
  method: string | null = null;
  statusCode: number | null = null;
  statusMessage: string | null = null;
  socket: ConnectionInfo;
  _reader: Reader | null = null;

  constructor(socket: ConnectionInfo) {
    super({ autoDestroy: true });
    this.socket = socket;
  }

  get connection(): ConnectionInfo {
    return this.socket;
  }
  get headersDistinct(): Record<string, string[]> {
    const distinct = Object.create(null) as Record<string, string[]>;
    for (let at = 0; at < this.rawHeaders.length; at += 2) (distinct[this.rawHeaders[at]!.toLowerCase()] ??= []).push(this.rawHeaders[at + 1]!);
    return distinct;
  }
  get trailersDistinct(): Record<string, string[]> {
    return Object.create(null) as Record<string, string[]>;
  }
  setTimeout(_ms: number, callback?: () => void): this {
    if (typeof callback === 'function') this.on('timeout', callback);
    return this;
  }
  /** Takes over the headers and the body of a Request or Response. */
  _take(message: { headers: Iterable<[string, string]>; body: { getReader(): unknown } | null }): void {
    [this.headers, this.rawHeaders] = incomingHeaders(message.headers);
    this._reader = (message.body?.getReader() as Reader | undefined) ?? null;
  }
  _read(): void {
    if (this._reader === null) {
      this._finish();
      return;
    }
    this._reader.read().then(
      ({ done, value }) => {
        if (done) this._finish();
        else this.push(Buffer.from(value!.buffer as ArrayBuffer, value!.byteOffset, value!.byteLength));
      },
      (error: unknown) => this.destroy(error),
    );
  }
  _finish(): void {
    this._reader = null;
    this.complete = true;
    this.push(null);
  }
  _destroy(error: unknown, done: (error?: unknown) => void): void {
    if (!this.complete) {
      this.aborted = this._reader !== null;
      this._reader?.cancel(error).catch(() => {});
      if (this.aborted) this.emit('aborted');
    }
    done(error);
  }
}
