// createHash and createHmac. What is known in the middle is a state of some hundred bytes that lies here; the host takes it
// with the next piece. Small pieces are collected before the host is called.

import { Pure } from '../../abi';
import { concat } from '../../crypto/bytes';
import { digest, hashSizes, type Hash as HashName } from '../../crypto/host';
import { native } from '../../native';
import { coded, invalidArgument } from '../errors';
import { KeyObject, secretBytes } from './keyobject';
import { checkString, cryptoError, encoded, streamBase, toBytes } from './support';

const collected = 64 * 1024;

const names: Record<string, HashName> = {};
for (const name of Object.keys(hashSizes) as HashName[]) names[name.toLowerCase()] = name;
for (const size of ['1', '224', '256', '384', '512']) names[`sha${size}`] = `SHA-${size}` as HashName;
Object.assign(names, {
  ripemd160: 'RIPEMD-160', rmd160: 'RIPEMD-160', 'sha512-224': 'SHA-512/224', 'sha512-256': 'SHA-512/256', blake2b512: 'BLAKE2B-512', blake2s256: 'BLAKE2S-256',
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
  'sha384', 'sha384WithRSAEncryption', 'sha512', 'sha512-224', 'sha512-256', 'sha512WithRSAEncryption', 'ssl3-md5', 'ssl3-sha1',
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

/** A digest that is fed piece by piece. */
export class Running {
  #hash: HashName;
  #state: Uint8Array = new Uint8Array(0);
  #parts: Uint8Array[] = [];
  #waiting = 0;

  constructor(hash: HashName) {
    this.#hash = hash;
  }

  update(bytes: Uint8Array): void {
    const large = bytes.length >= collected;
    this.#parts.push(large ? bytes : bytes.slice());
    this.#waiting += bytes.length;
    // The host gives out no state of BLAKE2: of these all is collected, and counts as memory.
    if (this.#hash.startsWith('BLAKE')) {
      if (large) this.#parts[this.#parts.length - 1] = bytes.slice();
    } else if (this.#waiting >= collected) {
      this.#state = new Uint8Array(native.pure(Pure.DigestUpdate, this.#hash, this.#state, this.#taken())[0] as ArrayBuffer);
    }
  }

  digest(): Uint8Array {
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

/** The two classes, made at the first import so that they can extend what node:stream has. */
export function makeHashes() {
  const Base = streamBase();

  class Hash extends Base {
    #running: Running;
    #name: HashName;
    #length: number | undefined;
    #finished = false;

    constructor(algorithm: unknown, options?: { outputLength?: number }, running?: Running) {
      super(options);
      checkString('algorithm', algorithm);
      const name = hashName(algorithm);
      if (name === undefined) throw new Error('Digest method not supported');
      const length = options?.outputLength;
      if (length !== undefined && length !== hashSizes[name][0]) throw cryptoError('ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH', `The digest ${algorithm} has ${hashSizes[name][0]} bytes, not ${length}`);
      this.#name = name;
      this.#length = length;
      this.#running = running ?? new Running(name);
    }

    copy(options?: { outputLength?: number }): Hash {
      this.#check();
      return new Hash(this.#name.toLowerCase(), options, this.#running.copy());
    }

    update(data: unknown, encoding?: unknown): this {
      this.#check();
      this.#running.update(toBytes('data', data, encoding));
      return this;
    }

    digest(encoding?: unknown): unknown {
      this.#check();
      this.#finished = true;
      return encoded(this.#running.digest(), encoding);
    }

    _transform(chunk: unknown, encoding: unknown, callback: () => void): void {
      this.update(chunk, encoding);
      callback();
    }

    _flush(callback: () => void): void {
      this.push(this.digest());
      callback();
    }

    #check(): void {
      if (this.#finished) throw cryptoError('ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
    }
  }

  class Hmac extends Base {
    #inner: Running;
    #outer: Running;
    #finished = false;

    constructor(algorithm: unknown, key: unknown, options?: { encoding?: string }) {
      super(options);
      checkString('hmac', algorithm);
      const given = key instanceof KeyObject ? secretBytes(key) : toKeyBytes(key, options?.encoding);
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
      if (this.#finished) throw cryptoError('ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
      this.#inner.update(toBytes('data', data, encoding));
      return this;
    }

    digest(encoding?: unknown): unknown {
      // As Node: a second digest is empty.
      if (this.#finished) return encoded(new Uint8Array(0), encoding);
      this.#finished = true;
      this.#outer.update(this.#inner.digest());
      return encoded(this.#outer.digest(), encoding);
    }

    _transform(chunk: unknown, encoding: unknown, callback: () => void): void {
      this.update(chunk, encoding);
      callback();
    }

    _flush(callback: () => void): void {
      this.push(this.digest());
      callback();
    }
  }

  return { Hash, Hmac };
}

function toKeyBytes(key: unknown, encoding: unknown): Uint8Array {
  if (key === undefined || key === null) {
    throw invalidArgument('key', 'of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey', key);
  }
  return toBytes('key', key, encoding);
}

