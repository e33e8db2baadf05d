// createCipheriv and createDecipheriv: AES in CBC, CTR, ECB and GCM, triple DES in CBC, and ChaCha20-Poly1305. What chains is kept here; the
// host does whole blocks.

import { CipherMode } from '../../abi';
import { concat, equalBytes } from '../../crypto/bytes';
import { ChaCha20Poly1305, Gcm, type Sealer } from '../../crypto/gcm';
import { cipher } from '../../crypto/host';
import { builtinExports } from '../../runtime/builtin_modules';
import { Buffer } from '../buffer';
import { coded, codes, invalidArgument } from '../errors';
import { validateInt32, validateObject } from '../validators';
import { secretFrom } from './keyobject';
import { checkString, cryptoError, encoded, streamBase, toBuffer, toBytes } from './support';

const block = 16;
const none = new Uint8Array(0);

interface Kind {
  name: string;
  mode: 'cbc' | 'ctr' | 'ecb' | 'gcm' | 'stream' | 'wrap';
  keyLength: number;
  ivLength: number;
  nid: number;
  blockSize?: number;
}

const kinds: Record<string, Kind> = {};
const nids: Record<string, number> = {
  'aes-128-ecb': 418, 'aes-128-cbc': 419, 'aes-192-ecb': 422, 'aes-192-cbc': 423, 'aes-256-ecb': 426, 'aes-256-cbc': 427,
  'aes-128-gcm': 895, 'aes-192-gcm': 898, 'aes-256-gcm': 901, 'aes-128-ctr': 904, 'aes-192-ctr': 905, 'aes-256-ctr': 906,
};
for (const bits of [128, 192, 256]) {
  for (const mode of ['cbc', 'ctr', 'ecb', 'gcm'] as const) {
    const name = `aes-${bits}-${mode}`;
    kinds[name] = {
      name: mode === 'gcm' ? `id-aes${bits}-GCM` : name, mode, keyLength: bits / 8, ivLength: mode === 'gcm' ? 12 : mode === 'ecb' ? 0 : block, nid: nids[name]!,
      ...(mode === 'cbc' || mode === 'ecb' ? { blockSize: block } : {}),
    };
  }
  const wrap: Kind = { name: `id-aes${bits}-wrap`, mode: 'wrap', keyLength: bits / 8, ivLength: 8, nid: { 128: 788, 192: 789, 256: 790 }[bits]!, blockSize: 8 };
  kinds[`aes${bits}-wrap`] = kinds[wrap.name] = wrap;
  kinds[`aes${bits}`] = kinds[`aes-${bits}-cbc`]!;
  kinds[`id-aes${bits}-gcm`] = kinds[`aes-${bits}-gcm`]!;
}
kinds['des-ede3-cbc'] = { name: 'des-ede3-cbc', mode: 'cbc', keyLength: 24, ivLength: 8, nid: 44, blockSize: 8 };
kinds.des3 = kinds['des-ede3-cbc'];
kinds['chacha20-poly1305'] = { name: 'chacha20-poly1305', mode: 'stream', keyLength: 32, ivLength: 12, nid: 1018 };

export const cipherList: readonly string[] = Object.keys(kinds).map((name) => name.replace(/^(id-.*)gcm$/, '$1GCM')).sort();

export function getCipherInfo(given: unknown, options: { keyLength?: number; ivLength?: number } = {}): object | undefined {
  if (typeof given !== 'string' && typeof given !== 'number') throw invalidArgument('nameOrNid', 'of type string or number', given);
  if (options !== undefined) validateObject(options, 'options');
  if (options.keyLength !== undefined) validateInt32(options.keyLength, 'options.keyLength');
  if (options.ivLength !== undefined) validateInt32(options.ivLength, 'options.ivLength');
  const kind = typeof given === 'number' ? Object.values(kinds).find(({ nid }) => nid === given) : kindOf(given);
  if (kind === undefined) return undefined;
  if (options.keyLength !== undefined && options.keyLength !== kind.keyLength) return undefined;
  if (options.ivLength !== undefined && kind.mode !== 'gcm' && options.ivLength !== kind.ivLength) return undefined;
  const { blockSize, ivLength, keyLength, mode, name, nid } = kind;
  return { mode, name, nid, ...(blockSize ? { blockSize } : {}), ...(ivLength ? { ivLength: options.ivLength ?? ivLength } : {}), keyLength };
}

function kindOf(name: unknown): Kind | undefined {
  checkString('cipher', name);
  const lower = name.toLowerCase();
  return Object.hasOwn(kinds, lower) ? kinds[lower] : undefined;
}

