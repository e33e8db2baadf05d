// RSA, the curves of NIST, and those of Edwards and Montgomery.

import { toNumber, fromNumber, bitLength } from '../../crypto/bytes';
import { DerError } from '../../crypto/der';
import { curveAgree, curveSign, curveVerify, digest, hashSizes, newSecret, type Curve, type Hash } from '../../crypto/host';
import {
  publicCurveKey, readJwk, readPkcs8, readSpki, secretCurveKey, writeJwk, writePkcs8, writeSpki, type CurveKey, type Jwk, type PublicKeyMaterial,
} from '../../crypto/keys';
import { decryptOaep, encryptOaep, generateRsa, signPkcs1, signPss, verifyPkcs1, verifyPss, type RsaKey } from '../../crypto/rsa';
import { checkJwk, checkUsages, fail, jwkOf, type Family, type Format, type KeyPair } from './algorithms';
import { DOMException } from '../events';
import { algorithmOf, makeKey, materialOf, type CryptoKey, type KeyAlgorithm, type KeyType, type Usage } from './key';

interface Usages {
  public: readonly Usage[];
  private: readonly Usage[];
}

function needType(key: CryptoKey, type: KeyType): void {
  if (key.type !== type) fail('InvalidAccessError', `This takes a ${type} key, not a ${key.type} one`);
}

function rsaOf(key: CryptoKey): RsaKey {
  return materialOf(key) as RsaKey;
}

function curveOf(key: CryptoKey): CurveKey {
  return materialOf(key) as CurveKey;
}

function hashOf(key: CryptoKey): Hash {
  return (algorithmOf(key).hash as { name: Hash }).name;
}

function pair(algorithm: KeyAlgorithm, extractable: boolean, usages: readonly Usage[], allowed: Usages, key: PublicKeyMaterial): KeyPair {
  const only = (list: readonly Usage[]) => usages.filter((usage) => list.includes(usage));
  return {
    publicKey: makeKey('public', true, algorithm, only(allowed.public), { ...key, secret: null }),
    privateKey: makeKey('private', extractable, algorithm, only(allowed.private), key),
  };
}

/** What a key pair is wanted for, before anything is made. A private key that nothing can be done with is refused. */
function checkPair(name: string, usages: readonly Usage[], allowed: Usages): void {
  checkUsages(usages, [...allowed.private, ...allowed.public], name);
}

function checkPrivateUse(usages: readonly Usage[], allowed: Usages): void {
  if (!usages.some((usage) => allowed.private.includes(usage))) fail('SyntaxError', `Usages cannot be empty when creating a key: the private key needs one of ${allowed.private.join(', ')}`);
}

/** The key in spki, pkcs8 or jwk, after its usages were looked at. */
function read(
  format: Format, data: Uint8Array | Jwk, name: string, use: 'enc' | 'sig', allowed: Usages, extractable: boolean, usages: readonly Usage[],
): PublicKeyMaterial {
  const isPrivate = format === 'pkcs8' || (format === 'jwk' && (data as Jwk).d !== undefined);
  checkUsages(usages, isPrivate ? allowed.private : allowed.public, `A ${isPrivate ? 'private' : 'public'} key of ${name}`);
  if (isPrivate) checkPrivateEmpty(usages);
  if (format === 'jwk') {
    const jwk = data as Jwk;
    const kty = name.startsWith('RSA') ? 'RSA' : name.startsWith('EC') ? 'EC' : 'OKP';
    if (jwk.kty !== kty) fail('DataError', 'Invalid JWK "kty" Parameter');
    if (kty === 'OKP' && jwk.crv !== name) fail('DataError', 'JWK "crv" Parameter and algorithm name mismatch');
    const key = readJwk(jwk);
    checkJwk(jwk, use, extractable, usages);
    return key ?? fail('DataError', 'Invalid keyData');
  }
  try {
    return format === 'spki' ? readSpki(data as Uint8Array) : readPkcs8(data as Uint8Array);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return fail('DataError', 'Invalid keyData');
  }
}

