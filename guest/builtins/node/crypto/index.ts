// node:crypto, on the same primitives as crypto.subtle.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { crypto as webcrypto } from '../../web/crypto';
import { invalidArgument } from '../errors';
import { cipherList, getCipherInfo, makeCiphers } from './ciphers';
import { hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync } from './derivation';
import { hashList, makeHashes } from './hashes';
import { createPrivateKey, createPublicKey, createSecretKey, KeyObject } from './keyobject';
import { curveList, diffieHellman, ECDH, generateKey, generateKeyPair, generateKeyPairSync, generateKeySync } from './pairs';
import { checkPrime, checkPrimeSync, generatePrime, generatePrimeSync, randomBytes, randomFill, randomFillSync, randomInt, timingSafeEqual } from './random';
import { makeSigners, padding, privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt, saltLength, sign, verify } from './sign';
import { toBytes } from './support';

/** A class that is called with or without `new`, as Node's are. */
function callable<T extends new (...args: any[]) => object>(Class: T): T {
  return new Proxy(Class, { apply: (target, _self, args) => Reflect.construct(target, args) });
}

registerBuiltin('crypto', () => {
  const { Hash, Hmac } = makeHashes();
  const { Cipheriv, Decipheriv } = makeCiphers();
  const { Sign, Verify } = makeSigners();
  return {
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
    hash(algorithm: unknown, data: unknown, encoding: unknown = 'hex') {
      if (typeof encoding !== 'string') throw invalidArgument('outputEncoding', 'of type string', encoding);
      return new Hash(algorithm).update(toBytes('input', data)).digest(encoding);
    },
    Hash: callable(Hash),
    hkdf,
    hkdfSync,
    Hmac: callable(Hmac),
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
    randomUUID: () => webcrypto.randomUUID(),
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

