// The methods that are named for an encoding: utf8Slice, hexWrite and the rest, which some packages call directly.

import { codes, invalidArgument, outOfRange } from '../errors';
import { decode, encode, type Encoding } from './encodings';

const NAMES: Record<string, Encoding> = {
  ascii: 'ascii',
  base64: 'base64',
  base64url: 'base64url',
  hex: 'hex',
  latin1: 'latin1',
  ucs2: 'utf16le',
  utf8: 'utf8',
};

/** Bytes of `text` that fit; no half characters. */
export function fitting(bytes: Uint8Array, room: number, encoding: Encoding): number {
  let count = Math.min(bytes.length, room);
  if (encoding === 'utf8') while (count > 0 && count < bytes.length && (bytes[count]! & 0xc0) === 0x80) count--;
  if (encoding === 'utf16le' && count < bytes.length) count -= count % 2;
  return count;
}

/** Defines all of them on the prototype. */
export function defineSlices(prototype: object): void {
  for (const [name, encoding] of Object.entries(NAMES)) {
    const methods = {
      [`${name}Slice`](this: Uint8Array, start = 0, end: number = this.length) {
        if (start < 0 || start > this.length) throw outOfRange('start', `>= 0 && <= ${this.length}`, start);
        if (end < 0 || end > this.length) throw outOfRange('end', `>= 0 && <= ${this.length}`, end);
        if (end <= start) return '';
        return decode(new Uint8Array(this.buffer, this.byteOffset + start, end - start), encoding);
      },
      [`${name}Write`](this: Uint8Array, text: unknown, offset = 0, length?: number) {
        if (typeof text !== 'string') throw invalidArgument('argument', 'of type string', text);
        if (!(offset >= 0 && offset <= this.length)) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS!('offset');
        const room = length ?? this.length - offset;
        if (!(room >= 0 && room <= this.length - offset)) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS!('length');
        const bytes = encode(text, encoding);
        const count = fitting(bytes, room, encoding);
        this.set(bytes.subarray(0, count), offset);
        return count;
      },
    };
    for (const [key, value] of Object.entries(methods)) {
      Object.defineProperty(prototype, key, { value, writable: true, configurable: true });
    }
  }
}
