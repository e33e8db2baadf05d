// Response. Made once or more in each request: its state holds only what differs from an ordinary one, and
// neither headers nor a stream are made before somebody asks for them.

import { EffectKind } from '../../abi';
import { native } from '../../native';
import { refused } from '../../ops';
import { inspectable } from '../console/inspectable';
import type { ReadableStream } from '../streams';
import { parseUrlText } from '../url/url';
import { toText } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';
import {
  assertUsable, cloneBody, defineBodyMethods, extractBody, hasBody, takeSource, textType,
  type Body, type BodyInit, type BodyMethods, type Source,
} from './body';
import { hasContentType, Headers, headerList, headersOf, headersText, listOfInit, type HeadersInit } from './headers';
import { writeAll, type Pieces } from './pieces';

export interface ResponseInit {
  status?: number;
  statusText?: string;
  headers?: HeadersInit;
}

export type ResponseType = 'default' | 'basic' | 'error';

class State implements Body {
  // Declared only: a class field would be set twice.
  declare source: Source | null;
  /** The content type that the body brings; counts only while there is no list. */
  declare contentType: string | null;
  // The prototype has these as they are in an ordinary response.
  declare stream: ReadableStream | null;
  declare used: boolean;
  declare status: number;
  declare statusText: string;
  declare list: string[] | null;
  declare headers: Headers | null;
  declare immutable: boolean;
  declare type: ResponseType;
  declare url: string;
  declare redirected: boolean;

  constructor(source: Source | null, contentType: string | null) {
    this.source = source;
    this.contentType = contentType;
  }
}
Object.assign(State.prototype, {
  stream: null, used: false, status: 200, statusText: '', list: null, headers: null, immutable: false,
  type: 'default', url: '', redirected: false,
});
Object.setPrototypeOf(State.prototype, null);

/** The head of a response as the host gives it. */
export interface ResponseHead {
  status: number;
  statusText: string;
  url: string;
  redirected: boolean;
  headers: string;
}

/** A response that came from outside. */
export let responseFromHost: (head: ResponseHead, body: Source | null) => Response;

export let isResponse: (value: unknown) => value is Response;

/** Sends a function's answer. A whole body goes with the head, at once; of a stream the head goes at once, and
 *  the promise is settled when the body was taken over. It rejects with the error of the body's stream. */
export let sendResponse: (response: Response) => Promise<void> | undefined;

let stateOf: (response: Response) => State;
/** Given to the constructor in place of a body: what follows is the state, ready made. An argument and not a
 *  variable, since each write to a variable of the image costs the request a page. */
const ready: any = Symbol('ready');

export interface Response extends BodyMethods {}

export class Response {
  #state: State;

  static {
    stateOf = (response) => response.#state;
    isResponse = (value): value is Response => typeof value === 'object' && value !== null && #state in value;

    responseFromHost = (head, body) => {
      const state = new State(body, null);
      state.status = head.status;
      state.statusText = head.statusText;
      state.url = head.url;
      state.redirected = head.redirected;
      state.type = 'basic';
      state.headers = headersOf(head.headers, true);
      return respondingTo(state);
    };

    sendResponse = (response) => {
      const state = response.#state;
      if (state.type === 'error') throw new TypeError('A network error (Response.error()) cannot be sent as a response');
      if (state.stream !== null || state.used) assertUsable(state);
      const headers = sentHeaders(state);
      // Nobody is told that a whole body was used: the invocation has no second response that it could be in.
      const source = state.stream === null ? state.source : takeSource(state);
      if (source === null || typeof source === 'string' || source instanceof Uint8Array) {
        const refusal = native.effect(EffectKind.Respond, 0, state.status, headers, source);
        if (refusal < 0) throw refused(refusal);
        return undefined;
      }
      return sendStream(state.status, headers, source);
    };
  }

  constructor(body?: BodyInit | null, init?: ResponseInit) {
    let state: State;
    if (typeof body === 'string') {
      state = new State(body, textType);
    } else if (body === ready) {
      this.#state = init as unknown as State;
      return;
    } else {
      state = new State(null, null);
      if (body !== undefined && body !== null) state.contentType = extractBody(body, state);
    }
    if (init !== undefined && init !== null) applyInit(state, init);
    this.#state = state;
  }

  static error(): Response {
    const state = new State(null, null);
    state.type = 'error';
    state.status = 0;
    state.immutable = true;
    return respondingTo(state);
  }

