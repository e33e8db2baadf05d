// Request. The one that a function is given is made in each invocation: of what the host says, only the
// references are kept until somebody looks.

import { Redirect } from '../../abi';
import { resolveBlobUrl, type Blob } from '../blob';
import { inspectable } from '../console/inspectable';
import { createSignal, followSignals, isAbortSignal, type AbortSignal } from '../events';
import type { ReadableStream } from '../streams';
import { parseUrlText } from '../url/url';
import { toText } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';
import {
  cloneBody, defineBodyMethods, extractBody, hasBody, moveBody,
  type Body, type BodyInit, type BodyMethods, type Source,
} from './body';
import { hasContentType, Headers, headerList, headersOf, listOfInit, type HeadersInit } from './headers';
import { HostPieces } from './pieces';

export type RedirectMode = 'follow' | 'error' | 'manual';

export interface RequestInit {
  method?: string;
  headers?: HeadersInit;
  body?: BodyInit | null;
  signal?: AbortSignal | null;
  redirect?: RedirectMode;
  duplex?: 'half';
  mode?: string;
  credentials?: string;
  cache?: string;
  referrer?: string;
  referrerPolicy?: string;
  integrity?: string;
  keepalive?: boolean;
}

/** Options that mean something to browsers only: they are checked, kept and shown, and change nothing here. */
const options = {
  mode: ['cors', 'same-origin', 'no-cors'],
  credentials: ['same-origin', 'omit', 'include'],
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  referrerPolicy: [
    '', 'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin',
    'origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url',
  ],
} as const;
type Option = keyof typeof options;

/** The state of a request; `fetch` reads it. */
export class RequestState implements Body {
  // Declared only: class fields would be set twice.
  declare method: string;
  declare url: string;
  /** Flat list, or the host's text; counts while there is no `headers`. */
  declare list: string[] | string;
  declare source: Source | null;
  /** The signal that `signal` gives; a function makes it at the first look. Null: none was needed yet. */
  declare signal: AbortSignal | (() => AbortSignal) | null;
  // The prototype has these as they are in an ordinary request.
  declare stream: ReadableStream | null;
  declare used: boolean;
  declare headers: Headers | null;
  declare immutable: boolean;
  /** The signal that this request's own follows. */
  declare follows: AbortSignal | null;
  declare redirect: RedirectMode;
  declare mode: string;
  declare credentials: string;
  declare cache: string;
  declare referrer: string;
  declare referrerPolicy: string;
  declare integrity: string;
  declare keepalive: boolean;

  constructor(
    method: string,
    url: string,
    list: string[] | string,
    source: Source | null,
    signal: AbortSignal | (() => AbortSignal) | null,
  ) {
    this.method = method;
    this.url = url;
    this.list = list;
    this.source = source;
    this.signal = signal;
  }
}
Object.assign(RequestState.prototype, {
  stream: null, used: false, headers: null, immutable: false, follows: null, redirect: 'follow', mode: 'cors',
  credentials: 'same-origin', cache: 'default', referrer: 'about:client', referrerPolicy: '', integrity: '',
  keepalive: false,
});
Object.setPrototypeOf(RequestState.prototype, null);

/** The request that a function is called with. `signal` may be a function that makes it at the first look. */
export let requestFromHost: (
  method: string,
  url: string,
  headersText: string,
  hasBody: boolean,
  signal: AbortSignal | (() => AbortSignal) | null,
) => Request;

/** Makes the object of the next request in advance: an instance serves one, and filling in what is in its image
 *  already costs it less than making it. */
export let prepareRequest: () => void;

export let requestState: (request: Request) => RequestState;
/** Given to the constructor in place of a URL: what follows is the state, ready made. An argument and not a
 *  variable, since each write to a variable of the image costs the request a page. */
const ready: any = Symbol('ready');

export interface Request extends BodyMethods {}

export class Request {
  #state: RequestState;

