// AES in its modes, and HMAC.

import { CipherMode } from '../../abi';
import { concat, equalBytes, fromBase64Url, toBase64Url } from '../../crypto/bytes';
import { Gcm } from '../../crypto/gcm';
import { cipher, hashSizes, hmac, randomBytes, type Hash } from '../../crypto/host';
import type { Jwk } from '../../crypto/keys';
import { checkJwk, checkUsages, fail, jwkOf, type Family, type Format } from './algorithms';
import { algorithmOf, makeKey, materialOf, type CryptoKey, type KeyAlgorithm, type Usage } from './key';
import type { Algorithm } from './normalize';

const block = 16;

function secret(key: CryptoKey): Uint8Array {
  return materialOf(key) as Uint8Array;
}

/** The bytes of a secret key as they were handed in, and the JWK if it was one. */
function readSecret(format: Format, data: Uint8Array | Jwk, use: 'enc' | 'sig', extractable: boolean, usages: readonly Usage[]): Uint8Array {
  if (format === 'raw') return (data as Uint8Array).slice();
  if (format !== 'jwk') fail('NotSupportedError', `A secret key cannot be imported as ${format}, only as raw or jwk`);
  const jwk = data as Jwk;
  const bytes = jwk.kty === 'oct' ? fromBase64Url(jwk.k) : null;
  if (bytes === null) fail('DataError', "The JWK must have 'oct' as its 'kty' and base64url as its 'k'");
  checkJwk(jwk, use, extractable, usages);
  return bytes;
}

function writeSecret(format: Format, key: CryptoKey, alg: string): Uint8Array | Jwk {
  if (format === 'raw') return secret(key).slice();
  if (format !== 'jwk') fail('NotSupportedError', `A secret key cannot be exported as ${format}, only as raw or jwk`);
  return jwkOf(key, { kty: 'oct', k: toBase64Url(secret(key)), alg });
}

function aesFamily(name: string, usages: readonly Usage[], work: Partial<Family>): Family {
  const jwkName = (bytes: number) => `A${8 * bytes}${name.slice(4)}`;
  const algorithm = (bytes: number): KeyAlgorithm => ({ name, length: 8 * bytes });
  return {
    ...work,
    generateKey({ length }, extractable, wanted) {
      checkUsages(wanted, usages, name);
      if (length !== 128 && length !== 192 && length !== 256) fail('OperationError', `A key of ${name} has 128, 192 or 256 bits, not ${length}`);
      return makeKey('secret', extractable, algorithm(length / 8), wanted, randomBytes(length / 8));
    },
    importKey(format, data, _algorithm, extractable, wanted) {
      checkUsages(wanted, usages, name);
      const bytes = readSecret(format, data, 'enc', extractable, wanted);
      if (bytes.length !== 16 && bytes.length !== 24 && bytes.length !== 32) fail('DataError', `A key of ${name} has 128, 192 or 256 bits, not ${8 * bytes.length}`);
      if (format === 'jwk') {
        const { alg } = data as Jwk;
        if (alg !== undefined && alg !== jwkName(bytes.length)) fail('DataError', `The member 'alg' of the JWK is not '${jwkName(bytes.length)}'`);
      }
      return makeKey('secret', extractable, algorithm(bytes.length), wanted, bytes);
    },
    exportKey: (format, key) => writeSecret(format, key, jwkName(secret(key).length)),
    keyLength({ length }) {
      if (length !== 128 && length !== 192 && length !== 256) fail('OperationError', `A key of ${name} has 128, 192 or 256 bits, not ${length}`);
      return length;
    },
  };
}

function pad(bytes: Uint8Array): Uint8Array {
  const missing = block - (bytes.length % block);
  return concat(bytes, new Uint8Array(missing).fill(missing));
}

/** Null when the padding is none. */
function unpad(bytes: Uint8Array): Uint8Array | null {
  const count = bytes[bytes.length - 1] ?? 0;
  if (count === 0 || count > block || count > bytes.length) return null;
  for (let at = bytes.length - count; at < bytes.length; at++) if (bytes[at] !== count) return null;
  return bytes.subarray(0, bytes.length - count);
}

function checkIv(iv: Uint8Array): void {
  if (iv.length !== block) fail('OperationError', `The member 'iv' of AES-CBC must have 16 bytes, not ${iv.length}`);
}

const cbc: Partial<Family> = {
  encrypt({ iv }, key, data) {
    checkIv(iv);
    return cipher(CipherMode.CbcEncrypt, secret(key), iv, pad(data))!;
  },
  decrypt({ iv }, key, data) {
    checkIv(iv);
    if (data.length === 0 || data.length % block !== 0) fail('OperationError', 'The data is not whole blocks of AES-CBC');
    return unpad(cipher(CipherMode.CbcDecrypt, secret(key), iv, data)!) ?? fail('OperationError', 'The data was not encrypted with this key and iv');
  },
};

