// generateKeyPair, generateKey, diffieHellman: keys that are made here.

import { curveAgree, newSecret, nextPrime, randomBytes, type Curve } from '../../crypto/host';
import { bitLength, fromNumber, toNumber } from '../../crypto/bytes';
import { agreeDh, groupPrime, newDhKey } from '../../crypto/groups';
import { secretCurveKey, type AnyKey } from '../../crypto/keys';
import { generateRsa, type PssLimits } from '../../crypto/rsa';
import { coded, invalidArgument, invalidValue, outOfRange } from '../errors';
import { validateInt32, validateObject, validateString, validateUint32 } from '../validators';
import { needHash } from './hashes';
import { checkEncoding, curveNames, exportKey, KeyObject, makeKeyObject, readKey } from './keyobject';
import { checkFunction, cryptoError, later, toBuffer } from './support';

const byName: Record<string, Curve> = { 'P-256': 'P-256', 'P-384': 'P-384', 'P-521': 'P-521', secp256r1: 'P-256' };
for (const [curve, name] of Object.entries(curveNames)) byName[name] = curve as Curve;

/** Undefined for a curve that there is not; names are those of OpenSSL and of NIST. */
export function curveByName(name: string): Curve | undefined {
  return Object.hasOwn(byName, name) ? byName[name] : undefined;
}

/** As OpenSSL writes them. */
export const curveList: readonly string[] = Object.values(curveNames).sort();

interface PairOptions {
  modulusLength?: unknown;
  publicExponent?: unknown;
  hash?: unknown;
  hashAlgorithm?: unknown;
  mgf1Hash?: unknown;
  mgf1HashAlgorithm?: unknown;
  saltLength?: unknown;
  namedCurve?: unknown;
  paramEncoding?: unknown;
  group?: unknown;
  prime?: unknown;
  primeLength?: unknown;
  generator?: unknown;
  publicKeyEncoding?: object | null;
  privateKeyEncoding?: object | null;
}

/** The first of two names that is there. The older one goes, with a warning of Node's own that is not given here. */
function hashOption(options: PairOptions, name: 'hashAlgorithm' | 'mgf1HashAlgorithm', old: 'hash' | 'mgf1Hash'): string | undefined {
  const [given, older] = [options[name], options[old]];
  if (given !== undefined) validateString(given, `options.${name}`);
  if (older !== undefined) {
    validateString(older, `options.${old}`);
    if (given !== undefined && given !== older) throw invalidValue(`options.${old}`, older);
  }
  return (given ?? older) as string | undefined;
}

function pssLimits(options: PairOptions): PssLimits | null {
  const { saltLength } = options;
  if (saltLength !== undefined) validateInt32(saltLength, 'options.saltLength', 0);
  const [hash, mask] = [hashOption(options, 'hashAlgorithm', 'hash'), hashOption(options, 'mgf1HashAlgorithm', 'mgf1Hash')];
  if (hash === undefined && mask === undefined && saltLength === undefined) return null;
  const known = hash === undefined ? 'SHA-1' : needHash(hash);
  const maskHash = mask === undefined ? known : needHash(mask);
  return { hash: known, maskHash, saltLength: (saltLength as number | undefined) ?? (hash === undefined ? 20 : hashBytes(known)) };
}

function hashBytes(hash: PssLimits['hash']): number {
  return { 'SHA-1': 20, 'SHA-224': 28, 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 }[hash as 'SHA-1'] ?? 20;
}

function makeDh(options: PairOptions): () => AnyKey {
  const { group, prime, primeLength, generator } = options;
  const exclude = (name: string, others: readonly string[]) => {
    for (const other of others) {
      if (options[other as 'group'] !== undefined) {
        throw coded(new TypeError(`Option "${name}" cannot be used in combination with option "${other}"`), 'ERR_INCOMPATIBLE_OPTION_PAIR');
      }
    }
  };
  if (group !== undefined && group !== null) {
    exclude('group', ['prime', 'primeLength', 'generator']);
    validateString(group, 'options.group');
    const p = groupPrime(group);
    if (p === undefined) throw coded(new Error('Unknown DH group'), 'ERR_CRYPTO_UNKNOWN_DH_GROUP');
    return () => newDhKey(p, 2n);
  }
  if (generator !== undefined && generator !== null) validateInt32(generator, 'options.generator', 0);
  const g = BigInt((generator as number | undefined) ?? 2);
  if (prime !== undefined && prime !== null) {
    exclude('prime', ['primeLength']);
    if (!ArrayBuffer.isView(prime)) throw invalidArgument('options.prime', 'an instance of Buffer, TypedArray, or DataView', prime);
    const p = toNumber(new Uint8Array(prime.buffer, prime.byteOffset, prime.byteLength));
    return () => newDhKey(p, g);
  }
  if (primeLength !== undefined && primeLength !== null) {
    validateInt32(primeLength, 'options.primeLength', 0);
    return () => newDhKey(newSafePrime(primeLength), g);
  }
  throw coded(new TypeError('At least one of the group, prime, or primeLength options is required'), 'ERR_MISSING_OPTION');
}