  static {
    requestState = (request) => request.#state;

    let prepared: Request | null = null;
    prepareRequest = () => {
      const state = new RequestState('', '', '', null, null);
      state.immutable = true;
      prepared = new Request(ready, state as unknown as RequestInit);
    };

    requestFromHost = (method, url, headersText, hasBody, signal) => {
      if (prepared !== null) {
        const request = prepared;
        const state = request.#state;
        prepared = null;
        state.method = method;
        state.url = url;
        state.list = headersText;
        state.signal = signal;
        if (hasBody) state.source = new HostPieces(0, null);
        return request;
      }
      const state = new RequestState(method, url, headersText, hasBody ? new HostPieces(0, null) : null, signal);
      state.immutable = true;
      return new Request(ready, state as unknown as RequestInit);
    };
  }

  constructor(input: Request | string | { toString(): string }, init?: RequestInit) {
    if (input === ready) {
      this.#state = init as unknown as RequestState;
      return;
    }
    if (arguments.length === 0) throw new TypeError('The constructor of Request needs a URL or a Request');
    this.#state = newState(input, init);
  }

  get method(): string {
    return this.#state.method;
  }

  get url(): string {
    return this.#state.url;
  }

  get headers(): Headers {
    const state = this.#state;
    return (state.headers ??= headersOf(state.list, state.immutable));
  }

  get destination(): string {
    // A request has no destination but in browsers.
    void this.#state;
    return '';
  }

  get referrer(): string {
    return this.#state.referrer;
  }

  get referrerPolicy(): string {
    return this.#state.referrerPolicy;
  }

  get mode(): string {
    return this.#state.mode;
  }

  get credentials(): string {
    return this.#state.credentials;
  }

  get cache(): string {
    return this.#state.cache;
  }

  get redirect(): RedirectMode {
    return this.#state.redirect;
  }

  get integrity(): string {
    return this.#state.integrity;
  }

  get keepalive(): boolean {
    return this.#state.keepalive;
  }

  get signal(): AbortSignal {
    const state = this.#state;
    if (state.signal === null) state.signal = state.follows === null ? createSignal() : followSignals([state.follows]);
    else if (typeof state.signal === 'function') state.signal = state.signal();
    return state.signal;
  }

  get duplex(): 'half' {
    void this.#state;
    return 'half';
  }

  clone(): Request {
    const from = this.#state;
    const to = copyState(from);
    cloneBody(from, to);
    to.immutable = from.immutable;
    to.follows = abortSource(from);
    return new Request(ready, to as unknown as RequestInit);
  }
}

/** Of requests to blob: URLs: the blob that the URL named when the request was made. */
const blobs = new WeakMap<RequestState, Blob>();

export function requestBlob(state: RequestState): Blob | undefined {
  return blobs.get(state);
}

/** The signal whose abort ends what is done for this request, or null. */
export function abortSource(state: RequestState): AbortSignal | null {
  if (typeof state.signal === 'function') state.signal = state.signal();
  return state.signal ?? state.follows;
}

export function requestHeaders(state: RequestState): string[] | string {
  return state.headers === null ? state.list : headerList(state.headers);
}

export function redirectCode(mode: RedirectMode): Redirect {
  return mode === 'follow' ? Redirect.Follow : mode === 'error' ? Redirect.Error : Redirect.Manual;
}

function copyState(from: RequestState): RequestState {
  const list = requestHeaders(from);
  const to = new RequestState(from.method, from.url, typeof list === 'string' ? list : list.slice(), null, null);
  to.redirect = from.redirect;
  to.mode = from.mode;
  to.credentials = from.credentials;
  to.cache = from.cache;
  to.referrer = from.referrer;
  to.referrerPolicy = from.referrerPolicy;
  to.integrity = from.integrity;
  to.keepalive = from.keepalive;
  const blob = blobs.get(from);
  if (blob !== undefined) blobs.set(to, blob);
  return to;
}

