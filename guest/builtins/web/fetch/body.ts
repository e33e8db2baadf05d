// Bodies: what Request and Response have in common. A body stays in the form in which it was given until
// somebody asks for another; a ReadableStream is only made when somebody looks at `body`.

import { defineHidden } from '../../define';
import { native } from '../../native';
import { Blob, FormData, blobBytes, encodeMultipart, parseMultipart } from '../blob';
import { blobOfBytes } from '../blob/blob';
import { isDisturbed, markDisturbed, ReadableStream } from '../streams';
import { URLSearchParams } from '../url';
import { parseUrlencoded } from '../url/urlencoded';
import { copyBytes, isBufferSource, toText } from '../webidl/convert';
import { parseMimeType, serializeMimeType } from './mime';
import { readAll, StreamPieces, type Pieces } from './pieces';

export type BodyInit = string | ArrayBuffer | ArrayBufferView | Blob | FormData | URLSearchParams | ReadableStream;

/** What a body is made of. Bytes belong to the body and are not written to. */
export type Source = string | Uint8Array | Pieces;

/** The part of a Request's or Response's state that is its body. No source and no stream: no body. */
export interface Body {
  source: Source | null;
  /** Made from `source`, or given. Where there is one, it decides. */
  stream: ReadableStream | null;
  /** The content was taken without a stream. */
  used: boolean;
}

/** On a stream that was made from a source: the source, for whoever takes the stream untouched. */
const streamSource = Symbol('source');

export const textType = 'text/plain;charset=UTF-8';

/** Puts what a caller gave as a body into `body`; the content type that goes with it, or null. */
export function extractBody(init: unknown, body: Body): string | null {
  if (typeof init === 'string') {
    body.source = init;
    return textType;
  }
  if (typeof init === 'object' && init !== null) {
    if (init instanceof ReadableStream) {
      if (init.locked || isDisturbed(init)) throw new TypeError('The stream given as a body is locked or was read from');
      body.stream = init;
      return null;
    }
    if (isBufferSource(init)) {
      body.source = copyBytes(init);
      return null;
    }
    if (init instanceof URLSearchParams) {
      body.source = init.toString();
      return 'application/x-www-form-urlencoded;charset=UTF-8';
    }
    if (init instanceof Blob) {
      body.source = blobBytes(init);
      return init.type === '' ? null : init.type;
    }
    if (init instanceof FormData) {
      const { bytes, boundary } = encodeMultipart(init);
      body.source = bytes;
      return `multipart/form-data; boundary=${boundary}`;
    }
    if (Symbol.asyncIterator in init) {
      body.stream = ReadableStream.from(init as AsyncIterable<unknown>);
      return null;
    }
  }
  body.source = toText(init);
  return textType;
}

export function hasBody(body: Body): boolean {
  return body.source !== null || body.stream !== null;
}

/** True when the content cannot be taken any more, or is being taken. */
export function isUnusable(body: Body): boolean {
  return body.used || (body.stream !== null && (body.stream.locked || isDisturbed(body.stream)));
}

export function assertUsable(body: Body): void {
  if (isUnusable(body)) throw new TypeError('The body cannot be used: it was read already, or its stream is locked');
}

/** Takes the content of a usable body that is there, in the cheapest form. */
export function takeSource(body: Body): Source {
  const stream = body.stream;
  if (stream === null) {
    body.used = true;
    return body.source!;
  }
  const source = (stream as any)[streamSource] as Source | undefined;
  if (source === undefined) return new StreamPieces(stream);
  lockAway(stream);
  return source;
}

/** Moves the body of `from` to `to`; `from` has been used then. */
export function moveBody(from: Body, to: Body): void {
  assertUsable(from);
  if (!hasBody(from)) return;
  to.source = from.source;
  to.stream = from.stream;
  from.stream = null;
  from.source ??= '';
  from.used = true;
}

/** Gives `to` the same content as `from` has and keeps. */
export function cloneBody(from: Body, to: Body): void {
  assertUsable(from);
  if (from.source !== null && !isPieces(from.source) && from.stream === null) {
    to.source = from.source;
    return;
  }
  const stream = bodyStream(from);
  if (stream === null) return;
  [from.stream, to.stream] = stream.tee();
  from.source = null;
}

function isPieces(source: Source): source is Pieces {
  return typeof source === 'object' && !(source instanceof Uint8Array);
}

/** The body as a stream, made at the first call; null without a body. */
export function bodyStream(body: Body): ReadableStream | null {
  if (body.stream !== null || body.source === null) return body.stream;
  const source = body.source;
  // Nothing is read before somebody asks: while its queue is empty, a stream can be passed over for its source.
  const stream = new ReadableStream(isPieces(source) ? pullPieces(source) : pullWhole(source), { highWaterMark: 0 });
  body.stream = stream;
  if (body.used) lockAway(stream);
  else defineHidden(stream, streamSource, source);
  return stream;
}

/** For a stream whose content is taken elsewhere. */
function lockAway(stream: ReadableStream): void {
  stream.getReader();
  markDisturbed(stream);
}

