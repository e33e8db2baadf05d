// createHash and createHmac. What is known in the middle is a state of some hundred bytes that lies here; the host takes it
// with the next piece. Small pieces are collected before the host is called.

import { Pure } from '../../abi';
import { concat } from '../../crypto/bytes';
import { digest, extended, hashSizes, type Extended, type Hash as HashName } from '../../crypto/host';
import { native } from '../../native';
import { builtinExports } from '../../runtime/builtin_modules';
import { Buffer } from '../buffer';
import { coded, invalidArgument, invalidValue } from '../errors';
import { validateUint32 } from '../validators';
import { secretFrom } from './keyobject';
import { checkString, cryptoError, encoded, streamBase, toBytes } from './support';

const collected = 64 * 1024;

const names: Record<string, HashName> = {};
for (const name of Object.keys(hashSizes) as HashName[]) names[name.toLowerCase()] = name;
for (const size of ['1', '224', '256', '384', '512']) names[`sha${size}`] = `SHA-${size}` as HashName;
Object.assign(names, {
  'sha512/224': 'SHA-512/224', 'sha512/256': 'SHA-512/256', ripemd160: 'RIPEMD-160', rmd160: 'RIPEMD-160', 'sha512-224': 'SHA-512/224', 'sha512-256': 'SHA-512/256', blake2b512: 'BLAKE2B-512', blake2s256: 'BLAKE2S-256',
});
for (const [name, hash] of Object.entries({ ...names })) {
  names[`rsa-${name}`] = hash;
  if (/^sha\d+$/.test(name)) names[`${name}withrsaencryption`] = hash;
}
names.ssl3_sha1 = names['ssl3-sha1'] = 'SHA-1';
names['ssl3-md5'] = names.md5withrsaencryption = 'MD5';

/** As OpenSSL writes them. */
export const hashList: readonly string[] = [
  'RSA-MD5', 'RSA-RIPEMD160', 'RSA-SHA1', 'RSA-SHA224', 'RSA-SHA256', 'RSA-SHA3-224', 'RSA-SHA3-256', 'RSA-SHA3-384', 'RSA-SHA3-512', 'RSA-SHA384',
  'RSA-SHA512', 'RSA-SHA512/224', 'RSA-SHA512/256', 'blake2b512', 'blake2s256', 'md5', 'md5WithRSAEncryption', 'ripemd', 'ripemd160', 'rmd160', 'sha1',
  'sha1WithRSAEncryption', 'sha224', 'sha224WithRSAEncryption', 'sha256', 'sha256WithRSAEncryption', 'sha3-224', 'sha3-256', 'sha3-384', 'sha3-512',
  'sha384', 'sha384WithRSAEncryption', 'sha512', 'sha512-224', 'sha512-256', 'sha512WithRSAEncryption', 'shake128', 'shake256', 'ssl3-md5', 'ssl3-sha1',
];
names.ripemd = 'RIPEMD-160';

/** Undefined for a digest that there is not. */
export function hashName(name: string): HashName | undefined {
  return Object.hasOwn(names, name.toLowerCase()) ? names[name.toLowerCase()] : undefined;
}

export function needHash(name: unknown): HashName {
  checkString('digest', name);
  const known = hashName(name);
  if (known === undefined) throw coded(new TypeError(`Invalid digest: ${name}`), 'ERR_CRYPTO_INVALID_DIGEST');
  return known;
}

/** Digests of any length, and the one that each has by habit. */
const lengths: Record<Extended, number> = { SHAKE128: 16, SHAKE256: 32 };
const extendedNames: Record<string, Extended> = { shake128: 'SHAKE128', 'shake-128': 'SHAKE128', shake256: 'SHAKE256', 'shake-256': 'SHAKE256' };

type Algorithm = HashName | Extended;

function isExtended(hash: Algorithm): hash is Extended {
  return Object.hasOwn(lengths, hash);
}

/** Undefined for a digest that there is not. */
function algorithmOf(name: string): Algorithm | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(extendedNames, lower) ? extendedNames[lower] : hashName(name);
}

/** A digest that is fed piece by piece. */
export class Running {
  #hash: Algorithm;
  #state: Uint8Array = new Uint8Array(0);
  #parts: Uint8Array[] = [];
  #waiting = 0;

  constructor(hash: Algorithm) {
    this.#hash = hash;
  }

  update(bytes: Uint8Array): void {
    const large = bytes.length >= collected;
    this.#parts.push(large ? bytes : bytes.slice());
    this.#waiting += bytes.length;
    // The host gives out no state of BLAKE2 and SHAKE: of these all is collected, and counts as memory.
    if (this.#hash.startsWith('BLAKE') || isExtended(this.#hash)) {
      if (large) this.#parts[this.#parts.length - 1] = bytes.slice();
    } else if (this.#waiting >= collected) {
      this.#state = new Uint8Array(native.pure(Pure.DigestUpdate, this.#hash, this.#state, this.#taken())[0] as ArrayBuffer);
    }
  }

