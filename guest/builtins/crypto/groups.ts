// Diffie-Hellman over the integers: the groups that have names (RFC 2409, RFC 3526), and keys in any group.

import { bitLength, fromNumber, toNumber } from './bytes';
import { power, randomBytes } from './host';

export interface DhKey {
  type: 'dh';
  p: bigint;
  g: bigint;
  y: bigint;
  secret: bigint | null;
}

/** Bits of the prime, and the number that makes it one: p = 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) * pi) + c). */
const named: Record<string, readonly [bits: number, c: bigint]> = {
  modp1: [768, 149686n],
  modp2: [1024, 129093n],
  modp5: [1536, 741804n],
  modp14: [2048, 124476n],
  modp15: [3072, 1690314n],
  modp16: [4096, 240904n],
  modp17: [6144, 929484n],
  modp18: [8192, 4743158n],
};

/** floor(2^bits * pi), by Machin's formula with some bits to spare. */
function scaledPi(bits: number): bigint {
  const spare = 64n;
  const one = 1n << (BigInt(bits) + spare);
  const arctanOfOneBy = (x: bigint) => {
    let [sum, term] = [0n, one / x];
    for (let odd = 1n; term !== 0n; odd += 2n, term = -term / (x * x)) sum += term / odd;
    return sum;
  };
  return (16n * arctanOfOneBy(5n) - 4n * arctanOfOneBy(239n)) >> spare;
}

const primes = new Map<string, bigint>();

/** The prime of a group; undefined when the name is of none. */
export function groupPrime(name: string): bigint | undefined {
  if (!Object.hasOwn(named, name)) return undefined;
  let prime = primes.get(name);
  if (prime === undefined) {
    const [size, c] = named[name]!;
    const n = BigInt(size);
    prime = (1n << n) - (1n << (n - 64n)) - 1n + ((scaledPi(size - 130) + c) << 64n);
    primes.set(name, prime);
  }
  return prime;
}

/** g^x mod p. */
export function publicOf(p: bigint, g: bigint, x: bigint): bigint {
  return toNumber(power(fromNumber(g), fromNumber(x), fromNumber(p)));
}

/** A secret exponent: below the order of the group's large half, and not longer than the strength of any prime asks for. */
export function secretFor(p: bigint): bigint {
  const bits = Math.min(bitLength(p) - 2, 512);
  const x = toNumber(randomBytes((bits + 7) >> 3)) & ((1n << BigInt(bits)) - 1n);
  return x | (1n << BigInt(bits - 1));
}

export function newDhKey(p: bigint, g: bigint): DhKey {
  const secret = secretFor(p);
  return { type: 'dh', p, g, y: publicOf(p, g, secret), secret };
}

/** As long as the prime. */
export function agreeDh(p: bigint, secret: bigint, other: bigint): Uint8Array {
  const size = (bitLength(p) + 7) >> 3;
  return fromNumber(toNumber(power(fromNumber(other), fromNumber(secret), fromNumber(p))), size);
}
