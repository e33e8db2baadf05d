// createDiffieHellman, getDiffieHellman and createECDH: agreement by objects that hold a key.

import { curveAgree, curvePoint, curvePublic, curveSizes, isPrime, newSecret, type Curve } from '../../crypto/host';
import { bitLength, fromNumber, toNumber } from '../../crypto/bytes';
import { agreeDh, groupPrime, publicOf, secretFor } from '../../crypto/groups';
import { Buffer } from '../buffer';
import { coded, invalidArgument } from '../errors';
import { validateInt32, validateString } from '../validators';
import { curveByName, newSafePrime } from './pairs';
import { cryptoError, encoded, toBytes } from './support';

/** Bits of a prime that the fuel of no ordinary invocation reaches. */
const primeBitsMax = 10_000;

/** Why a group is none, as OpenSSL's DH_check says it. */
const notPrime = 1;
const notSafe = 2;
const badGenerator = 8;

function keyEncoding(given: unknown): unknown {
  return given === 'buffer' ? undefined : given;
}

class Group {
  protected p: bigint;
  protected g: bigint;
  protected size: number;
  protected publicKey: Uint8Array | null = null;
  protected privateKey: Uint8Array | null = null;

  constructor(p: bigint, g: bigint, size: number) {
    this.p = p;
    this.g = g;
    this.size = size;
  }

  generateKeys(encoding?: unknown): unknown {
    this.#needOdd();
    this.privateKey ??= fromNumber(secretFor(this.p));
    this.publicKey = fromNumber(publicOf(this.p, this.g, toNumber(this.privateKey)));
    return this.getPublicKey(encoding);
  }

  computeSecret(other: unknown, inputEncoding?: unknown, outputEncoding?: unknown): unknown {
    this.#needOdd();
    const theirs = toNumber(toBytes('otherPublicKey', other, keyEncoding(inputEncoding)));
    if (theirs < 2n) throw coded(new RangeError('Supplied key is too small'), 'ERR_CRYPTO_INVALID_KEYLEN');
    if (theirs >= this.p - 1n) throw coded(new RangeError('Supplied key is too large'), 'ERR_CRYPTO_INVALID_KEYLEN');
    if (this.privateKey === null) throw cryptoError('ERR_CRYPTO_INVALID_STATE', 'No private key: generate or set one');
    return encoded(agreeDh(this.p, toNumber(this.privateKey), theirs), outputEncoding);
  }

  getPrime(encoding?: unknown): unknown {
    return encoded(fromNumber(this.p, this.size), encoding);
  }

  getGenerator(encoding?: unknown): unknown {
    return encoded(fromNumber(this.g), encoding);
  }

  getPublicKey(encoding?: unknown): unknown {
    if (this.publicKey === null) throw cryptoError('ERR_CRYPTO_INVALID_STATE', 'No public key - did you forget to generate one?');
    return encoded(this.publicKey.slice(), encoding);
  }

  getPrivateKey(encoding?: unknown): unknown {
    if (this.privateKey === null) throw cryptoError('ERR_CRYPTO_INVALID_STATE', 'No private key - did you forget to generate one?');
    return encoded(this.privateKey.slice(), encoding);
  }

  #needOdd(): void {
    if (this.p % 2n === 0n || this.p < 5n) throw cryptoError('ERR_OSSL_DH_MODULUS_TOO_SMALL', 'error:0280007E:Diffie-Hellman routines::modulus too small');
  }
}

/** A group of one's own: a prime, or the size of one that is made. */
export class DiffieHellman extends Group {
  #verifyError: number | null = null;

