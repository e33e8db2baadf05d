// http.ClientRequest: a request through `fetch`, and so under the same policy, limits and record.

import { nextTick } from '../../runtime/ticks';
import { fetch } from '../../web/fetch';
import { headerList } from '../../web/fetch/headers';
import { AbortController } from '../../web/events';
import { Buffer } from '../buffer/buffer';
import { abortError, coded, codes } from '../errors';
import { urlToHttpOptions } from '../url/options';
import { validateBoolean, validateFunction, validateInteger, validatePort } from '../validators';
import { globalAgents } from './agent';
import { Connection, connectionReset, timerDuration } from './connection';
import type { Exchange } from './exchange';
import { eachLine, type HeaderMap } from './head';
import { isToken } from './headers';
import { abortedError, IncomingMessage } from './incoming';
import { accessors, inherit } from './inherit';
import { OutgoingMessage } from './outgoing';
import { markClosed } from './response';

declare const URL: new (url: string) => any;

/** What fetch and the host see to. */
const NOT_SENT = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host', 'upgrade', 'expect', 'te', 'trailer']);
/** Methods whose requests have no body, unless somebody writes one. */
const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);
const NOT_IN_PATH = /[^\u0021-\u00ff]/;

export const ClientRequest = inherit(
  'ClientRequest',
  function (this: any, input: any, given?: any, callback?: any) {
    OutgoingMessage.call(this);
    const options = optionsOf(input, given);
    if (typeof given === 'function') callback = given;

    this._setAgent(options);
    this._setTarget(options);
    for (const [name, check] of CHECKED) if (options[name] !== undefined && options[name] !== null) check(options[name], name === 'insecureHTTPParser' ? `options.${name}` : name);
    this.maxHeaderSize = options.maxHeaderSize;
    this.insecureHTTPParser = options.insecureHTTPParser;
    this.joinDuplicateHeaders = options.joinDuplicateHeaders;
    if (options.timeout !== undefined) this.timeout = timerDuration(options.timeout, 'timeout');
    this.aborted = false;
    this.timeoutCb = null;
    this.upgradeOrConnect = false;
    this.maxHeadersCount = null;
    this.reusedSocket = false;
    this.res = null;
    this.parser = null;
    this._ended = false;
    this._fetch = new AbortController();
    this._exchange = new RequestExchange(this);
    this.useChunkedEncodingByDefault = !BODILESS.has(this.method);
    this.shouldKeepAlive = this.agent ? this.agent.keepAlive || this.agent.maxSockets !== Infinity : false;
    if (callback !== undefined && callback !== null) {
      validateFunction(callback, 'callback');
      this.once('response', callback);
    }
    this._setHeaders(options);
    if (options.signal) this._follow(options.signal);

    // The agent adds to its copy of the options, and the signal is no business of a connection.
    const ofConnection = { ...options, host: this.host, port: this._port, timeout: options.timeout, signal: undefined };
    if (this.agent) this.agent.addRequest(this, ofConnection);
    else if (typeof options.createConnection === 'function') {
      const connected = (error: unknown, socket: unknown) => (error ? this.onSocket(null, error) : this.onSocket(socket));
      const socket = options.createConnection(ofConnection, connected);
      if (socket) this.onSocket(socket);
    } else this.onSocket(new Connection({ encrypted: this.protocol === 'https:', timeout: this.timeout }));
  },
  OutgoingMessage,
  {
    _setAgent(this: any, options: any) {
      const standard = options._defaultAgent || globalAgents.http;
      let { agent } = options;
      if (agent === false) agent = new standard.constructor();
      else if (agent === undefined || agent === null) {
        if (typeof options.createConnection !== 'function') agent = standard;
      } else if (typeof agent.addRequest !== 'function') {
        throw new codes.ERR_INVALID_ARG_TYPE!('options.agent', ['Agent-like Object', 'undefined', 'false'], agent);
      }
      this.agent = agent;
      this.protocol = options.protocol || standard.protocol;
      const expected: string = this.agent?.protocol || standard.protocol;
      if (this.protocol !== expected) throw new codes.ERR_INVALID_PROTOCOL!(this.protocol, expected);
      this._defaultPort = options.defaultPort || this.agent?.defaultPort || standard.defaultPort;
      this._lookup = options.lookup;
      if (options.lookup !== undefined && options.lookup !== null) validateFunction(options.lookup, 'options.lookup');
      if (options.socketPath) {
        throw coded(new Error(`A request over the local socket ${options.socketPath} is not possible in holm: functions reach hosts by name`), 'ERR_HOLM_UNSUPPORTED');
      }
    },
    _setTarget(this: any, options: any) {
      const path = options.path ? String(options.path) : '/';
      if (NOT_IN_PATH.test(path)) throw new codes.ERR_UNESCAPED_CHARACTERS!('Request path');
      for (const name of ['hostname', 'host']) {
        const value: unknown = options[name];
        if (value !== undefined && value !== null && typeof value !== 'string') {
          throw new codes.ERR_INVALID_ARG_TYPE!(`options.${name}`, ['string', 'undefined', 'null'], value);
        }
      }
      this.path = path;
      this.host = options.hostname || options.host || 'localhost';
      const { method } = options;
      if (method !== undefined && method !== null && typeof method !== 'string') throw new codes.ERR_INVALID_ARG_TYPE!('options.method', 'string', method);
      if (method && !isToken(method)) throw new codes.ERR_INVALID_HTTP_TOKEN!('Method', method);
      this.method = (method || 'GET').toUpperCase();
      this._port = options.port || this._defaultPort;
      if (options.port) validatePort(options.port, 'options.port');
      const name = this.host.includes(':') && !this.host.startsWith('[') ? `[${this.host}]` : this.host;
      this._authority = Number(this._port) === (this.protocol === 'https:' ? 443 : 80) ? name : `${name}:${this._port}`;
      this._url = `${this.protocol}//${this._authority}${path.startsWith('/') ? path : `/${path}`}`;
    },
    _setHeaders(this: any, options: any) {
      const { headers } = options;
      if (Array.isArray(headers)) {
        const flat = Array.isArray(headers[0]) ? (headers.flat(1) as string[]) : headers;
        if (flat.length % 2 !== 0) throw new codes.ERR_INVALID_ARG_VALUE!('options.headers', headers);
        for (let at = 0; at < flat.length; at += 2) this.appendHeader(flat[at], flat[at + 1]);
      } else if (headers) {
        for (const name of Object.keys(headers)) {
          if (name.toLowerCase() === 'host' && Array.isArray(headers[name])) throw new codes.ERR_INVALID_ARG_TYPE!('options.headers.host', 'string', headers[name]);
          this.setHeader(name, headers[name]);
        }
      }
      if (options.setHost !== false && !this.hasHeader('host')) this.setHeader('Host', this._authority);
      if (options.auth && !this.hasHeader('authorization')) {
        this.setHeader('Authorization', `Basic ${Buffer.from(String(options.auth)).toString('base64')}`);
      }
      // The body is collected before it goes out, so nothing needs to be waited for.
      if (this.hasHeader('expect')) nextTick(() => this.destroyed || this.emit('continue'), []);
    },
    _follow(this: any, signal: any) {
      const abort = () => this.destroy(abortError(signal));
      if (signal.aborted) nextTick(abort, []);
      else {
        signal.addEventListener('abort', abort);
        this.once('close', () => signal.removeEventListener('abort', abort));
      }
    },
    _implicitHeader(this: any) {
      if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!('render');
      this._storeHeader(`${this.method} ${this.path} HTTP/1.1\r\n`, this._outHeaders);
    },
    onSocket(this: any, socket: any, error?: unknown) {
      nextTick(() => {
        if (!error && !this.destroyed && !(socket instanceof Connection)) {
          error = coded(new Error('A request over a connection of its own is not possible in holm: requests go through the host'), 'ERR_HOLM_UNSUPPORTED');
        }
        if (this.destroyed || error) {
          socket?.destroy?.();
          this.destroyed = true;
          this._close(error ?? this._error);
          return;
        }
        this.socket = socket;
        socket._httpMessage = this;
        if (this.timeout !== undefined || this.agent?.options?.timeout) this._listenTimeout();
        socket.once('close', () => this._close(this._error));
        this.emit('socket', socket);
        this._start();
      }, []);
    },
    _listenTimeout(this: any) {
      if (this.timeoutCb !== null) return;
      this.timeoutCb = () => this.emit('timeout');
      this.socket.on('timeout', this.timeoutCb);
    },
    /** Fetches as soon as there is a connection and all of the body. */
    _start(this: any) {
      if (!this._ended || this.socket === null || this.destroyed) return;
      if (!this._lookup) return this._exchange.fetch();
      // The host resolves the name itself, by its own policy; who wants to look at addresses before can refuse.
      this._lookup(this.host, { all: true }, (error: unknown) => (error ? this.destroy(error) : this.destroyed || this._exchange.fetch()));
    },
    _deliver(this: any, response: any) {
      if (this.destroyed) return;
      this.socket._refreshTimer();
      const message = new IncomingMessage(this.socket);
      if (this.joinDuplicateHeaders) message.joinDuplicateHeaders = true;
      message.statusCode = response.status;
      message.statusMessage = response.statusText;
      message.url = '';
      message._take(headerList(response.headers), response.body);
      message.req = this;
      this.res = message;
      message.once('end', () => {
        this.destroyed = true;
        nextTick(() => this.socket.destroy(), []);
      });
      // Without a listener the body is thrown away, as in Node.
      if (!this.emit('response', message)) message._dump();
    },
    abort(this: any) {
      if (this.aborted) return;
      this.aborted = true;
      nextTick(() => this.emit('abort'), []);
      this.destroy();
    },
    destroy(this: any, error?: unknown) {
      if (this.destroyed) return this;
      this.destroyed = true;
      this._error = error ?? null;
      this.res?._dump();
      // Before there is a connection, whoever brings it finds the request destroyed.
      this.socket?.destroy();
      return this;
    },
    /** The connection is gone, or never came. */
    _close(this: any, error: unknown) {
      if (this._closed) return;
      this._fetch.abort(error ?? undefined);
      if (this.res === null) this.emit('error', error ?? connectionReset('socket hang up'));
      else if (!this.res.complete) this.res.destroy(error ?? abortedError());
      markClosed(this);
    },
    setTimeout(this: any, ms: number, callback?: () => void) {
      if (this._ended && this.res?.complete) return this;
      this.timeout = timerDuration(ms, 'msecs');
      if (callback !== undefined) {
        validateFunction(callback, 'callback');
        this.once('timeout', callback);
      }
      const set = (socket: any) => {
        this._listenTimeout();
        socket.setTimeout(this.timeout);
      };
      if (this.socket) set(this.socket);
      else this.once('socket', set);
      return this;
    },
    clearTimeout(this: any, callback?: () => void) {
      if (callback !== undefined) this.removeListener('timeout', callback);
      return this.setTimeout(0);
    },
    setNoDelay() {},
    setSocketKeepAlive() {},
  },
);