/** A prime p of so many bits of which (p - 1) / 2 is one, too. */
export function newSafePrime(bits: number): bigint {
  for (;;) {
    let number = toNumber(randomBytes((bits + 7) >> 3)) & ((1n << BigInt(bits)) - 1n);
    number |= (3n << BigInt(bits - 2)) | 3n;
    const found = nextPrime(fromNumber(number), true);
    if (found !== null && bitLength(toNumber(found)) === bits) return toNumber(found);
  }
}

function makePair(type: unknown, options: PairOptions | undefined): () => AnyKey {
  validateString(type, 'type');
  const needed = (): PairOptions => {
    validateObject(options, 'options');
    return options as PairOptions;
  };
  switch (type) {
    case 'rsa':
    case 'rsa-pss': {
      const { modulusLength, publicExponent = 0x10001 } = needed();
      validateUint32(modulusLength, 'options.modulusLength');
      validateUint32(publicExponent, 'options.publicExponent');
      const pss = type === 'rsa' ? undefined : pssLimits(needed());
      if ((modulusLength as number) < 512 || (modulusLength as number) > 16384) throw outOfRange('options.modulusLength', '>= 512 && <= 16384', modulusLength);
      return () => {
        if ((publicExponent as number) < 3 || (publicExponent as number) % 2 === 0) throw cryptoError('ERR_OSSL_RSA_PUB_EXPONENT_OUT_OF_RANGE', 'error:020000B2:rsa routines::pub exponent out of range');
        const key = generateRsa(modulusLength as number, BigInt(publicExponent as number));
        return pss === undefined ? key : { ...key, pss };
      };
    }
    case 'ec': {
      const { namedCurve, paramEncoding } = needed();
      validateString(namedCurve, 'options.namedCurve');
      if (paramEncoding !== undefined && paramEncoding !== null && paramEncoding !== 'named' && paramEncoding !== 'explicit') throw invalidValue('options.paramEncoding', paramEncoding);
      const curve = curveByName(namedCurve);
      if (curve === undefined) throw coded(new TypeError('Invalid EC curve name'), 'ERR_CRYPTO_INVALID_CURVE');
      return () => secretCurveKey(curve, newSecret(curve))!;
    }
    case 'ed25519':
    case 'ed448':
    case 'x25519':
    case 'x448': {
      if (options !== undefined) validateObject(options, 'options');
      const curve = (type[0]!.toUpperCase() + type.slice(1)) as Curve;
      return () => secretCurveKey(curve, newSecret(curve))!;
    }
    case 'dh':
      return makeDh(needed());
    default:
      throw invalidValue('type', type, 'must be a supported key type');
  }
}

/** How both keys are to be given out, before anything is made. */
function checkEncodings(type: string, options: PairOptions = {}): void {
  const { publicKeyEncoding: open, privateKeyEncoding: secret } = options;
  if (open !== undefined && open !== null) {
    if (typeof open !== 'object') throw invalidValue('options.publicKeyEncoding', open);
    checkEncoding(type, false, open, 'options.publicKeyEncoding');
  } else if (open === null) {
    throw invalidValue('options.publicKeyEncoding', open);
  }
  if (secret !== undefined && secret !== null) {
    if (typeof secret !== 'object') throw invalidValue('options.privateKeyEncoding', secret);
    checkEncoding(type, true, secret, 'options.privateKeyEncoding');
  } else if (secret === null) {
    throw invalidValue('options.privateKeyEncoding', secret);
  }
}