  constructor(sizeOrKey: unknown, keyEncodingOrGenerator?: unknown, generator?: unknown, generatorEncoding?: unknown) {
    if (typeof sizeOrKey !== 'number' && typeof sizeOrKey !== 'string' && !ArrayBuffer.isView(sizeOrKey) && !(sizeOrKey instanceof ArrayBuffer)) {
      throw invalidArgument('sizeOrKey', 'one of type number or string, or an instance of ArrayBuffer, Buffer, TypedArray, or DataView', sizeOrKey);
    }
    if (typeof sizeOrKey === 'number') validateInt32(sizeOrKey, 'sizeOrKey');
    let encoding: unknown = keyEncodingOrGenerator || undefined;
    const isEncoding = keyEncodingOrGenerator === 'buffer' || (typeof keyEncodingOrGenerator === 'string' && Buffer.isEncoding(keyEncodingOrGenerator));
    if (keyEncodingOrGenerator && !isEncoding) {
      [encoding, generator, generatorEncoding] = [undefined, keyEncodingOrGenerator, generator];
    }
    const bad = () => cryptoError('ERR_OSSL_DH_BAD_GENERATOR', 'error:02800065:Diffie-Hellman routines::bad generator');
    let g: bigint;
    if (generator === undefined || generator === null || generator === 0 || generator === '') {
      g = 2n;
    } else if (typeof generator === 'number') {
      validateInt32(generator, 'generator');
      if (generator < 2) throw bad();
      g = BigInt(generator);
    } else if (typeof generator === 'string' || ArrayBuffer.isView(generator) || generator instanceof ArrayBuffer) {
      g = toNumber(toBytes('generator', generator, keyEncoding(generatorEncoding)));
      if (g < 2n) throw bad();
    } else {
      throw invalidArgument('generator', 'one of type number or string, or an instance of ArrayBuffer, Buffer, TypedArray, or DataView', generator);
    }
    if (typeof sizeOrKey === 'number') {
      if (sizeOrKey < 8) throw cryptoError('ERR_OSSL_DH_MODULUS_TOO_SMALL', 'error:0280007E:Diffie-Hellman routines::modulus too small');
      if (sizeOrKey > primeBitsMax) throw cryptoError('ERR_OSSL_DH_MODULUS_TOO_LARGE', 'error:02800067:Diffie-Hellman routines::modulus too large');
      super(newSafePrime(sizeOrKey), g, (sizeOrKey + 7) >> 3);
      this.#verifyError = 0;
    } else {
      const bytes = toBytes('sizeOrKey', sizeOrKey, keyEncoding(encoding));
      if (8 * bytes.length > 16384) throw cryptoError('ERR_OSSL_DH_MODULUS_TOO_LARGE', 'error:02800067:Diffie-Hellman routines::modulus too large');
      super(toNumber(bytes), g, bytes.length);
    }
  }

  /** What is wrong with the group; 0 when nothing is. */
  get verifyError(): number {
    return (this.#verifyError ??= verify(this.p, this.g));
  }

  setPublicKey(key: unknown, encoding?: unknown): void {
    this.publicKey = toBytes('key', key, keyEncoding(encoding)).slice();
  }

  setPrivateKey(key: unknown, encoding?: unknown): void {
    this.privateKey = toBytes('key', key, keyEncoding(encoding)).slice();
  }
}

function verify(p: bigint, g: bigint): number {
  let errors = g <= 1n || g >= p - 1n ? badGenerator : 0;
  if (!isPrime(fromNumber(p))) errors |= notPrime;
  else if (!isPrime(fromNumber((p - 1n) / 2n))) errors |= notSafe;
  return errors;
}

/** One of the groups that have names. */
export class DiffieHellmanGroup extends Group {
  constructor(name: unknown) {
    validateString(name, 'name');
    const prime = groupPrime(name.toLowerCase());
    if (prime === undefined) throw coded(new Error('Unknown DH group'), 'ERR_CRYPTO_UNKNOWN_DH_GROUP');
    super(prime, 2n, bitLength(prime) / 8);
  }

