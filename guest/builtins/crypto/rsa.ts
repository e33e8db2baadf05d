// RSA (RFC 8017): keys, the two primitives, and the paddings around them. The host raises to powers; the rest is
// arithmetic with BigInt and a few digests.

import { concat, equalBytes, fromNumber, toNumber, xor, bitLength } from './bytes';
import { digest, hashSizes, nextPrime, power, randomBytes, type Hash } from './host';

export interface RsaKey {
  type: 'rsa';
  n: bigint;
  e: bigint;
  secret: RsaSecret | null;
  /** A key for PSS alone: what it may be used with, or null for all. Absent of other keys. */
  pss?: PssLimits | null;
}

/** The only digests that a key is for, and the shortest salt. */
export interface PssLimits {
  hash: Hash;
  maskHash: Hash;
  saltLength: number;
}

export interface RsaSecret {
  d: bigint;
  p: bigint;
  q: bigint;
  dp: bigint;
  dq: bigint;
  qi: bigint;
}

export function modulusBytes(key: RsaKey): number {
  return (bitLength(key.n) + 7) >> 3;
}

function inverse(value: bigint, modulus: bigint): bigint | null {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) {
    if (b === 0n) return null;
    [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  }
  return a === 1n ? ((x % modulus) + modulus) % modulus : null;
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function newPrime(bits: number, exponent: bigint): bigint {
  for (;;) {
    const start = randomBytes((bits + 7) >> 3);
    // The two highest bits, so that the product of two primes has twice as many, and the lowest.
    let number = toNumber(start) & ((1n << BigInt(bits)) - 1n);
    number |= (3n << BigInt(bits - 2)) | 1n;
    const found = nextPrime(fromNumber(number));
    if (found === null) continue;
    const prime = toNumber(found);
    if (gcd(prime - 1n, exponent) === 1n) return prime;
  }
}

/** `exponent` is odd and above 1. */
export function generateRsa(bits: number, exponent: bigint): RsaKey {
  for (;;) {
    let p = newPrime((bits + 1) >> 1, exponent);
    let q = newPrime(bits >> 1, exponent);
    if (p < q) [p, q] = [q, p];
    const [m, o] = [p - 1n, q - 1n];
    const d = inverse(exponent, (m * o) / gcd(m, o));
    if (p === q || d === null || bitLength(p * q) !== bits) continue;
    return { type: 'rsa', n: p * q, e: exponent, secret: { d, p, q, dp: d % m, dq: d % o, qi: inverse(q, p)! } };
  }
}

/** Whether the parts of a secret key belong together. */
export function isConsistent({ n, e, secret }: RsaKey): boolean {
  if (n < 3n || n % 2n === 0n || e < 3n || e % 2n === 0n || bitLength(n) > 16384) return false;
  if (secret === null) return true;
  const { d, p, q, dp, dq, qi } = secret;
  if (p < 3n || q < 3n || p * q !== n || d < 1n) return false;
  const [m, o] = [p - 1n, q - 1n];
  return (e * d) % m === 1n && (e * d) % o === 1n && dp === d % m && dq === d % o && (qi * q) % p === 1n;
}

/** Null when the message is not below the modulus. */
export function rsaPublic(key: RsaKey, message: Uint8Array): Uint8Array | null {
  const modulus = fromNumber(key.n);
  if (toNumber(message) >= key.n) return null;
  return power(message, fromNumber(key.e), modulus);
}

/** Null when the message is not below the modulus. By the Chinese remainder theorem. */
export function rsaSecret(key: RsaKey, message: Uint8Array): Uint8Array | null {
  const { p, q, dp, dq, qi } = key.secret!;
  if (toNumber(message) >= key.n) return null;
  const m1 = toNumber(power(message, fromNumber(dp), fromNumber(p)));
  const m2 = toNumber(power(message, fromNumber(dq), fromNumber(q)));
  const h = (((((m1 - m2) % p) + p) % p) * qi) % p;
  return fromNumber(m2 + h * q, modulusBytes(key));
}

function mask(hash: Hash, seed: Uint8Array, length: number): Uint8Array {
  const size = hashSizes[hash][0];
  const mask = new Uint8Array(Math.ceil(length / size) * size);
  const numbered = concat(seed, new Uint8Array(4));
  const counter = new DataView(numbered.buffer, seed.length);
  for (let at = 0; at < length; at += size) {
    counter.setUint32(0, at / size);
    mask.set(digest(hash, numbered), at);
  }
  return mask.subarray(0, length);
}

/** DigestInfo up to the digest itself; RFC 8017, 9.2, note 1. */
const prefixes: Partial<Record<Hash, readonly number[]>> = {
  MD5: [0x30, 0x20, 0x30, 0x0c, 6, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5, 5, 0, 4, 0x10],
  'RIPEMD-160': [0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x24, 3, 2, 1, 5, 0, 4, 0x14],
  'SHA-1': [0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 0x14],
};
const nistHashes: Partial<Record<Hash, number>> = {
  'SHA-256': 1, 'SHA-384': 2, 'SHA-512': 3, 'SHA-224': 4, 'SHA-512/224': 5, 'SHA-512/256': 6,
  'SHA3-224': 7, 'SHA3-256': 8, 'SHA3-384': 9, 'SHA3-512': 10,
};
for (const [hash, number] of Object.entries(nistHashes) as [Hash, number][]) {
  const size = hashSizes[hash][0];
  prefixes[hash] = [0x30, 17 + size, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, number, 5, 0, 4, size];
}

function signaturePadding(hash: Hash, hashed: Uint8Array, length: number): Uint8Array | null {
  const prefix = prefixes[hash];
  if (prefix === undefined) return null;
  return blockType1(concat(new Uint8Array(prefix), hashed), length);
}

/** 0, 1, ones, 0, the bytes; null when there is no room. */
export function blockType1(bytes: Uint8Array, length: number): Uint8Array | null {
  if (bytes.length + 11 > length) return null;
  const block = new Uint8Array(length).fill(0xff);
  block.set([0, 1]);
  block[length - bytes.length - 1] = 0;
  block.set(bytes, length - bytes.length);
  return block;
}

/** The bytes in a block of either type; null when it is none. */
export function unpadBlock(block: Uint8Array, type: 1 | 2): Uint8Array | null {
  if (block[0] !== 0 || block[1] !== type) return null;
  const end = block.indexOf(0, 2);
  if (end < 10) return null;
  for (let at = 2; type === 1 && at < end; at++) if (block[at] !== 0xff) return null;
  return block.slice(end + 1);
}

/** 0, 2, random bytes that are not 0, 0, the bytes; null when there is no room. */
export function blockType2(bytes: Uint8Array, length: number): Uint8Array | null {
  if (bytes.length + 11 > length) return null;
  const block = randomBytes(length);
  for (let at = 2; at < length - bytes.length - 1; at++) {
    while (block[at] === 0) block[at] = randomBytes(1)[0]!;
  }
  block.set([0, 2]);
  block[length - bytes.length - 1] = 0;
  block.set(bytes, length - bytes.length);
  return block;
}

/** PKCS #1 v1.5 over a digest; null when the key is too short for it. */
export function signPkcs1(key: RsaKey, hash: Hash, hashed: Uint8Array): Uint8Array | null {
  const padded = signaturePadding(hash, hashed, modulusBytes(key));
  return padded && rsaSecret(key, padded);
}

export function verifyPkcs1(key: RsaKey, hash: Hash, hashed: Uint8Array, signature: Uint8Array): boolean {
  const length = modulusBytes(key);
  if (signature.length !== length) return false;
  const expected = signaturePadding(hash, hashed, length);
  const found = rsaPublic(key, signature);
  return expected !== null && found !== null && equalBytes(expected, found);
}

/** PSS over a digest; null when the key is too short for it. */
export function signPss(key: RsaKey, hash: Hash, hashed: Uint8Array, saltLength: number, maskHash = hash): Uint8Array | null {
  const bits = bitLength(key.n) - 1;
  const length = (bits + 7) >> 3;
  const size = hashed.length;
  if (length < size + saltLength + 2) return null;
  const salt = randomBytes(saltLength);
  const h = digest(hash, concat(new Uint8Array(8), hashed, salt));
  const db = new Uint8Array(length - size - 1);
  db[db.length - saltLength - 1] = 1;
  db.set(salt, db.length - saltLength);
  xor(db, mask(maskHash, h, db.length));
  db[0]! &= 0xff >> (8 * length - bits);
  return rsaSecret(key, concat(db, h, new Uint8Array([0xbc])));
}

/** `saltLength` null: whatever it is. */
export function verifyPss(key: RsaKey, hash: Hash, hashed: Uint8Array, signature: Uint8Array, saltLength: number | null, maskHash = hash): boolean {
  const bits = bitLength(key.n) - 1;
  const length = (bits + 7) >> 3;
  if (signature.length !== modulusBytes(key)) return false;
  const opened = rsaPublic(key, signature);
  const size = hashed.length;
  if (opened === null || length < size + 2 || (opened.length > length && opened[0] !== 0)) return false;
  const encoded = opened.subarray(opened.length - length);
  if (encoded[length - 1] !== 0xbc) return false;
  const db = encoded.slice(0, length - size - 1);
  const h = encoded.subarray(length - size - 1, length - 1);
  const unused = 8 * length - bits;
  if (db[0]! >> (8 - unused) !== 0) return false;
  xor(db, mask(maskHash, h, db.length));
  db[0]! &= 0xff >> unused;
  const one = db.findIndex((byte) => byte !== 0);
  if (one < 0 || db[one] !== 1 || (saltLength !== null && db.length - one - 1 !== saltLength)) return false;
  return equalBytes(h, digest(hash, concat(new Uint8Array(8), hashed, db.subarray(one + 1))));
}

/** Null when the message is too long for the key. */
export function encryptOaep(key: RsaKey, hash: Hash, label: Uint8Array, message: Uint8Array, maskHash = hash): Uint8Array | null {
  const [length, size] = [modulusBytes(key), hashSizes[hash][0]];
  if (message.length > length - 2 * size - 2) return null;
  const db = new Uint8Array(length - size - 1);
  db.set(digest(hash, label));
  db[db.length - message.length - 1] = 1;
  db.set(message, db.length - message.length);
  const seed = randomBytes(size);
  xor(db, mask(maskHash, seed, db.length));
  xor(seed, mask(maskHash, db, size));
  return rsaPublic(key, concat(new Uint8Array(1), seed, db));
}

/** Null when it was not encrypted for this key and label. */
export function decryptOaep(key: RsaKey, hash: Hash, label: Uint8Array, message: Uint8Array, maskHash = hash): Uint8Array | null {
  const [length, size] = [modulusBytes(key), hashSizes[hash][0]];
  if (message.length !== length || length < 2 * size + 2) return null;
  const encoded = rsaSecret(key, message);
  if (encoded === null) return null;
  const seed = encoded.slice(1, size + 1);
  const db = encoded.slice(size + 1);
  xor(seed, mask(maskHash, db, size));
  xor(db, mask(maskHash, seed, db.length));
  let one = size;
  while (one < db.length && db[one] === 0) one++;
  const fits = encoded[0] === 0 && equalBytes(db.subarray(0, size), digest(hash, label)) && db[one] === 1;
  return fits ? db.slice(one + 1) : null;
}