/** A mode that gives out what goes in, in whole blocks or not. */
interface Worker {
  update(bytes: Uint8Array): Uint8Array;
  final(): Uint8Array;
  setAutoPadding?(on: boolean): void;
}

class Blocks implements Worker {
  #block: number;
  #key: Uint8Array;
  #mode: CipherMode;
  #last: Uint8Array;
  #rest: Uint8Array = none;
  #pads = true;
  #encrypts: boolean;

  constructor(key: Uint8Array, iv: Uint8Array, mode: CipherMode, encrypts: boolean, size: number) {
    this.#block = size;
    this.#key = key;
    this.#last = iv;
    this.#mode = mode;
    this.#encrypts = encrypts;
  }

  setAutoPadding(on: boolean): void {
    this.#pads = on;
  }

  update(bytes: Uint8Array): Uint8Array {
    const all = this.#rest.length === 0 ? bytes : concat(this.#rest, bytes);
    const block = this.#block;
    let whole = all.length - (all.length % block);
    // The last block of what is decrypted may be padding: it waits for the end.
    if (!this.#encrypts && this.#pads && whole === all.length && whole > 0) whole -= block;
    this.#rest = all.slice(whole);
    return this.#run(all.subarray(0, whole));
  }

  final(): Uint8Array {
    const block = this.#block;
    if (this.#encrypts && this.#pads) {
      const missing = block - this.#rest.length;
      return this.#run(concat(this.#rest, new Uint8Array(missing).fill(missing)));
    }
    if (this.#rest.length % block !== 0 || (!this.#encrypts && this.#pads && this.#rest.length === 0)) {
      throw cryptoError('ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH', 'error:1C80006B:Provider routines::wrong final block length');
    }
    const last = this.#run(this.#rest);
    if (this.#encrypts || !this.#pads) return last;
    const count = last[block - 1]!;
    const isPadding = count >= 1 && count <= block && last.subarray(block - count).every((byte) => byte === count);
    if (!isPadding) throw cryptoError('ERR_OSSL_BAD_DECRYPT', 'error:1C800064:Provider routines::bad decrypt');
    return last.subarray(0, block - count);
  }

  #run(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return none;
    const done = cipher(this.#mode, this.#key, this.#last, bytes)!;
    const chains = this.#mode !== CipherMode.EcbEncrypt && this.#mode !== CipherMode.EcbDecrypt;
    if (chains) this.#last = (this.#encrypts ? done : bytes).slice(-this.#block);
    return done;
  }
}

/** RFC 3394: all at once. The host does it with the initial value that is given there; with others it is done here, block by block. */
class Wrap implements Worker {
  #key: Uint8Array;
  #iv: Uint8Array;
  #encrypts: boolean;

  constructor(key: Uint8Array, iv: Uint8Array, encrypts: boolean) {
    this.#key = key;
    this.#iv = iv;
    this.#encrypts = encrypts;
  }

  update(bytes: Uint8Array): Uint8Array {
    const usual = this.#iv.every((byte) => byte === 0xa6);
    const done = usual ? cipher(this.#encrypts ? CipherMode.KeyWrap : CipherMode.KeyUnwrap, this.#key, none, bytes) : this.#byBlocks(bytes);
    if (done === null) throw cryptoError('ERR_OSSL_EVP_CIPHER_OPERATION_FAILED', 'error:1C800066:Provider routines::cipher operation failed');
    return done;
  }

  /** Null for what cannot be wrapped, or was not wrapped so. */
  #byBlocks(bytes: Uint8Array): Uint8Array | null {
    const encrypts = this.#encrypts;
    const all = encrypts ? concat(this.#iv, bytes) : bytes.slice();
    const count = all.length / 8 - 1;
    if (count < 2 || !Number.isInteger(count)) return null;
    const mode = encrypts ? CipherMode.EcbEncrypt : CipherMode.EcbDecrypt;
    const head = new DataView(all.buffer, all.byteOffset, 8);
    const mix = (number: number) => head.setUint32(4, head.getUint32(4) ^ number);
    // The head, and in turn each other half block: together a block of AES.
    for (let step = 0; step < 6 * count; step++) {
      const number = encrypts ? step + 1 : 6 * count - step;
      const at = 8 * (((number - 1) % count) + 1);
      if (!encrypts) mix(number);
      const done = cipher(mode, this.#key, none, concat(all.subarray(0, 8), all.subarray(at, at + 8)))!;
      all.set(done.subarray(0, 8));
      all.set(done.subarray(8), at);
      if (encrypts) mix(number);
    }
    if (encrypts) return all;
    return equalBytes(all.subarray(0, 8), this.#iv) ? all.subarray(8) : null;
  }

  final(): Uint8Array {
    return none;
  }
}

class Counter implements Worker {
  #key: Uint8Array;
  #start: bigint;
  #done = 0;

  constructor(key: Uint8Array, iv: Uint8Array) {
    this.#key = key;
    this.#start = iv.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  update(bytes: Uint8Array): Uint8Array {
    const skip = this.#done % block;
    const counter = new Uint8Array(block);
    let value = this.#start + BigInt(Math.floor(this.#done / block));
    for (let at = block - 1; at >= 0; at--, value >>= 8n) counter[at] = Number(value & 0xffn);
    this.#done += bytes.length;
    return cipher(CipherMode.Ctr, this.#key, counter, skip === 0 ? bytes : concat(new Uint8Array(skip), bytes))!.subarray(skip);
  }

  final(): Uint8Array {
    return none;
  }
}

interface Decoder {
  write(bytes: unknown): string;
  end(): string;
}

let warned = false;

function warnOfTag(): void {
  if (warned) return;
  warned = true;
  const process = builtinExports('process') as { emitWarning(message: string, type: string, code: string): void } | undefined;
  process?.emitWarning(
    'Using AES-GCM authentication tags of less than 128 bits without specifying the authTagLength option when initializing decryption is deprecated.',
    'DeprecationWarning', 'DEP0182',
  );
}

/** The two classes, made at the first import so that they can extend what node:stream has. */
export function makeCiphers() {
  const Base = streamBase();

  class Work extends Base {
    #worker: Worker | null = null;
    #sealer: Sealer | null = null;
    #tagLength: number;
    #tag: Uint8Array | null = null;
    #finished = false;
    #encoding: string | null = null;
    #decoder: Decoder | null = null;
    #shortTags: boolean;
    #encrypts: boolean;

    constructor(encrypts: boolean, name: unknown, key: unknown, iv: unknown, options: { authTagLength?: number } = {}) {
      super(options);
      this.#encrypts = encrypts;
      const kind = kindOf(name);
      if (kind === undefined) throw coded(new Error('Unknown cipher'), 'ERR_CRYPTO_UNKNOWN_CIPHER');
      const secret = secretFrom('key', key).slice();
      const initial = iv === null ? none : toBytes('iv', iv).slice();
      if (kind.mode === 'gcm' ? initial.length === 0 : initial.length !== kind.ivLength) throw coded(new TypeError('Invalid initialization vector'), 'ERR_CRYPTO_INVALID_IV');
      if (secret.length !== kind.keyLength) throw coded(new RangeError('Invalid key length'), 'ERR_CRYPTO_INVALID_KEYLEN');
      this.#shortTags = kind.mode === 'gcm' && options.authTagLength === undefined;
      this.#tagLength = options.authTagLength ?? 16;
      if (kind.mode === 'gcm' || kind.mode === 'stream') {
        const lengths = kind.mode === 'gcm' ? [4, 8, 12, 13, 14, 15, 16] : Array.from({ length: 16 }, (_, at) => at + 1);
        if (!lengths.includes(this.#tagLength)) throw coded(new TypeError(`Invalid authentication tag length: ${this.#tagLength}`), 'ERR_CRYPTO_INVALID_AUTH_TAG');
        this.#sealer = kind.mode === 'gcm' ? new Gcm(secret, initial, encrypts) : new ChaCha20Poly1305(secret, initial, encrypts);
      } else if (kind.mode === 'wrap') {
        this.#worker = new Wrap(secret, initial, encrypts);
      } else if (kind.mode === 'ctr') {
        this.#worker = new Counter(secret, initial);
      } else {
        const aes = kind.mode === 'cbc' ? [CipherMode.CbcEncrypt, CipherMode.CbcDecrypt] : [CipherMode.EcbEncrypt, CipherMode.EcbDecrypt];
        const modes = kind.blockSize === 8 ? [CipherMode.TripleDesCbcEncrypt, CipherMode.TripleDesCbcDecrypt] : aes;
        this.#worker = new Blocks(secret, initial, modes[encrypts ? 0 : 1]!, encrypts, kind.blockSize!);
      }
    }

    update(data: unknown, inputEncoding?: unknown, outputEncoding?: unknown): unknown {
      const bytes = toBytes('data', data, inputEncoding);
      if (this.#finished) throw cryptoError('ERR_CRYPTO_INVALID_STATE', 'Trying to add data in unsupported state');
      const done = this.#sealer === null ? this.#worker!.update(bytes) : this.#sealer.update(bytes);
      return this.#given(done, outputEncoding);
    }

    /** Text in one encoding from the first piece to the last: a piece may end within a character. */
    #given(bytes: Uint8Array, encoding: unknown, isLast = false): unknown {
      if (encoding === undefined || encoding === null || encoding === 'buffer') return encoded(bytes);
      if (typeof encoding !== 'string' || !Buffer.isEncoding(encoding)) throw new codes.ERR_UNKNOWN_ENCODING!(String(encoding));
      const lower = encoding.toLowerCase();
      const name = lower === 'utf8' ? 'utf-8' : lower;
      if (this.#encoding !== null && this.#encoding !== name) throw new Error('Cannot change encoding');
      this.#encoding = name;
      this.#decoder ??= new (builtinExports('string_decoder') as { StringDecoder: new (encoding: string) => Decoder }).StringDecoder(encoding);
      return this.#decoder.write(encoded(bytes)) + (isLast ? this.#decoder.end() : '');
    }

    final(outputEncoding?: unknown): unknown {
      if (this.#finished) throw coded(new Error('Unsupported state or unable to authenticate data'), 'ERR_CRYPTO_INVALID_STATE');
      // What is not authentic is said before anything about its encoding.
      const checked = this.#sealer !== null && !this.#encrypts;
      if (!checked && outputEncoding !== undefined && outputEncoding !== null) this.#given(none, outputEncoding);
      this.#finished = true;
      if (this.#sealer === null) return this.#given(this.#worker!.final(), outputEncoding, true);
      const tag = this.#sealer.tag();
      if (this.#encrypts) this.#tag = tag.slice(0, this.#tagLength);
      else if (this.#tag === null || !equalBytes(this.#tag, tag.subarray(0, this.#tag.length))) throw new Error('Unsupported state or unable to authenticate data');
      return this.#given(none, outputEncoding, true);
    }

    setAutoPadding(on: unknown = true): this {
      if (this.#finished) throw cryptoError('ERR_CRYPTO_INVALID_STATE', 'Invalid state for operation setAutoPadding');
      this.#worker?.setAutoPadding?.(Boolean(on));
      return this;
    }

    setAAD(data: unknown, options?: { encoding?: unknown }): this {
      if (this.#sealer === null || this.#finished) throw cryptoError('ERR_CRYPTO_INVALID_STATE', 'Invalid state for operation setAAD');
      this.#sealer.authenticate(toBytes('buffer', data, options?.encoding));
      return this;
    }

    getAuthTag(): unknown {
      if (!this.#encrypts || this.#tag === null) throw cryptoError('ERR_CRYPTO_INVALID_STATE', 'Invalid state for operation getAuthTag');
      return toBuffer(this.#tag);
    }

    setAuthTag(tag: unknown, encoding?: unknown): this {
      const bytes = toBytes('buffer', tag, encoding);
      if (this.#encrypts || this.#sealer === null || this.#tag !== null || this.#finished) throw cryptoError('ERR_CRYPTO_INVALID_STATE', 'Invalid state for operation setAuthTag');
      if (bytes.length < 4 || bytes.length > 16) throw coded(new TypeError(`Invalid authentication tag length: ${bytes.length}`), 'ERR_CRYPTO_INVALID_AUTH_TAG');
      if (!this.#shortTags && bytes.length !== this.#tagLength) throw coded(new TypeError(`Invalid authentication tag length: ${bytes.length}`), 'ERR_CRYPTO_INVALID_AUTH_TAG');
      if (this.#shortTags && bytes.length < 16) warnOfTag();
      this.#tag = bytes.slice();
      return this;
    }

    _transform(chunk: unknown, encoding: unknown, callback: (error?: unknown) => void): void {
      this.push(this.update(chunk, encoding));
      callback();
    }

    _flush(callback: (error?: unknown) => void): void {
      try {
        this.push(this.final());
      } catch (error) {
        callback(error);
        return;
      }
      callback();
    }
  }

  class Cipheriv extends Work {
    constructor(name: unknown, key: unknown, iv: unknown, options?: object) {
      super(true, name, key, iv, options);
    }
  }

  class Decipheriv extends Work {
    constructor(name: unknown, key: unknown, iv: unknown, options?: object) {
      super(false, name, key, iv, options);
    }
  }

  for (const name of ['getAuthTag']) Object.defineProperty(Decipheriv.prototype, name, { value: undefined, configurable: true });
  Object.defineProperty(Cipheriv.prototype, 'setAuthTag', { value: undefined, configurable: true });
  return { Cipheriv, Decipheriv };
}