  get verifyError(): number {
    return 0;
  }
}

type PointForm = 'uncompressed' | 'compressed' | 'hybrid';

function pointForm(format: unknown): PointForm {
  if (format === undefined || format === null || format === '') return 'uncompressed';
  if (format === 'uncompressed' || format === 'compressed' || format === 'hybrid') return format;
  throw coded(new TypeError(`Invalid ECDH format: ${String(format)}`), 'ERR_CRYPTO_ECDH_INVALID_FORMAT');
}

/** From an uncompressed point. A hybrid one says in its first byte what a compressed one says. */
function inForm(curve: Curve, point: Uint8Array, form: PointForm): Uint8Array {
  if (form === 'compressed') return curvePoint(curve, point, true)!;
  if (form === 'uncompressed') return point;
  const hybrid = point.slice();
  hybrid[0] = 6 | (point.at(-1)! & 1);
  return hybrid;
}

/** A point in any form; null when it is none of the curve. */
function readPoint(curve: Curve, bytes: Uint8Array): Uint8Array | null {
  if (bytes[0] !== 6 && bytes[0] !== 7) return curvePoint(curve, bytes);
  if ((bytes.at(-1)! & 1) !== (bytes[0] & 1)) return null;
  const plain = bytes.slice();
  plain[0] = 4;
  return curvePoint(curve, plain);
}

function needCurve(name: unknown): Curve {
  validateString(name, 'curve');
  const curve = curveByName(name);
  if (curve === undefined) throw coded(new TypeError('Invalid EC curve name'), 'ERR_CRYPTO_INVALID_CURVE');
  return curve;
}

function notAPoint(): Error {
  return cryptoError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to convert Buffer to EC_POINT');
}

export class ECDH {
  #curve: Curve;
  #secret: Uint8Array | null = null;
  /** Follows from the secret, unless it was set. */
  #point: Uint8Array | null = null;

  constructor(name: unknown) {
    this.#curve = needCurve(name);
  }

  static convertKey(key: unknown, name: unknown, inputEncoding?: unknown, outputEncoding?: unknown, format?: unknown): unknown {
    validateString(name, 'curve');
    const bytes = toBytes('key', key, keyEncoding(inputEncoding));
    const form = pointForm(format);
    const curve = needCurve(name);
    const point = readPoint(curve, bytes);
    if (point === null) throw notAPoint();
    return encoded(inForm(curve, point, form), outputEncoding);
  }

  generateKeys(encoding?: unknown, format?: unknown): unknown {
    this.#secret = newSecret(this.#curve);
    this.#point = curvePublic(this.#curve, this.#secret)!;
    return this.getPublicKey(encoding, format);
  }

  computeSecret(other: unknown, inputEncoding?: unknown, outputEncoding?: unknown): unknown {
    const point = readPoint(this.#curve, toBytes('otherPublicKey', other, keyEncoding(inputEncoding)));
    if (this.#secret === null || (this.#point !== null && !equal(this.#point, curvePublic(this.#curve, this.#secret)!))) {
      throw cryptoError('ERR_CRYPTO_INVALID_KEYPAIR', 'Invalid key pair');
    }
    if (point === null) throw coded(new Error('Public key is not valid for specified curve'), 'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY');
    return encoded(curveAgree(this.#curve, this.#secret, point)!, outputEncoding);
  }

  getPrivateKey(encoding?: unknown): unknown {
    if (this.#secret === null) throw cryptoError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to get ECDH private key');
    return encoded(this.#secret.slice(), encoding);
  }

  getPublicKey(encoding?: unknown, format?: unknown): unknown {
    const form = pointForm(format);
    if (this.#point === null) throw cryptoError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to get ECDH public key');
    return encoded(inForm(this.#curve, this.#point.slice(), form), encoding);
  }

  setPrivateKey(key: unknown, encoding?: unknown): void {
    const given = toBytes('key', key, keyEncoding(encoding));
    const size = curveSizes[this.#curve];
    const secret = new Uint8Array(size);
    if (given.length <= size) secret.set(given, size - given.length);
    const point = given.length > size ? null : curvePublic(this.#curve, secret);
    if (point === null) throw cryptoError('ERR_CRYPTO_INVALID_KEYTYPE', 'Private key is not valid for specified curve.');
    this.#secret = secret;
    this.#point = point;
  }

  setPublicKey(key: unknown, encoding?: unknown): void {
    const point = readPoint(this.#curve, toBytes('key', key, keyEncoding(encoding)));
    if (point === null) throw notAPoint();
    this.#point = point;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
