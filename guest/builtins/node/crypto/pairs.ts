// generateKeyPair, generateKey, createECDH and diffieHellman.

import { curveAgree, curvePoint, curvePublic, curveSizes, newSecret, randomBytes, type Curve } from '../../crypto/host';
import { secretCurveKey, type PublicKeyMaterial } from '../../crypto/keys';
import { generateRsa } from '../../crypto/rsa';
import { coded, invalidValue, outOfRange } from '../errors';
import { curveNames, exportKey, KeyObject, makeKeyObject, readKey } from './keyobject';
import { checkFunction, checkInteger, checkString, cryptoError, encoded, later, toBuffer, toBytes } from './support';

const byName: Record<string, Curve> = { 'P-256': 'P-256', 'P-384': 'P-384', 'P-521': 'P-521', secp256r1: 'P-256' };
for (const [curve, name] of Object.entries(curveNames)) byName[name] = curve as Curve;

/** As OpenSSL writes them. */
export const curveList: readonly string[] = Object.values(curveNames).sort();

interface PairOptions {
  modulusLength?: unknown;
  publicExponent?: unknown;
  namedCurve?: unknown;
  publicKeyEncoding?: object;
  privateKeyEncoding?: object;
}

function makePair(type: unknown, options: PairOptions): () => PublicKeyMaterial {
  checkString('type', type);
  switch (type) {
    case 'rsa':
    case 'rsa-pss': {
      const { modulusLength, publicExponent = 0x10001 } = options;
      checkInteger('options.modulusLength', modulusLength, 0, 2 ** 32 - 1);
      checkInteger('options.publicExponent', publicExponent, 0, 2 ** 32 - 1);
      if (modulusLength < 512 || modulusLength > 16384) throw outOfRange('options.modulusLength', '>= 512 && <= 16384', modulusLength);
      if (publicExponent < 3 || publicExponent % 2 === 0) throw outOfRange('options.publicExponent', 'odd and >= 3', publicExponent);
      return () => generateRsa(modulusLength, BigInt(publicExponent));
    }
    case 'ec': {
      checkString('options.namedCurve', options.namedCurve);
      const curve = byName[options.namedCurve];
      if (curve === undefined) throw cryptoError('ERR_CRYPTO_INVALID_CURVE', 'Invalid EC curve name');
      return () => secretCurveKey(curve, newSecret(curve))!;
    }
    case 'ed25519':
    case 'x25519': {
      const curve = type === 'ed25519' ? 'Ed25519' : 'X25519';
      return () => secretCurveKey(curve, newSecret(curve))!;
    }
    default:
      throw invalidValue('type', type, 'must be a supported key type');
  }
}

function pairOf(key: PublicKeyMaterial, options: PairOptions): { publicKey: unknown; privateKey: unknown } {
  const open = { ...key, secret: null };
  const { publicKeyEncoding: openAs, privateKeyEncoding: secretAs } = options;
  return {
    publicKey: openAs === undefined ? makeKeyObject('public', open) : exportKey(open, false, openAs),
    privateKey: secretAs === undefined ? makeKeyObject('private', key) : exportKey(key, true, secretAs),
  };
}

export function generateKeyPairSync(type: unknown, options: PairOptions = {}): { publicKey: unknown; privateKey: unknown } {
  return pairOf(makePair(type, options)(), options);
}

export function generateKeyPair(type: unknown, given: unknown, done?: unknown): void {
  const [options, callback] = done === undefined ? [{}, given] : [(given ?? {}) as PairOptions, done];
  checkFunction(callback);
  const make = makePair(type, options);
  later<{ publicKey: unknown; privateKey: unknown }>(
    (error, pair) => (error ? callback(error) : callback(null, pair!.publicKey, pair!.privateKey)),
    () => pairOf(make(), options),
  );
}

Object.defineProperty(generateKeyPair, Symbol.for('nodejs.util.promisify.custom'), {
  value: (type: unknown, options: unknown) =>
    new Promise((resolve, reject) => {
      generateKeyPair(type, options, (error: unknown, publicKey: unknown, privateKey: unknown) => (error ? reject(error) : resolve({ publicKey, privateKey })));
    }),
});

