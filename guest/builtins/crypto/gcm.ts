// AES in Galois/counter mode (SP 800-38D) and ChaCha20-Poly1305 (RFC 8439), piece by piece: bytes come out as they go in, and
// the tag at the end. The host does the blocks; counters and what was authenticated so far are kept here.

import { CipherMode } from '../abi';
import { concat } from './bytes';
import { cipher, ghash, poly1305 } from './host';

const block = 16;
const zeros = new Uint8Array(block);

/** Bits of two lengths in bytes, as the last block of GHASH has them. */
function bitLengths(first: number, second: number): Uint8Array {
  const lengths = new DataView(new ArrayBuffer(block));
  lengths.setBigUint64(0, BigInt(first) * 8n);
  lengths.setBigUint64(8, BigInt(second) * 8n);
  return new Uint8Array(lengths.buffer);
}

export interface Sealer {
  /** More of what is authenticated and not encrypted; before the first `update`. */
  authenticate(bytes: Uint8Array): void;
  /** Encrypts, or decrypts. */
  update(bytes: Uint8Array): Uint8Array;
  /** The tag of all of it, 16 bytes. */
  tag(): Uint8Array;
}

export class Gcm implements Sealer {
  #key: Uint8Array;
  #encrypts: boolean;
  #hashKey: Uint8Array;
  #first: Uint8Array;
  #state: Uint8Array = zeros;
  /** Ciphertext, or authenticated data, that does not fill a block yet. */
  #rest: Uint8Array = new Uint8Array(0);
  #authenticated = 0;
  #done = 0;

  constructor(key: Uint8Array, iv: Uint8Array, encrypts: boolean) {
    this.#key = key;
    this.#encrypts = encrypts;
    this.#hashKey = cipher(CipherMode.EcbEncrypt, key, zeros, zeros)!;
    if (iv.length === 12) {
      this.#first = concat(iv, new Uint8Array([0, 0, 0, 1]));
    } else {
      this.#first = ghash(this.#hashKey, ghash(this.#hashKey, zeros, iv), bitLengths(0, iv.length));
    }
  }

  authenticate(bytes: Uint8Array): void {
    this.#authenticated += bytes.length;
    this.#hash(bytes);
  }

  update(bytes: Uint8Array): Uint8Array {
    if (this.#done === 0) this.#pad();
    const result = this.#stream(bytes);
    this.#done += bytes.length;
    this.#hash(this.#encrypts ? result : bytes);
    return result;
  }

  tag(): Uint8Array {
    this.#pad();
    const state = ghash(this.#hashKey, this.#state, bitLengths(this.#authenticated, this.#done));
    return cipher(CipherMode.Ctr, this.#key, this.#first, state)!;
  }

  #hash(bytes: Uint8Array): void {
    const all = this.#rest.length === 0 ? bytes : concat(this.#rest, bytes);
    const whole = all.length - (all.length % block);
    if (whole > 0) this.#state = ghash(this.#hashKey, this.#state, all.subarray(0, whole));
    this.#rest = all.slice(whole);
  }

  #pad(): void {
    if (this.#rest.length > 0) this.#state = ghash(this.#hashKey, this.#state, this.#rest);
    this.#rest = new Uint8Array(0);
  }

  /** The counter has 32 bits and wraps by itself. */
  #stream(bytes: Uint8Array): Uint8Array {
    const skip = this.#done % block;
    const lead = skip === 0 ? bytes : concat(new Uint8Array(skip), bytes);
    const view = new DataView(this.#first.buffer, this.#first.byteOffset);
    const start = (view.getUint32(12) + 1 + Math.floor(this.#done / block)) >>> 0;
    const counter = this.#first.slice();
    const at = (value: number) => (new DataView(counter.buffer).setUint32(12, value), counter);
    const untilWrap = (0x100000000 - start) * block;
    const head = cipher(CipherMode.Ctr, this.#key, at(start), lead.subarray(0, untilWrap))!;
    const whole = lead.length <= untilWrap ? head : concat(head, cipher(CipherMode.Ctr, this.#key, at(0), lead.subarray(untilWrap))!);
    return skip === 0 ? whole : whole.subarray(skip);
  }
}

export class ChaCha20Poly1305 implements Sealer {
  #key: Uint8Array;
  #nonce: Uint8Array;
  #encrypts: boolean;
  #authenticated = 0;
  #begun = false;
  #done = 0;
  /** Everything that the tag is over: Poly1305 runs once, at the end. */
  #parts: Uint8Array[] = [];

  constructor(key: Uint8Array, nonce: Uint8Array, encrypts: boolean) {
    this.#key = key;
    this.#nonce = nonce;
    this.#encrypts = encrypts;
  }

  authenticate(bytes: Uint8Array): void {
    this.#authenticated += bytes.length;
    this.#parts.push(bytes.slice());
  }

  update(bytes: Uint8Array): Uint8Array {
    this.#padAuthenticated();
    const result = cipher(CipherMode.ChaCha20, this.#key, this.#nonce, bytes, 64 + this.#done)!;
    this.#done += bytes.length;
    this.#parts.push(this.#encrypts ? result : bytes.slice());
    return result;
  }

  tag(): Uint8Array {
    this.#padAuthenticated();
    this.#pad(this.#done);
    const lengths = new DataView(new ArrayBuffer(block));
    lengths.setBigUint64(0, BigInt(this.#authenticated), true);
    lengths.setBigUint64(8, BigInt(this.#done), true);
    const key = cipher(CipherMode.ChaCha20, this.#key, this.#nonce, new Uint8Array(32), 0)!;
    return poly1305(key, concat(...this.#parts, new Uint8Array(lengths.buffer)));
  }

  /** Once, where the data begins, of which there may be none. */
  #padAuthenticated(): void {
    if (!this.#begun) this.#pad(this.#authenticated);
    this.#begun = true;
  }

  #pad(length: number): void {
    if (length % block !== 0) this.#parts.push(new Uint8Array(block - (length % block)));
  }
}
