// Checks of arguments, with the errors that Node throws. Each returns when the value is fine.

import { isAbortSignal, type AbortSignal } from '../web/events/abort';
import { codes, hideStackFrames } from './errors';

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_SOCKET_BAD_PORT, ERR_UNKNOWN_SIGNAL } = codes as Required<typeof codes>;

type AnyFunction = (...args: any[]) => any;

export function validateString(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw new ERR_INVALID_ARG_TYPE!(name, 'string', value);
}

export function validateBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') throw new ERR_INVALID_ARG_TYPE!(name, 'boolean', value);
}

export function validateFunction(value: unknown, name: string): asserts value is AnyFunction {
  if (typeof value !== 'function') throw new ERR_INVALID_ARG_TYPE!(name, 'Function', value);
}

export const validatePlainFunction: (value: unknown, name: string) => asserts value is AnyFunction = validateFunction;

export function validateUndefined(value: unknown, name: string): asserts value is undefined {
  if (value !== undefined) throw new ERR_INVALID_ARG_TYPE!(name, 'undefined', value);
}

export function validateNumber(value: unknown, name: string, min?: number, max?: number): asserts value is number {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE!(name, 'number', value);
  if ((min !== undefined && value < min) || (max !== undefined && value > max) || ((min !== undefined || max !== undefined) && Number.isNaN(value))) {
    const low = min === undefined ? '' : `>= ${min}`;
    const high = max === undefined ? '' : `<= ${max}`;
    throw new ERR_OUT_OF_RANGE!(name, low !== '' && high !== '' ? `${low} && ${high}` : low + high, value);
  }
}

export function validateInteger(value: unknown, name: string, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): asserts value is number {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE!(name, 'number', value);
  if (!Number.isInteger(value)) throw new ERR_OUT_OF_RANGE!(name, 'an integer', value);
  if (value < min || value > max) throw new ERR_OUT_OF_RANGE!(name, `>= ${min} && <= ${max}`, value);
}

export function validateInt32(value: unknown, name: string, min = -2147483648, max = 2147483647): asserts value is number {
  validateInteger(value, name, min, max);
}

export function validateUint32(value: unknown, name: string, positive = false): asserts value is number {
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE!(name, 'number', value);
  if (!Number.isInteger(value)) throw new ERR_OUT_OF_RANGE!(name, 'an integer', value);
  const min = positive ? 1 : 0;
  if (value < min || value > 4294967295) throw new ERR_OUT_OF_RANGE!(name, `>= ${min} && <= 4294967295`, value);
}

export function isInt32(value: unknown): boolean {
  return value === ((value as number) | 0);
}

export function isUint32(value: unknown): boolean {
  return value === (value as number) >>> 0;
}

export function parseFileMode(value: unknown, name: string, fallback?: number): number {
  const mode = value ?? fallback;
  if (typeof mode === 'string') {
    if (!/^[0-7]+$/.test(mode)) throw new ERR_INVALID_ARG_VALUE!(name, mode, 'must be a 32-bit unsigned integer or an octal string');
    return Number.parseInt(mode, 8);
  }
  validateUint32(mode, name);
  return mode;
}

export function validateOneOf(value: unknown, name: string, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  const shown = allowed.map((each) => (typeof each === 'string' ? `'${each}'` : String(each))).join(', ');
  throw new ERR_INVALID_ARG_VALUE!(name, value, `must be one of: ${shown}`);
}

/** What besides a plain object passes as one; the numbers are those of Node's own table. */
export const kValidateObjectNone = 0;
export const kValidateObjectAllowNullable = 1;
export const kValidateObjectAllowArray = 2;
export const kValidateObjectAllowFunction = 4;

type ObjectOptions = number | { nullable?: boolean; allowArray?: boolean; allowFunction?: boolean } | null;