  static redirect(url: string, status: number = 302): Response {
    const parsed = parseUrlText(url);
    const code = Number(status);
    if (code !== 301 && code !== 302 && code !== 303 && code !== 307 && code !== 308) {
      throw new RangeError(`The status of a redirect must be 301, 302, 303, 307 or 308, not ${code}`);
    }
    const state = new State(null, null);
    state.status = code;
    state.list = ['location', parsed[0]];
    state.immutable = true;
    return respondingTo(state);
  }

  static json(data: unknown, init?: ResponseInit): Response {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError('The value given to Response.json has no JSON form');
    const state = new State(text, 'application/json');
    if (init !== undefined && init !== null) applyInit(state, init);
    return respondingTo(state);
  }

  get type(): ResponseType {
    return this.#state.type;
  }

  get url(): string {
    return this.#state.url;
  }

  get redirected(): boolean {
    return this.#state.redirected;
  }

  get status(): number {
    return this.#state.status;
  }

  get ok(): boolean {
    const status = this.#state.status;
    return status >= 200 && status < 300;
  }

  get statusText(): string {
    return this.#state.statusText;
  }

  get headers(): Headers {
    const state = this.#state;
    return (state.headers ??= headersOf(state.list ?? implied(state.contentType), state.immutable));
  }

  clone(): Response {
    const from = this.#state;
    const to = new State(null, from.contentType);
    cloneBody(from, to);
    to.status = from.status;
    to.statusText = from.statusText;
    to.type = from.type;
    to.url = from.url;
    to.redirected = from.redirected;
    to.immutable = from.immutable;
    if (from.headers !== null) to.headers = headersOf(headerList(from.headers).slice(), from.immutable || from.type === 'basic');
    else if (from.list !== null) to.list = from.list.slice();
    return respondingTo(to);
  }
}

function respondingTo(state: State): Response {
  return new Response(ready, state as unknown as ResponseInit);
}

function applyInit(state: State, init: ResponseInit): void {
  if (typeof init !== 'object' && typeof init !== 'function') throw new TypeError('The init of Response must be an object');
  const status = init.status;
  const statusText = init.statusText;
  const headers = init.headers;
  if (status !== undefined && status !== 200) {
    // The bit operation makes a whole number of whatever was given.
    const code = (status as number) & 0xffff;
    if (code < 200 || code > 599) throw new RangeError(`The status of a response must be from 200 to 599, not ${toText(status)}`);
    if ((code === 204 || code === 205 || code === 304) && hasBody(state)) {
      throw new TypeError(`A response with status ${code} cannot have a body`);
    }
    state.status = code;
  }
  if (statusText !== undefined) {
    const text = toText(statusText);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) throw new TypeError('The statusText of a response has characters that are not allowed');
    if (text !== '') state.statusText = text;
  }
  if (headers !== undefined) {
    const list = listOfInit(headers);
    if (state.contentType !== null && !hasContentType(list)) list.push('content-type', state.contentType);
    state.list = list;
  }
}

function implied(contentType: string | null): string[] {
  return contentType === null ? [] : ['content-type', contentType];
}

const textHeaders = `content-type\n${textType}`;
const jsonHeaders = 'content-type\napplication/json';

function sentHeaders(state: State): string {
  if (state.headers !== null) return headersText(state.headers);
  if (state.list !== null) return state.list.join('\n');
  switch (state.contentType) {
    case null:
      return '';
    case textType:
      return textHeaders;
    case 'application/json':
      return jsonHeaders;
    default:
      return `content-type\n${state.contentType}`;
  }
}

function sendStream(status: number, headers: string, pieces: Pieces): Promise<void> {
  const refusal = native.effect(EffectKind.Respond, 0, status, headers, 1);
  if (refusal < 0) {
    const error = refused(refusal);
    pieces.cancel(error);
    throw error;
  }
  sending = pieces;
  return writeAll(pieces, 0);
}

/** The body that is being sent. */
let sending: Pieces | undefined;

/** Nobody takes the response any more: whoever makes its body, piece by piece, is told to stop. */
export function abandonResponse(reason: unknown): void {
  sending?.cancel(reason);
  sending = undefined;
}

defineBodyMethods(Response.prototype, stateOf, (response) => response.headers.get('content-type'));
defineInterface(Response, 'Response', { constructor: 0, 'static redirect': 1, 'static json': 1 });
inspectable(Response, (response) => ({
  status: response.status,
  statusText: response.statusText,
  headers: response.headers,
  body: response.body,
  bodyUsed: response.bodyUsed,
  ok: response.ok,
  redirected: response.redirected,
  type: response.type,
  url: response.url,
}));
