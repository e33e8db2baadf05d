// crypto: random values and random UUIDs. crypto.subtle is a file of its own.

import { defineGlobals, defineTag, makeEnumerable } from '../../define';
import { native } from '../../native';
import { DOMException } from '../events';
import { bytesOf, needArguments } from '../webidl/convert';
import { registerCloneable } from '../clone';
import { algorithmOf, CryptoKey, isCryptoKey, makeKey, materialOf, usagesOf } from './key';
import { subtle, SubtleCrypto } from './subtle';

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
let cryptoBrand: (crypto: Crypto) => void;

class Crypto {
  #subtle: SubtleCrypto;

  static {
    cryptoBrand = (crypto) => {
      if (typeof crypto !== 'object' || crypto === null || !(#subtle in crypto)) throw Object.assign(new TypeError('Value of "this" must be of type Crypto'), { code: 'ERR_INVALID_THIS' });
    };
  }

  constructor() {
    if (made) throw Object.assign(new TypeError('Illegal constructor'), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
    this.#subtle = subtle;
  }

  get subtle(): SubtleCrypto {
    cryptoBrand(this);
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

// What a key is never changes, so the copy can share it.
registerCloneable({
  is: isCryptoKey,
  clone: (key: CryptoKey) => makeKey(key.type, key.extractable, algorithmOf(key), usagesOf(key), materialOf(key)),
});

defineTag(Crypto.prototype, 'Crypto');
makeEnumerable(Crypto.prototype, ['subtle', 'getRandomValues', 'randomUUID']);

export const crypto = new Crypto();
made = true;
defineGlobals({ crypto, Crypto, CryptoKey, SubtleCrypto });
