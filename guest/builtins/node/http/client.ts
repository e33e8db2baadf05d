// http.ClientRequest: a request through `fetch`, and so under the same policy, limits and record.

import { nextTick } from '../../runtime/ticks';
import { Buffer } from '../buffer/buffer';
import { coded, codes } from '../errors';
import { validateFunction } from '../validators';
import { validateHeaderName, validateHeaderValue, type HeaderValue } from './headers';
import { IncomingMessage } from './incoming';
import { OutgoingMessage } from './outgoing';
import { ConnectionInfo } from './socket';
import { urlToHttpOptions } from '../url/options';

declare const fetch: (url: string, init: object) => Promise<any>;
declare const Headers: new () => { append(name: string, value: string): void };
declare const AbortController: new () => { signal: any; abort(reason?: unknown): void };
declare const URL: new (url: string) => any;
declare const setTimeout: (callback: () => void, ms: number) => { unref(): void };
declare const clearTimeout: (timer: unknown) => void;

/** What fetch and the host see to. */
const NOT_SENT = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host', 'upgrade', 'expect', 'te', 'trailer']);
const METHOD = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;
const NOT_IN_PATH = /[^\u0021-\u00ff]/;

type Callback = (response: IncomingMessage) => void;

export interface Protocol {
  defaultPort: number;
  protocol: string;
}

export class ClientRequest extends OutgoingMessage {
  method: string;
  path: string;
  host: string;
  protocol: string;
  agent: unknown;
  aborted = false;
  reusedSocket = false;
  maxHeadersCount: number | null = null;
  res: IncomingMessage | null = null;
  timeout: number | undefined;
  _chunks: Uint8Array[] = [];
  _url: string;
  _abort = new AbortController();
  _timer: unknown = undefined;
  _answered = false;

  constructor(input: any, given?: any, callback?: any, protocol: Protocol = { defaultPort: 80, protocol: 'http:' }) {
    // It ends with the answer, not when all of it is written.
    super({ autoDestroy: false });
    let options: any;
    if (typeof input === 'string') options = urlToHttpOptions(new URL(input));
    else if (input !== null && typeof input === 'object' && 'href' in input && 'protocol' in input && 'searchParams' in input) options = urlToHttpOptions(input);
    else {
      callback = given;
      given = input;
      options = {};
    }
    if (typeof given === 'function') {
      callback = given;
      given = {};
    }
    options = Object.assign({}, options, given);

    this.agent = options.agent;
    if (options.agent !== undefined && options.agent !== null && options.agent !== false && typeof options.agent?.addRequest !== 'function') {
      throw new codes.ERR_INVALID_ARG_TYPE!('options.agent', ['Agent-like Object', 'undefined', 'false'], options.agent);
    }
    this.protocol = options.protocol || options.agent?.protocol || protocol.protocol;
    if (this.protocol !== protocol.protocol) throw new codes.ERR_INVALID_PROTOCOL!(this.protocol, protocol.protocol);
    const path = options.path ?? '/';
    if (NOT_IN_PATH.test(String(path))) throw new codes.ERR_UNESCAPED_CHARACTERS!('Request path');
    for (const name of ['hostname', 'host']) {
      const value: unknown = options[name];
      if (value !== undefined && value !== null && typeof value !== 'string') {
        throw new codes.ERR_INVALID_ARG_TYPE!(`options.${name}`, ['string', 'undefined', 'null'], value);
      }
    }
    this.host = options.hostname || options.host || 'localhost';
    const method: unknown = options.method;
    if (method !== undefined && method !== null && typeof method !== 'string') throw new codes.ERR_INVALID_ARG_TYPE!('options.method', 'string', method);
    if (typeof method === 'string' && method !== '' && !METHOD.test(method)) throw new codes.ERR_INVALID_HTTP_TOKEN!('Method', method);
    this.method = (method || 'GET').toUpperCase();
    if (options.insecureHTTPParser !== undefined && typeof options.insecureHTTPParser !== 'boolean') {
      throw new codes.ERR_INVALID_ARG_TYPE!('options.insecureHTTPParser', 'boolean', options.insecureHTTPParser);
    }
    if (options.maxHeaderSize !== undefined && typeof options.maxHeaderSize !== 'number') {
      throw new codes.ERR_INVALID_ARG_TYPE!('maxHeaderSize', 'number', options.maxHeaderSize);
    }
    this.path = path;
    const port = options.port || options.defaultPort || protocol.defaultPort;
    const name = this.host.includes(':') && !this.host.startsWith('[') ? `[${this.host}]` : this.host;
    this._url = `${this.protocol}//${name}${Number(port) === protocol.defaultPort ? '' : `:${port}`}${String(path).startsWith('/') ? path : `/${path}`}`;
    this._setHeaders(options, name, port, protocol);
    if (options.auth) this.setHeader('Authorization', `Basic ${Buffer.from(String(options.auth)).toString('base64')}`);
    if (options.timeout !== undefined) {
      const { timeout } = options;
      if (typeof timeout !== 'number') throw new codes.ERR_INVALID_ARG_TYPE!('timeout', 'number', timeout);
      this.timeout = timeout;
      if (timeout > 0) this.setTimeout(timeout);
    }
    const { signal } = options;
    if (signal) {
      if (signal.aborted) nextTick(() => this.destroy(aborted(signal)), []);
      else signal.addEventListener('abort', () => this.destroy(aborted(signal)));
    }
    if (callback !== undefined && callback !== null) {
      validateFunction(callback, 'callback');
      this.once('response', callback);
    }
    const socket = new ConnectionInfo(this.protocol === 'https:');
    nextTick(() => {
      if (this.destroyed) return;
      this.socket = socket;
      this.emit('socket', socket);
    }, []);
  }

