// sign, verify, createSign, createVerify, and encryption with RSA keys.

import { DerError, DerReader, integer, sequence } from '../../crypto/der';
import { fromNumber, toNumber } from '../../crypto/bytes';
import { curveSign, curveSizes, curveVerify, digest, type Hash } from '../../crypto/host';
import type { AnyKey, CurveKey, PublicKeyMaterial } from '../../crypto/keys';
import {
  blockType1, blockType2, decryptOaep, encryptOaep, modulusBytes, rsaPublic, rsaSecret, signPkcs1, signPss, unpadBlock, verifyPkcs1, verifyPss, type RsaKey,
} from '../../crypto/rsa';
import { coded, invalidArgument, invalidValue } from '../errors';
import { needHash, Running, hashName } from './hashes';
import { readKey } from './keyobject';
import { checkFunction, checkString, cryptoError, encoded, later, streamBase, toBuffer, toBytes } from './support';

export const padding = { RSA_PKCS1_PADDING: 1, RSA_NO_PADDING: 3, RSA_PKCS1_OAEP_PADDING: 4, RSA_PKCS1_PSS_PADDING: 6 } as const;
export const saltLength = { RSA_PSS_SALTLEN_DIGEST: -1, RSA_PSS_SALTLEN_MAX_SIGN: -2, RSA_PSS_SALTLEN_AUTO: -2 } as const;

interface SignOptions {
  padding?: number;
  saltLength?: number;
  dsaEncoding?: 'der' | 'ieee-p1363';
  oaepHash?: string;
  oaepLabel?: unknown;
  encoding?: unknown;
  context?: unknown;
}

function optionsOf(key: unknown): SignOptions {
  return typeof key === 'object' && key !== null ? (key as SignOptions) : {};
}

function checkEncoding(given: unknown): void {
  if (given !== undefined && given !== 'der' && given !== 'ieee-p1363') throw invalidValue('options.dsaEncoding', given);
}

function toDer(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  return sequence(integer(toNumber(signature.subarray(0, half))), integer(toNumber(signature.subarray(half))));
}

/** Null for what is no signature. */
function fromDer(signature: Uint8Array, size: number): Uint8Array | null {
  try {
    const outer = new DerReader(signature);
    const reader = outer.sequence();
    outer.end();
    const [r, s] = [fromNumber(reader.integer(), size), fromNumber(reader.integer(), size)];
    reader.end();
    if (r.length !== size || s.length !== size) return null;
    return new Uint8Array([...r, ...s]);
  } catch (error) {
    if (error instanceof DerError) return null;
    throw error;
  }
}

function tooSmall(): never {
  throw cryptoError('ERR_OSSL_RSA_DIGEST_TOO_BIG_FOR_RSA_KEY', 'error:0200007A:rsa routines::digest too big for rsa key');
}

/** Whether the padding is that of PSS, which a key may be for alone, and with one digest. */
function isPss(key: RsaKey, hash: Hash, options: SignOptions): boolean {
  const asked = options.padding ?? (key.pss === undefined ? padding.RSA_PKCS1_PADDING : padding.RSA_PKCS1_PSS_PADDING);
  if (key.pss === undefined) return asked === padding.RSA_PKCS1_PSS_PADDING;
  if (asked !== padding.RSA_PKCS1_PSS_PADDING) throw cryptoError('ERR_OSSL_ILLEGAL_OR_UNSUPPORTED_PADDING_MODE', 'error:1C8000A5:Provider routines::illegal or unsupported padding mode');
  if (key.pss !== null && key.pss.hash !== hash) throw cryptoError('ERR_OSSL_DIGEST_NOT_ALLOWED', 'error:1C8000AE:Provider routines::digest not allowed');
  return true;
}

function signDigest(key: PublicKeyMaterial, hash: Hash, hashed: Uint8Array, options: SignOptions): Uint8Array {
  if (key.type === 'rsa') {
    if (isPss(key, hash, options)) {
      const most = modulusBytes(key) - hashed.length - 2;
      const asked = options.saltLength ?? key.pss?.saltLength ?? saltLength.RSA_PSS_SALTLEN_MAX_SIGN;
      const salt = asked === saltLength.RSA_PSS_SALTLEN_DIGEST ? hashed.length : asked < 0 ? most : asked;
      if (key.pss && salt < key.pss.saltLength) throw cryptoError('ERR_OSSL_PSS_SALTLEN_TOO_SMALL', 'error:1C8000AC:Provider routines::pss saltlen too small');
      return signPss(key, hash, hashed, salt, key.pss?.maskHash) ?? tooSmall();
    }
    return signPkcs1(key, hash, hashed) ?? tooSmall();
  }
  const signature = curveSign(key.curve, key.secret!, hashed);
  if (signature === null) throw cryptoError('ERR_OSSL_EVP_OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE', 'This key cannot sign');
  return options.dsaEncoding === 'ieee-p1363' ? signature : toDer(signature);
}

