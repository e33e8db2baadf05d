// AES in its modes, ChaCha20-Poly1305, HMAC and KMAC.

import { CipherMode } from '../../abi';
import { concat, equalBytes, fromBase64Url, toBase64Url } from '../../crypto/bytes';
import { ChaCha20Poly1305, Gcm, type Sealer } from '../../crypto/gcm';
import { kmac } from '../../crypto/kmac';
import { Ocb } from '../../crypto/ocb';
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
  if (jwk.kty === undefined) fail('DataError', 'Invalid keyData');
  if (jwk.kty !== 'oct') fail('DataError', 'Invalid JWK "kty" Parameter: it must be oct');
  const bytes = fromBase64Url(jwk.k);
  if (bytes === null) fail('DataError', 'Invalid JWK "k" Parameter: it must be base64url');
  checkJwk(jwk, use, extractable, usages);
  return bytes;
}

function writeSecret(format: Format, key: CryptoKey, alg: string | undefined): Uint8Array | Jwk {
  if (format === 'raw') return secret(key).slice();
  if (format !== 'jwk') fail('NotSupportedError', `A secret key cannot be exported as ${format}, only as raw or jwk`);
  return jwkOf(key, { kty: 'oct', k: toBase64Url(secret(key)), ...(alg === undefined ? {} : { alg }) });
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
        if (alg !== undefined && alg !== jwkName(bytes.length)) fail('DataError', 'JWK "alg" does not match the requested algorithm');
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
  if (iv.length !== block) fail('OperationError', `algorithm.iv must contain exactly 16 bytes, not ${iv.length}`);
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

interface Seal {
  name: string;
  /** Bits that a tag may have; the last one where none are asked for. */
  tags: readonly number[];
  /** Bytes of the member 'iv'. */
  iv: readonly [least: number, most: number];
  make(key: Uint8Array, iv: Uint8Array, encrypts: boolean, tagBytes: number): Sealer;
}

/** Encryption that also says whether what comes back is what it was. */
function sealing({ name, tags, iv: [least, most], make }: Seal): Partial<Family> {
  const begin = ({ iv, additionalData, tagLength = tags.at(-1)! }: Algorithm, key: CryptoKey, encrypts: boolean): [Sealer, number] => {
    if (!tags.includes(tagLength)) fail('OperationError', `${tagLength} is not a valid ${name} tag length`);
    if (iv.length < least || iv.length > most) fail('OperationError', `The member 'iv' of ${name} must have ${least === most ? least : `${least} to ${most}`} bytes, not ${iv.length}`);
    const sealer = make(secret(key), iv, encrypts, tagLength / 8);
    if (additionalData !== undefined) sealer.authenticate(additionalData);
    return [sealer, tagLength / 8];
  };
  return {
    encrypt(algorithm, key, data) {
      const [sealer, bytes] = begin(algorithm, key, true);
      const sealed = sealer.update(data);
      return concat(sealed, sealer.tag().subarray(0, bytes));
    },
    decrypt(algorithm, key, data) {
      const [opener, bytes] = begin(algorithm, key, false);
      if (data.length < bytes) fail('OperationError', 'The provided data is too small: it is shorter than its tag');
      const opened = opener.update(data.subarray(0, data.length - bytes));
      const tag = opener.tag().subarray(0, bytes);
      return equalBytes(tag, data.subarray(data.length - bytes)) ? opened : fail('OperationError', 'The data or its tag is not what was encrypted');
    },
  };
}

const gcm = sealing({ name: 'AES-GCM', tags: [32, 64, 96, 104, 112, 120, 128], iv: [0, Infinity], make: (key, iv, encrypts) => new Gcm(key, iv, encrypts) });
const ocb = sealing({
  name: 'AES-OCB', tags: [64, 96, 128], iv: [1, 15], make: (key, iv, encrypts, tagBytes) => new Ocb(key, iv, encrypts, tagBytes),
});
const chacha = sealing({ name: 'ChaCha20-Poly1305', tags: [128], iv: [12, 12], make: (key, iv, encrypts) => new ChaCha20Poly1305(key, iv, encrypts) });

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
  'AES-OCB': aesFamily('AES-OCB', crypts, ocb),
  'AES-KW': aesFamily('AES-KW', ['wrapKey', 'unwrapKey'], keyWrap),
};

