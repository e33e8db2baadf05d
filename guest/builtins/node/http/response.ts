// http.ServerResponse, and the exchange that makes it the answer of a function.

import { nextTick } from '../../runtime/ticks';
import { Headers, Response } from '../../web/fetch';
import { ReadableStream } from '../../web/streams';
import { codes } from '../errors';
import { validateLinkHeaderValue, validateObject } from '../validators';
import type { Exchange } from './exchange';
import { eachLine, headerMap, type HeaderMap } from './head';
import { hasInvalidCharacter } from './headers';
import { inherit } from './inherit';
import { OutgoingMessage } from './outgoing';
import { STATUS_CODES } from './status';

export const ServerResponse = inherit(
  'ServerResponse',
  function (this: any, req: any, options?: object) {
    OutgoingMessage.call(this, options);
    if (req.method === 'HEAD') this._hasBody = false;
    this.req = req;
    this.sendDate = true;
    this._sent100 = false;
    this._expect_continue = false;
    if (req.httpVersionMajor < 1 || req.httpVersionMinor < 1) {
      this.useChunkedEncodingByDefault = /(?:^|\W)chunked(?:$|\W)/i.test(req.headers?.te);
      this.shouldKeepAlive = false;
    }
  },
  OutgoingMessage,
  {
    statusCode: 200,
    statusMessage: undefined,
    assignSocket(this: any, socket: any) {
      if (socket._httpMessage) throw new codes.ERR_HTTP_SOCKET_ASSIGNED!();
      socket._httpMessage = this;
      socket.on('close', closeWithSocket);
      this.socket = socket;
      this.emit('socket', socket);
      this._flush();
    },
    detachSocket(this: any, socket: any = this.socket) {
      socket.removeListener('close', closeWithSocket);
      socket._httpMessage = null;
      this.socket = null;
    },
    writeContinue(this: any, callback?: () => void) {
      this._inform('HTTP/1.1 100 Continue\r\n\r\n', callback);
      this._sent100 = true;
    },
    writeProcessing(this: any, callback?: () => void) {
      this._inform('HTTP/1.1 102 Processing\r\n\r\n', callback);
    },
    writeEarlyHints(this: any, hints: Record<string, unknown>, callback?: () => void) {
      validateObject(hints, 'hints');
      if (hints.link === null || hints.link === undefined) return;
      const link = validateLinkHeaderValue(hints.link);
      if (link.length === 0) return;
      let text = `HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n`;
      for (const name of Object.keys(hints)) if (name !== 'link') text += `${name}: ${String(hints[name])}\r\n`;
      this._inform(`${text}\r\n`, callback);
    },
    /** An answer before the answer. The host sends none, and none needs to be sent. */
    _inform(this: any, text: string, callback?: () => void) {
      if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!('write');
      if (this._exchange === null) this._writeRaw(text, 'latin1', callback);
      else if (typeof callback === 'function') nextTick(callback, []);
    },
    _implicitHeader(this: any) {
      this.writeHead(this.statusCode);
    },
    writeHead(this: any, statusCode: number, reason?: unknown, headers?: any) {
      if (this._header) throw new codes.ERR_HTTP_HEADERS_SENT!('write');
      const status = statusCode | 0;
      if (status < 100 || status > 999) throw new codes.ERR_HTTP_INVALID_STATUS_CODE!(statusCode);
      if (typeof reason === 'string') this.statusMessage = reason;
      else {
        this.statusMessage ||= STATUS_CODES[status] ?? 'unknown';
        headers ??= reason;
      }
      this.statusCode = status;
      if (Array.isArray(headers)) {
        if (headers.length % 2 !== 0 && !Array.isArray(headers[0])) throw new codes.ERR_INVALID_ARG_VALUE!('headers', headers);
        for (const [name, value] of headerMap(headers).values()) this.setHeader(name, value);
      } else if (headers) {
        for (const name of Object.keys(headers)) if (name) this.setHeader(name, headers[name]);
      }
      if (hasInvalidCharacter(this.statusMessage)) throw new codes.ERR_INVALID_CHAR!('statusMessage');
      if (status === 204 || status === 304 || status < 200) this._hasBody = false;
      if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false;
      this._storeHeader(`HTTP/1.1 ${status} ${this.statusMessage}\r\n`, this._outHeaders);
      return this;
    },
  },
);
(ServerResponse.prototype as any).writeHeader = (ServerResponse.prototype as any).writeHead;

function closeWithSocket(this: any): void {
  const response = this._httpMessage;
  if (response) markClosed(response);
}

/** Emits 'close', once. */
export function markClosed(message: any): void {
  if (message._closed) return;
  message.destroyed = true;
  message._closed = true;
  message.emit('close');
}

/** What the host says itself, of each response. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'trailer']);

interface Controller {
  enqueue(chunk: unknown): void;
  close(): void;
  error(error: unknown): void;
  desiredSize: number | null;
}

/** Makes a Response of what is written. */
export class ResponseExchange implements Exchange {
  #message: any;
  #resolve: (response: unknown) => void;
  #reject: (error: unknown) => void;
  #controller: Controller | null = null;
  #waiting: ((error?: unknown) => void)[] = [];
  #isEnded = false;

  constructor(message: unknown, resolve: (response: unknown) => void, reject: (error: unknown) => void) {
    this.#message = message;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  head(): void {
    if (!this.#message._hasBody) return this.#respond(null);
    const source = {
      type: 'bytes',
      start: (controller: Controller) => {
        this.#controller = controller;
      },
      pull: () => this.#drained(),
      cancel: () => this.#message.destroy(),
    };
    this.#respond(new ReadableStream(source as object, { highWaterMark: this.#message._highWaterMark }));
  }
  whole(body: Uint8Array | null): void {
    this.#isEnded = true;
    this.#respond(this.#message._hasBody ? body : null);
  }
  write(chunk: Uint8Array, done: (error?: unknown) => void): boolean {
    const controller = this.#controller;
    if (controller === null) {
      nextTick(done, []);
      return true;
    }
    // A copy: the stream takes the memory over.
    controller.enqueue(new Uint8Array(chunk));
    if ((controller.desiredSize ?? 1) > 0) {
      nextTick(done, []);
      return true;
    }
    this.#waiting.push(done);
    return false;
  }
  end(): void {
    this.#isEnded = true;
    this.#controller?.close();
    this.#controller = null;
    this.#drained();
  }
  /** The message will never be complete. */
  fail(error: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const controller = this.#controller;
    this.#controller = null;
    if (controller !== null) controller.error(error);
    else this.#reject(error);
    for (const done of this.#waiting.splice(0)) done(error);
  }

  #drained(): void {
    for (const done of this.#waiting.splice(0)) done();
    const message = this.#message;
    if (!message._needsDrain || message.finished) return;
    message._needsDrain = false;
    message.emit('drain');
  }
  #respond(body: unknown): void {
    const message = this.#message;
    const headers = new Headers();
    try {
      eachLine(message._outHeaders as HeaderMap, (name, value) => {
        if (!HOP_BY_HOP.has(name.toLowerCase())) headers.append(name, value);
      });
      // The standard allows no body at all, not even an empty one, with 205.
      const content = message.statusCode === 205 ? null : body;
      this.#resolve(new Response(content as null, { status: message.statusCode, statusText: message.statusMessage, headers }));
    } catch (error) {
      this.#isEnded = true;
      this.#controller = null;
      this.#reject(error);
    }
  }
}
