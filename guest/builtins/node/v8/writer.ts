// v8.Serializer: a value as bytes, in V8's own form (version 15), so that Node reads what holm wrote.
//
// A tag, then what it holds; an object that came before is its number. Keys of objects are written as they are
// enumerated, the number of them behind.

import { defineHidden } from '../../define';
import { native } from '../../native';
import { Buffer } from '../buffer/buffer';
import { validateObject } from '../validators';

export const VERSION = 15;
/** The bits of a regular expression's flags. */
export const FLAGS: readonly (readonly [string, number])[] = [
  ['g', 1], ['i', 2], ['m', 4], ['y', 8], ['u', 16], ['s', 32], ['d', 128], ['v', 256],
];
/** The letter of each view. */
export const VIEWS: Readonly<Record<string, string>> = {
  Int8Array: 'b', Uint8Array: 'B', Uint8ClampedArray: 'C', Int16Array: 'w', Uint16Array: 'W', Int32Array: 'd', Uint32Array: 'D', Float16Array: 'h',
  Float32Array: 'f', Float64Array: 'F', BigInt64Array: 'q', BigUint64Array: 'Q', DataView: '?',
};
/** The letter of each class of errors; Error itself has none. */
export const ERRORS: Readonly<Record<string, string>> = {
  EvalError: 'E', RangeError: 'R', ReferenceError: 'F', SyntaxError: 'S', TypeError: 'T', URIError: 'U',
};

const hasOnlyBytes = /^[\0-\xff]*$/;
/** What is written at first has room for this many bytes. */
const roomBytes = 256;

export class Serializer {
  #bytes = new Uint8Array(roomBytes);
  #length = 0;
  #seen = new Map<object, number>();
  #transferred = new Map<unknown, number>();
  #viewsAsHostObjects = false;

