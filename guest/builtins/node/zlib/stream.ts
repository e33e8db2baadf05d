// The stream that all classes of node:zlib are: a Transform over a handle. Each step is made a tick after it was asked
// for, as if somebody else made it, and only while the reader wants more.

import { nextTick } from '../../runtime/ticks';
import { Buffer } from '../buffer/buffer';
import { codes } from '../errors';
import { Stream, Transform } from '../stream';
import { constants } from './constants';
import { assertOpen, type Handle } from './handle';
import { numberWithin, type ZlibOptions } from './options';

/** The operations that a class has, by its library's numbers. */
export interface Flushes {
  /** For an ordinary chunk. */
  flush: number;
  /** For the last one. */
  finishFlush: number;
  /** For `flush()` without an argument. */
  fullFlush: number;
  /** The highest there is. */
  most: number;
}

/** Marks an empty chunk that stands for a flush. */
const flushFlag = Symbol('flush');
const empty = Buffer.alloc(0);

/** What a stream of node:zlib holds besides a Transform's own. */
export interface ZlibStream {
  [member: string]: any;
  bytesWritten: number;
  _handle: Handle | null;
  _outBuffer: Uint8Array;
  _outOffset: number;
  _chunkSize: number;
  _defaultFlushFlag: number;
  _finishFlushFlag: number;
  _defaultFullFlushFlag: number;
  _info: unknown;
  _maxOutputLength: number;
}

/** Set when node:zlib is first imported. */
export const bounds = { maxLength: 0 };

/** Makes `stream`, an object whose prototype is one of these classes', a stream over a handle. */
export function initialize(stream: ZlibStream, given: ZlibOptions | undefined, flushes: Flushes, makeHandle: () => Handle): void {
  let options = given;
  let chunkSize = constants.Z_DEFAULT_CHUNK!;
  let { flush, finishFlush } = flushes;
  let maxOutputLength = bounds.maxLength;
  if (options) {
    chunkSize = numberWithin(options.chunkSize, 'options.chunkSize', constants.Z_MIN_CHUNK!, Number.POSITIVE_INFINITY, chunkSize);
    flush = numberWithin(options.flush, 'options.flush', 0, flushes.most, flush);
    finishFlush = numberWithin(options.finishFlush, 'options.finishFlush', 0, flushes.most, finishFlush);
    maxOutputLength = numberWithin(options.maxOutputLength, 'options.maxOutputLength', 1, bounds.maxLength, maxOutputLength);
    if (options.encoding || options.objectMode || options.writableObjectMode) {
      options = { ...options, encoding: null, objectMode: false, writableObjectMode: false };
    }
  }
  const handle = makeHandle();
  Transform.call(stream, { autoDestroy: true, ...options });
  Object.assign(stream, {
    bytesWritten: 0,
    _handle: handle,
    _outBuffer: Buffer.allocUnsafe(chunkSize),
    _outOffset: 0,
    _chunkSize: chunkSize,
    _defaultFlushFlag: flush,
    _finishFlushFlag: finishFlush,
    _defaultFullFlushFlag: flushes.fullFlush,
    _info: options?.info,
    _maxOutputLength: maxOutputLength,
  });
}

export const ZlibBase = function ZlibBase(): void {} as unknown as { new (): ZlibStream; prototype: ZlibStream };
Object.setPrototypeOf(ZlibBase.prototype, Transform.prototype);
Object.setPrototypeOf(ZlibBase, Transform);

type Callback = (error?: unknown) => void;

/** Of two kinds of flush the one that writes more. By zlib's numbers, Z_BLOCK ranks right after none. */
function stronger(one: number, other: number): number {
  const rank = (kind: number) => (kind === constants.Z_BLOCK ? 0.5 : kind);
  return rank(one) > rank(other) ? one : other;
}