/** The counter takes the last `length` bits of its block and wraps within them. */
function counterMode({ counter, length }: Algorithm, key: CryptoKey, data: Uint8Array): Uint8Array {
  if (counter.length !== block) fail('OperationError', `The member 'counter' of AES-CTR must have 16 bytes, not ${counter.length}`);
  if (length < 1 || length > 128) fail('OperationError', `The member 'length' of AES-CTR must be from 1 to 128, not ${length}`);
  const blocks = Math.ceil(data.length / block);
  if (length < 53 && blocks > 2 ** length) fail('OperationError', 'The data is longer than the counter counts');
  let left = 2n ** BigInt(length);
  let value = 0n;
  for (const byte of counter) value = (value << 8n) | BigInt(byte);
  left -= value & (left - 1n);
  if (BigInt(blocks) <= left) return cipher(CipherMode.Ctr, secret(key), counter, data)!;
  const cut = Number(left) * block;
  const start = (counter as Uint8Array).slice();
  for (let bit = 0; bit < length; bit++) start[block - 1 - (bit >> 3)]! &= ~(1 << (bit & 7));
  return concat(
    cipher(CipherMode.Ctr, secret(key), counter, data.subarray(0, cut))!,
    cipher(CipherMode.Ctr, secret(key), start, data.subarray(cut))!,
  );
}

function tagBytes(length: number | undefined): number {
  const bits = length ?? 128;
  if (![32, 64, 96, 104, 112, 120, 128].includes(bits)) fail('OperationError', `The member 'tagLength' of AES-GCM cannot be ${bits}`);
  return bits / 8;
}

const gcm: Partial<Family> = {
  encrypt({ iv, additionalData, tagLength }, key, data) {
    const bytes = tagBytes(tagLength);
    const sealer = new Gcm(secret(key), iv, true);
    if (additionalData !== undefined) sealer.authenticate(additionalData);
    const sealed = sealer.update(data);
    return concat(sealed, sealer.tag().subarray(0, bytes));
  },
  decrypt({ iv, additionalData, tagLength }, key, data) {
    const bytes = tagBytes(tagLength);
    if (data.length < bytes) fail('OperationError', 'The data is shorter than its tag');
    const opener = new Gcm(secret(key), iv, false);
    if (additionalData !== undefined) opener.authenticate(additionalData);
    const opened = opener.update(data.subarray(0, data.length - bytes));
    const tag = opener.tag().subarray(0, bytes);
    return equalBytes(tag, data.subarray(data.length - bytes)) ? opened : fail('OperationError', 'The data or its tag is not what was encrypted');
  },
};

const keyWrap: Partial<Family> = {
  wrapKey: (_algorithm, key, data) =>
    cipher(CipherMode.KeyWrap, secret(key), new Uint8Array(0), data) ?? fail('OperationError', 'AES-KW wraps at least 16 bytes, in multiples of 8'),
  unwrapKey: (_algorithm, key, data) =>
    cipher(CipherMode.KeyUnwrap, secret(key), new Uint8Array(0), data) ?? fail('OperationError', 'The data was not wrapped with this key'),
};

const crypts: readonly Usage[] = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];

export const aes: Record<string, Family> = {
  'AES-CBC': aesFamily('AES-CBC', crypts, cbc),
  'AES-CTR': aesFamily('AES-CTR', crypts, { encrypt: counterMode, decrypt: counterMode }),
  'AES-GCM': aesFamily('AES-GCM', crypts, gcm),
  'AES-KW': aesFamily('AES-KW', ['wrapKey', 'unwrapKey'], keyWrap),
};

/** Bits of a key for this digest when none are asked for. */
function hmacLength({ hash, length }: Algorithm): number {
  if (length === undefined) return 8 * hashSizes[hash.name as Hash][1];
  return length;
}

const signs: readonly Usage[] = ['sign', 'verify'];

export const hmacFamily: Family = {
  sign: (_algorithm, key, data) => hmac((algorithmOf(key).hash as { name: Hash }).name, secret(key), data),
  verify: (_algorithm, key, signature, data) => equalBytes(signature, hmac((algorithmOf(key).hash as { name: Hash }).name, secret(key), data)),
  generateKey(algorithm, extractable, usages) {
    checkUsages(usages, signs, 'HMAC');
    const length = hmacLength(algorithm);
    if (length === 0) fail('OperationError', 'A key of HMAC must have at least one bit');
    return makeKey('secret', extractable, { name: 'HMAC', hash: { name: algorithm.hash.name }, length }, usages, cut(randomBytes(Math.ceil(length / 8)), length));
  },
  importKey(format, data, algorithm, extractable, usages) {
    checkUsages(usages, signs, 'HMAC');
    const bytes = readSecret(format, data, 'sig', extractable, usages);
    const hash = algorithm.hash.name as Hash;
    if (format === 'jwk') {
      const { alg } = data as Jwk;
      if (alg !== undefined && alg !== jwkHash(hash)) fail('DataError', `The member 'alg' of the JWK is not '${jwkHash(hash)}'`);
    }
    const whole = 8 * bytes.length;
    if (whole === 0) fail('DataError', 'A key of HMAC must have at least one bit');
    const length = algorithm.length ?? whole;
    if (length > whole || length <= whole - 8) fail('DataError', `The key has ${whole} bits, which the member 'length' (${length}) does not fit`);
    return makeKey('secret', extractable, { name: 'HMAC', hash: { name: hash }, length }, usages, cut(bytes, length));
  },
  exportKey: (format, key) => writeSecret(format, key, jwkHash((algorithmOf(key).hash as { name: Hash }).name)),
  keyLength(algorithm) {
    const length = hmacLength(algorithm);
    if (length === 0) throw new TypeError('A key of HMAC must have at least one bit');
    return length;
  },
};

function jwkHash(hash: Hash): string {
  return `HS${hash.slice(4)}`;
}

/** Bits beyond the length are zero. */
function cut(bytes: Uint8Array, length: number): Uint8Array {
  const unused = 8 * bytes.length - length;
  if (unused > 0) bytes[bytes.length - 1]! &= 0xff << unused;
  return bytes;
}
