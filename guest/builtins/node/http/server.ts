// http.Server: its listeners answer the function's requests. A program that calls `listen` anywhere while it is
// loaded is a function, and the server its handler; the port that it names means nothing here.

import { nextTick } from '../../runtime/ticks';
import { serveWith } from '../../runtime/server_handler';
import { headerList } from '../../web/fetch/headers';
import { EventEmitter } from '../events/emitter';
import { validateBoolean, validateFunction, validateInteger, validateObject } from '../validators';
import { Connection, connectionReset } from './connection';
import { abortedError, IncomingMessage } from './incoming';
import { inherit } from './inherit';
import { markClosed, ResponseExchange, ServerResponse } from './response';

declare const URL: new (url: string) => { protocol: string; host: string; pathname: string; search: string };

interface WebRequest {
  method: string;
  url: string;
  headers: any;
  body: { getReader(): unknown } | null;
  signal: { addEventListener(type: string, listener: () => void): void };
}

/** Whole numbers among the options, and the values of those that are not given. */
const TIMES: Record<string, number> = { keepAliveTimeout: 5000, headersTimeout: 60_000, requestTimeout: 300_000, connectionsCheckingInterval: 30_000 };

export const Server = inherit(
  'Server',
  function (this: any, options?: any, listener?: any): unknown {
    if (!(this instanceof Server)) return new Server(options, listener);
    if (typeof options === 'function') [options, listener] = [{}, options];
    else if (options === undefined || options === null) options = {};
    else validateObject(options, 'options');
    EventEmitter.call(this, options);
    for (const [name, standard] of Object.entries(TIMES)) {
      const given: unknown = options[name];
      if (given !== undefined) validateInteger(given, name, 0);
      this[name] = given ?? standard;
    }
    for (const name of ['insecureHTTPParser', 'joinDuplicateHeaders', 'requireHostHeader', 'rejectNonStandardBodyWrites']) {
      if (options[name] !== undefined && options[name] !== null) validateBoolean(options[name], `options.${name}`);
    }
    if (options.maxHeaderSize !== undefined && options.maxHeaderSize !== null) validateInteger(options.maxHeaderSize, 'maxHeaderSize', 0);
    this._options = options;
    this.listening = false;
    this.timeout = 0;
    this.maxHeadersCount = null;
    this.maxRequestsPerSocket = 0;
    this.httpAllowHalfOpen = false;
    this._isSecure = false;
    if (listener !== undefined && listener !== null) {
      validateFunction(listener, 'requestListener');
      this.on('request', listener);
    }
    return undefined;
  },
  EventEmitter,
  {
    /** The function's requests go to this server from now on. */
    listen(this: any, ...args: unknown[]) {
      const callback = args.findLast((arg) => typeof arg === 'function') as (() => void) | undefined;
      if (callback !== undefined) this.once('listening', callback);
      const [first] = args;
      const port = Number(typeof first === 'object' && first !== null ? (first as { port?: unknown }).port : first);
      this._port = port > 0 && port < 65536 ? port : 80;
      this.listening = true;
      serveWith((request) => this._answer(request as WebRequest));
      nextTick(() => this.emit('listening'), []);
      return this;
    },
    close(this: any, callback?: (error?: unknown) => void) {
      this.listening = false;
      serveWith(undefined);
      if (typeof callback === 'function') this.once('close', callback);
      nextTick(() => this.emit('close'), []);
      return this;
    },
    closeAllConnections() {},
    closeIdleConnections() {},
    address(this: any) {
      return this.listening ? { address: '::', family: 'IPv6', port: this._port } : null;
    },
    setTimeout(this: any, ms: unknown, callback?: () => void) {
      if (typeof ms === 'function') [ms, callback] = [undefined, ms as () => void];
      if (typeof ms === 'number') this.timeout = ms;
      if (callback !== undefined) this.on('timeout', callback);
      return this;
    },
    getConnections(callback: (error: null, count: number) => void) {
      nextTick(callback as () => void, [null, 1]);
    },
    ref: self,
    unref: self,
    [Symbol.for('nodejs.rejection')](this: any, error: unknown, event: string, ...args: any[]) {
      const response = event === 'request' ? args[1] : undefined;
      if (response === undefined) this.emit('error', error);
      else if (response.headersSent || response.writableEnded) response.destroy(error);
      else {
        for (const name of response.getHeaderNames()) response.removeHeader(name);
        response.statusCode = 500;
        response.end('Internal Server Error');
      }
    },
    _answer(this: any, request: WebRequest): Promise<unknown> {
      return new Promise((resolve, reject) => {
        const url = new URL(request.url);
        const headers = headerList(request.headers);
        const socket = new Connection({ encrypted: url.protocol === 'https:', timeout: this.timeout });
        const req = new (this._options.IncomingMessage ?? IncomingMessage)(socket);
        req.method = request.method;
        req.url = url.pathname + url.search;
        if (this._options.joinDuplicateHeaders) req.joinDuplicateHeaders = true;
        req._take(headers.includes('host') ? headers.slice() : ['host', url.host, ...headers], request.body);
        const res = new (this._options.ServerResponse ?? ServerResponse)(req, { rejectNonStandardBodyWrites: this._options.rejectNonStandardBodyWrites ?? false });
        res._keepAliveTimeout = this.keepAliveTimeout;
        res.shouldKeepAlive = true;
        const exchange = new ResponseExchange(res, resolve, reject);
        res._exchange = exchange;
        res.assignSocket(socket);
        socket.server = this;
        this.emit('connection', socket);

        let error: unknown;
        socket.once('error', (given: unknown) => (error = given));
        socket.once('close', () => {
          exchange.fail(error ?? connectionReset('The response was destroyed before its end'));
          if (!req.complete && !req.destroyed) req.destroy(abortedError());
        });
        socket.on('timeout', () => {
          const told = [!req.complete && req.emit('timeout', socket), res.emit('timeout', socket), this.emit('timeout', socket)];
          if (!told.includes(true)) socket.destroy();
        });
        res.once('finish', () => {
          if (!req._consumed) req._dump();
          res.detachSocket(socket);
          socket.setTimeout(0);
          nextTick(markClosed, [res]);
        });
        request.signal.addEventListener('abort', () => {
          if (res.finished) return;
          if (!req.aborted && !req.readableEnded) {
            req.aborted = true;
            req.emit('aborted');
          }
          socket.destroy();
        });
        if (!this.emit('request', req, res)) reject(new Error("The server has no listener for 'request'"));
      });
    },
  },
);

function self(this: unknown): unknown {
  return this;
}
