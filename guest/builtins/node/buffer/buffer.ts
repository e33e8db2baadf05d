// Buffer: a Uint8Array with Node's methods, most of which work on any Uint8Array. There is no pool; every Buffer
// that is made has memory of its own, and it is always zeroed.

import { inspectCustom } from '../../web/console/inspectable';
import { defineHidden } from '../../define';
import { native } from '../../native';
import { codes, invalidArgument, outOfRange } from '../errors';
import { validateInteger } from '../validators';
import { warnOfConstructor } from './deprecation';
import { decode, encode, encodedLength, encodingOf, needEncoding } from './encodings';
import { defineNumbers } from './numbers';
import { defineSlices, fitting } from './slices';

/** The engine's bound on the length of a typed array. */
export const maxLength = 2 ** 31 - 1;
/** How many bytes of a Buffer consoles show; a program may change it. */
export const inspection = { maxBytes: 50 };

function checkSize(size: unknown): asserts size is number {
  if (typeof size !== 'number') throw invalidArgument('size', 'of type number', size);
  if (!(size >= 0 && size <= maxLength)) throw outOfRange('size', `>= 0 && <= ${maxLength}`, size);
}

/** A Buffer on the memory of these bytes. */
function over(bytes: Uint8Array): Buffer {
  return new FastBuffer(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

type Searched = string | number | Uint8Array;

/** Any integer that this stands for; `fallback` for what is no number. */
function integer(value: unknown, fallback: number): number {
  const number = Math.trunc(Number(value));
  return Number.isNaN(number) ? fallback : number;
}

function isArrayBuffer(value: object): value is ArrayBuffer {
  // By what it is inside, and not by its prototype: another context has its own.
  const kind = native.classOf(value);
  return kind === 'ArrayBuffer' || kind === 'SharedArrayBuffer';
}

/** A Buffer on a part of an ArrayBuffer's memory. */
function overMemory(memory: ArrayBuffer, byteOffset: unknown, length: unknown): Buffer {
  const offset = byteOffset === undefined ? 0 : integer(byteOffset, 0);
  const room = memory.byteLength - offset;
  if (room < 0) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS!('offset');
  let count = room;
  if (length !== undefined) {
    count = Math.max(0, integer(length, 0));
    if (count > room) throw new codes.ERR_BUFFER_OUT_OF_BOUNDS!('length');
  }
  return new FastBuffer(memory, offset, count);
}

/** A Buffer of an object that is like an array, or what an old Buffer's JSON is; undefined for others. */
function fromArrayLike(value: any): Buffer | undefined {
  if (value.length !== undefined || isBytes(value)) {
    return typeof value.length === 'number' && value.length > 0 ? over(Uint8Array.from(value as ArrayLike<number>)) : new FastBuffer(0);
  }
  if (value.type === 'Buffer' && Array.isArray(value.data)) return over(Uint8Array.from(value.data as number[]));
  return undefined;
}

/** What instances are: the constructor that programs see can be called without `new`, as no class can. */
class FastBuffer extends Uint8Array {
  static poolSize = 8192;

  static override from(value: any, second?: any, third?: any): Buffer {
    if (typeof value === 'string') return over(encode(value, typeof second === 'string' ? needEncoding(second) : 'utf8'));
    if (typeof value === 'object' && value !== null) {
      if (isArrayBuffer(value)) return overMemory(value, second, third);
      if (isBytes(value)) return over(new Uint8Array(value));
      const primitive: unknown = typeof value.valueOf === 'function' ? value.valueOf() : undefined;
      if (primitive !== null && primitive !== undefined && primitive !== value && (typeof primitive === 'string' || typeof primitive === 'object')) {
        return Buffer.from(primitive, second, third);
      }
      const found = fromArrayLike(value);
      if (found !== undefined) return found;
      const toPrimitive: unknown = value[Symbol.toPrimitive];
      if (typeof toPrimitive === 'function') {
        const text: unknown = toPrimitive.call(value, 'string');
        if (typeof text === 'string') return Buffer.from(text, second);
      }
    }
    const expected = 'of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object';
    throw invalidArgument('first argument', expected, value);
  }

  /** The bytes of a part of a typed array, counted in its elements. */
  static copyBytesFrom(view: any, offset?: unknown, length?: unknown): Buffer {
    if (!ArrayBuffer.isView(view) || view instanceof DataView) throw invalidArgument('view', 'an instance of TypedArray', view);
    const elements = view as unknown as Uint8Array;
    if (offset !== undefined) validateInteger(offset, 'offset', 0);
    if (length !== undefined) validateInteger(length, 'length', 0);
    const from = offset ?? 0;
    const piece = elements.slice(from, length === undefined ? undefined : from + length);
    return over(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
  }

  static override of(...items: number[]): Buffer {
    return over(Uint8Array.from(items));
  }

  static alloc(size: number, fill?: string | number | Uint8Array, encoding?: string): Buffer {
    checkSize(size);
    const buffer = new FastBuffer(size);
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
    if (typeof value === 'object' && value !== null && (ArrayBuffer.isView(value) || isArrayBuffer(value))) return value.byteLength;
    throw invalidArgument('string', 'of type string or an instance of Buffer or ArrayBuffer', value);
  }
  static compare(a: Uint8Array, b: Uint8Array): number {
    if (!isBytes(a)) throw invalidArgument('buf1', 'an instance of Buffer or Uint8Array', a);
    if (!isBytes(b)) throw invalidArgument('buf2', 'an instance of Buffer or Uint8Array', b);
    return compareBytes(a, b);
  }
  static concat(list: readonly Uint8Array[], length?: number): Buffer {
    if (!Array.isArray(list)) throw invalidArgument('list', 'an instance of Array', list);
    if (length !== undefined) validateInteger(length, 'length', 0, maxLength);
    const needItem = (item: unknown, index: number): void => {
      if (!isBytes(item)) throw invalidArgument(`list[${index}]`, 'an instance of Buffer or Uint8Array', item);
    };
    list.forEach(needItem);
    if (list.length === 0) return new FastBuffer(0);
    const total = length ?? list.reduce((sum, item: Uint8Array) => sum + item.length, 0);
    checkSize(total);
    const result = new FastBuffer(total);
    let at = 0;
    for (const item of list as Uint8Array[]) {
      if (at >= total) break;
      result.set(at + item.length > total ? item.subarray(0, total - at) : item, at);
      at += item.length;
    }
    return result;
  }

  get parent(): ArrayBufferLike | undefined {
    return this instanceof Buffer ? this.buffer : undefined;
  }
  get offset(): number | undefined {
    return this instanceof Buffer ? this.byteOffset : undefined;
  }

  override toString(encoding?: any, start?: any, end?: any): string {
    const length = this.length;
    const from = start === undefined ? 0 : Math.min(Math.max(integer(start, 0), 0), length);
    const to = end === undefined ? length : Math.min(Math.max(integer(end, 0), 0), length);
    if (to <= from) return '';
    const name = encoding === undefined ? 'utf8' : needEncoding(typeof encoding === 'string' ? encoding : String(encoding));
    return decode(new Uint8Array(this.buffer, this.byteOffset + from, to - from), name);
  }
  toJSON(): { type: 'Buffer'; data: number[] } {
    return { type: 'Buffer', data: Array.from(this as Uint8Array) };
  }
  equals(other: Uint8Array): boolean {
    if (!isBytes(other)) throw invalidArgument('otherBuffer', 'an instance of Buffer or Uint8Array', other);
    return this === other || compareBytes(this, other) === 0;
  }
  compare(target: Uint8Array, targetStart?: number, targetEnd?: number, start?: number, end?: number): number {
    if (!isBytes(target)) throw invalidArgument('target', 'an instance of Buffer or Uint8Array', target);
    const part = (bytes: Uint8Array, from: unknown, to: unknown, name: string): Uint8Array => {
      if (from !== undefined) validateInteger(from, `${name}Start`, 0);
      if (to !== undefined) validateInteger(to, `${name}End`, 0, bytes.length);
      const last = to ?? bytes.length;
      const first = from ?? 0;
      return first >= last ? new Uint8Array(0) : new Uint8Array(bytes.buffer, bytes.byteOffset + first, last - first);
    };
    const theirs = part(target, targetStart, targetEnd, 'target');
    return compareBytes(part(this, start, end, 'source'), theirs);
  }
  copy(target: ArrayBufferView, targetStart?: any, start?: any, end?: any): number {
    if (!isBytes(this)) throw invalidArgument('source', 'an instance of Buffer or Uint8Array', this);
    if (!ArrayBuffer.isView(target)) throw invalidArgument('target', 'an instance of Buffer or Uint8Array', target);
    const to = targetStart === undefined ? 0 : integer(targetStart, 0);
    if (to < 0) throw outOfRange('targetStart', '>= 0', to);
    const from = start === undefined ? 0 : integer(start, 0);
    if (from < 0 || from > this.length) throw outOfRange('sourceStart', `>= 0 && <= ${this.length}`, from);
    const last = end === undefined ? this.length : integer(end, 0);
    if (last < 0) throw outOfRange('sourceEnd', '>= 0', last);
    if (to >= target.byteLength || from >= last) return 0;
    const count = Math.min(last, this.length) - from;
    const piece = new Uint8Array(this.buffer, this.byteOffset + from, Math.min(count, target.byteLength - to));
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(piece, to);
    return piece.length;
  }
  /** Shares memory, unlike that of Uint8Array. */
  override slice(start?: number, end?: number): Buffer {
    return part(this, start, end);
  }
  override subarray(start?: number, end?: number): Buffer {
    return part(this, start, end);
  }
  write(text: string, offset?: any, length?: any, encoding?: string): number {
    if (typeof text !== 'string') throw invalidArgument('argument', 'of type string', text);
    if (typeof offset === 'string') [encoding, offset, length] = [offset, undefined, undefined];
    else if (typeof length === 'string') [encoding, length] = [length, undefined];
    let start = 0;
    if (offset !== undefined) {
      validateInteger(offset, 'offset', 0, this.length);
      start = offset;
    }
    let room = this.length - start;
    if (length !== undefined) {
      validateInteger(length, 'length', 0, this.length);
      room = Math.min(length, room);
    }
    const kind = needEncoding(encoding);
    const bytes = encode(text, kind);
    const count = fitting(bytes, room, kind);
    this.set(bytes.subarray(0, count), start);
    return count;
  }
  override fill(value: any, start?: any, end?: any, encoding?: string): this {
    if (typeof start === 'string') [encoding, start, end] = [start, undefined, undefined];
    else if (typeof end === 'string') [encoding, end] = [end, undefined];
    if (typeof value === 'string' && encoding !== undefined) {
      if (typeof encoding !== 'string') throw invalidArgument('encoding', 'of type string', encoding);
      needEncoding(encoding);
    }
    if (start !== undefined) validateInteger(start, 'offset', 0);
    if (end !== undefined) validateInteger(end, 'end', 0, this.length);
    const from: number = start ?? 0;
    const to: number = end ?? this.length;
    if (from >= to) return this;
    const plain = Uint8Array.prototype.fill;
    if (typeof value !== 'string' && !ArrayBuffer.isView(value)) return plain.call(this, typeof value === 'boolean' ? Number(value) : value & 255, from, to) as this;
    const pattern = typeof value === 'string' ? encode(value, needEncoding(encoding)) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (pattern.length === 0) {
      if (value === '') return plain.call(this, 0, from, to) as this;
      throw new codes.ERR_INVALID_ARG_VALUE!('value', value);
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
    return search(this, value, from, encoding, true) !== -1;
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

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) if (a[at] !== b[at]) return a[at]! < b[at]! ? -1 : 1;
  return Math.sign(a.length - b.length);
}

function part(bytes: Uint8Array, start: unknown, end: unknown): Buffer {
  const { length } = bytes;
  const at = (value: unknown, fallback: number): number => {
    if (value === undefined) return fallback;
    const index = integer(value, 0);
    return index < 0 ? Math.max(length + index, 0) : Math.min(index, length);
  };
  const from = at(start, 0);
  return new FastBuffer(bytes.buffer as ArrayBuffer, bytes.byteOffset + from, Math.max(at(end, length) - from, 0));
}

function search(buffer: Uint8Array, value: Searched, from: unknown, encoding: string | undefined, forward: boolean): number {
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

function swap<B extends Uint8Array>(buffer: B, size: number): B {
  if (buffer.length % size !== 0) {
    throw new codes.ERR_INVALID_BUFFER_SIZE!(`${size * 8}-bits`);
  }
  for (let at = 0; at < buffer.length; at += size) Uint8Array.prototype.reverse.call(Uint8Array.prototype.subarray.call(buffer, at, at + size));
  return buffer;
}

/** The constructor of programs: as `Buffer.alloc` for a number, as `Buffer.from` for all else. */
function BufferFunction(value: unknown, second?: unknown, third?: unknown): Buffer {
  warnOfConstructor();
  if (typeof value !== 'number') return FastBuffer.from(value, second, third);
  if (typeof second === 'string') throw invalidArgument('string', 'of type string', value);
  return FastBuffer.alloc(value);
}

export type Buffer = FastBuffer;
export const Buffer = BufferFunction as unknown as typeof FastBuffer & ((value: unknown, second?: unknown, third?: unknown) => Buffer);
for (const name of Object.getOwnPropertyNames(FastBuffer)) {
  if (name === 'length' || name === 'prototype' || name === 'name') continue;
  Object.defineProperty(Buffer, name, Object.getOwnPropertyDescriptor(FastBuffer, name)!);
}
Object.setPrototypeOf(Buffer, Uint8Array);
Object.defineProperty(Buffer, 'prototype', { value: FastBuffer.prototype, writable: false });
defineHidden(FastBuffer.prototype, 'constructor', Buffer);
// What methods of Uint8Array make of a Buffer: never by way of the function above, which warns.
Object.defineProperty(Buffer, Symbol.species, { configurable: true, get: () => FastBuffer });

defineHidden(FastBuffer.prototype, 'toLocaleString', FastBuffer.prototype.toString);
defineNumbers(Buffer.prototype);
defineSlices(Buffer.prototype);
Object.defineProperty(Buffer, 'name', { value: 'Buffer', configurable: true });
Object.defineProperty(FastBuffer, 'name', { value: 'FastBuffer', configurable: true });

type Inspect = (value: unknown, options: object) => string;
defineHidden(Buffer.prototype, inspectCustom, function (this: Buffer, _depth: unknown, options: object = {}, inspect?: Inspect) {
  const shown = Math.min(this.length, inspection.maxBytes);
  const parts: string[] = [];
  if (shown > 0) parts.push(Array.from(new Uint8Array(this.buffer, this.byteOffset, shown), (byte) => byte.toString(16).padStart(2, '0')).join(' '));
  const left = this.length - shown;
  let text = parts.join('') + (left > 0 ? `${shown > 0 ? ' ' : ''}... ${left} more byte${left > 1 ? 's' : ''}` : '');
  const extras = Object.entries(this).slice(this.length);
  if (extras.length > 0 && inspect !== undefined) {
    const values = extras.map(([key, value]) => `${key}: ${inspect(value, options)}`).join(', ');
    text += `${text === '' ? '' : ', '}${values}`;
  }
  const name = this.constructor?.name ?? 'Buffer';
  return `<${name}${text === '' && name !== 'Buffer' ? '' : ' '}${text}>`;
});
defineHidden(Buffer.prototype, 'inspect', (Buffer.prototype as unknown as Record<symbol, unknown>)[inspectCustom]);
