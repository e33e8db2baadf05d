// v8.Deserializer: the value that writer.ts, or Node, wrote. Whatever the bytes are, the answer is a value or an error.

import { native } from '../../native';
import { Buffer } from '../buffer/buffer';
import { codes } from '../errors';
import { bytesOf, ERRORS, FLAGS, HOST_VIEWS, VERSION, VIEWS } from './writer';

function malformed(): Error {
  return new Error('Unable to deserialize cloned data.');
}

const viewNames = new Map(Object.entries(VIEWS).map(([name, letter]) => [letter, name]));
const errorNames = new Map(Object.entries(ERRORS).map(([name, letter]) => [letter, name]));

/** Stands for a missing element. */
const HOLE = Symbol('hole');

export class Deserializer {
  /** The bytes that are read. */
  readonly buffer: ArrayBufferView | ArrayBuffer;
  #bytes: Uint8Array;
  #at = 0;
  #version = 0;
  #seen: unknown[] = [];
  #transferred = new Map<number, unknown>();

  constructor(buffer: ArrayBufferView | ArrayBuffer) {
    if (!ArrayBuffer.isView(buffer) && !((buffer as unknown) instanceof ArrayBuffer)) {
      throw new codes.ERR_INVALID_ARG_TYPE!('buffer', ['Buffer', 'TypedArray', 'DataView'], buffer);
    }
    this.buffer = buffer;
    this.#bytes = bytesOf(buffer);
  }

  readHeader(): boolean {
    if (this.#bytes[this.#at] === 0xff) {
      this.#at++;
      this.#version = Number(this.#varint());
      if (this.#version <= VERSION) return true;
    }
    throw new Error('Unable to deserialize cloned data due to invalid or unsupported version.');
  }
  readValue(): unknown {
    const value = this.#value();
    if (value === HOLE) throw malformed();
    return value;
  }
  transferArrayBuffer(id: number, buffer: unknown): void {
    this.#transferred.set(id >>> 0, buffer);
  }
  getWireFormatVersion(): number {
    return this.#version;
  }
  readUint32(): number {
    return this.#count();
  }
  readUint64(): [number, number] {
    const value = this.#varint();
    return [Number(value >> 32n), Number(value & 0xffffffffn)];
  }
  readDouble(): number {
    const at = this.#take(8);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getFloat64(at, true);
  }
  /** A view of the bytes that are read; no copy. */
  readRawBytes(length: number): Buffer {
    const at = this._readRawBytes(length);
    return Buffer.from(this.#bytes.buffer as ArrayBuffer, this.#bytes.byteOffset + at, length);
  }
  /** Where the bytes begin. */
  _readRawBytes(length: number): number {
    return this.#take(length);
  }

  #take(count: number): number {
    if (!(count >= 0) || this.#at + count > this.#bytes.length) throw new Error('ReadRawBytes() failed');
    this.#at += count;
    return this.#at - count;
  }
  #piece(count: number): Uint8Array {
    if (!(count >= 0) || this.#at + count > this.#bytes.length) throw malformed();
    this.#at += count;
    return this.#bytes.slice(this.#at - count, this.#at);
  }
  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 64n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw malformed();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    return BigInt.asUintN(64, value);
  }
  #count(): number {
    return Number(this.#varint() & 0xffffffffn);
  }
  /** The next tag; zeros before it only fill. */
  #tag(): string {
    let byte;
    do byte = this.#bytes[this.#at++];
    while (byte === 0);
    if (byte === undefined) throw malformed();
    return String.fromCharCode(byte);
  }
  #nextIs(letter: string): boolean {
    let at = this.#at;
    while (this.#bytes[at] === 0) at++;
    if (this.#bytes[at] !== letter.charCodeAt(0)) return false;
    this.#at = at + 1;
    return true;
  }
  #string(): string {
    const text = this.#textOf(this.#tag());
    if (text === undefined) throw malformed();
    return text;
  }
  #textOf(tag: string): string | undefined {
    if (tag === '"') return native.latin1Decode(this.#piece(this.#count()));
    if (tag === 'S') return native.utf8Decode(this.#piece(this.#count()), false, true);
    if (tag !== 'c') return undefined;
    const length = this.#count();
    if (length % 2 !== 0) throw malformed();
    const units = new Uint16Array(this.#piece(length).buffer);
    let text = '';
    for (let from = 0; from < units.length; from += 8192) text += String.fromCharCode(...units.subarray(from, from + 8192));
    return text;
  }
  #bigint(): bigint {
    const bits = this.#count();
    const bytes = this.#piece(bits >>> 1);
    let value = 0n;
    for (let at = bytes.length - 1; at >= 0; at--) value = (value << 8n) | BigInt(bytes[at]!);
    return bits & 1 ? -value : value;
  }

  #keep<T>(value: T): T {
    this.#seen.push(value);
    return value;
  }

