// Randomness: all of it is the invocation's generator.

import { native } from '../../native';
import { coded, invalidArgument, outOfRange } from '../errors';
import { fromNumber, toNumber } from '../../crypto/bytes';
import { isPrime, nextPrime, randomBytes as draw } from '../../crypto/host';
import { Buffer } from '../buffer';
import { checkFunction, checkInteger, later, toBuffer, toBytes } from './support';

/** What async_hooks call a request for random values. */
const RANDOM = 'RANDOMBYTESREQUEST';

export function randomBytes(size: unknown, callback?: (error: unknown, bytes?: Buffer) => void): Buffer | undefined {
  checkInteger('size', size);
  if (callback !== undefined) checkFunction(callback);
  if (callback === undefined) return toBuffer(draw(size));
  later(callback, () => toBuffer(draw(size)), RANDOM);
  return undefined;
}

function fill(target: unknown, offset: unknown = 0, size?: unknown): void {
  if (!ArrayBuffer.isView(target) && !(target instanceof ArrayBuffer)) throw invalidArgument('buf', 'an instance of ArrayBuffer or ArrayBufferView', target);
  const each = (target as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
  const bytes = toBytes('buf', target);
  checkInteger('offset', offset, 0, bytes.length / each);
  const start = offset * each;
  if (size !== undefined) checkInteger('size', size, 0, bytes.length / each - offset);
  native.random(bytes.subarray(start, size === undefined ? bytes.length : start + (size as number) * each));
}

export function randomFillSync(target: unknown, offset?: unknown, size?: unknown): unknown {
  fill(target, offset, size);
  return target;
}

export function randomFill(target: unknown, ...rest: unknown[]): void {
  const callback = rest.pop();
  checkFunction(callback);
  const [offset, size] = rest;
  fill(target, offset, size);
  later(callback, () => target, RANDOM);
}

export function randomInt(...args: unknown[]): number | undefined {
  const callback = typeof args[args.length - 1] === 'function' || args.length === 3 ? args.pop() : undefined;
  if (callback !== undefined) checkFunction(callback);
  const [low, high] = args.length < 2 ? [0, args[0]] : args;
  if (!Number.isSafeInteger(low)) throw invalidArgument('min', 'a safe integer', low);
  if (!Number.isSafeInteger(high)) throw invalidArgument('max', 'a safe integer', high);
  const range = (high as number) - (low as number);
  if (range <= 0) throw outOfRange('max', `greater than the value of "min" (${low as number})`, high);
  if (range > 2 ** 48 - 1) throw outOfRange(args.length < 2 ? 'max' : 'max - min', `<= ${2 ** 48 - 1}`, range);
  const work = () => {
    // What is beyond the last whole multiple of the range would favour small numbers.
    const limit = 2 ** 48 - (2 ** 48 % range);
    for (;;) {
      let drawn = 0;
      for (const byte of draw(6)) drawn = drawn * 256 + byte;
      if (drawn < limit) return (low as number) + (drawn % range);
    }
  };
  if (callback === undefined) return work();
  later(callback, work, RANDOM);
  return undefined;
}

export function timingSafeEqual(a: unknown, b: unknown): boolean {
  const views = [a, b].map((value, at) => {
    if (!ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) {
      throw invalidArgument(`buf${at + 1}`, 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView', value);
    }
    return toBytes('buf', value);
  });
  const [first, second] = views as [Uint8Array, Uint8Array];
  if (first.length !== second.length) throw coded(new RangeError('Input buffers must have the same byte length'), 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH');
  let difference = 0;
  for (let at = 0; at < first.length; at++) difference |= first[at]! ^ second[at]!;
  return difference === 0;
}

function candidateOf(value: unknown): Uint8Array {
  if (typeof value === 'bigint') {
    if (value < 0n) throw outOfRange('candidate', '>= 0', value);
    return fromNumber(value);
  }
  return toBytes('candidate', value);
}

export function checkPrimeSync(candidate: unknown): boolean {
  return isPrime(candidateOf(candidate));
}

export function checkPrime(candidate: unknown, ...rest: unknown[]): void {
  const callback = rest.pop();
  checkFunction(callback);
  const bytes = candidateOf(candidate);
  later(callback, () => isPrime(bytes), 'CHECKPRIMEREQUEST');
}

export function generatePrimeSync(bits: unknown, options: { bigint?: boolean; safe?: boolean; add?: unknown } = {}): unknown {
  checkInteger('size', bits, 1);
  if (options.safe || options.add !== undefined) throw coded(new Error('generatePrime has neither the option safe nor add'), 'ERR_HOLM_UNSUPPORTED');
  for (;;) {
    let number = toNumber(draw((bits + 7) >> 3)) & ((1n << BigInt(bits)) - 1n);
    number |= (1n << BigInt(bits - 1)) | (bits > 1 ? 1n << BigInt(bits - 2) : 0n) | (bits > 2 ? 1n : 0n);
    const prime = nextPrime(fromNumber(number));
    if (prime === null) continue;
    return options.bigint ? toNumber(prime) : prime.buffer;
  }
}

export function generatePrime(bits: unknown, ...rest: unknown[]): void {
  const callback = rest.pop();
  checkFunction(callback);
  checkInteger('size', bits, 1);
  later(callback, () => generatePrimeSync(bits, rest[0] as object), 'RANDOMPRIMEREQUEST');
}
