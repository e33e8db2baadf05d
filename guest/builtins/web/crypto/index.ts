// crypto: random values, random UUIDs and digests. The other methods of SubtleCrypto reject and say so: the
// standard has an error for what an implementation lacks, and "not a function" would not tell what is there.

import { Pure } from '../../abi';
import { defineGlobals, defineTag, makeEnumerable } from '../../define';
import { native } from '../../native';
import { DOMException } from '../events';
import { bytesOf, isBufferSource, needArguments, toText } from '../webidl/convert';

const digests = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];
/** The methods of the standard that are not there. */
const unsupported = [
  'encrypt', 'decrypt', 'sign', 'verify', 'generateKey', 'deriveKey', 'deriveBits', 'importKey', 'exportKey', 'wrapKey', 'unwrapKey',
];
const integerArrays = new Set([
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
  'BigInt64Array', 'BigUint64Array',
]);
/** Most bytes of one getRandomValues call, by the standard. */
const quota = 65536;

const hex: string[] = [];
for (let byte = 0; byte < 256; byte++) hex.push((byte + 256).toString(16).slice(1));

const typeNameOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!;

let made = false;
let brand: (subtle: SubtleCrypto) => void;
let cryptoBrand: (crypto: Crypto) => void;

class SubtleCrypto {
  #brand = true;

  static {
    brand = (subtle) => void subtle.#brand;
  }

  constructor() {
    if (made) throw new TypeError('Illegal constructor: use crypto.subtle');
  }

  async digest(algorithm: string | { name: string }, data: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer> {
    brand(this);
    needArguments(arguments.length, 2, 'SubtleCrypto.digest');
    const name = toText(typeof algorithm === 'object' && algorithm !== null ? algorithm.name : algorithm);
    const known = digests.find((digest) => digest === name.toUpperCase());
    if (known === undefined) {
      throw new DOMException(`The digest '${name}' is not supported; there are ${digests.join(', ')}`, 'NotSupportedError');
    }
    if (!isBufferSource(data)) throw new TypeError('SubtleCrypto.digest takes an ArrayBuffer or a view of one');
    return native.pure(Pure.Digest, known, bytesOf(data))[0] as ArrayBuffer;
  }
}

class Crypto {
  #subtle: SubtleCrypto;

  static {
    cryptoBrand = (crypto) => void crypto.#subtle;
  }

  constructor() {
    if (made) throw new TypeError('Illegal constructor: use the global crypto');
    this.#subtle = new SubtleCrypto();
  }

  get subtle(): SubtleCrypto {
    return this.#subtle;
  }

  getRandomValues<T extends ArrayBufferView>(array: T): T {
    cryptoBrand(this);
    needArguments(arguments.length, 1, 'crypto.getRandomValues');
    if (!ArrayBuffer.isView(array) || !integerArrays.has(typeNameOf.call(array))) {
      throw new DOMException('crypto.getRandomValues takes a typed array of integers', 'TypeMismatchError');
    }
    if (array.byteLength > quota) {
      throw new DOMException(
        `crypto.getRandomValues gives at most ${quota} bytes in one call, but ${array.byteLength} were asked for`,
        'QuotaExceededError',
      );
    }
    native.random(bytesOf(array));
    return array;
  }

  randomUUID(): string {
    cryptoBrand(this);
    const bytes = new Uint8Array(16);
    native.random(bytes);
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    let text = '';
    for (let at = 0; at < 16; at++) {
      if (at === 4 || at === 6 || at === 8 || at === 10) text += '-';
      text += hex[bytes[at]!];
    }
    return text;
  }
}

defineTag(SubtleCrypto.prototype, 'SubtleCrypto');
makeEnumerable(SubtleCrypto.prototype, ['digest']);
for (const name of unsupported) {
  const method = {
    async [name](this: SubtleCrypto): Promise<never> {
      brand(this);
      throw new DOMException(`crypto.subtle.${name} is not supported; holm has digest`, 'NotSupportedError');
    },
  }[name];
  Object.defineProperty(SubtleCrypto.prototype, name, { value: method, writable: true, configurable: true, enumerable: true });
}
defineTag(Crypto.prototype, 'Crypto');
makeEnumerable(Crypto.prototype, ['subtle', 'getRandomValues', 'randomUUID']);

export const crypto = new Crypto();
made = true;
defineGlobals({ crypto, Crypto, SubtleCrypto });