function checkPrivateEmpty(usages: readonly Usage[]): void {
  if (usages.length === 0) fail('SyntaxError', 'Usages cannot be empty when importing a private key.');
}

function keyFrom(material: PublicKeyMaterial, algorithm: KeyAlgorithm, extractable: boolean, usages: readonly Usage[]): CryptoKey {
  return makeKey(material.secret === null ? 'public' : 'private', extractable, algorithm, usages, material);
}

function write(format: Format, key: CryptoKey, alg?: string): Uint8Array | Jwk {
  const material = materialOf(key) as PublicKeyMaterial;
  switch (format) {
    case 'spki':
      needType(key, 'public');
      return writeSpki(material);
    case 'pkcs8':
      needType(key, 'private');
      return writePkcs8(material);
    case 'jwk': {
      const members = writeJwk(material, key.type === 'private');
      return jwkOf(key, alg === undefined ? members : { ...members, alg });
    }
    case 'raw':
      needType(key, 'public');
      if (material.type === 'rsa') return fail('NotSupportedError', 'A key of RSA cannot be exported as raw');
      return material.point.slice();
    default:
      return fail('NotSupportedError', `A key cannot be exported as ${format}`);
  }
}

function rsaFamily(name: string, use: 'enc' | 'sig', allowed: Usages, jwkName: (hash: Hash) => string | undefined, work: Partial<Family>): Family {
  const algorithm = (key: RsaKey, hash: Hash): KeyAlgorithm => ({
    name, modulusLength: bitLength(key.n), publicExponent: fromNumber(key.e), hash: { name: hash },
  });
  return {
    ...work,
    generateKey({ modulusLength, publicExponent, hash }, extractable, usages) {
      checkPair(name, usages, allowed);
      const exponent = toNumber(publicExponent);
      if (exponent < 3n || exponent % 2n === 0n || bitLength(exponent) > 256) fail('OperationError', 'The public exponent must be an odd number from 3 on, of at most 256 bits');
      if (modulusLength < 512 || modulusLength > 16384) fail('OperationError', `A key of RSA has 512 to 16384 bits, not ${modulusLength}`);
      checkPrivateUse(usages, allowed);
      const key = generateRsa(modulusLength, exponent);
      return pair({ ...algorithm(key, hash.name), publicExponent }, extractable, usages, allowed, key);
    },
    importKey(format, data, { hash }, extractable, usages) {
      if (format === 'raw') return fail('NotSupportedError', 'A key of RSA cannot be imported as raw');
      const key = read(format, data, name, use, allowed, extractable, usages);
      if (key.type !== 'rsa') return fail('DataError', 'Invalid key type');
      if (format === 'jwk') {
        const { alg } = data as Jwk;
        const expected = jwkName(hash.name);
        if (alg !== undefined && expected !== undefined && alg !== expected) fail('DataError', 'JWK "alg" does not match the requested algorithm');
      }
      return keyFrom(key, algorithm(key, hash.name), extractable, usages);
    },
    exportKey: (format, key) => write(format, key, jwkName(hashOf(key))),
  };
}

const suffix = (hash: Hash) => (hash === 'SHA-1' ? '1' : hash.slice(4));
/** With SHA-3 there is no name for it. */
const named = (name: string) => (hash: Hash) => (hash.startsWith('SHA3') ? undefined : `${name}${suffix(hash)}`);
const signing: Usages = { public: ['verify'], private: ['sign'] };
const tooShort = (): never => fail('OperationError', 'The key is too short for this digest');

const pkcs1 = rsaFamily('RSASSA-PKCS1-v1_5', 'sig', signing, named('RS'), {
  sign(_algorithm, key, data) {
    needType(key, 'private');
    return signPkcs1(rsaOf(key), hashOf(key), digest(hashOf(key), data)) ?? tooShort();
  },
  verify(_algorithm, key, signature, data) {
    needType(key, 'public');
    return verifyPkcs1(rsaOf(key), hashOf(key), digest(hashOf(key), data), signature);
  },
});

