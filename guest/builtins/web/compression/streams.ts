// CompressionStream and DecompressionStream.

import { native } from '../../native';
import { bytesOf, isBufferSource, needArguments } from '../webidl/convert';
import { compressor, decompressor, type Coding, type Decoding } from './formats';
import { pairOf, type Pair } from './pair';

/** One piece at most. Made at first use, so that it is in no image, and used by all streams of an instance. */
const PIECE_BYTES = 64 * 1024;
let room: Uint8Array | undefined;
const nothing = new Uint8Array(0);

export class CompressionStream {
  #pair: Pair;

  constructor(format: string) {
    needArguments(arguments.length, 1, 'CompressionStream');
    const coding = compressor(format);
    this.#pair = pairOf({
      transform: (chunk) => compress(coding, bytesOfChunk(chunk), coding.operations.process),
      flush: () => compress(coding, nothing, coding.operations.finish),
    });
  }

  get readable() {
    return this.#pair.readable;
  }

  get writable() {
    return this.#pair.writable;
  }
}

export class DecompressionStream {
  #pair: Pair;

  constructor(format: string) {
    needArguments(arguments.length, 1, 'DecompressionStream');
    const decoding = decompressor(format);
    let hasEnded = false;
    this.#pair = pairOf({
      *transform(chunk) {
        const bytes = bytesOfChunk(chunk);
        if (hasEnded && bytes.length > 0) throw new TypeError('There is more after the end of the compressed data');
        if (bytes.length > 0) hasEnded = yield* decompress(decoding, bytes);
      },
      flush() {
        if (!hasEnded) throw new TypeError('The compressed data ends too early');
        return [];
      },
    });
  }

  get readable() {
    return this.#pair.readable;
  }

  get writable() {
    return this.#pair.writable;
  }
}

function bytesOfChunk(chunk: unknown): Uint8Array {
  if (!isBufferSource(chunk) || (ArrayBuffer.isView(chunk) && !(chunk.buffer instanceof ArrayBuffer))) {
    throw new TypeError('A chunk must be an ArrayBuffer or a view of one');
  }
  return bytesOf(chunk);
}

/** What is left of a chunk, as a copy: the program may change the chunk while somebody waits for a reader. */
function rest(input: Uint8Array, left: number): Uint8Array {
  return input.slice(input.length - left);
}

function* compress({ codec }: Coding, input: Uint8Array, operation: number): Generator<Uint8Array> {
  let left = input;
  for (;;) {
    room ??= new Uint8Array(PIECE_BYTES);
    const [code, inputLeft, roomLeft] = native.codecs.step(codec, operation, left, 0, left.length, room, 0, PIECE_BYTES);
    // Nothing can be wrong with what is compressed: only memory can lack.
    if (code < 0 && roomLeft === PIECE_BYTES && inputLeft > 0) throw new RangeError('There is not enough memory to compress');
    const piece = room.slice(0, PIECE_BYTES - roomLeft);
    const isAll = roomLeft > 0 && inputLeft === 0;
    if (!isAll) left = rest(left, inputLeft);
    if (piece.length > 0) yield piece;
    if (isAll) return;
  }
}

/** Returns whether the data ended. */
function* decompress({ codec, isEnd, isError }: Decoding, input: Uint8Array): Generator<Uint8Array, boolean> {
  let left = input;
  for (;;) {
    room ??= new Uint8Array(PIECE_BYTES);
    const [code, inputLeft, roomLeft, message] = native.codecs.step(codec, 0, left, 0, left.length, room, 0, PIECE_BYTES);
    const hasEnded = isEnd(code);
    const failure = isError(code) ? invalid(message) : hasEnded && inputLeft > 0 ? new TypeError('There is more after the end of the compressed data') : null;
    const piece = room.slice(0, PIECE_BYTES - roomLeft);
    const isAll = hasEnded || (roomLeft > 0 && inputLeft === 0);
    if (!isAll) left = rest(left, inputLeft);
    if (piece.length > 0) yield piece;
    if (failure !== null) throw failure;
    if (isAll) return hasEnded;
  }
}

function invalid(message: string | null): TypeError {
  return new TypeError(`The compressed data is not valid${message === null ? '' : `: ${message}`}`);
}
