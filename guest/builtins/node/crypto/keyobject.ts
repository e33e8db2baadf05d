// KeyObject, and keys from PEM, DER and JWK, encrypted or not.

import { fromBase64, fromBase64Url, toBase64, toBase64Url } from '../../crypto/bytes';
import { DerError, DerReader, element, Tag } from '../../crypto/der';
import { decryptOld, decryptPkcs8, encryptOld, encryptPkcs8, isEncryptedPkcs8, keyCipher } from '../../crypto/encrypted';
import {
  readAnyPkcs8, readAnySpki, readJwk, readPkcs1Public, readPkcs1Secret, readSec1, writeJwk, writePkcs1Public, writePkcs1Secret, writePkcs8, writeSec1, writeSpki,
  type AnyKey, type Jwk,
} from '../../crypto/keys';
import { bitLength } from '../../crypto/bytes';
import { materialOf, isCryptoKey, type CryptoKey } from '../../web/crypto/key';
import { importMaterial } from '../../web/crypto/subtle';
import { coded, invalidArgument, invalidValue } from '../errors';
import { validateObject, validateOneOf } from '../validators';
import { cryptoError, toBuffer, toBytes } from './support';

type Material = Uint8Array | AnyKey;

let making = false;
let material: (key: KeyObject) => Material;

/** What an export is asked to look like. */
interface ExportOptions {
  format?: unknown;
  type?: unknown;
  cipher?: unknown;
  passphrase?: unknown;
}

/** Digests as OpenSSL writes them. */
const opensslName = (hash: string) => hash.toLowerCase().replace('-', '').replace('/', '-');

export const curveNames: Record<string, string> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1', secp256k1: 'secp256k1' };

export class KeyObject {
  #type: 'secret' | 'public' | 'private';
  #material: Material;

  static {
    material = (key) => key.#material;
  }

  constructor(type: unknown, given: Material) {
    if (type !== 'secret' && type !== 'public' && type !== 'private') throw invalidValue('type', type);
    if (!making) throw invalidArgument('handle', 'of type object', given);
    this.#type = type as 'secret';
    this.#material = given;
  }

  static from(key: unknown): KeyObject {
    if (!isCryptoKey(key)) throw invalidArgument('key', 'an instance of CryptoKey', key);
    return makeKeyObject(key.type, materialOf(key as CryptoKey));
  }

  get type(): 'secret' | 'public' | 'private' {
    return this.#type;
  }

  get symmetricKeySize(): number | undefined {
    return this.#material instanceof Uint8Array ? this.#material.length : undefined;
  }

  get asymmetricKeyType(): string | undefined {
    const key = this.#material;
    if (key instanceof Uint8Array) return undefined;
    if (key.type === 'okp') return key.curve.toLowerCase();
    return key.type === 'rsa' && key.pss !== undefined ? 'rsa-pss' : key.type;
  }

  get asymmetricKeyDetails(): object | undefined {
    const key = this.#material;
    if (key instanceof Uint8Array) return undefined;
    if (key.type === 'rsa') {
      const details = { modulusLength: bitLength(key.n), publicExponent: key.e };
      if (!key.pss) return details;
      const { hash, maskHash, saltLength } = key.pss;
      return { ...details, hashAlgorithm: opensslName(hash), mgf1HashAlgorithm: opensslName(maskHash), saltLength };
    }
    return key.type === 'ec' ? { namedCurve: curveNames[key.curve] } : {};
  }

  equals(other: unknown): boolean {
    if (!(other instanceof KeyObject)) throw invalidArgument('otherKeyObject', 'an instance of KeyObject', other);
    const written = (key: KeyObject) => {
      const bytes = key.#material instanceof Uint8Array ? key.#material : key.#type === 'private' ? writePkcs8(key.#material) : writeSpki(key.#material);
      return `${key.#type}:${toBase64(bytes)}`;
    };
    return written(this) === written(other);
  }