/** A salt that does not fit beside the digest. */
function checkSalt(key: CryptoKey, saltLength: number): void {
  const longest = Math.ceil((bitLength(rsaOf(key).n) - 1) / 8) - hashSizes[hashOf(key)]![0]! - 2;
  if (saltLength <= longest) return;
  const error = new DOMException('The operation failed for an operation-specific reason', 'OperationError');
  const cause = new RangeError(`The value of "algorithm.saltLength" is out of range. It must be >= 0 && <= ${longest}. Received ${saltLength}`);
  Object.defineProperty(error, 'cause', { value: Object.assign(cause, { code: 'ERR_OUT_OF_RANGE' }), configurable: true, writable: true });
  throw error;
}

const pss = rsaFamily('RSA-PSS', 'sig', signing, named('PS'), {
  sign({ saltLength }, key, data) {
    needType(key, 'private');
    checkSalt(key, saltLength);
    return signPss(rsaOf(key), hashOf(key), digest(hashOf(key), data), saltLength) ?? tooShort();
  },
  verify({ saltLength }, key, signature, data) {
    needType(key, 'public');
    checkSalt(key, saltLength);
    return verifyPss(rsaOf(key), hashOf(key), digest(hashOf(key), data), signature, saltLength);
  },
});

const empty = new Uint8Array(0);
const crypting: Usages = { public: ['encrypt', 'wrapKey'], private: ['decrypt', 'unwrapKey'] };

const oaep = rsaFamily('RSA-OAEP', 'enc', crypting, (hash) => (hash === 'SHA-1' ? 'RSA-OAEP' : named('RSA-OAEP-')(hash)), {
  encrypt({ label }, key, data) {
    needType(key, 'public');
    return encryptOaep(rsaOf(key), hashOf(key), label ?? empty, data) ?? fail('OperationError', 'The data is too long for this key');
  },
  decrypt({ label }, key, data) {
    needType(key, 'private');
    return decryptOaep(rsaOf(key), hashOf(key), label ?? empty, data) ?? fail('OperationError', 'The data was not encrypted for this key and label');
  },
});

const nistCurves = ['P-256', 'P-384', 'P-521'];

function curveFamily(name: string, curves: readonly string[], use: 'enc' | 'sig', allowed: Usages, work: Partial<Family>): Family {
  const isOkp = curves.length === 1;
  const algorithm = (curve: Curve): KeyAlgorithm => (isOkp ? { name } : { name, namedCurve: curve });
  return {
    ...work,
    generateKey({ namedCurve }, extractable, usages) {
      checkPair(name, usages, allowed);
      const curve = (isOkp ? name : namedCurve) as Curve;
      if (!curves.includes(curve)) fail('NotSupportedError', `The curve '${curve}' is not supported; there are ${curves.join(', ')}`);
      checkPrivateUse(usages, allowed);
      return pair(algorithm(curve), extractable, usages, allowed, secretCurveKey(curve, newSecret(curve))!);
    },
    importKey(format, data, { namedCurve }, extractable, usages) {
      const curve = (isOkp ? name : namedCurve) as Curve;
      if (!curves.includes(curve)) fail(isOkp ? 'DataError' : 'NotSupportedError', `The curve '${curve}' is not supported; there are ${curves.join(', ')}`);
      let key: PublicKeyMaterial | null;
      if (format === 'raw') {
        checkUsages(usages, allowed.public, `A public key of ${name}`);
        key = publicCurveKey(curve, data as Uint8Array);
        if (key === null) fail('DataError', 'Invalid keyData');
      } else {
        if (format === 'jwk' && !isOkp && (data as Jwk).kty === 'EC' && (data as Jwk).crv !== curve) {
          checkUsages(usages, (data as Jwk).d === undefined ? allowed.public : allowed.private, `a key of ${name}`);
          fail('DataError', 'JWK "crv" does not match the requested algorithm');
        }
        key = read(format, data, name, use, allowed, extractable, usages);
        const alg = (data as Jwk).alg;
        // Of the others the standard does not look at it.
        if (format === 'jwk' && name === 'ECDSA' && alg !== undefined && alg !== jwkCurves[curve]) fail('DataError', 'JWK "alg" does not match the requested algorithm');
        if (format === 'jwk' && name.startsWith('Ed') && alg !== undefined && alg !== name && alg !== 'EdDSA') fail('DataError', 'JWK "alg" does not match the requested algorithm');
      }
      if (key.type === 'rsa' || key.curve !== curve) return fail('DataError', isOkp || key.type !== 'ec' ? 'Invalid key type' : 'Named curve mismatch');
      return keyFrom(key, algorithm(curve), extractable, usages);
    },
    exportKey: (format, key) => write(format, key, name.startsWith('Ed') ? name : undefined),
  };
}