function verifyDigest(key: PublicKeyMaterial, hash: Hash, hashed: Uint8Array, signature: Uint8Array, options: SignOptions): boolean {
  if (key.type === 'rsa') {
    if (isPss(key, hash, options)) {
      const asked = options.saltLength ?? saltLength.RSA_PSS_SALTLEN_AUTO;
      const salt = asked === saltLength.RSA_PSS_SALTLEN_DIGEST ? hashed.length : asked < 0 ? null : asked;
      return verifyPss(key, hash, hashed, signature, salt, key.pss?.maskHash);
    }
    return verifyPkcs1(key, hash, hashed, signature);
  }
  const raw = options.dsaEncoding === 'ieee-p1363' ? signature : fromDer(signature, curveSizes[key.curve]);
  return raw !== null && curveVerify(key.curve, key.point, hashed, raw);
}

/** A key that can sign. */
function signing(key: AnyKey): PublicKeyMaterial {
  if (key.type === 'dh') throw cryptoError('ERR_OSSL_EVP_OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE', 'error:03000096:digital envelope routines::operation not supported for this keytype');
  return key;
}

function needEdwards(key: PublicKeyMaterial, algorithm: unknown): key is CurveKey {
  if (key.type !== 'okp') return false;
  if (!key.curve.startsWith('Ed')) throw cryptoError('ERR_OSSL_EVP_OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE', 'This key cannot sign');
  if (algorithm !== null && algorithm !== undefined) throw cryptoError('ERR_OSSL_INVALID_DIGEST', 'error:1C800097:Provider routines::invalid digest');
  return true;
}

/** Keys of these curves sign messages, not digests of them. */
function notEdwards(key: PublicKeyMaterial): PublicKeyMaterial {
  if (key.type === 'okp') throw cryptoError('ERR_OSSL_EVP_OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE', 'error:03000096:digital envelope routines::operation not supported for this keytype');
  return key;
}

function contextOf({ context }: SignOptions): Uint8Array {
  return context === undefined ? new Uint8Array(0) : toBytes('context', context);
}

function oneShotHash(algorithm: unknown): Hash {
  return algorithm === null || algorithm === undefined ? 'SHA-256' : needHash(algorithm);
}

export function sign(algorithm: unknown, data: unknown, key: unknown, callback?: unknown): unknown {
  if (callback !== undefined) checkFunction(callback);
  const bytes = toBytes('data', data);
  if (key === null || key === undefined) throw coded(new Error('No key provided to sign'), 'ERR_CRYPTO_SIGN_KEY_REQUIRED');
  const [material, options] = [signing(readKey(key, true)), optionsOf(key)];
  checkEncoding(options.dsaEncoding);
  const work = () => {
    if (needEdwards(material, algorithm)) return toBuffer(curveSign(material.curve, material.secret!, bytes, contextOf(options))!);
    const hash = oneShotHash(algorithm);
    return toBuffer(signDigest(material, hash, digest(hash, bytes), options));
  };
  if (callback === undefined) return work();
  later(callback as () => void, work);
  return undefined;
}

export function verify(algorithm: unknown, data: unknown, key: unknown, signature: unknown, callback?: unknown): unknown {
  if (callback !== undefined) checkFunction(callback);
  const [bytes, signed] = [toBytes('data', data), toBytes('signature', signature)];
  const [material, options] = [signing(readKey(key, false)), optionsOf(key)];
  checkEncoding(options.dsaEncoding);
  const work = () => {
    if (needEdwards(material, algorithm)) return curveVerify(material.curve, material.point, bytes, signed, contextOf(options));
    const hash = oneShotHash(algorithm);
    return verifyDigest(material, hash, digest(hash, bytes), signed, options);
  };
  if (callback === undefined) return work();
  later(callback as () => void, work);
  return undefined;
}

