// node:crypto, on the same primitives as crypto.subtle.

import { builtinExports, registerBuiltin } from '../../runtime/builtin_modules';
import { crypto as webcrypto } from '../../web/crypto';
import { validateBoolean, validateObject } from '../validators';
import { coded } from '../errors';
import { Certificate } from './certificate';
import { cipherList, getCipherInfo, makeCiphers } from './ciphers';
import { hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync } from './derivation';
import { DiffieHellman, DiffieHellmanGroup, ECDH } from './dh';
import { hash, hashList, makeHashes } from './hashes';
import { registerCloneable } from '../../web/clone';
import { copyOfKey, createPrivateKey, createPublicKey, createSecretKey, KeyObject } from './keyobject';
import { curveList, diffieHellman, generateKey, generateKeyPair, generateKeyPairSync, generateKeySync } from './pairs';
import { checkPrime, checkPrimeSync, generatePrime, generatePrimeSync, randomBytes, randomFill, randomFillSync, randomInt, timingSafeEqual } from './random';
import { makeSigners, padding, privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt, saltLength, sign, verify } from './sign';

const warned = new Set<string>();

function deprecate(name: string, code: string): void {
  if (warned.has(code)) return;
  warned.add(code);
  const process = builtinExports('process') as { emitWarning(message: string, type: string, code: string): void } | undefined;
  process?.emitWarning(`crypto.${name} constructor is deprecated.`, 'DeprecationWarning', code);
}

/** A class that is called with or without `new`, as Node's are. */
function callable<T extends new (...args: any[]) => object>(Class: T, before: () => void = () => {}): T {
  const make = (target: T, args: unknown[], as?: Function) => {
    before();
    return Reflect.construct(target, args, as ?? target);
  };
  const callable: T = new Proxy(Class, {
    apply: (target, _self, args) => make(target, args),
    construct: (target, args, as): object => make(target, args, as === callable ? target : as),
  });
  Class.prototype.constructor = callable;
  return callable;
}

/** As a Node whose OpenSSL is before 3.2. */
function noArgon2(): never {
  throw coded(new Error('Argon2 algorithm not supported'), 'ERR_CRYPTO_ARGON2_NOT_SUPPORTED');
}

registerCloneable({ is: (value) => value instanceof KeyObject, clone: copyOfKey });

registerBuiltin('crypto', () => {
  const { Hash, Hmac } = makeHashes();
  const { Cipheriv, Decipheriv } = makeCiphers();
  const { Sign, Verify } = makeSigners();
  const [Dh, Group] = [callable(DiffieHellman), callable(DiffieHellmanGroup)];
  return {
    argon2: noArgon2,
    argon2Sync: noArgon2,
    Certificate: callable(Certificate),
    checkPrime,
    checkPrimeSync,
    Cipheriv: callable(Cipheriv),
    constants: {
      ...padding,
      ...saltLength,
      POINT_CONVERSION_COMPRESSED: 2,
      POINT_CONVERSION_UNCOMPRESSED: 4,
      POINT_CONVERSION_HYBRID: 6,
      defaultCoreCipherList: '',
      defaultCipherList: '',
    },
    createCipheriv: (name: unknown, key: unknown, iv: unknown, options?: object) => new Cipheriv(name, key, iv, options),
    createDecipheriv: (name: unknown, key: unknown, iv: unknown, options?: object) => new Decipheriv(name, key, iv, options),
    createDiffieHellman: (...given: [unknown, unknown, unknown, unknown]) => new Dh(...given),
    createDiffieHellmanGroup: (name: unknown) => new Group(name),
    getDiffieHellman: (name: unknown) => new Group(name),
    createECDH: (curve: unknown) => new ECDH(curve),
    createHash: (algorithm: unknown, options?: { outputLength?: number }) => new Hash(algorithm, options),
    createHmac: (algorithm: unknown, key: unknown, options?: { encoding?: string }) => new Hmac(algorithm, key, options),
    createPrivateKey,
    createPublicKey,
    createSecretKey,
    createSign: (algorithm: unknown, options?: object) => new Sign(algorithm, options),
    createVerify: (algorithm: unknown, options?: object) => new Verify(algorithm, options),
    Decipheriv: callable(Decipheriv),
    diffieHellman,
    DiffieHellman: Dh,
    DiffieHellmanGroup: Group,
    ECDH: callable(ECDH),
    generateKey,
    generateKeyPair,
    generateKeyPairSync,
    generateKeySync,
    generatePrime,
    generatePrimeSync,
    getCipherInfo,
    getCiphers: () => [...cipherList],
    getCurves: () => [...curveList],
    getFips: () => 0,
    getHashes: () => [...hashList],
    getRandomValues: (array: ArrayBufferView) => webcrypto.getRandomValues(array),
    hash,
    Hash: callable(Hash, () => deprecate('Hash', 'DEP0179')),
    hkdf,
    hkdfSync,
    Hmac: callable(Hmac, () => deprecate('Hmac', 'DEP0181')),
    KeyObject,
    pbkdf2,
    pbkdf2Sync,
    privateDecrypt,
    privateEncrypt,
    pseudoRandomBytes: randomBytes,
    publicDecrypt,
    publicEncrypt,
    randomBytes,
    randomFill,
    randomFillSync,
    randomInt,
    randomUUID(options?: { disableEntropyCache?: unknown }) {
      if (options !== undefined) {
        validateObject(options, 'options');
        if (options.disableEntropyCache !== undefined) validateBoolean(options.disableEntropyCache, 'options.disableEntropyCache');
      }
      return webcrypto.randomUUID();
    },
    scrypt,
    scryptSync,
    secureHeapUsed: () => ({ total: 0, min: 0, used: 0, utilization: 0 }),
    Sign: callable(Sign),
    sign,
    subtle: webcrypto.subtle,
    timingSafeEqual,
    Verify: callable(Verify),
    verify,
    webcrypto,
  };
});

