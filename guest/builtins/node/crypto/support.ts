// What the parts of node:crypto share: data in any form, answers in any encoding, callbacks, errors.

import { nextTick } from '../../runtime/ticks';
import { builtinExports } from '../../runtime/builtin_modules';
import { Buffer } from '../buffer';
import { coded, invalidArgument, outOfRange } from '../errors';

export type Data = string | ArrayBuffer | ArrayBufferView;

/** A view of the bytes; of a string, in the encoding. */
export function toBytes(name: string, value: unknown, encoding?: unknown): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value, encoding === 'buffer' || encoding === undefined ? 'utf8' : (encoding as 'utf8'));
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw invalidArgument(name, 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView', value);
}

export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** A Buffer, or text when an encoding is named. */
export function encoded(bytes: Uint8Array, encoding?: unknown): Buffer | string {
  const buffer = toBuffer(bytes);
  return encoding === undefined || encoding === null || encoding === 'buffer' ? buffer : buffer.toString(encoding as 'utf8');
}

export function checkFunction(value: unknown, name = 'callback'): asserts value is (...args: unknown[]) => void {
  if (typeof value !== 'function') throw invalidArgument(name, 'of type function', value);
}

export function checkInteger(name: string, value: unknown, low = 0, high = 2 ** 31 - 1): asserts value is number {
  if (typeof value !== 'number') throw invalidArgument(name, 'of type number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < low || value > high) throw outOfRange(name, `>= ${low} && <= ${high}`, value);
}

export function checkString(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw invalidArgument(name, 'of type string', value);
}

/** Errors of OpenSSL have a message in parts, which stand by themselves as well. */
export function cryptoError(code: string, message: string): Error {
  const error = Object.assign(new Error(message), { code });
  const parts = /^error:[0-9A-F]+:([^:]*):[^:]*:(.*)$/.exec(message);
  return parts === null ? error : Object.assign(error, { library: parts[1], reason: parts[2] });
}

/** The work is done at once; what came of it is told after the program's present step. `type` is its name in async_hooks. */
export function later<T>(callback: (error: unknown, value?: T) => void, work: () => T, type = 'CRYPTOREQUEST'): void {
  let value: T;
  try {
    value = work();
  } catch (error) {
    nextTick(callback as () => void, [error], type);
    return;
  }
  nextTick(callback as () => void, [null, value], type);
}

/** The class that hashes and ciphers extend: node:stream's Transform. */
export function streamBase(): new (options?: object) => any {
  return (builtinExports('stream')?.Transform as any) ?? class {};
}