  writeHeader(): void {
    this.#put(0xff, VERSION);
  }
  writeValue(value: unknown): boolean {
    this.#value(value);
    return true;
  }
  /** What was written; nothing is left here. */
  releaseBuffer(): Buffer {
    const bytes = Buffer.from(this.#bytes.buffer as ArrayBuffer, 0, this.#length);
    this.#bytes = new Uint8Array(roomBytes);
    this.#length = 0;
    return bytes;
  }
  /** From now on this buffer is written as its number. */
  transferArrayBuffer(id: number, buffer: unknown): void {
    this.#transferred.set(buffer, id >>> 0);
  }
  writeUint32(value: number): void {
    this.#varint(BigInt(value >>> 0));
  }
  writeUint64(high: number, low: number): void {
    this.#varint((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
  }
  writeDouble(value: number): void {
    this.#raw(new Uint8Array(Float64Array.of(value).buffer));
  }
  writeRawBytes(source: unknown): void {
    if (!ArrayBuffer.isView(source) && !(source instanceof ArrayBuffer)) {
      throw Object.assign(new TypeError('source must be a TypedArray or a DataView'), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    this.#raw(bytesOf(source));
  }
  _setTreatArrayBufferViewsAsHostObjects(flag: boolean): void {
    this.#viewsAsHostObjects = Boolean(flag);
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
  #put(...bytes: number[]): void {
    this.#room(bytes.length);
    for (const byte of bytes) this.#bytes[this.#length++] = byte;
  }
  #tag(letter: string): void {
    this.#put(letter.charCodeAt(0));
  }
  #raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }
  /** Seven bits a byte, the lowest first. */
  #varint(value: bigint): void {
    let left = value;
    while (left >= 128n) {
      this.#put(Number(left & 127n) | 128);
      left >>= 7n;
    }
    this.#put(Number(left));
  }
  #count(value: number): void {
    if (value < 128) this.#put(value);
    else this.#varint(BigInt(value));
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case 'undefined':
        return this.#tag('_');
      case 'boolean':
        return this.#tag(value ? 'T' : 'F');
      case 'number':
        return this.#number(value);
      case 'bigint':
        this.#tag('Z');
        return this.#bigint(value);
      case 'string':
        return this.#string(value);
      case 'object':
        return value === null ? this.#tag('0') : this.#reference(value);
      default:
        throw this.#notCloneable(value);
    }
  }
  #number(value: number): void {
    if (value === (value | 0) && !Object.is(value, -0)) {
      this.#tag('I');
      return this.#count(((value << 1) ^ (value >> 31)) >>> 0);
    }
    this.#tag('N');
    this.writeDouble(value);
  }
  #bigint(value: bigint): void {
    let left = value < 0n ? -value : value;
    const words: bigint[] = [];
    for (; left > 0n; left >>= 64n) words.push(BigInt.asUintN(64, left));
    this.#count(((words.length * 8) << 1) | (value < 0n ? 1 : 0));
    this.#raw(new Uint8Array(BigUint64Array.from(words).buffer));
  }
  #string(text: string): void {
    if (hasOnlyBytes.test(text)) {
      this.#tag('"');
      this.#count(text.length);
      return this.#raw(new Uint8Array(native.latin1Encode(text)));
    }
    const units = new Uint16Array(text.length);
    for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at);
    // Code units lie at even places.
    let size = 1;
    for (let left = units.byteLength; left >= 128; left >>>= 7) size++;
    if ((this.#length + 1 + size) & 1) this.#put(0);
    this.#tag('c');
    this.#count(units.byteLength);
    this.#raw(new Uint8Array(units.buffer));
  }

  #reference(value: object): void {
    const before = this.#seen.get(value);
    if (before !== undefined) {
      this.#tag('^');
      return this.#count(before);
    }
    // A view's buffer comes first and has the smaller number.
    if (ArrayBuffer.isView(value) && !this.#viewsAsHostObjects) this.#viewBuffer(value);
    this.#seen.set(value, this.#seen.size);
    this.#object(value);
  }
  #viewBuffer(view: ArrayBufferView): void {
    if (!this.#seen.has(view.buffer)) this.#reference(view.buffer);
  }

  #object(value: object): void {
    if (ArrayBuffer.isView(value)) return this.#view(value);
    const kind = native.classOf(value);
    switch (kind) {
      case 'Array':
        return this.#array(value as unknown[]);
      case 'Date':
        this.#tag('D');
        return this.writeDouble(Date.prototype.getTime.call(value));
      case 'RegExp': {
        const { source, flags } = value as RegExp;
        this.#tag('R');
        this.#string(source);
        return this.#count(FLAGS.reduce((bits, [letter, bit]) => bits | (flags.includes(letter) ? bit : 0), 0));
      }
      case 'Map': {
        const entries = [...Map.prototype.entries.call(value)] as [unknown, unknown][];
        this.#tag(';');
        for (const entry of entries) entry.forEach((each) => this.#value(each));
        this.#tag(':');
        return this.#count(2 * entries.length);
      }
      case 'Set': {
        const values = [...Set.prototype.values.call(value)] as unknown[];
        this.#tag("'");
        for (const each of values) this.#value(each);
        this.#tag(',');
        return this.#count(values.length);
      }
      case 'ArrayBuffer':
        return this.#buffer(value as ArrayBuffer);
      case 'SharedArrayBuffer': {
        const { _getSharedArrayBufferId: idOf } = this as unknown as { _getSharedArrayBufferId?: (buffer: object) => number };
        if (typeof idOf !== 'function') throw this.#notCloneable(value);
        this.#tag('u');
        return this.writeUint32(idOf.call(this, value));
      }
      case 'Error':
        return this.#error(value as Error);
      case 'Boolean':
        return this.#tag(Boolean.prototype.valueOf.call(value) ? 'y' : 'x');
      case 'Number':
        this.#tag('n');
        return this.writeDouble(Number.prototype.valueOf.call(value));
      case 'BigInt':
        this.#tag('z');
        return this.#bigint(BigInt.prototype.valueOf.call(value as unknown as bigint));
      case 'String':
        this.#tag('s');
        return this.#string(String.prototype.valueOf.call(value));
      case 'Object':
      case 'Arguments':
        this.#tag('o');
        this.#properties(value, Object.keys(value), '{');
        return;
      default:
        return this.#hostObject(value);
    }
  }
  #hostObject(value: object): void {
    const { _writeHostObject: write } = this as unknown as { _writeHostObject?: (value: object) => void };
    if (typeof write !== 'function') throw this.#notCloneable(value);
    this.#tag('\\');
    write.call(this, value);
  }

  /** The properties that are still there when their turn comes; their number, behind the closing tag. */
  #properties(value: object, keys: string[], end: string): void {
    let count = 0;
    for (const key of keys) {
      if (!Object.hasOwn(value, key)) continue;
      const index = Number(key);
      this.#value(isIndex(key, index) ? index : key);
      this.#value((value as Record<string, unknown>)[key]);
      count++;
    }
    this.#tag(end);
    this.#count(count);
  }
  #array(list: unknown[]): void {
    const { length } = list;
    const keys = Object.keys(list);
    const others = keys.filter((key) => !isIndex(key, Number(key)));
    if (keys.length - others.length === length) {
      this.#tag('A');
      this.#count(length);
      for (let at = 0; at < length; at++) {
        if (at in list) this.#value(list[at]);
        else this.#tag('-');
      }
      this.#properties(list, others, '$');
    } else {
      this.#tag('a');
      this.#count(length);
      this.#properties(list, keys, '@');
    }
    this.#count(length);
  }
  #buffer(buffer: ArrayBuffer & { detached?: boolean; resizable?: boolean; maxByteLength?: number }): void {
    const id = this.#transferred.get(buffer);
    if (id !== undefined) {
      this.#tag('t');
      return this.#count(id);
    }
    if (buffer.detached) throw cloneError(this, 'An ArrayBuffer is detached and could not be cloned.');
    this.#tag(buffer.resizable ? '~' : 'B');
    this.#count(buffer.byteLength);
    if (buffer.resizable) this.#count(buffer.maxByteLength!);
    this.#raw(new Uint8Array(buffer));
  }
  #view(view: ArrayBufferView): void {
    if (this.#viewsAsHostObjects) return this.#hostObject(view);
    this.#tag('V');
    this.#tag(VIEWS[native.classOf(view)]!);
    this.#count(view.byteOffset);
    this.#count(view.byteLength);
    this.#count(0);
  }
  #error(error: Error): void {
    this.#tag('r');
    const name = `${error.name}`;
    if (Object.hasOwn(ERRORS, name)) this.#tag(ERRORS[name]!);
    if (Object.hasOwn(error, 'message')) {
      this.#tag('m');
      this.#string(`${error.message}`);
    }
    if (Object.hasOwn(error, 'cause')) {
      this.#tag('c');
      this.#value(error.cause);
    }
    if (typeof error.stack === 'string') {
      this.#tag('s');
      this.#string(error.stack);
    }
    this.#tag('.');
  }

  #notCloneable(value: unknown): unknown {
    const shown = typeof value === 'function' ? String(value) : typeof value === 'symbol' ? value.toString() : `#<${(value as object).constructor?.name ?? 'Object'}>`;
    return cloneError(this, `${shown} could not be cloned.`);
  }
}

