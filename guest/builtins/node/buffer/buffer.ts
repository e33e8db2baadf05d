// Buffer: a Uint8Array with Node's methods. There is no pool; every Buffer that is made has memory of its
// own, and it is always zeroed.

import { inspectCustom } from '../../web/console/inspectable';
import { defineHidden } from '../../define';
import { coded, invalidArgument, outOfRange } from '../errors';
import { decode, encode, encodedLength, encodingOf, needEncoding } from './encodings';
import { defineNumbers } from './numbers';

/** The engine's bound on the length of a typed array. */
export const maxLength = 2 ** 31 - 1;
const bytesInspected = 50;

function checkSize(size: unknown): asserts size is number {
  if (typeof size !== 'number') throw invalidArgument('size', 'of type number', size);
  if (!(size >= 0 && size <= maxLength)) throw outOfRange('size', `>= 0 && <= ${maxLength}`, size);
}

/** A Buffer on the memory of these bytes. */
function over(bytes: Uint8Array): Buffer {
  return new Buffer(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

type Searched = string | number | Uint8Array;

export class Buffer extends Uint8Array {
  /** As `Buffer.from`, or `Buffer.alloc` for a number. */
  constructor(value: unknown, second?: unknown, length?: number) {
    if (typeof value === 'number') {
      super(value);
    } else if (value instanceof ArrayBuffer || isShared(value)) {
      super(value as ArrayBuffer, second as number | undefined, length);
    } else {
      const bytes = Buffer.from(value, second, length);
      super(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
    }
  }

  static poolSize = 0;

  static override from(value: any, second?: any, third?: any): Buffer {
    if (typeof value === 'string') return over(encode(value, needEncoding(second)));
    if (typeof value === 'object' && value !== null) {
      if (value instanceof ArrayBuffer || isShared(value)) {
        if (second !== undefined && second > value.byteLength) {
          throw coded(new RangeError('"offset" is outside of buffer bounds'), 'ERR_BUFFER_OUT_OF_BOUNDS');
        }
        return new Buffer(value, second, third);
      }
      if (isBytes(value)) return over(new Uint8Array(value));
      const primitive: unknown = value.valueOf?.();
      if (primitive !== null && primitive !== undefined && primitive !== value) return Buffer.from(primitive, second, third);
      if (value.length !== undefined || ArrayBuffer.isView(value)) {
        return typeof value.length === 'number' ? over(Uint8Array.from(value as ArrayLike<number>)) : new Buffer(0);
      }
      if (value.type === 'Buffer' && Array.isArray(value.data)) return over(Uint8Array.from(value.data as number[]));
      const toPrimitive: unknown = value[Symbol.toPrimitive];
      if (typeof toPrimitive === 'function') return Buffer.from(toPrimitive.call(value, 'string'), second, third);
    }
    const expected = 'of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object';
    throw invalidArgument('first argument', expected, value);
  }

  static override of(...items: number[]): Buffer {
    return over(Uint8Array.from(items));
  }

  static alloc(size: number, fill?: string | number | Uint8Array, encoding?: string): Buffer {
    checkSize(size);
    const buffer = new Buffer(size);
    return fill === undefined || fill === 0 || size === 0 ? buffer : buffer.fill(fill as string, encoding as string);
  }
  static allocUnsafe(size: number): Buffer {
    return Buffer.alloc(size);
  }
  static allocUnsafeSlow(size: number): Buffer {
    return Buffer.alloc(size);
  }
  static isBuffer(value: unknown): value is Buffer {
    return value instanceof Buffer;
  }
  static isEncoding(name: unknown): boolean {
    return encodingOf(name) !== undefined;
  }
  static byteLength(value: unknown, encoding?: string): number {
    if (typeof value === 'string') return encodedLength(value, encodingOf(encoding) ?? 'utf8');
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || isShared(value)) return (value as ArrayBuffer).byteLength;
    throw invalidArgument('string', 'of type string or an instance of Buffer or ArrayBuffer', value);
  }
  static compare(a: Uint8Array, b: Uint8Array): number {
    if (!isBytes(a)) throw invalidArgument('buf1', 'an instance of Buffer or Uint8Array', a);
    if (!isBytes(b)) throw invalidArgument('buf2', 'an instance of Buffer or Uint8Array', b);
    const shared = Math.min(a.length, b.length);
    for (let at = 0; at < shared; at++) if (a[at] !== b[at]) return a[at]! < b[at]! ? -1 : 1;
    return Math.sign(a.length - b.length);
  }
  static concat(list: readonly Uint8Array[], length?: number): Buffer {
    if (!Array.isArray(list)) throw invalidArgument('list', 'an instance of Array', list);
    const total = length ?? list.reduce((sum, item: Uint8Array) => sum + item.length, 0);
    checkSize(total);
    const result = new Buffer(total);
    let at = 0;
    list.forEach((item: unknown, index) => {
      if (!isBytes(item)) throw invalidArgument(`list[${index}]`, 'an instance of Buffer or Uint8Array', item);
      if (at >= total) return;
      result.set(at + item.length > total ? item.subarray(0, total - at) : item, at);
      at += item.length;
    });
    return result;
  }

  get parent(): ArrayBufferLike {
    return this.buffer;
  }
  get offset(): number {
    return this.byteOffset;
  }

  override toString(encoding?: string, start = 0, end = this.length): string {
    const from = Math.min(Math.max(Math.trunc(start) || 0, 0), this.length);
    const to = Math.min(Math.max(Math.trunc(end) || 0, from), this.length);
    if (from === to) return '';
    return decode(new Uint8Array(this.buffer, this.byteOffset + from, to - from), needEncoding(encoding));
  }
  override toLocaleString(encoding?: any): string {
    return this.toString(encoding);
  }
  toJSON(): { type: 'Buffer'; data: number[] } {
    return { type: 'Buffer', data: Array.from(this) };
  }
  equals(other: Uint8Array): boolean {
    if (!isBytes(other)) throw invalidArgument('otherBuffer', 'an instance of Buffer or Uint8Array', other);
    return this === other || Buffer.compare(this, other) === 0;
  }
  compare(target: Uint8Array, targetStart = 0, targetEnd = target.length, start = 0, end = this.length): number {
    if (!isBytes(target)) throw invalidArgument('target', 'an instance of Buffer or Uint8Array', target);
    return Buffer.compare(this.subarray(start, end), target.subarray(targetStart, targetEnd));
  }
  copy(target: Uint8Array, targetStart = 0, start = 0, end = this.length): number {
    if (!isBytes(target)) throw invalidArgument('target', 'an instance of Buffer or Uint8Array', target);
    if (targetStart < 0) throw outOfRange('targetStart', '>= 0', targetStart);
    if (start < 0 || start > this.length) throw outOfRange('sourceStart', `>= 0 && <= ${this.length}`, start);
    if (targetStart >= target.length || end <= start) return 0;
    const piece = this.subarray(start, Math.min(end, start + target.length - targetStart));
    target.set(piece, targetStart);
    return piece.length;
  }
  /** Shares memory, unlike that of Uint8Array. */
  override slice(start?: number, end?: number): Buffer {
    return this.subarray(start, end);
  }
  override subarray(start?: number, end?: number): Buffer {
    return super.subarray(start, end) as Buffer;
  }
  write(text: string, offset?: number | string, length?: number | string, encoding?: string): number {
    if (typeof text !== 'string') throw invalidArgument('argument', 'of type string', text);
    if (typeof offset === 'string') [encoding, offset, length] = [offset, undefined, undefined];
    else if (typeof length === 'string') [encoding, length] = [length, undefined];
    const start = offset ?? 0;
    if (!(start >= 0 && start <= this.length)) throw outOfRange('offset', `>= 0 && <= ${this.length}`, start);
    const kind = needEncoding(encoding);
    const room = Math.min(length ?? this.length - start, this.length - start);
    const bytes = encode(text, kind);
    let count = Math.min(bytes.length, room);
    // No half characters.
    if (kind === 'utf8') while (count > 0 && count < bytes.length && (bytes[count]! & 0xc0) === 0x80) count--;
    if (kind === 'utf16le' && count < bytes.length) count -= count % 2;
    this.set(bytes.subarray(0, count), start);
    return count;
  }
  override fill(value: any, start?: any, end?: any, encoding?: string): this {
    if (typeof start === 'string') [encoding, start, end] = [start, undefined, undefined];
    else if (typeof end === 'string') [encoding, end] = [end, undefined];
    const from = start ?? 0;
    const to = end ?? this.length;
    if (!(from >= 0 && from <= this.length)) throw outOfRange('offset', `>= 0 && <= ${this.length}`, from);
    if (!(to >= 0 && to <= this.length)) throw outOfRange('end', `>= 0 && <= ${this.length}`, to);
    if (typeof value !== 'string' && !isBytes(value)) return super.fill(Number(value) & 255, from, to);
    const pattern = typeof value === 'string' ? encode(value, needEncoding(encoding)) : value;
    if (pattern.length === 0) {
      if (typeof value === 'string' && value === '') return super.fill(0, from, to);
      throw coded(new TypeError(`The argument 'value' is invalid. Received '${value as string}'`), 'ERR_INVALID_ARG_VALUE');
    }
    for (let at = from; at < to; at += pattern.length) {
      this.set(at + pattern.length > to ? pattern.subarray(0, to - at) : pattern, at);
    }
    return this;
  }
  override indexOf(value: any, from?: any, encoding?: string): number {
    return search(this, value, from, encoding, true);
  }
  override lastIndexOf(value: any, from?: any, encoding?: string): number {
    return search(this, value, from, encoding, false);
  }
  override includes(value: any, from?: any, encoding?: string): boolean {
    return this.indexOf(value, from, encoding) !== -1;
  }
  swap16(): this {
    return swap(this, 2);
  }
  swap32(): this {
    return swap(this, 4);
  }
  swap64(): this {
    return swap(this, 8);
  }
}

function isShared(value: unknown): value is ArrayBuffer {
  const shared = (globalThis as { SharedArrayBuffer?: Function }).SharedArrayBuffer;
  return shared !== undefined && value instanceof shared;
}

function search(buffer: Buffer, value: Searched, from: unknown, encoding: string | undefined, forward: boolean): number {
  if (typeof from === 'string') [encoding, from] = [from, undefined];
  let pattern: Uint8Array;
  if (typeof value === 'string') pattern = encode(value, needEncoding(encoding));
  else if (typeof value === 'number') pattern = Uint8Array.of(value & 255);
  else if (isBytes(value)) pattern = value;
  else throw invalidArgument('value', 'one of type number or string or an instance of Buffer or Uint8Array', value);
  let start = Number(from);
  if (from === undefined || Number.isNaN(start)) start = forward ? 0 : buffer.length;
  start = Math.trunc(start);
  if (start < 0) start += buffer.length;
  const last = buffer.length - pattern.length;
  if (pattern.length === 0) return forward ? Math.min(Math.max(start, 0), buffer.length) : Math.min(start, buffer.length);
  const first = pattern[0]!;
  const plain = Uint8Array.prototype;
  if (forward) {
    for (let at = plain.indexOf.call(buffer, first, Math.max(start, 0)); at >= 0 && at <= last; at = plain.indexOf.call(buffer, first, at + 1)) {
      if (matches(buffer, pattern, at)) return at;
    }
  } else {
    for (let at = Math.min(start, last); at >= 0; at--) if (matches(buffer, pattern, at)) return at;
  }
  return -1;
}

function matches(buffer: Uint8Array, pattern: Uint8Array, at: number): boolean {
  for (let i = 0; i < pattern.length; i++) if (buffer[at + i] !== pattern[i]) return false;
  return true;
}

function swap<B extends Buffer>(buffer: B, size: number): B {
  if (buffer.length % size !== 0) {
    throw coded(new RangeError(`Buffer size must be a multiple of ${size * 8}-bits`), 'ERR_INVALID_BUFFER_SIZE');
  }
  for (let at = 0; at < buffer.length; at += size) Uint8Array.prototype.reverse.call(buffer.subarray(at, at + size));
  return buffer;
}

defineNumbers(Buffer.prototype);
Object.defineProperty(Buffer, 'name', { value: 'Buffer', configurable: true });
defineHidden(Buffer.prototype, inspectCustom, function (this: Buffer) {
  const shown = Math.min(this.length, bytesInspected);
  const hex = Array.from(this.subarray(0, shown), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const left = this.length - shown;
  const rest = left > 0 ? ` ... ${left} more byte${left > 1 ? 's' : ''}` : '';
  const name = this.constructor?.name ?? 'Buffer';
  return `<${name} ${hex}${rest}>`;
});