  export(options?: ExportOptions): unknown {
    const key = this.#material;
    if (key instanceof Uint8Array) {
      if (options !== undefined) {
        validateObject(options, 'options');
        if (options.format !== undefined && options.format !== 'buffer' && options.format !== 'jwk') throw invalidValue('options.format', options.format);
      }
      if (options?.format === 'jwk') return { kty: 'oct', k: toBase64Url(key) };
      return toBuffer(key.slice());
    }
    validateObject(options, 'options');
    return exportKey(key, this.#type === 'private', options, 'options');
  }

  /** The key for crypto.subtle, as if it was exported and imported there. */
  toCryptoKey(algorithm: unknown, extractable: unknown, usages: unknown): CryptoKey {
    const key = this.#material;
    if (key instanceof Uint8Array) return importMaterial('raw-secret', key, algorithm, extractable, usages);
    const isPrivate = this.#type === 'private';
    return importMaterial(isPrivate ? 'pkcs8' : 'spki', isPrivate ? writePkcs8(key) : writeSpki(key), algorithm, extractable, usages);
  }

  get [Symbol.toStringTag](): string {
    return 'KeyObject';
  }
}

export function makeKeyObject(type: 'secret' | 'public' | 'private', given: Material): KeyObject {
  making = true;
  try {
    return new KeyObject(type, given);
  } finally {
    making = false;
  }
}

/** What a key is never changes, so the copy can share it. */
export function copyOfKey(key: KeyObject): KeyObject {
  return makeKeyObject(key.type, material(key));
}

export function secretBytes(key: KeyObject): Uint8Array {
  const bytes = material(key);
  if (!(bytes instanceof Uint8Array)) throw coded(new TypeError(`Invalid key object type ${key.type}, expected secret.`), 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE');
  return bytes;
}

function incompatible(encoding: unknown, what: string): Error {
  return coded(new Error(`The selected key encoding ${encoding as string} ${what}.`), 'ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS');
}

/** What of an export can be looked at before there is a key; `place` is how the options are called in errors. */
export function checkEncoding(kind: string, isPrivate: boolean, { format, type, cipher, passphrase }: ExportOptions, place: string): void {
  if (format !== 'pem' && format !== 'der' && format !== 'jwk') throw invalidValue(`${place}.format`, format);
  if (format === 'jwk') {
    if (isPrivate && (cipher !== undefined || passphrase !== undefined)) throw incompatible('jwk', 'does not support encryption');
    return;
  }
  const types = isPrivate ? ['pkcs1', 'pkcs8', 'sec1'] : ['pkcs1', 'spki'];
  if (typeof type !== 'string' || !types.includes(type)) throw invalidValue(`${place}.type`, type);
  if (type === 'pkcs1' && kind !== 'rsa') throw incompatible(type, 'can only be used for RSA keys');
  if (type === 'sec1' && kind !== 'ec') throw incompatible(type, 'can only be used for EC keys');
  if (!isPrivate) return;
  if (cipher === undefined || cipher === null) {
    if (passphrase !== undefined && passphrase !== null) throw invalidValue(`${place}.cipher`, cipher);
    return;
  }
  if (typeof cipher !== 'string') throw invalidValue(`${place}.cipher`, cipher);
  if (format === 'der' && type !== 'pkcs8') throw incompatible(type, 'does not support encryption');
  if (typeof passphrase !== 'string' && !ArrayBuffer.isView(passphrase) && !(passphrase instanceof ArrayBuffer)) throw invalidValue(`${place}.passphrase`, passphrase);
}

export function exportKey(key: AnyKey, isPrivate: boolean, options: ExportOptions, place: string): unknown {
  const { format, type, cipher, passphrase } = options;
  const isPss = key.type === 'rsa' && key.pss !== undefined;
  checkEncoding(isPss ? 'rsa-pss' : key.type, isPrivate, options, place);
  if (format === 'jwk') {
    if (key.type === 'dh' || isPss) throw coded(new Error('Unsupported JWK Key Type.'), 'ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE');
    return writeJwk(key, isPrivate);
  }
  const [bytes, label] = written(key, isPrivate, type, place);
  if (typeof cipher !== 'string' || !isPrivate) return format === 'der' ? toBuffer(bytes) : pem(bytes, label);
  const kind = keyCipher(cipher);
  // The older way derives the key by the initial value.
  if (kind === undefined || (kind.iv === 0 && type !== 'pkcs8')) throw coded(new Error('Unknown cipher'), 'ERR_CRYPTO_UNKNOWN_CIPHER');
  const secret = toBytes('passphrase', passphrase);
  if (type === 'pkcs8') {
    const sealed = encryptPkcs8(bytes, kind, secret);
    return format === 'der' ? toBuffer(sealed) : pem(sealed, 'ENCRYPTED PRIVATE KEY');
  }
  const [header, sealed] = encryptOld(bytes, kind, secret);
  return pem(sealed, label, header);
}

function written(key: AnyKey, isPrivate: boolean, type: unknown, place: string): [Uint8Array, string] {
  const mismatch = (what: string) => incompatible(type, what);
  if (type === 'pkcs1') {
    if (key.type !== 'rsa') throw mismatch('can only be used for RSA keys');
    return isPrivate ? [writePkcs1Secret(key), 'RSA PRIVATE KEY'] : [writePkcs1Public(key), 'RSA PUBLIC KEY'];
  }
  if (type === 'sec1' && isPrivate) {
    if (key.type !== 'ec') throw mismatch('can only be used for EC keys');
    return [writeSec1(key, true), 'EC PRIVATE KEY'];
  }
  if (type === (isPrivate ? 'pkcs8' : 'spki')) return isPrivate ? [writePkcs8(key), 'PRIVATE KEY'] : [writeSpki(key), 'PUBLIC KEY'];
  throw invalidValue(`${place}.type`, type);
}

function pem(bytes: Uint8Array, label: string, header = ''): string {
  const lines = toBase64(bytes).match(/.{1,64}/g)!.join('\n');
  return `-----BEGIN ${label}-----\n${header}${lines}\n-----END ${label}-----\n`;
}

interface Pem {
  label: string;
  bytes: Uint8Array;
  /** Cipher and initial value of the older way to encrypt. */
  encryption: [name: string, iv: string] | null;
}

/** Null for what is none. */
function unpem(text: string): Pem | null {
  const found = /-----BEGIN ([A-Z0-9 ]+)-----([^]*?)-----END \1-----/.exec(text);
  if (found === null) return null;
  const header = /^\s*Proc-Type: 4,ENCRYPTED\s+DEK-Info: ([\w-]+),([0-9A-Fa-f]+)\s/.exec(found[2]!);
  const bytes = fromBase64(found[2]!.slice(header?.[0].length ?? 0).replace(/\s+/g, ''));
  return bytes && { label: found[1]!, bytes, encryption: header && [header[1]!, header[2]!] };
}

function unreadable(): Error {
  return cryptoError('ERR_OSSL_UNSUPPORTED', 'error:1E08010C:DECODER routines::unsupported');
}

interface KeyInput {
  key?: unknown;
  format?: unknown;
  type?: unknown;
  encoding?: unknown;
  passphrase?: unknown;
}

function orUnreadable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof DerError ? unreadable() : error;
  }
}