/** A derived class may say what errors it wants. */
function cloneError(serializer: Serializer, message: string): unknown {
  const { _getDataCloneError: Make } = serializer as unknown as { _getDataCloneError: new (message: string) => unknown };
  return new Make(message);
}
defineHidden(Serializer.prototype, '_getDataCloneError', Error);

function isIndex(key: string, number: number): boolean {
  return number >= 0 && number < 2 ** 32 - 1 && `${number >>> 0}` === key;
}

export function bytesOf(source: ArrayBufferView | ArrayBuffer): Uint8Array {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
}

/** Views by their number in what `serialize` writes. */
export const HOST_VIEWS = [
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array',
  'DataView', 'Buffer', 'BigInt64Array', 'BigUint64Array', 'Float16Array',
];

/** What `serialize` uses: the bytes of a view that it shows, and no more of the buffer. */
export class DefaultSerializer extends Serializer {
  constructor() {
    super();
    this._setTreatArrayBufferViewsAsHostObjects(true);
  }
  _writeHostObject(value: object): void {
    validateObject(value, 'abView');
    if (!ArrayBuffer.isView(value)) throw cloneError(this, `${Object.prototype.toString.call(value)} could not be cloned.`);
    const name = Buffer.isBuffer(value) ? 'Buffer' : native.classOf(value);
    this.writeUint32(HOST_VIEWS.indexOf(name));
    this.writeUint32(value.byteLength);
    this.writeRawBytes(bytesOf(value));
  }
}
