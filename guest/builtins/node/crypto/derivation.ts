// pbkdf2, scrypt, hkdf. The work is done at once in the forms with a callback, too.

import * as host from '../../crypto/host';
import { coded, outOfRange } from '../errors';
import { KeyObject, secretBytes } from './keyobject';
import { needHash } from './hashes';
import { validateObject } from '../validators';
import { checkFunction, checkInteger, cryptoError, later, toBuffer, toBytes } from './support';

function pbkdf2Of(password: unknown, salt: unknown, iterations: unknown, length: unknown, digest: unknown): () => Uint8Array {
  const [secret, salted] = [toBytes('password', password), toBytes('salt', salt)];
  checkInteger('iterations', iterations, 1);
  checkInteger('keylen', length, 0);
  const hash = needHash(digest);
  return () => host.pbkdf2(hash, secret, salted, iterations, length);
}

export function pbkdf2Sync(...args: [unknown, unknown, unknown, unknown, unknown]): Uint8Array {
  return toBuffer(pbkdf2Of(...args)());
}

export function pbkdf2(password: unknown, salt: unknown, iterations: unknown, length: unknown, digest: unknown, callback?: unknown): void {
  const work = pbkdf2Of(password, salt, iterations, length, typeof digest === 'function' && callback === undefined ? undefined : digest);
  checkFunction(callback);
  later(callback, () => toBuffer(work()));
}

interface ScryptOptions {
  N?: number;
  cost?: number;
  r?: number;
  blockSize?: number;
  p?: number;
  parallelization?: number;
  maxmem?: number;
}

function scryptOf(password: unknown, salt: unknown, length: unknown, options: ScryptOptions = {}): () => Uint8Array {
  validateObject(options, 'options');
  const [secret, salted] = [toBytes('password', password), toBytes('salt', salt)];
  checkInteger('keylen', length, 0);
  for (const [short, long] of [['N', 'cost'], ['r', 'blockSize'], ['p', 'parallelization']] as const) {
    if (options[short] !== undefined && options[long] !== undefined) {
      throw coded(new TypeError(`Option "${short}" cannot be used in combination with option "${long}"`), 'ERR_INCOMPATIBLE_OPTION_PAIR');
    }
  }
  const n = options.N ?? options.cost ?? 16384;
  const r = options.r ?? options.blockSize ?? 8;
  const p = options.p ?? options.parallelization ?? 1;
  const most = options.maxmem ?? 32 * 1024 * 1024;
  checkInteger('N', n, 0, 2 ** 32 - 1);
  checkInteger('r', r, 0, 2 ** 32 - 1);
  checkInteger('p', p, 0, 2 ** 32 - 1);
  checkInteger('maxmem', most, 0, Number.MAX_SAFE_INTEGER);
  const invalid = (why: string) => coded(new RangeError(`Invalid scrypt params: ${why}`), 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS');
  if (n < 2 || !Number.isInteger(Math.log2(n)) || r === 0 || p === 0) throw invalid('N must be a power of two, r and p positive');
  // RFC 7914 bounds both by the block, OpenSSL calls it memory.
  if (128 * r * (n + p + 2) > most || p * r > 2 ** 30 - 1 || (r < 4 && n >= 2 ** (16 * r))) throw invalid('memory limit exceeded');
  if (length > 1 << 20) throw outOfRange('keylen', '<= 1048576', length);
  return () => (length === 0 ? new Uint8Array(0) : (host.scrypt(secret, salted, n, r, p, length) ?? fail(invalid('they make no sense'))));
}

function fail(error: Error): never {
  throw error;
}

export function scryptSync(password: unknown, salt: unknown, length: unknown, options?: ScryptOptions): Uint8Array {
  return toBuffer(scryptOf(password, salt, length, options)());
}

export function scrypt(password: unknown, salt: unknown, length: unknown, options: unknown, callback?: unknown): void {
  const [given, done] = callback === undefined ? [undefined, options] : [options, callback];
  const work = scryptOf(password, salt, length, given as ScryptOptions);
  checkFunction(done);
  later(done, () => toBuffer(work()));
}

function hkdfOf(digest: unknown, key: unknown, salt: unknown, info: unknown, length: unknown): () => ArrayBuffer {
  const hash = needHash(digest);
  const secret = key instanceof KeyObject ? secretBytes(key) : toBytes('ikm', key);
  const [salted, context] = [toBytes('salt', salt), toBytes('info', info)];
  checkInteger('length', length, 0);
  if (context.length > 1024) throw outOfRange('info', 'must not contain more than 1024 bytes', context.length);
  return () => {
    const derived = host.hkdf(hash, secret, salted, context, length);
    if (derived === null) throw cryptoError('ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length');
    return derived.buffer as ArrayBuffer;
  };
}

export function hkdfSync(...args: [unknown, unknown, unknown, unknown, unknown]): ArrayBuffer {
  return hkdfOf(...args)();
}

export function hkdf(digest: unknown, key: unknown, salt: unknown, info: unknown, length: unknown, callback: unknown): void {
  const work = hkdfOf(digest, key, salt, info, length);
  checkFunction(callback);
  later(callback, work);
}