export function validateObject(value: unknown, name: string, options: ObjectOptions = 0): asserts value is Record<string, any> {
  const allow =
    typeof options === 'number'
      ? options
      : (options?.nullable ? 1 : 0) | (options?.allowArray ? 2 : 0) | (options?.allowFunction ? 4 : 0);
  const isFine =
    (value === null && (allow & kValidateObjectAllowNullable) !== 0) ||
    (value !== null && typeof value === 'object' && (!Array.isArray(value) || (allow & kValidateObjectAllowArray) !== 0)) ||
    (typeof value === 'function' && (allow & kValidateObjectAllowFunction) !== 0);
  if (!isFine) throw new ERR_INVALID_ARG_TYPE!(name, 'Object', value);
}

export function validateDictionary(value: unknown, name: string): void {
  if (value !== null && value !== undefined && typeof value !== 'object' && typeof value !== 'function') {
    throw new ERR_INVALID_ARG_TYPE!(name, 'a dictionary', value);
  }
}

export function validateArray(value: unknown, name: string, minLength = 0): asserts value is any[] {
  if (!Array.isArray(value)) throw new ERR_INVALID_ARG_TYPE!(name, 'Array', value);
  if (value.length < minLength) throw new ERR_INVALID_ARG_VALUE!(name, value, `must be longer than ${minLength}`);
}

export function validateStringArray(value: unknown, name: string): asserts value is string[] {
  validateArray(value, name);
  value.forEach((each, at) => validateString(each, `${name}[${at}]`));
}

export function validateBooleanArray(value: unknown, name: string): void {
  validateArray(value, name);
  value.forEach((each, at) => validateBoolean(each, `${name}[${at}]`));
}

export function validateAbortSignal(value: unknown, name: string): asserts value is AbortSignal | undefined {
  if (value !== undefined && (value === null || typeof value !== 'object' || !('aborted' in value))) {
    throw new ERR_INVALID_ARG_TYPE!(name, 'AbortSignal', value);
  }
}

export function validateAbortSignalArray(value: unknown, name: string): void {
  validateArray(value, name);
  value.forEach((each, at) => {
    if (!isAbortSignal(each)) throw new ERR_INVALID_ARG_TYPE!(`${name}[${at}]`, 'AbortSignal', each);
  });
}

export function validateBuffer(value: unknown, name = 'buffer'): asserts value is ArrayBufferView {
  if (!ArrayBuffer.isView(value)) throw new ERR_INVALID_ARG_TYPE!(name, ['Buffer', 'TypedArray', 'DataView'], value);
}

export function validateEncoding(data: { length: number }, encoding: string): void {
  if (/^hex$/i.test(encoding) && data.length % 2 !== 0) {
    throw new ERR_INVALID_ARG_VALUE!('encoding', encoding, `is invalid for data of length ${data.length}`);
  }
}

export function validatePort(value: any, name = 'Port', allowZero = true): number {
  const isPort =
    (typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')) && +value === +value >>> 0 && +value <= 0xffff && (+value !== 0 || allowZero);
  if (!isPort) throw new ERR_SOCKET_BAD_PORT!(name, value, allowZero);
  return +value | 0;
}

export function validateSignalName(value: unknown, name = 'signal'): void {
  validateString(value, name);
  if (!/^SIG[A-Z0-9]+$/.test(value)) throw new ERR_UNKNOWN_SIGNAL!(value);
}

export function validateUnion(value: unknown, name: string, union: readonly unknown[]): void {
  if (!union.includes(value)) throw new ERR_INVALID_ARG_TYPE!(name, `('${union.join('|')}')`, value);
}

const LINK = /^(?:<[^>]*>)(?:\s*;\s*[^;"\s]+(?:=(")?[^;"\s]*\1)?)*$/;

export function validateLinkHeaderValue(hints: unknown): string {
  const list = Array.isArray(hints) ? hints : [hints];
  for (const each of list) {
    if (typeof each !== 'string' || !LINK.test(each)) {
      throw new ERR_INVALID_ARG_VALUE!('hints', hints, 'must be an array or string of format "</styles.css>; rel=preload; as=style"');
    }
  }
  return list.join(', ');
}

export { hideStackFrames };
