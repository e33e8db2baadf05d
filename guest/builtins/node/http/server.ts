// http.Server: its listeners answer the function's requests. A program that calls `listen` anywhere while it is
// loaded is a function, and the server its handler; the port that it names means nothing here.

import { nextTick } from '../../runtime/ticks';
import { serveWith } from '../../runtime/server_handler';
import { EventEmitter } from '../events/emitter';
import { codes } from '../errors';
import { validateFunction, validateObject } from '../validators';
import { IncomingMessage } from './incoming';
import { OutgoingMessage } from './outgoing';
import { ConnectionInfo } from './socket';
import { STATUS_CODES } from './status';

declare const Response: new (body: unknown, init: object) => unknown;
declare const Headers: new () => { append(name: string, value: string): void };
declare const ReadableStream: new (source: object, strategy?: object) => unknown;

/** What the host says itself, of each response. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'trailer']);

export class ServerResponse extends OutgoingMessage {
  statusCode = 200;
  statusMessage: string | undefined = undefined;
  req: IncomingMessage;
  _respond: ((response: unknown) => void) | null = null;
  _controller: { enqueue(chunk: unknown): void; close(): void; error(error: unknown): void; desiredSize: number | null } | null = null;
  _drained: (() => void) | null = null;

  constructor(req: IncomingMessage, options?: object) {
    super(options);
    this.req = req;
    this.socket = req.socket ?? null;
  }

  assignSocket(socket: ConnectionInfo): void {
    this.socket = socket;
  }
  detachSocket(): void {
    this.socket = null;
  }
  writeContinue(callback?: () => void): void {
    if (typeof callback === 'function') nextTick(callback, []);
  }
  writeProcessing(callback?: () => void): void {
    if (typeof callback === 'function') nextTick(callback, []);
  }
  writeEarlyHints(_hints: object, callback?: () => void): void {
    if (typeof callback === 'function') nextTick(callback, []);
  }
  writeHead(status: number, reason?: unknown, headers?: any): this {
    if (this._headersAreSent) throw new codes.ERR_HTTP_HEADERS_SENT!('write');
    const code = status | 0;
    if (code < 100 || code > 999) throw new codes.ERR_HTTP_INVALID_STATUS_CODE!(status);
    if (typeof reason === 'string') this.statusMessage = reason;
    else headers ??= reason;
    this.statusCode = code;
    if (Array.isArray(headers)) {
      const flat: unknown[] = headers.flat();
      for (let at = 0; at < flat.length; at += 2) this.removeHeader(flat[at] as string);
      for (let at = 0; at < flat.length; at += 2) this.appendHeader(flat[at] as string, flat[at + 1] as string);
    } else if (headers) {
      for (const name of Object.keys(headers)) this.setHeader(name, headers[name]);
    }
    this._headWritten = true;
    return this;
  }
  _headWritten = false;
  writeHeader(status: number, reason?: unknown, headers?: object): this {
    return this.writeHead(status, reason, headers);
  }
  _implicitHeader(): void {
    if (!this._headWritten) this.writeHead(this.statusCode);
  }
  flushHeaders(): void {
    if (!this._headersAreSent) this._send(undefined);
  }

  /** Hands the response over: with all of its body, or undefined for one that is still to be written. */
  _send(body: Uint8Array | null | undefined): void {
    this._implicitHeader();
    this._headersAreSent = true;
    const headers = new Headers();
    for (const [name, value] of this._headerStore.pairs()) if (!HOP_BY_HOP.has(name.toLowerCase())) headers.append(name, value);
    const bodiless = this.req.method === 'HEAD' || this.statusCode === 204 || this.statusCode === 304 || this.statusCode === 205;
    let content: unknown = bodiless ? null : body;
    if (body === undefined && !bodiless) {
      content = new ReadableStream(
        {
          type: 'bytes',
          start: (controller: NonNullable<ServerResponse['_controller']>) => {
            this._controller = controller;
          },
          pull: () => {
            const drained = this._drained;
            this._drained = null;
            drained?.();
          },
          cancel: () => this.destroy(),
        },
        { highWaterMark: 16 * 1024 },
      );
    }
    const statusText = this.statusMessage ?? STATUS_CODES[this.statusCode] ?? '';
    this.statusMessage = statusText;
    this._respond?.(new Response(content, { status: this.statusCode, statusText, headers }));
  }
  end(chunk?: any, encoding?: any, callback?: any): any {
    // All at once is the usual case, and needs no stream.
    if (!this._headersAreSent && this.writableLength === 0 && !this.writableEnded) {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) {
        this._whole = true;
      } else if (chunk === undefined || chunk === null || typeof chunk === 'function') {
        this._send(null);
      }
    }
    return super.end(chunk, encoding, callback);
  }
  _whole = false;

  _write(chunk: Uint8Array, _encoding: string, done: (error?: unknown) => void): void {
    if (!this._headersAreSent) {
      if (this._whole) {
        this._send(chunk);
        done();
        return;
      }
      this._send(undefined);
    }
    if (this._controller === null || chunk.length === 0) {
      done();
      return;
    }
    // A copy: the stream takes the memory over.
    this._controller.enqueue(new Uint8Array(chunk));
    if ((this._controller.desiredSize ?? 1) > 0) done();
    else this._drained = done;
  }
  _final(done: () => void): void {
    if (!this._headersAreSent) this._send(null);
    this._controller?.close();
    this._controller = null;
    done();
  }
  _destroy(error: unknown, done: (error?: unknown) => void): void {
    const why = error ?? new codes.ERR_STREAM_PREMATURE_CLOSE!();
    if (!this._headersAreSent) this._failed?.(why);
    else if (this._controller !== null && !this.writableFinished) this._controller.error(why);
    this._controller = null;
    done(error);
  }
  _failed: ((error: unknown) => void) | null = null;
}