export function generateKeySync(type: unknown, { length }: { length?: unknown } = {}): KeyObject {
  checkString('type', type);
  if (type !== 'hmac' && type !== 'aes') throw invalidValue('type', type, 'must be a supported key type');
  if (type === 'aes') {
    if (length !== 128 && length !== 192 && length !== 256) throw invalidValue('options.length', length, 'must be one of: 128, 192, 256');
  } else {
    checkInteger('options.length', length, 8);
  }
  return makeKeyObject('secret', randomBytes((length as number) >> 3));
}

export function generateKey(type: unknown, options: object, callback: unknown): void {
  checkFunction(callback);
  later(callback, () => generateKeySync(type, options));
}

export function diffieHellman({ privateKey, publicKey }: { privateKey?: unknown; publicKey?: unknown }): unknown {
  if (!(privateKey instanceof KeyObject)) throw invalidValue('options.privateKey', privateKey);
  if (!(publicKey instanceof KeyObject)) throw invalidValue('options.publicKey', publicKey);
  const [mine, theirs] = [readKey(privateKey, true), readKey(publicKey, false)];
  if (mine.type === 'rsa' || theirs.type === 'rsa' || mine.curve !== theirs.curve || mine.curve === 'Ed25519') {
    throw cryptoError('ERR_CRYPTO_INCOMPATIBLE_KEY', 'Incompatible key types for Diffie-Hellman');
  }
  const shared = curveAgree(mine.curve, mine.secret!, theirs.point);
  if (shared === null) throw cryptoError('ERR_OSSL_FAILED_DURING_DERIVATION', 'diffieHellman failed');
  return toBuffer(shared);
}

function pointForm(format: unknown): boolean {
  if (format === undefined || format === 'uncompressed') return false;
  if (format === 'compressed') return true;
  throw coded(new TypeError(`Invalid ECDH format: ${format as string}`), 'ERR_CRYPTO_ECDH_INVALID_FORMAT');
}

export class ECDH {
  #curve: Curve;
  #secret: Uint8Array | null = null;

  constructor(name: unknown) {
    checkString('curve', name);
    const curve = byName[name];
    if (curve === undefined) throw coded(new TypeError('Invalid EC curve name'), 'ERR_CRYPTO_INVALID_CURVE');
    this.#curve = curve;
  }

  static convertKey(key: unknown, name: unknown, inputEncoding?: unknown, outputEncoding?: unknown, format?: unknown): unknown {
    checkString('curve', name);
    const curve = byName[name];
    if (curve === undefined) throw coded(new TypeError('Invalid EC curve name'), 'ERR_CRYPTO_INVALID_CURVE');
    const point = curvePoint(curve, toBytes('key', key, inputEncoding), pointForm(format));
    if (point === null) throw cryptoError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to convert Buffer to EC_POINT');
    return encoded(point, outputEncoding);
  }

  generateKeys(encoding?: unknown, format?: unknown): unknown {
    this.#secret = newSecret(this.#curve);
    return this.getPublicKey(encoding, format);
  }

  computeSecret(other: unknown, inputEncoding?: unknown, outputEncoding?: unknown): unknown {
    const point = curvePoint(this.#curve, toBytes('otherPublicKey', other, inputEncoding));
    if (point === null) throw cryptoError('ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY', 'Public key is not valid for specified curve');
    return encoded(curveAgree(this.#curve, this.#needed('computeSecret'), point)!, outputEncoding);
  }

  getPrivateKey(encoding?: unknown): unknown {
    return encoded(this.#needed('private').slice(), encoding);
  }

  getPublicKey(encoding?: unknown, format?: unknown): unknown {
    const compressed = pointForm(format);
    const point = curvePublic(this.#curve, this.#needed('public'))!;
    return encoded(compressed ? curvePoint(this.#curve, point, true)! : point, encoding);
  }

  setPrivateKey(key: unknown, encoding?: unknown): this {
    const given = toBytes('key', key, encoding);
    const size = curveSizes[this.#curve];
    const secret = new Uint8Array(size);
    if (given.length <= size) secret.set(given, size - given.length);
    if (given.length > size || curvePublic(this.#curve, secret) === null) throw cryptoError('ERR_CRYPTO_INVALID_KEYTYPE', 'Private key is not valid for specified curve.');
    this.#secret = secret;
    return this;
  }

  #needed(what: string): Uint8Array {
    if (this.#secret === null) throw cryptoError('ERR_CRYPTO_ECDH_INVALID_KEY', `There is no key yet for ${what}: call generateKeys or setPrivateKey`);
    return this.#secret;
  }
}