const methods = {
  reset(this: ZlibStream) {
    assertOpen(this._handle).reset();
  },

  _flush(this: ZlibStream, callback: Callback) {
    this._transform(Buffer.alloc(0), '', callback);
  },

  _final(this: ZlibStream, callback: Callback) {
    callback();
  },

  flush(this: ZlibStream, kind?: number | Callback, callback?: Callback) {
    let flag = kind;
    let done = callback;
    if (typeof flag === 'function' || (flag === undefined && !done)) {
      done = flag as Callback | undefined;
      flag = this._defaultFullFlushFlag;
    }
    if (this.writableFinished) {
      if (done) nextTick(done, []);
    } else if (this.writableEnded) {
      if (done) this.once('end', done);
    } else {
      this.write(Object.assign(Buffer.alloc(0), { [flushFlag]: flag }), '', done);
    }
  },

  close(this: ZlibStream, callback?: Callback) {
    if (callback) Stream.finished(this, callback);
    this.destroy();
  },

  _destroy(this: ZlibStream, error: unknown, callback: Callback) {
    this._handle = null;
    callback(error);
  },

  _transform(this: ZlibStream, chunk: Uint8Array & { [flushFlag]?: number }, _encoding: string, callback: Callback) {
    let flag = this._defaultFlushFlag;
    const asked = chunk[flushFlag];
    if (typeof asked === 'number') flag = asked;
    if (this.writableEnded && this.writableLength === chunk.byteLength) flag = stronger(flag, this._finishFlushFlag);
    transformLater(this, chunk, flag, callback);
  },

  _processChunk(this: ZlibStream, chunk: Uint8Array, flag: number, callback?: Callback) {
    if (typeof callback !== 'function') return transformAtOnce(this, chunk, flag);
    return transformLater(this, chunk, flag, callback);
  },
};
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(ZlibBase.prototype, name, { value, writable: true, configurable: true, enumerable: true });
}
Object.defineProperties(ZlibBase.prototype, {
  _closed: {
    configurable: true,
    enumerable: true,
    get(this: ZlibStream) {
      return !this._handle;
    },
  },
  // The old, wrong name of the bytes that were taken in.
  bytesRead: {
    configurable: true,
    enumerable: true,
    get(this: ZlibStream) {
      return this.bytesWritten;
    },
    set(this: ZlibStream, value: number) {
      this.bytesWritten = value;
    },
  },
});

/** Goes through a chunk, tick by tick; `callback` when the next may come. */
function transformLater(stream: ZlibStream, chunk: Uint8Array, flag: number, callback: Callback): void {
  if (!stream._handle) {
    nextTick(callback, []);
    return;
  }
  let at = 0;

  function step(): void {
    const handle = stream._handle;
    if (handle === null || stream.destroyed) return callback();
    const room = stream._chunkSize - stream._outOffset;
    let progress;
    try {
      progress = handle.step(
        flag,
        { bytes: chunk, at, length: chunk.length - at },
        { bytes: stream._outBuffer, at: stream._outOffset, length: room },
      );
    } catch (error) {
      // The handle first: who hears of the error finds the stream closed.
      stream._handle = null;
      stream.destroy(error);
      return callback(error);
    }
    const { inputLeft, roomLeft } = progress;
    stream.bytesWritten += chunk.length - inputLeft - at;
    at = chunk.length - inputLeft;
    let isWanted = true;
    if (roomLeft < room) {
      const from = stream._outOffset;
      stream._outOffset += room - roomLeft;
      isWanted = stream.push(stream._outBuffer.subarray(from, stream._outOffset));
    }
    if (stream.destroyed) return callback();
    if (roomLeft === 0 || stream._outOffset >= stream._chunkSize) {
      stream._outBuffer = Buffer.allocUnsafe(stream._chunkSize);
      stream._outOffset = 0;
    }
    if (roomLeft === 0) {
      if (isWanted) nextTick(step, []);
      else whenRead(stream, () => nextTick(step, []));
      return undefined;
    }
    // Room is left and input too: the data ended before, and what comes behind it is not looked at.
    if (inputLeft > 0) stream.push(null);
    return callback();
  }
  nextTick(step, []);
}

/** Calls `next` when the stream's reader asks for more. */
function whenRead(stream: ZlibStream, next: () => void): void {
  const read = stream._read;
  stream._read = function (this: ZlibStream, size: number) {
    stream._read = read;
    next();
    this._read(size);
  };
}

/** All of a chunk, and the handle is done with. */
export function transformAtOnce(stream: ZlibStream, chunk: Uint8Array, flag: number): Buffer {
  const handle = assertOpen(stream._handle);
  const pieces: Uint8Array[] = [];
  let length = 0;
  let at = 0;
  try {
    for (;;) {
      const room = stream._chunkSize - stream._outOffset;
      const { inputLeft, roomLeft } = handle.step(
        flag,
        { bytes: chunk, at, length: chunk.length - at },
        { bytes: stream._outBuffer, at: stream._outOffset, length: room },
      );
      stream.bytesWritten += chunk.length - inputLeft - at;
      at = chunk.length - inputLeft;
      if (roomLeft < room) {
        const piece = stream._outBuffer.subarray(stream._outOffset, stream._outOffset + room - roomLeft);
        stream._outOffset += piece.length;
        length += piece.length;
        if (length > stream._maxOutputLength) throw new codes.ERR_BUFFER_TOO_LARGE!(stream._maxOutputLength);
        pieces.push(piece);
      }
      if (roomLeft > 0) break;
      stream._outBuffer = Buffer.allocUnsafe(stream._chunkSize);
      stream._outOffset = 0;
    }
  } finally {
    stream._handle = null;
  }
  return length === 0 ? (empty as Buffer) : (Buffer.concat(pieces, length) as Buffer);
}
