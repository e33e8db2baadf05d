// Reading and writing numbers: readUInt16LE, writeDoubleBE and the rest, made from a table.

import { coded, invalidArgument, outOfRange } from '../errors';

interface NumberKind {
  /** As in the method's name: readUInt16LE. */
  name: string;
  bytes: number;
  /** Of the DataView method. */
  view: string;
  /** Inclusive; null for floating point. */
  range: [number, number] | [bigint, bigint] | null;
}

const kinds: NumberKind[] = [
  { name: 'UInt8', bytes: 1, view: 'Uint8', range: [0, 0xff] },
  { name: 'UInt16', bytes: 2, view: 'Uint16', range: [0, 0xffff] },
  { name: 'UInt32', bytes: 4, view: 'Uint32', range: [0, 0xffffffff] },
  { name: 'Int8', bytes: 1, view: 'Int8', range: [-0x80, 0x7f] },
  { name: 'Int16', bytes: 2, view: 'Int16', range: [-0x8000, 0x7fff] },
  { name: 'Int32', bytes: 4, view: 'Int32', range: [-0x80000000, 0x7fffffff] },
  { name: 'BigUInt64', bytes: 8, view: 'BigUint64', range: [0n, 0xffffffffffffffffn] },
  { name: 'BigInt64', bytes: 8, view: 'BigInt64', range: [-0x8000000000000000n, 0x7fffffffffffffffn] },
  { name: 'Float', bytes: 4, view: 'Float32', range: null },
  { name: 'Double', bytes: 8, view: 'Float64', range: null },
];

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function checkOffset(bytes: Uint8Array, offset: unknown, size: number): asserts offset is number {
  if (typeof offset !== 'number') throw invalidArgument('offset', 'of type number', offset);
  const last = bytes.length - size;
  if (Math.floor(offset) !== offset) throw outOfRange('offset', 'an integer', offset);
  if (last < 0) throw coded(new RangeError('Attempt to access memory outside buffer bounds'), 'ERR_BUFFER_OUT_OF_BOUNDS');
  if (offset < 0 || offset > last) throw outOfRange('offset', `>= 0 and <= ${last}`, offset);
}

function checkValue(value: number | bigint, [low, high]: [number, number] | [bigint, bigint], bytes: number): void {
  if (!(value < low || value > high)) return;
  const n = typeof low === 'bigint' ? 'n' : '';
  // Bounds that are too long to read are shown as powers.
  if (bytes > 4) {
    const bits = `2${n} ** ${bytes * 8 - (low < 0 ? 1 : 0)}${n}`;
    throw outOfRange('value', low < 0 ? `>= -(${bits}) and < ${bits}` : `>= 0${n} and < ${bits}`, value);
  }
  throw outOfRange('value', `>= ${low}${n} and <= ${high}${n}`, value);
}

function checkLength(length: unknown): asserts length is number {
  if (typeof length !== 'number') throw invalidArgument('byteLength', 'of type number', length);
  if (Math.floor(length) !== length) throw outOfRange('byteLength', 'an integer', length);
  if (!(length >= 1 && length <= 6)) throw outOfRange('byteLength', '>= 1 and <= 6', length);
}

type Methods = Record<string, (this: Uint8Array, ...args: any[]) => unknown>;

/** Defines all of them on the prototype. */
export function defineNumbers(prototype: object): void {
  const methods: Methods = {};
  for (const { name, bytes, view, range } of kinds) {
    for (const order of bytes === 1 ? [''] : ['LE', 'BE']) {
      const little = order === 'LE';
      methods[`read${name}${order}`] = function (offset = 0) {
        checkOffset(this, offset, bytes);
        return (viewOf(this) as any)[`get${view}`](offset, little);
      };
      methods[`write${name}${order}`] = function (value: number | bigint, offset = 0) {
        if (range !== null) {
          const given = typeof range[0] === 'bigint' ? value : Number(value);
          if (typeof range[0] === 'bigint' && typeof value !== 'bigint') throw invalidArgument('value', 'of type bigint', value);
          checkValue(given, range, bytes);
        }
        checkOffset(this, offset, bytes);
        (viewOf(this) as any)[`set${view}`](offset, value, little);
        return offset + bytes;
      };
    }
  }
  for (const little of [true, false]) {
    const order = little ? 'LE' : 'BE';
    methods[`readUInt${order}`] = function (offset: unknown, length: unknown) {
      checkLength(length);
      checkOffset(this, offset, length);
      return readUnsigned(this, offset, length, little);
    };
    methods[`readInt${order}`] = function (offset: unknown, length: unknown) {
      checkLength(length);
      checkOffset(this, offset, length);
      const value = readUnsigned(this, offset, length, little);
      const limit = 2 ** (8 * length - 1);
      return value >= limit ? value - 2 * limit : value;
    };
    methods[`writeUInt${order}`] = function (value: unknown, offset: unknown, length: unknown) {
      checkLength(length);
      checkValue(Number(value), [0, 2 ** (8 * length) - 1], length);
      checkOffset(this, offset, length);
      return writeUnsigned(this, Number(value), offset, length, little);
    };
    methods[`writeInt${order}`] = function (value: unknown, offset: unknown, length: unknown) {
      checkLength(length);
      const limit = 2 ** (8 * length - 1);
      checkValue(Number(value), [-limit, limit - 1], length);
      checkOffset(this, offset, length);
      const whole = Number(value);
      return writeUnsigned(this, whole < 0 ? whole + 2 * limit : whole, offset, length, little);
    };
  }
  for (const [name, value] of Object.entries(methods)) {
    for (const alias of [name, name.replace('UInt', 'Uint')]) {
      Object.defineProperty(value, 'name', { value: name, configurable: true });
      Object.defineProperty(prototype, alias, { value, writable: true, configurable: true });
    }
  }
}

function readUnsigned(bytes: Uint8Array, offset: number, length: number, little: boolean): number {
  let value = 0;
  for (let at = 0; at < length; at++) value = value * 256 + bytes[little ? offset + length - 1 - at : offset + at]!;
  return value;
}

function writeUnsigned(bytes: Uint8Array, value: number, offset: number, length: number, little: boolean): number {
  for (let at = 0; at < length; at++) {
    bytes[little ? offset + at : offset + length - 1 - at] = value % 256;
    value = Math.floor(value / 256);
  }
  return offset + length;
}