const jwkCurves: Partial<Record<Curve, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };

const ecdsa = curveFamily('ECDSA', nistCurves, 'sig', signing, {
  sign({ hash }, key, data) {
    needType(key, 'private');
    const { curve, secret } = curveOf(key);
    return curveSign(curve, secret!, digest(hash.name, data)) ?? fail('OperationError', 'The key cannot sign');
  },
  verify({ hash }, key, signature, data) {
    needType(key, 'public');
    const { curve, point } = curveOf(key);
    return curveVerify(curve, point, digest(hash.name, data), signature);
  },
});

const edwards = (curve: 'Ed25519' | 'Ed448') => curveFamily(curve, [curve], 'sig', signing, {
  sign({ context = empty }, key, data) {
    needType(key, 'private');
    if (context.length > 255) fail('OperationError', `A context has at most 255 bytes, not ${context.length}`);
    return curveSign(curve, curveOf(key).secret!, data, context) ?? fail('OperationError', 'The key cannot sign');
  },
  verify({ context = empty }, key, signature, data) {
    needType(key, 'public');
    if (context.length > 255) fail('OperationError', `A context has at most 255 bytes, not ${context.length}`);
    return curveVerify(curve, curveOf(key).point, data, signature, context);
  },
});

const deriving: Usages = { public: [], private: ['deriveKey', 'deriveBits'] };

const agrees: Partial<Family> = {
  deriveBits({ public: other }, key, length) {
    needType(key, 'private');
    needType(other, 'public');
    const [mine, theirs] = [algorithmOf(key), algorithmOf(other)];
    if (mine.name !== theirs.name || mine.namedCurve !== theirs.namedCurve) {
      fail('InvalidAccessError', mine.name === theirs.name ? 'Named curve mismatch' : 'key algorithm mismatch');
    }
    const { curve, secret } = curveOf(key);
    const shared = curveAgree(curve, secret!, curveOf(other).point) ?? fail('OperationError', 'The two keys have no shared secret');
    if (length === null) return shared;
    if (length > 8 * shared.length) fail('OperationError', `The derived bit length is too small: the shared secret has ${8 * shared.length} bits, fewer than ${length}`);
    const bits = shared.slice(0, Math.ceil(length / 8));
    if (length % 8 !== 0) bits[bits.length - 1]! &= 0xff << (8 - (length % 8));
    return bits;
  },
};

export const asymmetric: Record<string, Family> = {
  'RSASSA-PKCS1-v1_5': pkcs1,
  'RSA-PSS': pss,
  'RSA-OAEP': oaep,
  ECDSA: ecdsa,
  ECDH: curveFamily('ECDH', nistCurves, 'enc', deriving, agrees),
  Ed25519: edwards('Ed25519'),
  Ed448: edwards('Ed448'),
  X25519: curveFamily('X25519', ['X25519'], 'enc', deriving, agrees),
  X448: curveFamily('X448', ['X448'], 'enc', deriving, agrees),
};

/** What a public key of an algorithm can be used for. */
export const publicUsages: Record<string, readonly Usage[]> = {
  'RSASSA-PKCS1-v1_5': signing.public, 'RSA-PSS': signing.public, 'RSA-OAEP': crypting.public, ECDSA: signing.public, ECDH: [], Ed25519: signing.public, Ed448: signing.public,
  X25519: [], X448: [],
};
