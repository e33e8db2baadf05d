// fetch: hands a request to the host and makes a Response of the answer. What may be reached is the host's
// business; a denial arrives here as a failure like others.

import { Completion, EffectKind } from '../../abi';
import { native } from '../../native';
import { abortOp, startOp } from '../../ops';
import { addAbortSteps, removeAbortSteps } from '../events';
import { blobBytes } from '../blob';
import { hasBody, takeSource } from './body';
import { readDataUrl } from './dataurl';
import { failureError } from './failure';
import { HostPieces, writeAll, type Pieces } from './pieces';
import { headersOf } from './headers';
import { abortSource, redirectCode, Request, requestBlob, requestHeaders, requestState, type RequestInit, type RequestState } from './request';
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
    if (scheme === 'blob') return resolve(fetchBlobUrl(state));
    if (scheme !== 'http' && scheme !== 'https') {
      throw new TypeError(`fetch does not know the scheme '${scheme}:'; it knows http:, https:, data: and blob:`);
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

function fetchBlobUrl(state: RequestState): Response {
  const blob = requestBlob(state);
  if (blob === undefined) throw new TypeError('The blob: URL names no blob: it was revoked, or made elsewhere');
  if (state.method !== 'GET') throw new TypeError(`A blob: URL can only be fetched by GET, not by ${state.method}`);
  const bytes = blobBytes(blob);
  const range = headersOf(requestHeaders(state), false).get('range');
  const respond = (status: number, statusText: string, more: string, body: Uint8Array) => {
    const headers = `content-length\n${body.byteLength}\ncontent-type\n${blob.type}${more}`;
    return responseFromHost({ status, statusText, url: withoutFragment(state.url), redirected: false, headers }, body);
  };
  if (range === null) return respond(200, 'OK', '', bytes);
  const found = /^bytes[\t ]*=[\t ]*(\d*)[\t ]*-[\t ]*(\d*)$/.exec(range);
  if (found === null || (found[1] === '' && found[2] === '')) throw new TypeError('The range of the request is not valid');
  const size = bytes.byteLength;
  const start = found[1] === '' ? Math.max(size - Number(found[2]), 0) : Number(found[1]);
  const end = found[1] === '' || found[2] === '' ? size - 1 : Math.min(Number(found[2]), size - 1);
  if (start > end) throw new TypeError('The range of the request lies outside of the blob');
  return respond(206, 'Partial Content', `\ncontent-range\nbytes ${start}-${end}/${size}`, bytes.subarray(start, end + 1));
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