function pairOf(key: AnyKey, options: PairOptions = {}): { publicKey: unknown; privateKey: unknown } {
  const open = { ...key, secret: null } as AnyKey;
  const { publicKeyEncoding: openAs, privateKeyEncoding: secretAs } = options;
  return {
    publicKey: openAs == null ? makeKeyObject('public', open) : exportKey(open, false, openAs, 'options.publicKeyEncoding'),
    privateKey: secretAs == null ? makeKeyObject('private', key) : exportKey(key, true, secretAs, 'options.privateKeyEncoding'),
  };
}

export function generateKeyPairSync(type: unknown, options?: PairOptions): { publicKey: unknown; privateKey: unknown } {
  validateString(type, 'type');
  if (options !== undefined && options !== null) validateObject(options, 'options');
  checkEncodings(type, options);
  return pairOf(makePair(type, options)(), options);
}

export function generateKeyPair(type: unknown, given: unknown, done?: unknown): void {
  const [options, callback] = typeof given === 'function' && done === undefined ? [undefined, given] : [given as PairOptions | undefined, done];
  validateString(type, 'type');
  checkFunction(callback);
  if (options !== undefined && options !== null) validateObject(options, 'options');
  checkEncodings(type, options);
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

function secretOf(type: unknown, options: unknown): () => KeyObject {
  validateString(type, 'type');
  validateObject(options, 'options');
  const { length } = options as { length?: unknown };
  switch (type) {
    case 'hmac':
      validateInt32(length, 'options.length', 8);
      break;
    case 'aes':
      if (length !== 128 && length !== 192 && length !== 256) throw invalidValue('options.length', length, 'must be one of: 128, 192, 256');
      break;
    default:
      throw invalidValue('type', type, 'must be a supported key type');
  }
  return () => makeKeyObject('secret', randomBytes((length as number) >> 3));
}

export function generateKeySync(type: unknown, options?: unknown): KeyObject {
  return secretOf(type, options)();
}

export function generateKey(type: unknown, options: unknown, callback: unknown): void {
  const make = secretOf(type, options);
  checkFunction(callback);
  later(callback, make);
}

function agree(privateKey: KeyObject, publicKey: KeyObject): Uint8Array {
  const [mine, theirs] = [readKey(privateKey, true), readKey(publicKey, false)];
  const kinds = [privateKey.asymmetricKeyType, publicKey.asymmetricKeyType];
  if (kinds[0] !== kinds[1] || !['dh', 'ec', 'x25519', 'x448'].includes(kinds[0]!)) {
    throw coded(new Error(`Incompatible key types for Diffie-Hellman: ${kinds[0]} and ${kinds[1]}`), 'ERR_CRYPTO_INCOMPATIBLE_KEY');
  }
  const mismatch = () => cryptoError('ERR_OSSL_MISMATCHING_DOMAIN_PARAMETERS', 'error:1C800004:Provider routines::mismatching domain parameters');
  if (mine.type === 'dh' && theirs.type === 'dh') {
    if (mine.p !== theirs.p) throw mismatch();
    return agreeDh(mine.p, mine.secret!, theirs.y);
  }
  if (mine.type === 'dh' || mine.type === 'rsa' || theirs.type === 'dh' || theirs.type === 'rsa' || mine.curve !== theirs.curve) throw mismatch();
  const shared = curveAgree(mine.curve, mine.secret!, theirs.point);
  if (shared === null) throw cryptoError('ERR_OSSL_FAILED_DURING_DERIVATION', 'error:1C8000D4:Provider routines::failed during derivation');
  return shared;
}

export function diffieHellman(options: unknown, callback?: unknown): unknown {
  validateObject(options, 'options');
  if (callback !== undefined) checkFunction(callback);
  const { privateKey, publicKey } = options as { privateKey?: unknown; publicKey?: unknown };
  if (!(privateKey instanceof KeyObject)) throw invalidValue('options.privateKey', privateKey);
  if (!(publicKey instanceof KeyObject)) throw invalidValue('options.publicKey', publicKey);
  const wrong = (type: string, expected: string) => coded(new TypeError(`Invalid key object type ${type}, expected ${expected}.`), 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE');
  if (privateKey.type !== 'private') throw wrong(privateKey.type, 'private');
  if (publicKey.type === 'secret') throw wrong(publicKey.type, 'private or public');
  if (callback === undefined) return toBuffer(agree(privateKey, publicKey));
  later(callback as () => void, () => toBuffer(agree(privateKey, publicKey)));
  return undefined;
}
