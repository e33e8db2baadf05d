// AES in offset codebook mode (RFC 7253). The host does the blocks, all of a piece in one call; offsets are made here. What is
// given to `update` is all of it: the mode works on whole blocks, and the last one differs.

import { CipherMode } from '../abi';
import { concat, xor } from './bytes';
import type { Sealer } from './gcm';
import { cipher } from './host';

const block = 16;
const none = new Uint8Array(0);

/** Twice the value, in the field of 2^128 elements. */
function double(value: Uint8Array): Uint8Array {
  const twice = new Uint8Array(block);
  for (let at = 0; at < block; at++) twice[at] = (value[at]! << 1) | ((value[at + 1] ?? 0) >> 7);
  twice[block - 1]! ^= value[0]! & 0x80 ? 0x87 : 0;
  return twice;
}

/** What is left of the last block, then a bit and zeros. */
function padded(rest: Uint8Array): Uint8Array {
  const whole = new Uint8Array(block);
  whole.set(rest);
  whole[rest.length] = 0x80;
  return whole;
}

export class Ocb implements Sealer {
  #key: Uint8Array;
  #encrypts: boolean;
  #forRest: Uint8Array;
  #forTag: Uint8Array;
  #forBlocks: Uint8Array[];
  #start: Uint8Array;
  #authenticated: Uint8Array = none;
  #tag: Uint8Array | null = null;

  constructor(key: Uint8Array, nonce: Uint8Array, encrypts: boolean, tagBytes: number) {
    this.#key = key;
    this.#encrypts = encrypts;
    this.#forRest = this.#block(new Uint8Array(block));
    this.#forTag = double(this.#forRest);
    this.#forBlocks = [double(this.#forTag)];
    const first = new Uint8Array(block);
    first.set(nonce, block - nonce.length);
    first[0]! |= ((8 * tagBytes) % 128) << 1;
    first[block - 1 - nonce.length]! |= 1;
    const bottom = first[block - 1]! & 63;
    first[block - 1]! &= 0xc0;
    const top = this.#block(first);
    const stretch = concat(top, xor(top.slice(0, 8), top.subarray(1, 9)));
    this.#start = new Uint8Array(block);
    for (let at = 0; at < block; at++) {
      const from = at + (bottom >> 3);
      this.#start[at] = (stretch[from]! << (bottom & 7)) | ((stretch[from + 1] ?? 0) >> (8 - (bottom & 7)));
    }
  }

  authenticate(bytes: Uint8Array): void {
    this.#authenticated = concat(this.#authenticated, bytes);
  }

  update(bytes: Uint8Array): Uint8Array {
    const whole = bytes.length - (bytes.length % block);
    const [offsets, last] = this.#offsets(whole / block, this.#start);
    const mode = this.#encrypts ? CipherMode.EcbEncrypt : CipherMode.EcbDecrypt;
    // A Buffer's slice would be no copy.
    const inner = xor(new Uint8Array(bytes.subarray(0, whole)), offsets);
    const blocks = whole === 0 ? none : xor(cipher(mode, this.#key, none, inner)!, offsets);
    const sum = new Uint8Array(block);
    const plain = this.#encrypts ? bytes : blocks;
    for (let at = 0; at < whole; at++) sum[at % block]! ^= plain[at]!;
    let offset = last;
    let rest: Uint8Array = none;
    if (whole < bytes.length) {
      offset = xor(last.slice(), this.#forRest);
      rest = xor(new Uint8Array(bytes.subarray(whole)), this.#block(offset));
      xor(sum, padded(this.#encrypts ? bytes.subarray(whole) : rest));
    }
    this.#tag = xor(this.#block(xor(xor(sum, offset), this.#forTag)), this.#hash());
    return concat(blocks, rest);
  }

  tag(): Uint8Array {
    if (this.#tag === null) this.update(none);
    return this.#tag!;
  }

  #block(bytes: Uint8Array): Uint8Array {
    return cipher(CipherMode.EcbEncrypt, this.#key, none, bytes)!;
  }

  /** The offsets of so many blocks in a row, and the last of them. */
  #offsets(count: number, start: Uint8Array): [Uint8Array, Uint8Array] {
    const all = new Uint8Array(count * block);
    let offset = start;
    for (let number = 1; number <= count; number++) {
      const zeros = 31 - Math.clz32(number & -number);
      while (this.#forBlocks.length <= zeros) this.#forBlocks.push(double(this.#forBlocks.at(-1)!));
      offset = xor(offset.slice(), this.#forBlocks[zeros]!);
      all.set(offset, (number - 1) * block);
    }
    return [all, offset];
  }

  /** Of what is authenticated only. */
  #hash(): Uint8Array {
    const bytes = this.#authenticated;
    const whole = bytes.length - (bytes.length % block);
    const [offsets, last] = this.#offsets(whole / block, new Uint8Array(block));
    const sum = new Uint8Array(block);
    const add = (blocks: Uint8Array) => blocks.forEach((byte, at) => (sum[at % block]! ^= byte));
    if (whole > 0) add(this.#all(xor(new Uint8Array(bytes.subarray(0, whole)), offsets)));
    if (whole < bytes.length) add(this.#block(xor(xor(padded(bytes.subarray(whole)), last), this.#forRest)));
    return sum;
  }

  #all(blocks: Uint8Array): Uint8Array {
    return cipher(CipherMode.EcbEncrypt, this.#key, none, blocks)!;
  }
}