function newState(input: unknown, init: RequestInit | undefined): RequestState {
  let state: RequestState;
  let from: RequestState | null = null;
  if (typeof input === 'object' && input !== null && input instanceof Request) {
    from = requestState(input);
    state = copyState(from);
    state.follows = abortSource(from);
  } else {
    state = new RequestState('GET', parseRequestUrl(input), [], null, null);
    if (state.url.startsWith('blob:')) {
      const blob = resolveBlobUrl(state.url);
      if (blob !== undefined) blobs.set(state, blob);
    }
  }
  if (init !== undefined && init !== null) {
    if (typeof init !== 'object' && typeof init !== 'function') throw new TypeError('The init of Request must be an object');
    applyOptions(state, init);
  }
  const body = init?.body;
  if ((body !== undefined && body !== null) || (from !== null && body === undefined && hasBody(from))) {
    if (state.method === 'GET' || state.method === 'HEAD') throw new TypeError(`A request with method ${state.method} cannot have a body`);
  }
  if (body !== undefined && body !== null) {
    const contentType = extractBody(body, state);
    if (typeof state.list === 'string') state.list = state.list === '' ? [] : state.list.split('\n');
    if (contentType !== null && !hasContentType(state.list)) state.list.push('content-type', contentType);
  } else if (from !== null && body === undefined) {
    moveBody(from, state);
  }
  return state;
}

function applyOptions(state: RequestState, init: RequestInit): void {
  const { method, headers, signal, redirect, duplex, referrer, integrity, keepalive } = init;
  if (method !== undefined) state.method = normalizeMethod(toText(method));
  if (headers !== undefined) state.list = listOfInit(headers);
  if (signal !== undefined) {
    if (signal !== null && !isAbortSignal(signal)) throw new TypeError('The signal of a request must be an AbortSignal');
    state.follows = signal;
  }
  if (redirect !== undefined) {
    if (redirect !== 'follow' && redirect !== 'error' && redirect !== 'manual') {
      throw new TypeError("The option 'redirect' of a request must be 'follow', 'error' or 'manual'");
    }
    state.redirect = redirect;
  }
  if (duplex !== undefined && duplex !== 'half') throw new TypeError("The option 'duplex' of a request must be 'half'");
  for (const name of Object.keys(options) as Option[]) {
    const value = init[name];
    if (value === undefined) continue;
    const allowed: readonly string[] = options[name];
    if (!allowed.includes(value)) {
      throw new TypeError(`The option '${name}' of a request must be one of ${allowed.map((each) => `'${each}'`).join(', ')}`);
    }
    state[name] = value;
  }
  if (referrer !== undefined) state.referrer = toText(referrer);
  if (integrity !== undefined) state.integrity = toText(integrity);
  if (keepalive !== undefined) state.keepalive = Boolean(keepalive);
}

function parseRequestUrl(input: unknown): string {
  const parts = parseUrlText(input);
  if (parts[3] > parts[1] + 2) throw new TypeError('The URL of a request must not have a user name or password');
  return parts[0];
}

/** The standard methods in upper case, others as they are; throws TypeError for what is no method. */
function normalizeMethod(method: string): string {
  switch (method) {
    case 'GET': case 'POST': case 'PUT': case 'DELETE': case 'HEAD': case 'OPTIONS': case 'PATCH':
      return method;
  }
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) throw new TypeError(`'${method}' is not a valid method`);
  const upper = method.toUpperCase();
  switch (upper) {
    case 'GET': case 'POST': case 'PUT': case 'DELETE': case 'HEAD': case 'OPTIONS':
      return upper;
    case 'CONNECT': case 'TRACE': case 'TRACK':
      throw new TypeError(`The method ${method} is not allowed`);
    default:
      return method;
  }
}

defineBodyMethods(Request.prototype, requestState, (request) => request.headers.get('content-type'));
defineInterface(Request, 'Request', { constructor: 1 });
inspectable(Request, (request) => ({
  method: request.method,
  url: request.url,
  headers: request.headers,
  bodyUsed: request.bodyUsed,
  redirect: request.redirect,
  signal: request.signal,
}));
