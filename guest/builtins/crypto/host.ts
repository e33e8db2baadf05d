// What the host computes (host-api, codes::Pure), as functions of bytes. They are pure: whatever is random is drawn here, from
// the invocation's generator, and handed in.

import { CipherMode, Pure } from '../abi';
import { native } from '../native';
import { concat } from './bytes';

/** The names of digests that the host knows. */
export type Hash =
  | 'MD5' | 'RIPEMD-160' | 'SHA-1' | 'SHA-224' | 'SHA-256' | 'SHA-384' | 'SHA-512' | 'SHA-512/224' | 'SHA-512/256'
  | 'SHA3-224' | 'SHA3-256' | 'SHA3-384' | 'SHA3-512' | 'BLAKE2B-512' | 'BLAKE2S-256';

export type Curve = 'P-256' | 'P-384' | 'P-521' | 'secp256k1' | 'Ed25519' | 'X25519' | 'Ed448' | 'X448';

/** Digests of any length. */
export type Extended = 'SHAKE128' | 'SHAKE256';

/** Bytes of a digest, and of the blocks it works in. */
export const hashSizes: Record<Hash, readonly [digest: number, block: number]> = {
  MD5: [16, 64],
  'RIPEMD-160': [20, 64],
  'SHA-1': [20, 64],
  'SHA-224': [28, 64],
  'SHA-256': [32, 64],
  'SHA-384': [48, 128],
  'SHA-512': [64, 128],
  'SHA-512/224': [28, 128],
  'SHA-512/256': [32, 128],
  'SHA3-224': [28, 144],
  'SHA3-256': [32, 136],
  'SHA3-384': [48, 104],
  'SHA3-512': [64, 72],
  'BLAKE2B-512': [64, 128],
  'BLAKE2S-256': [32, 64],
};

/** Bytes of a secret key, and of each half of a signature. */
export const curveSizes: Record<Curve, number> = { 'P-256': 32, 'P-384': 48, 'P-521': 66, secp256k1: 32, Ed25519: 32, X25519: 32, Ed448: 57, X448: 56 };

const none = new Uint8Array(0);

/** The answer's first field as bytes, or null when there is none. */
function answer(fields: unknown[]): Uint8Array | null {
  return fields.length === 0 ? null : new Uint8Array(fields[0] as ArrayBuffer);
}

export function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  native.random(bytes);
  return bytes;
}

export function digest(hash: Hash, bytes: Uint8Array): Uint8Array {
  return answer(native.pure(Pure.Digest, hash, bytes))!;
}

export function extended(hash: Extended, bytes: Uint8Array, length: number): Uint8Array {
  return answer(native.pure(Pure.Digest, hash, bytes, length))!;
}

/** cSHAKE (SP 800-185). */
export function customized(hash: Extended, bytes: Uint8Array, length: number, name: Uint8Array, customization: Uint8Array): Uint8Array {
  return answer(native.pure(Pure.Digest, `C${hash}`, bytes, length, name, customization))!;
}

export function hmac(hash: Hash, key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return answer(native.pure(Pure.Hmac, hash, key, bytes))!;
}

/** The most iterations of one call, by its documentation. */
const iterationsAtOnce = 4096;

export function pbkdf2(hash: Hash, password: Uint8Array, salt: Uint8Array, iterations: number, length: number): Uint8Array {
  const size = hashSizes[hash][0];
  const derived = new Uint8Array(length);
  for (let block = 1, at = 0; at < length; block++, at += size) {
    const numbered = concat(salt, new Uint8Array([block >>> 24, block >>> 16, block >>> 8, block]));
    let state: Uint8Array = none;
    for (let left = iterations; left > 0; left -= iterationsAtOnce) {
      const [code, sum] = native.pure(Pure.Pbkdf2, hash, password, numbered, Math.min(left, iterationsAtOnce), state);
      state = concat(new Uint8Array(code as ArrayBuffer), new Uint8Array(sum as ArrayBuffer));
    }
    derived.set(state.subarray(size, size + Math.min(size, length - at)), at);
  }
  return derived;
}

/** Null when the standard gives no key of this length. */
export function hkdf(hash: Hash, key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array | null {
  if (length > 255 * hashSizes[hash][0]) return null;
  return answer(native.pure(Pure.Hkdf, hash, key, salt, info, length));
}

/** Null when the parameters make no sense. `n` is a power of two. */
export function scrypt(password: Uint8Array, salt: Uint8Array, n: number, r: number, p: number, length: number): Uint8Array | null {
  return answer(native.pure(Pure.Scrypt, password, salt, Math.log2(n), r, p, length));
}

/** Null when a wrapped key is not what was wrapped. */
export function cipher(mode: CipherMode, key: Uint8Array, initial: Uint8Array, bytes: Uint8Array, place = 0): Uint8Array | null {
  return answer(native.pure(Pure.Cipher, mode, key, initial, bytes, place));
}

export function ghash(key: Uint8Array, state: Uint8Array, bytes: Uint8Array): Uint8Array {
  return answer(native.pure(Pure.Ghash, key, state, bytes))!;
}

export function poly1305(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return answer(native.pure(Pure.Poly1305, key, bytes))!;
}

/** Null when it is no secret key of the curve. */
export function curvePublic(curve: Curve, secret: Uint8Array): Uint8Array | null {
  return answer(native.pure(Pure.CurvePublic, curve, secret));
}

/** A point in another form; null when it is none of the curve. */
export function curvePoint(curve: Curve, point: Uint8Array, compressed = false): Uint8Array | null {
  return answer(native.pure(Pure.CurvePoint, curve, point, compressed ? 1 : 0));
}

/** r and s, or null when the key is none. */
export function curveSign(curve: Curve, secret: Uint8Array, digest: Uint8Array, context: Uint8Array = none): Uint8Array | null {
  return answer(native.pure(Pure.CurveSign, curve, secret, digest, context));
}

export function curveVerify(curve: Curve, point: Uint8Array, digest: Uint8Array, signature: Uint8Array, context: Uint8Array = none): boolean {
  return native.pure(Pure.CurveVerify, curve, point, digest, signature, context)[0] === 1;
}

/** Null when there is no shared secret. */
export function curveAgree(curve: Curve, secret: Uint8Array, point: Uint8Array): Uint8Array | null {
  return answer(native.pure(Pure.CurveAgree, curve, secret, point));
}

/** `modulus` must be odd. */
export function power(base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Uint8Array {
  return answer(native.pure(Pure.Power, base, exponent, modulus))!;
}

/** The first prime from `start` on with as many bits, or null; `safe`: (p - 1) / 2 is one, too. Each call of the host tests a few
 *  candidates, so that the search is a loop that the fuel ends. */
export function nextPrime(start: Uint8Array, safe = false): Uint8Array | null {
  for (let from = start; ; ) {
    const [found, number] = native.pure(Pure.Prime, from, 8, safe ? 1 : 0);
    if (found === undefined) return null;
    from = new Uint8Array(number as ArrayBuffer);
    if (found === 1) return from;
  }
}

export function isPrime(candidate: Uint8Array): boolean {
  return native.pure(Pure.IsPrime, candidate)[0] === 1;
}

/** A secret key of a curve. */
export function newSecret(curve: Curve): Uint8Array {
  for (;;) {
    const secret = randomBytes(curveSizes[curve]);
    // Of P-521 the top byte holds one bit; of what is not below the order another is drawn.
    if (curve === 'P-521') secret[0]! &= 1;
    if (curvePublic(curve, secret) !== null) return secret;
  }
}
