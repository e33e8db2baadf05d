// DER, as far as keys need it: reading with a bound at every step, and writing. Malformed input throws DerError.

import { concat, fromNumber, toNumber } from './bytes';

export class DerError extends Error {}

export const enum Tag {
  Integer = 0x02,
  BitString = 0x03,
  OctetString = 0x04,
  Null = 0x05,
  Oid = 0x06,
  Sequence = 0x30,
}

export class DerReader {
  #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The tag of what comes next; -1 at the end. */
  get tag(): number {
    return this.#bytes[this.#at] ?? -1;
  }

  /** The content of what comes next, which must have this tag. */
  take(tag: number): Uint8Array {
    if (this.tag !== tag) throw new DerError('an element has another type than expected');
    let at = this.#at + 1;
    let length = this.#bytes[at++];
    if (length === undefined) throw new DerError('an element is cut off');
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4) throw new DerError('an element has no valid length');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (this.#bytes[at++] ?? NaN);
      // DER: the shortest form.
      if (!(length >= 0x80) || length < 2 ** (8 * (count - 1))) throw new DerError('an element has no valid length');
    }
    if (at + length > this.#bytes.length) throw new DerError('an element is cut off');
    this.#at = at + length;
    return this.#bytes.subarray(at, at + length);
  }

  sequence(): DerReader {
    return new DerReader(this.take(Tag.Sequence));
  }

  /** Null when something else comes next. */
  optional(tag: number): Uint8Array | null {
    return this.tag === tag ? this.take(tag) : null;
  }

  integer(): bigint {
    const bytes = this.take(Tag.Integer);
    if (bytes.length === 0 || bytes[0]! >= 0x80) throw new DerError('an integer is negative or empty');
    return toNumber(bytes);
  }

  /** Of whole bytes. */
  bitString(): Uint8Array {
    const bytes = this.take(Tag.BitString);
    if (bytes[0] !== 0) throw new DerError('a bit string does not have whole bytes');
    return bytes.subarray(1);
  }

  /** As dotted numbers. */
  oid(): string {
    const bytes = this.take(Tag.Oid);
    const parts: number[] = [];
    let value = 0;
    for (const byte of bytes) {
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) {
        parts.push(value);
        value = 0;
      }
    }
    const first = parts.shift();
    if (first === undefined) throw new DerError('an object identifier is empty');
    const root = Math.min(2, Math.floor(first / 40));
    return [root, first - 40 * root, ...parts].join('.');
  }

  end(): void {
    if (!this.done) throw new DerError('there is more than expected');
  }
}

export function element(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const length = content.length < 0x80 ? new Uint8Array([content.length]) : fromNumber(BigInt(content.length));
  const head = content.length < 0x80 ? [tag] : [tag, 0x80 | length.length];
  return concat(new Uint8Array(head), length, content);
}

export function sequence(...parts: Uint8Array[]): Uint8Array {
  return element(Tag.Sequence, ...parts);
}

export function integer(value: bigint): Uint8Array {
  const bytes = fromNumber(value);
  return element(Tag.Integer, bytes[0]! >= 0x80 ? concat(new Uint8Array(1), bytes) : bytes);
}

export function octets(bytes: Uint8Array): Uint8Array {
  return element(Tag.OctetString, bytes);
}

export function bits(bytes: Uint8Array): Uint8Array {
  return element(Tag.BitString, new Uint8Array(1), bytes);
}

export function oid(dotted: string): Uint8Array {
  const [root, second, ...rest] = dotted.split('.').map(Number);
  const bytes: number[] = [];
  for (const part of [40 * root! + second!, ...rest]) {
    const group = [part & 0x7f];
    for (let value = Math.floor(part / 128); value > 0; value = Math.floor(value / 128)) group.unshift(0x80 | (value & 0x7f));
    bytes.push(...group);
  }
  return element(Tag.Oid, new Uint8Array(bytes));
}

export const nullElement = new Uint8Array([Tag.Null, 0]);