function passphraseOf(passphrase: unknown): Uint8Array {
  if (passphrase === undefined || passphrase === null) throw cryptoError('ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED', 'error:07880109:common libcrypto routines::interrupted or cancelled');
  return toBytes('key.passphrase', passphrase);
}

function opened(bytes: Uint8Array | null): Uint8Array {
  if (bytes === null) throw cryptoError('ERR_OSSL_BAD_DECRYPT', 'error:1C800064:Provider routines::bad decrypt');
  return bytes;
}

function readPem(text: string, passphrase?: unknown): AnyKey {
  const found = unpem(text);
  if (found === null) throw unreadable();
  return orUnreadable(() => {
    const { label, encryption } = found;
    const bytes = encryption === null ? found.bytes : opened(decryptOld(found.bytes, ...encryption, passphraseOf(passphrase)));
    switch (label) {
      case 'PUBLIC KEY':
        try {
          return readAnySpki(bytes);
        } catch (error) {
          throw error instanceof DerError ? cryptoError('ERR_OSSL_EVP_DECODE_ERROR', 'error:03000072:digital envelope routines::decode error') : error;
        }
      case 'PRIVATE KEY':
        return readAnyPkcs8(bytes);
      case 'CERTIFICATE':
        return readAnySpki(certificateKey(bytes));
      case 'RSA PUBLIC KEY':
        return readPkcs1Public(bytes);
      case 'RSA PRIVATE KEY':
        return readPkcs1Secret(bytes);
      case 'EC PRIVATE KEY':
        return readSec1(bytes, null);
      case 'ENCRYPTED PRIVATE KEY':
        return readAnyPkcs8(opened(decryptPkcs8(bytes, passphraseOf(passphrase))));
      default:
        throw unreadable();
    }
  });
}

function readDer(bytes: Uint8Array, type: unknown, isPrivate: boolean, passphrase: unknown): AnyKey {
  return orUnreadable(() => {
    switch (type) {
      case 'spki':
        if (isPrivate) throw invalidValue('options.type', type);
        return readAnySpki(bytes);
      case 'pkcs8':
        if (!isEncryptedPkcs8(bytes)) return readAnyPkcs8(bytes);
        if (passphrase === undefined || passphrase === null) throw coded(new TypeError('Passphrase required for encrypted key'), 'ERR_MISSING_PASSPHRASE');
        return readAnyPkcs8(opened(decryptPkcs8(bytes, toBytes('key.passphrase', passphrase))));
      case 'sec1':
        return readSec1(bytes, null);
      case 'pkcs1': {
        // The secret key begins with a version, which no modulus is.
        const reader = new DerReader(bytes).sequence();
        return isPrivate || reader.integer() === 0n ? readPkcs1Secret(bytes) : readPkcs1Public(bytes);
      }
      default:
        throw invalidValue('options.type', type);
    }
  });
}