type Listener = (req: IncomingMessage, res: ServerResponse) => unknown;

interface WebRequest {
  method: string;
  url: string;
  headers: Iterable<[string, string]>;
  body: { getReader(): unknown } | null;
  signal: { addEventListener(type: string, listener: () => void): void };
}

export class Server extends (EventEmitter as unknown as new () => EventEmitter) {
  listening = false;
  timeout = 0;
  keepAliveTimeout = 5000;
  headersTimeout = 60000;
  requestTimeout = 300000;
  maxHeadersCount: number | null = null;
  maxRequestsPerSocket = 0;
  _options: { IncomingMessage?: typeof IncomingMessage; ServerResponse?: typeof ServerResponse };

  constructor(options?: object | Listener, listener?: Listener) {
    super();
    if (typeof options === 'function') {
      listener = options as Listener;
      options = {};
    } else if (options !== undefined && options !== null) {
      validateObject(options, 'options');
    }
    this._options = (options ?? {}) as Server['_options'];
    if (listener !== undefined) {
      validateFunction(listener, 'requestListener');
      this.on('request', listener);
    }
  }

  /** The function's requests go to this server from now on. */
  listen(...args: unknown[]): this {
    const callback = args.findLast((arg) => typeof arg === 'function') as (() => void) | undefined;
    if (callback !== undefined) this.once('listening', callback);
    this.listening = true;
    serveWith((request) => this._answer(request as WebRequest));
    nextTick(() => this.emit('listening'), []);
    return this;
  }
  close(callback?: (error?: unknown) => void): this {
    this.listening = false;
    serveWith(undefined);
    if (typeof callback === 'function') nextTick(callback, []);
    nextTick(() => this.emit('close'), []);
    return this;
  }
  closeAllConnections(): void {}
  closeIdleConnections(): void {}
  address(): { address: string; family: string; port: number } | null {
    return this.listening ? { address: '0.0.0.0', family: 'IPv4', port: 80 } : null;
  }
  setTimeout(_ms?: number, callback?: () => void): this {
    if (typeof callback === 'function') this.on('timeout', callback);
    return this;
  }
  getConnections(callback: (error: null, count: number) => void): void {
    nextTick(callback as () => void, [null, 1]);
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  _answer(request: WebRequest): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const url = new (globalThis as unknown as { URL: new (url: string) => any }).URL(request.url);
      const socket = new ConnectionInfo(url.protocol === 'https:');
      const Incoming = this._options.IncomingMessage ?? IncomingMessage;
      const Outgoing = this._options.ServerResponse ?? ServerResponse;
      const req = new Incoming(socket);
      req.method = request.method;
      req.url = url.pathname + url.search;
      req._take(request);
      req.headers.host ??= url.host;
      const res = new Outgoing(req);
      res._respond = resolve;
      res._failed = reject;
      request.signal.addEventListener('abort', () => {
        req.aborted = true;
        req.emit('aborted');
        req.destroy();
        res.destroy();
      });
      if (!this.emit('request', req, res)) reject(new Error("The server has no listener for 'request'"));
    });
  }
}
