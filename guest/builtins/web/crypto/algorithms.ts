// What an algorithm can do with keys and data; one file for each family implements it.

import { DOMException } from '../events';
import type { CryptoKey, Usage } from './key';
import type { Algorithm } from './normalize';
import type { Jwk } from '../../crypto/keys';

export type Format = 'raw' | 'raw-public' | 'raw-secret' | 'raw-seed' | 'pkcs8' | 'spki' | 'jwk';

export interface KeyPair {
  publicKey: CryptoKey;
  privateKey: CryptoKey;
}

export interface Family {
  encrypt?(algorithm: Algorithm, key: CryptoKey, data: Uint8Array): Uint8Array;
  decrypt?(algorithm: Algorithm, key: CryptoKey, data: Uint8Array): Uint8Array;
  sign?(algorithm: Algorithm, key: CryptoKey, data: Uint8Array): Uint8Array;
  verify?(algorithm: Algorithm, key: CryptoKey, signature: Uint8Array, data: Uint8Array): boolean;
  deriveBits?(algorithm: Algorithm, key: CryptoKey, length: number | null): Uint8Array;
  wrapKey?(algorithm: Algorithm, key: CryptoKey, data: Uint8Array): Uint8Array;
  unwrapKey?(algorithm: Algorithm, key: CryptoKey, data: Uint8Array): Uint8Array;
  generateKey?(algorithm: Algorithm, extractable: boolean, usages: readonly Usage[]): CryptoKey | KeyPair;
  importKey(format: Format, data: Uint8Array | Jwk, algorithm: Algorithm, extractable: boolean, usages: readonly Usage[]): CryptoKey;
  exportKey?(format: Format, key: CryptoKey): Uint8Array | Jwk;
  /** Bits of a key that is derived for it; null: of any length. */
  keyLength?(algorithm: Algorithm): number | null;
}

export function fail(name: 'DataError' | 'InvalidAccessError' | 'NotSupportedError' | 'OperationError' | 'SyntaxError', message: string): never {
  throw new DOMException(message, name);
}

/** SyntaxError unless each usage is allowed. */
export function checkUsages(usages: readonly Usage[], allowed: readonly Usage[], what: string): void {
  for (const usage of usages) {
    if (!allowed.includes(usage)) fail('SyntaxError', `Unsupported key usage for ${what}`);
  }
}

/** What a JWK says of its use must allow what the key is wanted for. */
export function checkJwk(jwk: Jwk, use: 'enc' | 'sig', extractable: boolean, usages: readonly Usage[]): void {
  if (usages.length > 0 && jwk.use !== undefined && jwk.use !== use) fail('DataError', 'Invalid JWK "use" Parameter');
  if (jwk.key_ops !== undefined) {
    const operations = jwk.key_ops as unknown[];
    if (new Set(operations).size !== operations.length) fail('DataError', "The member 'key_ops' of the JWK names an operation twice");
    for (const usage of usages) {
      if (!operations.includes(usage)) fail('DataError', `Key operations and usage mismatch: the member 'key_ops' of the JWK does not have '${usage}'`);
    }
  }
  if (jwk.ext === false && extractable) fail('DataError', 'JWK "ext" Parameter and extractable mismatch');
}

/** The members that a JWK has of the key object. */
export function jwkOf(key: CryptoKey, members: Record<string, string>): Jwk {
  return { ...members, key_ops: [...key.usages], ext: key.extractable };
}