  /** The length counts only where the digest has no length of its own. */
  digest(length = 0): Uint8Array {
    if (isExtended(this.#hash)) return length === 0 ? new Uint8Array(0) : extended(this.#hash, this.#taken(), length);
    if (this.#state.length === 0) return digest(this.#hash, this.#taken());
    return new Uint8Array(native.pure(Pure.DigestFinish, this.#hash, this.#state, this.#taken())[0] as ArrayBuffer);
  }

  copy(): Running {
    const other = new Running(this.#hash);
    other.#state = this.#state;
    other.#parts = [...this.#parts];
    other.#waiting = this.#waiting;
    return other;
  }

  #taken(): Uint8Array {
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : concat(...this.#parts);
    this.#parts = [];
    this.#waiting = 0;
    return bytes;
  }
}

let warned = false;

/** A length by habit is too short for the strength in the name. */
function warnOfLength(): void {
  if (warned) return;
  warned = true;
  const process = builtinExports('process') as { emitWarning(message: string, type: string, code: string): void } | undefined;
  process?.emitWarning('Creating SHAKE128/256 digests without an explicit options.outputLength is deprecated.', 'DeprecationWarning', 'DEP0198');
}

function finalized(): Error {
  return cryptoError('ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
}

interface HashOptions {
  outputLength?: unknown;
}

/** The two classes, made at the first import so that they can extend what node:stream has. */
export function makeHashes() {
  const Base = streamBase();

  /** What both have as streams: bytes in, and at the end the result. */
  abstract class Summing extends Base {
    protected abstract result(): Uint8Array;
    abstract update(data: unknown, encoding?: unknown): this;

    _transform(chunk: unknown, encoding: unknown, callback: () => void): void {
      this.update(chunk, encoding);
      callback();
    }

    _flush(callback: () => void): void {
      this.push(Buffer.from(this.result()));
      callback();
    }
  }

  class Hash extends Summing {
    #running: Running;
    #name: string;
    #length: number;
    /** What came out of the stream; `digest` may still be asked for it, once. */
    #result: Uint8Array | null = null;
    #finished = false;

    constructor(algorithm: unknown, options?: HashOptions | null, running?: Running) {
      super(options ?? undefined);
      checkString('algorithm', algorithm);
      const name = algorithmOf(algorithm);
      const length = options?.outputLength;
      if (length !== undefined) validateUint32(length, 'options.outputLength');
      if (name === undefined) throw new Error('Digest method not supported');
      if (isExtended(name)) {
        if (length === undefined && running === undefined) warnOfLength();
        this.#length = (length as number | undefined) ?? lengths[name];
      } else {
        this.#length = hashSizes[name][0];
        if (length !== undefined && length !== this.#length) {
          throw cryptoError('ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH', `The digest ${algorithm} has ${this.#length} bytes, not ${length as number}`);
        }
      }
      this.#name = algorithm;
      this.#running = running ?? new Running(name);
    }

    copy(options?: HashOptions): Hash {
      if (this.#finished) throw finalized();
      return new Hash(this.#name, options, this.#running.copy());
    }

    update(data: unknown, encoding?: unknown): this {
      const bytes = toBytes('data', data, encoding);
      if (this.#finished || this.#result !== null) throw finalized();
      this.#running.update(bytes);
      return this;
    }

    digest(encoding?: unknown): unknown {
      if (this.#finished) throw finalized();
      const as = encoding === undefined || encoding === null ? undefined : String(encoding);
      const result = this.result();
      this.#finished = true;
      return encoded(result, as);
    }

    protected result(): Uint8Array {
      return (this.#result ??= this.#running.digest(this.#length));
    }
  }

  class Hmac extends Summing {
    #inner: Running;
    #outer: Running;
    #finished = false;

    constructor(algorithm: unknown, key: unknown, options?: { encoding?: string } | null) {
      super(options ?? undefined);
      checkString('hmac', algorithm);
      const given = secretFrom('key', key, options?.encoding);
      const name = hashName(algorithm);
      if (name === undefined) throw cryptoError('ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${algorithm}`);
      const block = hashSizes[name][1];
      const padded = new Uint8Array(block);
      padded.set(given.length > block ? digest(name, given) : given);
      this.#inner = new Running(name);
      this.#inner.update(padded.map((byte) => byte ^ 0x36));
      this.#outer = new Running(name);
      this.#outer.update(padded.map((byte) => byte ^ 0x5c));
    }

    update(data: unknown, encoding?: unknown): this {
      if (this.#finished) throw finalized();
      this.#inner.update(toBytes('data', data, encoding));
      return this;
    }

    digest(encoding?: unknown): unknown {
      return encoded(this.result(), encoding === undefined || encoding === null ? undefined : String(encoding));
    }

    protected result(): Uint8Array {
      // As Node: a second digest is empty.
      if (this.#finished) return new Uint8Array(0);
      this.#finished = true;
      this.#outer.update(this.#inner.digest());
      return this.#outer.digest();
    }
  }

  return { Hash, Hmac };
}

/** A digest in one call: `options` is the encoding, or an object with it and a length. */
export function hash(algorithm: unknown, data: unknown, options?: unknown): unknown {
  checkString('algorithm', algorithm);
  if (typeof data !== 'string' && !ArrayBuffer.isView(data)) throw invalidArgument('input', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
  let encoding: unknown = 'hex';
  let length: unknown;
  if (typeof options === 'object' && options !== null) {
    const given = options as { outputEncoding?: unknown; outputLength?: unknown };
    encoding = given.outputEncoding ?? 'hex';
    length = given.outputLength;
  } else if (options !== undefined && options !== null) {
    if (typeof options !== 'string') throw invalidArgument('options', 'of type string or an instance of Object', options);
    encoding = options;
  }
  checkString('outputEncoding', encoding);
  if (encoding !== 'buffer' && !Buffer.isEncoding(encoding)) throw invalidValue('outputEncoding', encoding);
  if (length !== undefined) validateUint32(length, 'outputLength');
  const name = algorithmOf(algorithm);
  if (name === undefined) throw new Error('Digest method not supported');
  const running = new Running(name);
  running.update(toBytes('input', data));
  if (!isExtended(name)) {
    const own = hashSizes[name][0];
    if (length !== undefined && length !== own) throw cryptoError('ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH', `Output length ${length as number} is invalid for ${algorithm}, which does not support XOF`);
    return encoded(running.digest(), encoding);
  }
  if (length === undefined) warnOfLength();
  return encoded(running.digest((length as number | undefined) ?? lengths[name]), encoding);
}
