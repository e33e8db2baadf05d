// KeyObject, and keys from PEM, DER and JWK.

import { fromBase64, fromBase64Url, toBase64, toBase64Url } from '../../crypto/bytes';
import { DerError } from '../../crypto/der';
import {
  readJwk, readPkcs1Public, readPkcs1Secret, readPkcs8, readSec1, readSpki, writeJwk, writePkcs1Public, writePkcs1Secret, writePkcs8, writeSec1, writeSpki,
  type Jwk, type PublicKeyMaterial,
} from '../../crypto/keys';
import { bitLength } from '../../crypto/bytes';
import { materialOf, isCryptoKey, type CryptoKey } from '../../web/crypto/key';
import { coded, invalidArgument, invalidValue } from '../errors';

import { cryptoError, toBuffer, toBytes } from './support';

type Material = Uint8Array | PublicKeyMaterial;

let making = false;
let material: (key: KeyObject) => Material;

/** What an export is asked to look like. */
interface ExportOptions {
  format?: unknown;
  type?: unknown;
  cipher?: unknown;
}

export const curveNames: Record<string, string> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1', secp256k1: 'secp256k1' };

export class KeyObject {
  #type: 'secret' | 'public' | 'private';
  #material: Material;

  static {
    material = (key) => key.#material;
  }

  constructor(type: unknown, given: Material) {
    if (!making) throw invalidValue('type', type, 'is not one that can be constructed: keys come from createSecretKey and its like');
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
    return key.type === 'okp' ? key.curve.toLowerCase() : key.type;
  }

  get asymmetricKeyDetails(): object | undefined {
    const key = this.#material;
    if (key instanceof Uint8Array) return undefined;
    if (key.type === 'rsa') return { modulusLength: bitLength(key.n), publicExponent: key.e };
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
      if (options?.format === 'jwk') return { kty: 'oct', k: toBase64Url(key) };
      return toBuffer(key.slice());
    }
    return exportKey(key, this.#type === 'private', options ?? {});
  }

  toCryptoKey(): never {
    throw cryptoError('ERR_HOLM_UNSUPPORTED', 'KeyObject.toCryptoKey is not there: export the key and import it with crypto.subtle.importKey');
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

export function secretBytes(key: KeyObject): Uint8Array {
  const bytes = material(key);
  if (!(bytes instanceof Uint8Array)) throw coded(new TypeError(`Invalid key object type ${key.type}, expected secret.`), 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE');
  return bytes;
}

export function exportKey(key: PublicKeyMaterial, isPrivate: boolean, { format, type, cipher }: ExportOptions): unknown {
  if (cipher !== undefined && cipher !== null) throw cryptoError('ERR_HOLM_UNSUPPORTED', 'Keys cannot be exported encrypted');
  if (format === 'jwk') return writeJwk(key, isPrivate);
  if (format !== 'pem' && format !== 'der') throw invalidValue('options.format', format);
  const [bytes, label] = written(key, isPrivate, type);
  return format === 'der' ? toBuffer(bytes) : pem(bytes, label);
}

function written(key: PublicKeyMaterial, isPrivate: boolean, type: unknown): [Uint8Array, string] {
  const mismatch = (what: string) => coded(new Error(`The selected key encoding ${type as string} ${what}.`), 'ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS');
  if (type === 'pkcs1') {
    if (key.type !== 'rsa') throw mismatch('can only be used for RSA keys');
    return isPrivate ? [writePkcs1Secret(key), 'RSA PRIVATE KEY'] : [writePkcs1Public(key), 'RSA PUBLIC KEY'];
  }
  if (type === 'sec1' && isPrivate) {
    if (key.type !== 'ec') throw mismatch('can only be used for EC keys');
    return [writeSec1(key, true), 'EC PRIVATE KEY'];
  }
  if (type === (isPrivate ? 'pkcs8' : 'spki')) return isPrivate ? [writePkcs8(key), 'PRIVATE KEY'] : [writeSpki(key), 'PUBLIC KEY'];
  throw invalidValue('options.type', type);
}

function pem(bytes: Uint8Array, label: string): string {
  const lines = toBase64(bytes).match(/.{1,64}/g)!.join('\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** What is in a PEM: its label and bytes. Null for what is none. */
function unpem(text: string): [string, Uint8Array] | null {
  const found = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/.exec(text);
  const bytes = found && fromBase64(found[2]!.replace(/\s+/g, ''));
  return bytes ? [found[1]!, bytes] : null;
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

function readPem(text: string): PublicKeyMaterial {
  const found = unpem(text);
  if (found === null) throw unreadable();
  const [label, bytes] = found;
  return orUnreadable(() => {
    switch (label) {
      case 'PUBLIC KEY':
        return readSpki(bytes);
      case 'PRIVATE KEY':
        return readPkcs8(bytes);
      case 'RSA PUBLIC KEY':
        return readPkcs1Public(bytes);
      case 'RSA PRIVATE KEY':
        return readPkcs1Secret(bytes);
      case 'EC PRIVATE KEY':
        return readSec1(bytes, null);
      case 'ENCRYPTED PRIVATE KEY':
        throw cryptoError('ERR_HOLM_UNSUPPORTED', 'Encrypted private keys cannot be read: decrypt the key first');
      default:
        throw unreadable();
    }
  });
}

function readDer(bytes: Uint8Array, type: unknown, isPrivate: boolean): PublicKeyMaterial {
  return orUnreadable(() => {
    switch (type) {
      case 'spki':
        return readSpki(bytes);
      case 'pkcs8':
        return readPkcs8(bytes);
      case 'sec1':
        return readSec1(bytes, null);
      case 'pkcs1':
        return isPrivate ? readPkcs1Secret(bytes) : readPkcs1Public(bytes);
      default:
        throw invalidValue('options.type', type);
    }
  });
}

const keyForms = 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey';

/** A public-key algorithm's key from what callers hand in. */
export function readKey(given: unknown, isPrivate: boolean): PublicKeyMaterial {
  const key = readAny(given, isPrivate);
  if (isPrivate && key.secret === null) throw coded(new TypeError('Invalid key object type public, expected private.'), 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE');
  return key;
}

function readAny(given: unknown, isPrivate: boolean): PublicKeyMaterial {
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
  const { key, format, type, encoding } = given as KeyInput;
  if (key instanceof KeyObject || isCryptoKey(key)) return readAny(key, isPrivate);
  if (format === 'jwk') {
    if (typeof key !== 'object' || key === null) throw invalidArgument('key.key', 'of type object', key);
    const read = readJwk(key as Jwk);
    if (read === null) throw coded(new Error('Invalid JWK data'), 'ERR_CRYPTO_INVALID_JWK');
    return read;
  }
  if (typeof key !== 'string' && !ArrayBuffer.isView(key) && !(key instanceof ArrayBuffer)) throw invalidArgument('key.key', keyForms, key);
  if (format === undefined || format === 'pem') return readPem(typeof key === 'string' ? key : toBuffer(toBytes('key', key)).toString('latin1'));
  if (format !== 'der') throw invalidValue('options.format', format);
  return readDer(toBytes('key', key, encoding), type, isPrivate);
}

export function createPrivateKey(given: unknown): KeyObject {
  return makeKeyObject('private', readKey(given, true));
}

export function createPublicKey(given: unknown): KeyObject {
  if (given instanceof KeyObject && given.type !== 'private') {
    throw coded(new TypeError(`Invalid key object type ${given.type}, expected private.`), 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE');
  }
  return makeKeyObject('public', { ...readKey(given, false), secret: null });
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