accessors(ClientRequest.prototype as object, {
  writableFinished: {
    get() {
      return this.finished;
    },
  },
});

const CHECKED: [name: string, check: (value: unknown, name: string) => void][] = [
  ['insecureHTTPParser', validateBoolean],
  ['joinDuplicateHeaders', (value) => validateBoolean(value, 'options.joinDuplicateHeaders')],
  ['maxHeaderSize', (value) => validateInteger(value, 'maxHeaderSize', 0)],
];

function optionsOf(input: any, given: any): any {
  let options: any = {};
  let more: unknown = given;
  if (typeof input === 'string') options = urlToHttpOptions(new URL(input));
  else if (input !== null && typeof input === 'object' && 'href' in input && 'protocol' in input && 'searchParams' in input) options = urlToHttpOptions(input);
  else more = input;
  return Object.assign({}, options, typeof more === 'function' ? undefined : more);
}

/** Collects the body, and fetches when it is complete. */
class RequestExchange implements Exchange {
  #message: any;
  #pieces: Uint8Array[] = [];

  constructor(message: unknown) {
    this.#message = message;
  }

  head(): void {}
  whole(body: Uint8Array | null): void {
    if (body !== null) this.#pieces.push(body);
    this.end();
  }
  write(chunk: Uint8Array, done: (error?: unknown) => void): boolean {
    this.#pieces.push(new Uint8Array(chunk));
    nextTick(done, []);
    return true;
  }
  end(): void {
    const message = this.#message;
    if (message._ended) return;
    message._ended = true;
    message._start();
  }
  fetch(): void {
    const message = this.#message;
    const headers: [string, string][] = [];
    eachLine(message._outHeaders as HeaderMap, (name, value) => {
      if (!NOT_SENT.has(name.toLowerCase())) headers.push([name, value]);
    });
    const body = this.#pieces.length === 0 ? undefined : Buffer.concat(this.#pieces);
    this.#pieces = [];
    if (body !== undefined && (message.method === 'GET' || message.method === 'HEAD')) {
      const refusal = `A ${message.method} request with a body is not possible in holm: fetch has none`;
      message.destroy(coded(new Error(refusal), 'ERR_HOLM_UNSUPPORTED'));
      return;
    }
    const init: any = { method: message.method, headers, body, redirect: 'manual', signal: message._fetch.signal };
    fetch(message._url, init).then(
      (response) => message._deliver(response),
      (error: unknown) => message.destroy(nodeError(error, message)),
    );
  }
}

/** Node's codes of failures, by what the host says of them. */
const CODES: [pattern: RegExp, code: string][] = [
  [/could not be resolved|Invalid URL/, 'ENOTFOUND'],
  [/refused/, 'ECONNREFUSED'],
  [/no way to it/, 'EHOSTUNREACH'],
  [/reset|closed|broke/, 'ECONNRESET'],
];

function nodeError(error: any, message: any): unknown {
  if (!(error instanceof TypeError)) return error;
  const found = CODES.find(([pattern]) => pattern.test(error.message))?.[1];
  const kind: string | undefined = (error.cause as { code?: string } | undefined)?.code;
  const code = kind === 'DENIED' ? 'EACCES' : kind === 'TIMEOUT' ? 'ETIMEDOUT' : (found ?? kind ?? 'ECONNRESET');
  const made = new Error(code === 'ENOTFOUND' ? `getaddrinfo ENOTFOUND ${message.host}` : error.message, { cause: error });
  return Object.assign(coded(made, code), code === 'ENOTFOUND' ? { syscall: 'getaddrinfo', hostname: message.host } : {});
}
