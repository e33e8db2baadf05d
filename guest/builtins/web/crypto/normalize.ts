// Algorithms as callers write them, checked and converted: the standard's "normalizing an algorithm". A name that is not known
// for an operation is a NotSupportedError; a member of the wrong type is a TypeError.

import { DOMException } from '../events';
import { copyBytes, isBufferSource, toText } from '../webidl/convert';
import { isCryptoKey } from './key';

export type Operation =
  | 'encrypt' | 'decrypt' | 'sign' | 'verify' | 'digest' | 'hash' | 'deriveBits' | 'wrapKey' | 'unwrapKey'
  | 'generateKey' | 'importKey' | 'exportKey' | 'get key length';

/** Normalized: the name as the standard writes it, and converted members. */
export interface Algorithm {
  name: string;
  [member: string]: any;
}

type Convert = (value: unknown, where: string) => unknown;
type Members = Record<string, readonly [convert: Convert, needed: boolean]>;

function integer(highest: number): Convert {
  return (value, where) => {
    if (typeof value === 'symbol' || typeof value === 'bigint') throw new TypeError(`${where} must be a number`);
    const number = Number(value);
    const whole = Math.trunc(number);
    if (!Number.isFinite(number) || whole < 0 || whole > highest) throw new TypeError(`${where} must be a whole number from 0 to ${highest}`);
    return whole + 0;
  };
}

const octet = integer(0xff);
const short = integer(0xffff);
const long = integer(0xffffffff);

const bytes: Convert = (value, where) => {
  if (!isBufferSource(value)) throw new TypeError(`${where} must be an ArrayBuffer or a view of one`);
  return copyBytes(value);
};
const bigInteger: Convert = (value, where) => {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${where} must be a Uint8Array`);
  return value.slice();
};
const text: Convert = (value) => toText(value);
const hash: Convert = (value) => normalize('hash', value);
const key: Convert = (value, where) => {
  if (!isCryptoKey(value)) throw Object.assign(new TypeError(`${where} must be a CryptoKey`), { code: 'ERR_INVALID_ARG_TYPE' });
  return value;
};

const need = (convert: Convert) => [convert, true] as const;
const may = (convert: Convert) => [convert, false] as const;

// Members in the order in which the standard reads them.
const none: Members = {};
const hashed: Members = { hash: need(hash) };
const ofLength: Members = { length: need(short) };
const ofCurve: Members = { namedCurve: need(text) };
const hmac: Members = { hash: need(hash), length: may(long) };
const rsaGenerate: Members = { modulusLength: need(long), publicExponent: need(bigInteger), hash: need(hash) };
const gcm: Members = { iv: need(bytes), additionalData: may(bytes), tagLength: may(octet) };
const cbc: Members = { iv: need(bytes) };
const ctr: Members = { counter: need(bytes), length: need(octet) };
const oaep: Members = { label: may(bytes) };
const context: Members = { context: may(bytes) };
const kmac: Members = { length: need(long), customization: may(bytes) };
const cshake: Members = { length: need(long), functionName: may(bytes), customization: may(bytes) };
const kmacLength: Members = { length: may(long) };
const pss: Members = { saltLength: need(long) };
const agreement: Members = { public: need(key) };
const hkdf: Members = { hash: need(hash), info: need(bytes), salt: need(bytes) };
const pbkdf2: Members = { hash: need(hash), iterations: need(long), salt: need(bytes) };

const aes = ['AES-CTR', 'AES-CBC', 'AES-GCM', 'AES-OCB', 'AES-KW'];
const hashes = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512', 'SHA3-256', 'SHA3-384', 'SHA3-512'];
const macs = ['KMAC128', 'KMAC256'];
const rsa = ['RSASSA-PKCS1-v1_5', 'RSA-PSS', 'RSA-OAEP'];
const all = (names: readonly string[], members: Members) => Object.fromEntries(names.map((name) => [name, members]));
const crypts = { 'RSA-OAEP': oaep, 'AES-CTR': ctr, 'AES-CBC': cbc, 'AES-GCM': gcm, 'AES-OCB': gcm, 'ChaCha20-Poly1305': gcm };
const signs = { 'RSASSA-PKCS1-v1_5': none, 'RSA-PSS': pss, ECDSA: hashed, Ed25519: none, Ed448: context, HMAC: none, ...all(macs, kmac) };
const wraps = { 'AES-KW': none };

const known: Record<Operation, Record<string, Members>> = {
  encrypt: crypts,
  decrypt: crypts,
  sign: signs,
  verify: signs,
  digest: { ...all(hashes, none), ...all(['cSHAKE128', 'cSHAKE256'], cshake) },
  hash: all(hashes, none),
  deriveBits: { ECDH: agreement, X25519: agreement, X448: agreement, HKDF: hkdf, PBKDF2: pbkdf2 },
  wrapKey: wraps,
  unwrapKey: wraps,
  generateKey: {
    ...all(rsa, rsaGenerate), ...all(aes, ofLength), ECDSA: ofCurve, ECDH: ofCurve, HMAC: hmac, Ed25519: none, X25519: none, Ed448: none, X448: none,
    'ChaCha20-Poly1305': none, ...all(macs, kmacLength),
  },
  importKey: {
    ...all(rsa, hashed), ...all(aes, none), ECDSA: ofCurve, ECDH: ofCurve, HMAC: hmac, Ed25519: none, X25519: none, Ed448: none, X448: none,
    'ChaCha20-Poly1305': none, ...all(macs, kmacLength), HKDF: none, PBKDF2: none,
  },
  exportKey: all([...rsa, ...aes, 'ECDSA', 'ECDH', 'HMAC', 'Ed25519', 'X25519', 'Ed448', 'X448', 'ChaCha20-Poly1305', ...macs], none),
  'get key length': { ...all(aes, ofLength), HMAC: hmac, 'ChaCha20-Poly1305': none, ...all(macs, kmacLength), HKDF: none, PBKDF2: none },
};

export function normalize(operation: Operation, given: unknown): Algorithm {
  const isObject = (typeof given === 'object' && given !== null) || typeof given === 'function';
  if (isObject && (given as any).name === undefined) throw new TypeError("The algorithm needs a member 'name'");
  const asked = toText(isObject ? (given as any).name : given);
  const upper = asked.toUpperCase();
  const name = Object.keys(known[operation]).find((candidate) => candidate.toUpperCase() === upper);
  if (name === undefined) {
    throw new DOMException(
      `Unrecognized algorithm name '${asked}' for ${operation}; there are ${Object.keys(known[operation]).join(', ')}`,
      'NotSupportedError',
    );
  }
  const algorithm: Algorithm = { name };
  for (const [member, [convert, needed]] of Object.entries(known[operation][name]!)) {
    const value = isObject ? (given as any)[member] : undefined;
    if (value !== undefined) algorithm[member] = convert(value, `The member '${member}' of ${name}`);
    else if (needed) throw Object.assign(new TypeError(`The algorithm ${name} needs a member '${member}'`), { code: 'ERR_MISSING_OPTION' });
  }
  return algorithm;
}

/** Whether the operation knows the algorithm; the error otherwise is one of the algorithm itself. */
export function isKnown(operation: Operation, given: unknown): boolean {
  const name = typeof given === 'object' && given !== null ? (given as any).name : given;
  return typeof name === 'string' && Object.keys(known[operation]).some((candidate) => candidate.toUpperCase() === name.toUpperCase());
}