function pullPieces(pieces: Pieces) {
  return {
    type: 'bytes' as const,
    pull(controller: any): Promise<void> {
      return new Promise((resolve, reject) => {
        pieces.read((piece) => {
          if (piece === null) finish(controller);
          else controller.enqueue(piece);
          resolve();
        }, reject);
      });
    },
    cancel(reason: unknown): void {
      pieces.cancel(reason);
    },
  };
}

function pullWhole(source: string | Uint8Array) {
  return {
    type: 'bytes' as const,
    pull(controller: any): void {
      // A copy, since the stream hands its buffer on.
      const bytes = typeof source === 'string' ? new Uint8Array(native.utf8Encode(source)) : source.slice();
      if (bytes.byteLength > 0) controller.enqueue(bytes);
      finish(controller);
    },
  };
}

function finish(controller: any): void {
  controller.close();
  // A read into a buffer of the caller's ends only when it is answered.
  controller.byobRequest?.respond(0);
}

/** Takes the whole content: a string, or bytes that may be shared with other bodies (see `ownBytes`). */
function takeAll<T>(body: Body, finish: (content: string | Uint8Array, shared: boolean) => T): Promise<T> {
  if (isUnusable(body)) {
    return Promise.reject(new TypeError('The body cannot be read: it was read already, or its stream is locked'));
  }
  try {
    if (!hasBody(body)) return Promise.resolve(finish('', false));
    const source = takeSource(body);
    if (isPieces(source)) return readAll(source).then((bytes) => finish(bytes, false));
    return Promise.resolve(finish(source, true));
  } catch (error) {
    return Promise.reject(error);
  }
}

function asText(content: string | Uint8Array): string {
  if (typeof content !== 'string') return native.utf8Decode(content, false, false);
  const text = content.toWellFormed();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function asOwnBytes(content: string | Uint8Array, shared: boolean): Uint8Array {
  if (typeof content === 'string') return new Uint8Array(native.utf8Encode(content));
  return shared || content.byteLength !== content.buffer.byteLength ? content.slice() : content;
}

function asForm(content: string | Uint8Array, contentType: string | null): FormData {
  const type = contentType === null ? null : parseMimeType(contentType);
  if (type?.essence === 'multipart/form-data') {
    const boundary = type.parameters.get('boundary');
    if (boundary === undefined || boundary === '') throw new TypeError('The content type of the form has no boundary');
    return parseMultipart(asOwnBytes(content, true), boundary);
  }
  if (type?.essence === 'application/x-www-form-urlencoded') {
    const form = new FormData();
    // Here a byte order mark is a part of the first name.
    const text = typeof content === 'string' ? content.toWellFormed() : native.utf8Decode(content, false, true);
    const list = parseUrlencoded(text);
    for (let at = 0; at < list.length; at += 2) form.append(list[at]!, list[at + 1]!);
    return form;
  }
  throw new TypeError(
    `The body cannot be read as a form: its content type is ${contentType ?? 'not set'}, ` +
      'not multipart/form-data or application/x-www-form-urlencoded',
  );
}

/** What Request and Response offer for their bodies. */
export interface BodyMethods {
  readonly body: ReadableStream | null;
  readonly bodyUsed: boolean;
  arrayBuffer(): Promise<ArrayBuffer>;
  blob(): Promise<Blob>;
  bytes(): Promise<Uint8Array>;
  formData(): Promise<FormData>;
  json(): Promise<any>;
  text(): Promise<string>;
}

/** Defines them. `bodyOf` rejects objects of other classes by throwing. */
export function defineBodyMethods<T extends object>(
  prototype: T,
  bodyOf: (owner: T) => Body,
  contentTypeOf: (owner: T) => string | null,
): void {
  function take<R>(owner: T, finish: (content: string | Uint8Array, shared: boolean) => R): Promise<R> {
    let body: Body;
    try {
      body = bodyOf(owner);
    } catch (error) {
      return Promise.reject(error);
    }
    return takeAll(body, finish);
  }
  const methods = {
    get body() {
      return bodyStream(bodyOf(this as unknown as T));
    },
    get bodyUsed() {
      const body = bodyOf(this as unknown as T);
      return body.used || (body.stream !== null && isDisturbed(body.stream));
    },
    arrayBuffer(this: T) {
      return take(this, (content, shared) => asOwnBytes(content, shared).buffer);
    },
    blob(this: T) {
      return take(this, (content, shared) => {
        const type = parseMimeType(contentTypeOf(this) ?? '');
        return blobOfBytes(asOwnBytes(content, shared), type === null ? '' : serializeMimeType(type));
      });
    },
    bytes(this: T) {
      return take(this, asOwnBytes);
    },
    formData(this: T) {
      return take(this, (content) => asForm(content, contentTypeOf(this)));
    },
    json(this: T) {
      return take(this, (content) => JSON.parse(asText(content)));
    },
    text(this: T) {
      return take(this, asText);
    },
  };
  Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(methods));
}