/** The two classes, made at the first import so that they can extend what node:stream has. */
export function makeSigners() {
  const Base = streamBase();

  class Fed extends Base {
    protected hash: Hash;
    protected running: Running;

    constructor(algorithm: unknown, options?: object) {
      super(options);
      checkString('algorithm', algorithm);
      const hash = hashName(algorithm);
      if (hash === undefined) throw cryptoError('ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${algorithm}`);
      this.hash = hash;
      this.running = new Running(hash);
    }

    update(data: unknown, encoding?: unknown): this {
      this.running.update(toBytes('data', data, encoding));
      return this;
    }

    _write(chunk: unknown, encoding: unknown, callback: () => void): void {
      this.update(chunk, encoding);
      callback();
    }
  }

  class Sign extends Fed {
    sign(key: unknown, encoding?: unknown): unknown {
      if (key === null || key === undefined) throw coded(new Error('No key provided to sign'), 'ERR_CRYPTO_SIGN_KEY_REQUIRED');
      const options = optionsOf(key);
      checkEncoding(options.dsaEncoding);
      return encoded(signDigest(notEdwards(signing(readKey(key, true))), this.hash, this.running.digest(), options), encoding);
    }
  }

  class Verify extends Fed {
    verify(key: unknown, signature: unknown, encoding?: unknown): boolean {
      const options = optionsOf(key);
      checkEncoding(options.dsaEncoding);
      return verifyDigest(notEdwards(signing(readKey(key, false))), this.hash, this.running.digest(), toBytes('signature', signature, encoding), options);
    }
  }

  return { Sign, Verify };
}

function rsaKey(key: unknown, isPrivate: boolean): RsaKey {
  const material = readKey(key, isPrivate);
  if (material.type !== 'rsa' || material.pss !== undefined) throw cryptoError('ERR_OSSL_EVP_OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE', 'error:03000096:digital envelope routines::operation not supported for this keytype');
  return material;
}

function oaepOf(options: SignOptions): [Hash, Uint8Array] {
  return [options.oaepHash === undefined ? 'SHA-1' : needHash(options.oaepHash), options.oaepLabel === undefined ? new Uint8Array(0) : toBytes('key.oaepLabel', options.oaepLabel)];
}

function needRoom(block: Uint8Array | null): Uint8Array {
  if (block === null) throw cryptoError('ERR_OSSL_RSA_DATA_TOO_LARGE_FOR_KEY_SIZE', 'error:0200006E:rsa routines::data too large for key size');
  return block;
}

function needOpened(bytes: Uint8Array | null): Buffer {
  if (bytes === null) throw cryptoError('ERR_OSSL_RSA_OAEP_DECODING_ERROR', 'error:02000079:rsa routines::oaep decoding error');
  return toBuffer(bytes);
}

type Buffer = ReturnType<typeof toBuffer>;

/** Exactly as long as the modulus. */
function whole(bytes: Uint8Array, key: RsaKey): Uint8Array {
  if (bytes.length !== modulusBytes(key)) throw cryptoError('ERR_OSSL_RSA_DATA_TOO_SMALL_FOR_KEY_SIZE', 'error:0200007A:rsa routines::data too small for key size');
  return bytes;
}

export function publicEncrypt(key: unknown, data: unknown): Buffer {
  const [material, options, bytes] = [rsaKey(key, false), optionsOf(key), toBytes('buffer', data, optionsOf(key).encoding)];
  switch (options.padding ?? padding.RSA_PKCS1_OAEP_PADDING) {
    case padding.RSA_PKCS1_OAEP_PADDING:
      return toBuffer(needRoom(encryptOaep(material, ...oaepOf(options), bytes)));
    case padding.RSA_PKCS1_PADDING:
      return toBuffer(needRoom(rsaPublic(material, needRoom(blockType2(bytes, modulusBytes(material))))));
    case padding.RSA_NO_PADDING:
      return toBuffer(needRoom(rsaPublic(material, whole(bytes, material))));
    default:
      throw invalidArgument('key.padding', 'one of crypto.constants', options.padding);
  }
}

export function privateDecrypt(key: unknown, data: unknown): Buffer {
  const [material, options, bytes] = [rsaKey(key, true), optionsOf(key), toBytes('buffer', data, optionsOf(key).encoding)];
  switch (options.padding ?? padding.RSA_PKCS1_OAEP_PADDING) {
    case padding.RSA_PKCS1_OAEP_PADDING:
      return needOpened(decryptOaep(material, ...oaepOf(options), bytes));
    case padding.RSA_PKCS1_PADDING:
      return needOpened(unpadBlock(needRoom(rsaSecret(material, whole(bytes, material))), 2));
    case padding.RSA_NO_PADDING:
      return toBuffer(needRoom(rsaSecret(material, whole(bytes, material))));
    default:
      throw invalidArgument('key.padding', 'one of crypto.constants', options.padding);
  }
}

export function privateEncrypt(key: unknown, data: unknown): Buffer {
  const [material, options, bytes] = [rsaKey(key, true), optionsOf(key), toBytes('buffer', data, optionsOf(key).encoding)];
  const padded = options.padding === padding.RSA_NO_PADDING ? whole(bytes, material) : needRoom(blockType1(bytes, modulusBytes(material)));
  return toBuffer(needRoom(rsaSecret(material, padded)));
}

export function publicDecrypt(key: unknown, data: unknown): Buffer {
  const [material, options, bytes] = [rsaKey(key, false), optionsOf(key), toBytes('buffer', data, optionsOf(key).encoding)];
  const opened = needRoom(rsaPublic(material, whole(bytes, material)));
  return options.padding === padding.RSA_NO_PADDING ? toBuffer(opened) : needOpened(unpadBlock(opened, 1));
}