  _setHeaders(options: any, host: string, port: unknown, protocol: Protocol): void {
    const { headers } = options;
    if (Array.isArray(headers)) {
      const flat = headers.flat() as string[];
      if (flat.length % 2 !== 0) throw new codes.ERR_INVALID_ARG_VALUE!('options.headers', headers);
      for (let at = 0; at < flat.length; at += 2) this.appendHeader(flat[at]!, flat[at + 1]!);
    } else if (headers) {
      for (const name of Object.keys(headers)) {
        validateHeaderName(name);
        validateHeaderValue(name, headers[name] as HeaderValue);
        this.setHeader(name, headers[name]);
      }
    }
    if (options.setHost !== false && !this.hasHeader('host')) {
      this.setHeader('Host', Number(port) === protocol.defaultPort ? host : `${host}:${port}`);
    }
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    nextTick(() => this.emit('abort'), []);
    this.destroy();
  }
  override setTimeout(ms: number, callback?: () => void): this {
    if (typeof callback === 'function') this.once('timeout', callback);
    clearTimeout(this._timer);
    if (ms > 0) {
      const timer = setTimeout(() => this.emit('timeout'), ms);
      timer.unref();
      this._timer = timer;
    }
    return this;
  }
  setNoDelay(): void {}
  setSocketKeepAlive(): void {}
  flushHeaders(): void {}
  clearTimeout(callback?: () => void): this {
    if (callback !== undefined) this.removeListener('timeout', callback);
    return this.setTimeout(0);
  }

  _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this._chunks.push(new Uint8Array(chunk));
    done();
  }
  _final(done: () => void): void {
    this._headersAreSent = true;
    const headers = new Headers();
    for (const [name, value] of this._headerStore.pairs()) if (!NOT_SENT.has(name.toLowerCase())) headers.append(name, value);
    const body = this._chunks.length === 0 ? undefined : Buffer.concat(this._chunks);
    this._chunks = [];
    if (body !== undefined && (this.method === 'GET' || this.method === 'HEAD')) {
      const message = `A ${this.method} request with a body is not possible in holm: fetch has none`;
      nextTick(() => this.destroy(coded(new Error(message), 'ERR_HOLM_UNSUPPORTED')), []);
      done();
      return;
    }
    const init = { method: this.method, headers, body, redirect: 'manual', signal: this._abort.signal };
    fetch(this._url, init).then(
      (response) => this._deliver(response),
      (error: any) => {
        if (!this.destroyed) this.destroy(error);
      },
    );
    done();
  }
  _deliver(response: any): void {
    if (this.destroyed) return;
    this._answered = true;
    clearTimeout(this._timer);
    const message = new IncomingMessage(this.socket ?? new ConnectionInfo(this.protocol === 'https:'));
    message.statusCode = response.status;
    message.statusMessage = response.statusText;
    message._take(response);
    message.req = this;
    this.res = message;
    message.once('close', () => this.destroy());
    // Without a listener the body is thrown away, as in Node.
    if (!this.emit('response', message)) message.resume();
  }
  _destroy(error: unknown, done: (error?: unknown) => void): void {
    clearTimeout(this._timer);
    if (!this._answered) {
      this._abort.abort(error ?? undefined);
      done(error ?? hangUp());
      return;
    }
    if (this.res !== null && !this.res.complete) this.res.destroy(error);
    done(error);
  }
}

function hangUp(): Error {
  return coded(new Error('socket hang up'), 'ECONNRESET');
}

function aborted(signal: { reason: unknown }): Error {
  const error = coded(new Error('The operation was aborted', { cause: signal.reason }), 'ABORT_ERR');
  error.name = 'AbortError';
  return error;
}
