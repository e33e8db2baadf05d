// node:string_decoder: text from pieces of bytes, where a character may be split over two of them.

import { native } from '../../native';
import { registerBuiltin } from '../../runtime/builtin_modules';
import { Buffer } from '../buffer/buffer';
import { codes } from '../errors';
import { encodingOf } from '../buffer/encodings';

interface Decoder {
  encoding: string;
  lastChar: Uint8Array;
  lastNeed: number;
  lastTotal: number;
  write(chunk: string | ArrayBufferView): string;
  end(chunk?: string | ArrayBufferView): string;
}

/** Called with or without `new`, as in Node. */
export const StringDecoder = function (this: Decoder, encoding?: string): void {
  const name = encoding === undefined || encoding === null ? 'utf8' : encodingOf(encoding);
  if (name === undefined) throw new codes.ERR_UNKNOWN_ENCODING!(encoding);
  this.encoding = name;
  /** Bytes that wait for the rest of their character: the first `lastTotal - lastNeed` of it. */
  this.lastChar = Buffer.alloc(4) as unknown as Uint8Array;
  this.lastNeed = 0;
  this.lastTotal = 0;
} as unknown as { new (encoding?: string): Decoder; prototype: Decoder };

function bytesOf(chunk: unknown): Uint8Array {
  if (!ArrayBuffer.isView(chunk)) throw new codes.ERR_INVALID_ARG_TYPE!('buf', ['Buffer', 'TypedArray', 'DataView'], chunk);
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

/** How many bytes at the end of `all` are the start of a character, and how long that is: [have, total]. */
function unfinished(encoding: string, all: Uint8Array, kept: number): [number, number] {
  const { length } = all;
  switch (encoding) {
    case 'utf8':
      for (let back = 1; back <= Math.min(3, length); back++) {
        const byte = all[length - back]!;
        if (byte < 0x80) break;
        if (byte < 0xc0) continue;
        // By its first byte alone: what turns out wrong is replaced when it is complete, or at the end.
        const total = byte >= 0xf8 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
        return total > back ? [back, total] : [0, 0];
      }
      return [0, 0];
    case 'utf16le': {
      const odd = length % 2;
      const unit = length - odd >= 2 ? all[length - odd - 1]! : 0;
      // A high surrogate waits for its low one; half of that waits with it only when it came later.
      if (unit >= 0xd8 && unit <= 0xdb && (odd === 0 || kept >= 2)) return [2 + odd, 4];
      return odd === 1 ? [1, 2] : [0, 0];
    }
    case 'base64':
    case 'base64url':
      return length % 3 === 0 ? [0, 0] : [length % 3, 3];
    default:
      return [0, 0];
  }
}

function decode(encoding: string, bytes: Uint8Array): string {
  if (encoding === 'utf8') return native.utf8Decode(bytes, false, true);
  return (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as unknown as { toString(encoding: string): string }).toString(encoding);
}

function defineMethods(methods: Record<string, unknown>): void {
  Object.assign(StringDecoder.prototype, methods);
}

defineMethods({
  write(this: Decoder, chunk: unknown): string {
    if (typeof chunk === 'string') return chunk;
    if (typeof this.lastNeed !== 'number') throw new codes.ERR_INVALID_THIS!('StringDecoder');
    const bytes = bytesOf(chunk);
    const have = this.lastTotal - this.lastNeed;
    let all = bytes;
    if (have > 0) {
      all = new Uint8Array(have + bytes.length);
      all.set(this.lastChar.subarray(0, have));
      all.set(bytes, have);
    }
    const [rest, total] = unfinished(this.encoding, all, have);
    this.lastTotal = total;
    this.lastNeed = total - rest;
    const complete = all.length - rest;
    if (rest > 0) this.lastChar.set(all.subarray(complete));
    return complete === 0 ? '' : decode(this.encoding, all.subarray(0, complete));
  },
  end(this: Decoder, chunk?: unknown): string {
    const text = chunk === undefined ? '' : this.write(chunk as ArrayBufferView);
    const have = this.lastTotal - this.lastNeed;
    this.lastTotal = 0;
    this.lastNeed = 0;
    if (have === 0) return text;
    const rest = this.lastChar.subarray(0, have);
    return text + decode(this.encoding, rest);
  },
  text(this: Decoder, chunk: ArrayBufferView, from = 0): string {
    this.lastNeed = 0;
    this.lastTotal = 0;
    return this.write(bytesOf(chunk).subarray(from));
  },
});

registerBuiltin('string_decoder', () => ({ StringDecoder }));
