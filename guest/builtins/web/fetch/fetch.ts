// fetch: hands a request to the host and makes a Response of the answer. What may be reached is the host's
// business; a denial arrives here as a failure like others.

import { Completion, EffectKind } from '../../abi';
import { native } from '../../native';
import { abortOp, startOp } from '../../ops';
import { addAbortSteps, removeAbortSteps } from '../events';
import { hasBody, takeSource } from './body';
import { readDataUrl } from './dataurl';
import { failureError } from './failure';
import { HostPieces, writeAll, type Pieces } from './pieces';
import { abortSource, redirectCode, Request, requestHeaders, requestState, type RequestInit, type RequestState } from './request';
import { Response, responseFromHost } from './response';

export function fetch(input: Request | string | { toString(): string }, init?: RequestInit): Promise<Response> {
  return new Promise((resolve, reject) => {
    // What is wrong with the arguments rejects, too: a throw in here does so.
    const state = requestState(new Request(input, init));
    const signal = abortSource(state);
    if (signal !== null && signal.aborted) {
      if (hasBody(state)) cancelBody(state, signal.reason);
      throw signal.reason;
    }
    const colon = state.url.indexOf(':');
    const scheme = state.url.slice(0, colon);
    if (scheme === 'data') return resolve(fetchDataUrl(state));
    if (scheme !== 'http' && scheme !== 'https') {
      throw new TypeError(`fetch does not know the scheme '${scheme}:'; it knows http:, https: and data:`);
    }
    start(state, resolve, reject);
  });
}

function start(state: RequestState, resolve: (response: Response) => void, reject: (error: unknown) => void): void {
  let upload: Pieces | null = null;
  let body: Uint8Array | number | null = null;
  if (hasBody(state)) {
    const source = takeSource(state);
    if (typeof source === 'string') body = new Uint8Array(native.utf8Encode(source));
    else if (source instanceof Uint8Array) body = source;
    else {
      upload = source;
      body = 1;
    }
  }
  const list = requestHeaders(state);
  const signal = abortSource(state);
  let download: HostPieces | null = null;

  const abort = (): void => {
    const reason = signal!.reason;
    upload?.cancel(reason);
    if (download !== null) return download.cancel(reason);
    abortOp(op);
    reject(reason);
  };
  const settled = (): void => {
    if (signal !== null) removeAbortSteps(signal, abort);
  };
  const onDone = (completion: Completion, ...fields: any[]): void => {
    if (completion !== Completion.Head) {
      settled();
      const error = failureError(fields[0], fields[1]);
      upload?.cancel(error);
      return reject(error);
    }
    const [status, statusText, url, redirected, headers, hasContent] = fields;
    // The signal reaches the body as well, until it has ended.
    if (hasContent === 1) download = new HostPieces(op, settled);
    else settled();
    return resolve(responseFromHost({ status, statusText, url, redirected: redirected === 1, headers }, download));
  };

  let op = 0;
  try {
    op = startOp(
      EffectKind.Fetch,
      onDone,
      state.method,
      withoutFragment(state.url),
      typeof list === 'string' ? list : list.join('\n'),
      redirectCode(state.redirect),
      body,
    );
  } catch (error) {
    upload?.cancel(error);
    const { message, code } = error as { message: string; code?: string };
    throw code === undefined ? error : new TypeError(message, { cause: error });
  }
  if (signal !== null) addAbortSteps(signal, abort);
  if (upload !== null) {
    writeAll(upload, op).catch((error) => {
      // An abort has rejected already; a body that broke off by itself ends the fetch.
      if (signal !== null && signal.aborted) return;
      settled();
      if (download !== null) return;
      abortOp(op);
      reject(new TypeError('The body of the request could not be read', { cause: error }));
    });
  }
}

function cancelBody(state: RequestState, reason: unknown): void {
  const source = takeSource(state);
  if (typeof source !== 'string' && !(source instanceof Uint8Array)) source.cancel(reason);
}

function withoutFragment(url: string): string {
  const hash = url.indexOf('#');
  return hash < 0 ? url : url.slice(0, hash);
}

function fetchDataUrl(state: RequestState): Response {
  const content = readDataUrl(withoutFragment(state.url));
  if (content === null) throw new TypeError('The data: URL is malformed');
  const head = { status: 200, statusText: 'OK', url: state.url, redirected: false, headers: `content-type\n${content.type}` };
  return responseFromHost(head, state.method === 'HEAD' ? null : content.bytes);
}