const keyForms = 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey';

/** A public-key algorithm's key from what callers hand in. */
export function readKey(given: unknown, isPrivate: boolean): AnyKey {
  const key = readAny(given, isPrivate);
  if (isPrivate && key.secret === null) throw coded(new TypeError('Invalid key object type public, expected private.'), 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE');
  return key;
}

/** SubjectPublicKeyInfo of a certificate (RFC 5280). */
function certificateKey(bytes: Uint8Array): Uint8Array {
  const reader = new DerReader(bytes).sequence().sequence();
  reader.optional(0xa0);
  reader.take(Tag.Integer);
  for (let skipped = 0; skipped < 4; skipped++) reader.take(Tag.Sequence);
  return element(Tag.Sequence, reader.take(Tag.Sequence));
}

function readAny(given: unknown, isPrivate: boolean): AnyKey {
  if (given instanceof KeyObject || isCryptoKey(given)) {
    const inside = given instanceof KeyObject ? material(given) : (materialOf(given) as Material);
    if (inside instanceof Uint8Array) {
      throw coded(new TypeError(`Invalid key object type secret, expected ${isPrivate ? 'private' : 'private or public'}.`), 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE');
    }
    return inside;
  }
  if (typeof given === 'string') return readPem(given);
  if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer) return readPem(toBuffer(toBytes('key', given)).toString('latin1'));
  if (typeof given !== 'object' || given === null) throw invalidArgument('key', keyForms, given);
  const { key, format, type, encoding, passphrase } = given as KeyInput;
  if (passphrase !== undefined && passphrase !== null && typeof passphrase !== 'string' && !ArrayBuffer.isView(passphrase) && !(passphrase instanceof ArrayBuffer)) {
    throw invalidValue('options.passphrase', passphrase);
  }
  if (key instanceof KeyObject || isCryptoKey(key)) return readAny(key, isPrivate);
  if (format === 'jwk') {
    if (typeof key !== 'object' || key === null) throw invalidArgument('key.key', 'of type object', key);
    validateOneOf((key as Jwk).kty, 'key.kty', ['RSA', 'EC', 'OKP']);
    const read = readJwk(key as Jwk);
    if (read === null) throw coded(new Error('Invalid JWK data'), 'ERR_CRYPTO_INVALID_JWK');
    return read;
  }
  if (typeof key !== 'string' && !ArrayBuffer.isView(key) && !(key instanceof ArrayBuffer)) throw invalidArgument('key.key', keyForms, key);
  if (format === undefined || format === 'pem') return readPem(typeof key === 'string' && !encoding ? key : toBuffer(toBytes('key', key, encoding)).toString('latin1'), passphrase);
  if (format !== 'der') throw invalidValue('options.format', format);
  return readDer(toBytes('key', key, encoding), type, isPrivate, passphrase);
}

export function createPrivateKey(given: unknown): KeyObject {
  if (given instanceof KeyObject) throw invalidArgument('key', 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, or DataView', given);
  return makeKeyObject('private', readKey(given, true));
}

export function createPublicKey(given: unknown): KeyObject {
  if (given instanceof KeyObject && given.type !== 'private') {
    throw coded(new TypeError(`Invalid key object type ${given.type}, expected private.`), 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE');
  }
  return makeKeyObject('public', { ...readKey(given, false), secret: null } as AnyKey);
}

export function createSecretKey(given: unknown, encoding?: unknown): KeyObject {
  if (typeof given === 'object' && given !== null && (given as KeyInput).format === 'jwk') {
    const bytes = fromBase64Url(((given as KeyInput).key as Jwk | undefined)?.k);
    if (bytes === null) throw coded(new Error('Invalid JWK data'), 'ERR_CRYPTO_INVALID_JWK');
    return makeKeyObject('secret', bytes);
  }
  return makeKeyObject('secret', toBytes('key', given, encoding).slice());
}

/** Bytes of a secret key in any form. */
export function secretFrom(name: string, given: unknown, encoding?: unknown): Uint8Array {
  if (given instanceof KeyObject) return secretBytes(given);
  if (isCryptoKey(given)) return secretBytes(KeyObject.from(given));
  return toBytes(name, given, encoding);
}