export const chachaFamily: Family = {
  ...chacha,
  generateKey(_algorithm, extractable, usages) {
    checkUsages(usages, crypts, 'ChaCha20-Poly1305');
    return makeKey('secret', extractable, { name: 'ChaCha20-Poly1305' }, usages, randomBytes(32));
  },
  importKey(format, data, _algorithm, extractable, usages) {
    checkUsages(usages, crypts, 'ChaCha20-Poly1305');
    const bytes = readSecret(format, data, 'enc', extractable, usages);
    if (bytes.length !== 32) fail('DataError', `A key of ChaCha20-Poly1305 has 256 bits, not ${8 * bytes.length}`);
    if (format === 'jwk') needAlg(data as Jwk, 'C20P');
    return makeKey('secret', extractable, { name: 'ChaCha20-Poly1305' }, usages, bytes);
  },
  exportKey: (format, key) => writeSecret(format, key, 'C20P'),
  keyLength: () => 256,
};

function needAlg({ alg }: Jwk, expected: string | undefined): void {
  if (alg !== undefined && expected !== undefined && alg !== expected) fail('DataError', 'JWK "alg" does not match the requested algorithm');
}

const macUsages: readonly Usage[] = ['sign', 'verify'];

function kmacFamily(bits: 128 | 256): Family {
  const [name, jwkName] = [`KMAC${bits}`, `K${bits}`];
  const code = ({ length, customization }: Algorithm, key: CryptoKey, data: Uint8Array) => {
    if (length % 8 !== 0) fail('NotSupportedError', `Unsupported KmacParams length: ${name} gives whole bytes`);
    return kmac(`SHAKE${bits}`, secret(key), data, length / 8, customization ?? new Uint8Array(0));
  };
  return {
    sign: code,
    verify: (algorithm, key, signature, data) => equalBytes(signature, code(algorithm, key, data)),
    generateKey({ length = bits }, extractable, usages) {
      checkUsages(usages, macUsages, name);
      if (length === 0) fail('OperationError', `A key of ${name} must have at least one bit`);
      return makeKey('secret', extractable, { name, length }, usages, cut(randomBytes(Math.ceil(length / 8)), length));
    },
    importKey(format, data, algorithm, extractable, usages) {
      checkUsages(usages, macUsages, name);
      const bytes = readSecret(format, data, 'sig', extractable, usages);
      if (format === 'jwk') needAlg(data as Jwk, jwkName);
      const whole = 8 * bytes.length;
      if (whole === 0) fail('DataError', 'Zero-length key is not supported');
      if (algorithm.length === 0) fail('DataError', 'KmacImportParams.length cannot be 0');
      const length = algorithm.length ?? whole;
      if (length > whole || length <= whole - 8) fail('DataError', `The key has ${whole} bits, which the member 'length' (${length}) does not fit`);
      return makeKey('secret', extractable, { name, length }, usages, cut(bytes, length));
    },
    exportKey: (format, key) => writeSecret(format, key, jwkName),
    keyLength: ({ length = bits }) => length,
  };
}

export const kmacs: Record<string, Family> = { KMAC128: kmacFamily(128), KMAC256: kmacFamily(256) };

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
    checkUsages(usages, signs, 'HMAC key');
    const bytes = readSecret(format, data, 'sig', extractable, usages);
    const hash = algorithm.hash.name as Hash;
    if (format === 'jwk') {
      const { alg } = data as Jwk;
      needAlg({ alg }, jwkHash(hash));
    }
    const whole = 8 * bytes.length;
    if (whole === 0) fail('DataError', 'Zero-length key is not supported');
    if (algorithm.length === 0) fail('DataError', 'HmacImportParams.length cannot be 0');
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

/** With SHA-3 there is no name for it. */
function jwkHash(hash: Hash): string | undefined {
  return hash.startsWith('SHA3') ? undefined : `HS${hash.slice(4)}`;
}

/** Bits beyond the length are zero. */
function cut(bytes: Uint8Array, length: number): Uint8Array {
  const unused = 8 * bytes.length - length;
  if (unused > 0) bytes[bytes.length - 1]! &= 0xff << unused;
  return bytes;
}