  #value(): unknown {
    const tag = this.#tag();
    const text = this.#textOf(tag);
    if (text !== undefined) return text;
    switch (tag) {
      case '?':
        // How many objects there are, which nobody needs to know.
        this.#varint();
        return this.#value();
      case '_':
        return undefined;
      case '0':
        return null;
      case 'T':
        return true;
      case 'F':
        return false;
      case '-':
        return HOLE;
      case 'I': {
        const bits = this.#count();
        return (bits >>> 1) ^ -(bits & 1);
      }
      case 'U':
        return this.#count();
      case 'N':
        return this.readDouble();
      case 'Z':
        return this.#bigint();
      case '^': {
        const index = this.#count();
        if (index >= this.#seen.length) throw malformed();
        return this.#seen[index];
      }
      case 'o':
        return this.#properties(this.#keep({}), '{');
      case 'A':
        return this.#dense();
      case 'a': {
        const list = this.#keep([] as unknown[]);
        list.length = this.#count();
        this.#properties(list, '@');
        this.#count();
        return list;
      }
      case 'D':
        return this.#keep(new Date(this.readDouble()));
      case 'y':
      case 'x':
        return this.#keep(Object(tag === 'y'));
      case 'n':
        return this.#keep(Object(this.readDouble()));
      case 'z':
        return this.#keep(Object(this.#bigint()));
      case 's':
        return this.#keep(Object(this.#string()));
      case 'R': {
        const source = this.#string();
        const bits = this.#count();
        const flags = FLAGS.filter(([, bit]) => (bits & bit) !== 0).map(([letter]) => letter);
        return this.#keep(new RegExp(source, flags.join('')));
      }
      case ';': {
        const map = this.#keep(new Map<unknown, unknown>());
        while (!this.#nextIs(':')) map.set(this.readValue(), this.readValue());
        if (this.#count() !== 2 * map.size) throw malformed();
        return map;
      }
      case "'": {
        const set = this.#keep(new Set<unknown>());
        while (!this.#nextIs(',')) set.add(this.readValue());
        if (this.#count() !== set.size) throw malformed();
        return set;
      }
      case 'r':
        return this.#error();
      case 'B':
      case '~':
        return this.#buffer(tag === '~');
      case 't': {
        const id = this.#count();
        if (!this.#transferred.has(id)) throw malformed();
        return this.#view(this.#keep(this.#transferred.get(id)) as ArrayBuffer);
      }
      case 'u': {
        const id = this.#count();
        const { _getSharedArrayBufferFromId: bufferOf } = this as unknown as { _getSharedArrayBufferFromId?: (id: number) => object };
        const shared = this.#transferred.get(id) ?? bufferOf?.call(this, id);
        if (shared === undefined) throw malformed();
        return this.#view(this.#keep(shared) as ArrayBuffer);
      }
      case '\\': {
        const { _readHostObject: read } = this as unknown as { _readHostObject?: () => unknown };
        if (typeof read !== 'function') throw malformed();
        const place = this.#seen.push(undefined) - 1;
        const value = read.call(this);
        if (typeof value !== 'object' || value === null) throw new TypeError('readHostObject must return an object');
        return (this.#seen[place] = value);
      }
      default:
        throw malformed();
    }
  }

  #properties<T extends object>(object: T, end: string): T {
    let count = 0;
    for (; !this.#nextIs(end); count++) {
      const key = this.readValue();
      if (typeof key !== 'string' && typeof key !== 'number') throw malformed();
      Object.defineProperty(object, key, { value: this.readValue(), writable: true, configurable: true, enumerable: true });
    }
    if (this.#count() !== count) throw malformed();
    return object;
  }
  #dense(): unknown[] {
    const length = this.#count();
    // Each element takes a byte at least.
    if (length > this.#bytes.length - this.#at) throw malformed();
    const list = this.#keep([] as unknown[]);
    list.length = length;
    for (let at = 0; at < length; at++) {
      const value = this.#value();
      if (value !== HOLE) list[at] = value;
    }
    this.#properties(list, '$');
    if (this.#count() !== length) throw malformed();
    return list;
  }
  #error(): Error {
    const place = this.#seen.push(undefined) - 1;
    let name = 'Error';
    const own: Record<string, unknown> = {};
    for (let tag = this.#tag(); tag !== '.'; tag = this.#tag()) {
      if (tag === 'm') own.message = this.#string();
      else if (tag === 's') own.stack = this.#string();
      else if (tag === 'c') own.cause = this.readValue();
      else if (errorNames.has(tag)) name = errorNames.get(tag)!;
      else throw malformed();
    }
    const error = new (globalThis as unknown as Record<string, new () => Error>)[name]!();
    for (const [key, value] of Object.entries(own)) {
      Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false });
    }
    this.#seen[place] = error;
    return error;
  }
  #buffer(resizable: boolean): unknown {
    const length = this.#count();
    const max = resizable ? this.#count() : length;
    const piece = this.#piece(length);
    if (max < length || max > 2 ** 31) throw malformed();
    let buffer = piece.buffer as ArrayBuffer;
    if (resizable) {
      buffer = new (ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer)(length, { maxByteLength: max });
      new Uint8Array(buffer).set(piece);
    }
    return this.#view(this.#keep(buffer));
  }
  /** The buffer, or the view of it that follows. */
  #view(buffer: ArrayBuffer): unknown {
    if (!this.#nextIs('V')) return buffer;
    const name = viewNames.get(this.#tag());
    const [offset, length] = [this.#count(), this.#count()];
    if (this.#version >= 14) this.#count();
    if (name === undefined) throw malformed();
    return this.#keep(viewOf(name, buffer, offset, length));
  }
}

function viewOf(name: string, buffer: ArrayBuffer, offset: number, byteLength: number): unknown {
  if (name === 'Buffer') return Buffer.from(buffer, offset, byteLength);
  const Class = (globalThis as unknown as Record<string, { new (buffer: ArrayBuffer, at: number, length: number): unknown; BYTES_PER_ELEMENT?: number }>)[name]!;
  try {
    return new Class(buffer, offset, byteLength / (Class.BYTES_PER_ELEMENT ?? 1));
  } catch {
    throw malformed();
  }
}

/** What `deserialize` uses. */
export class DefaultDeserializer extends Deserializer {
  _readHostObject(): unknown {
    const name = HOST_VIEWS[this.readUint32()];
    const length = this.readUint32();
    const at = this._readRawBytes(length);
    if (name === undefined) throw malformed();
    // Copied, so that the elements lie where their size wants them.
    const copy = bytesOf(this.buffer).slice(at, at + length);
    return viewOf(name, copy.buffer as ArrayBuffer, 0, length);
  }
}
