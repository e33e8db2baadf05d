// KMAC (SP 800-185): a code by cSHAKE, of any length, over the key, the bytes and the length.

import { concat, fromNumber } from './bytes';
import { customized, type Extended } from './host';

const name = new Uint8Array([0x4b, 0x4d, 0x41, 0x43]);
const none = new Uint8Array(0);
/** Bytes that the sponge takes at once. */
const rates: Record<Extended, number> = { SHAKE128: 168, SHAKE256: 136 };

/** A number with the count of its bytes before it. */
function left(value: number): Uint8Array {
  const bytes = fromNumber(BigInt(value));
  return concat(new Uint8Array([bytes.length]), bytes);
}

/** A number with the count of its bytes behind it. */
function right(value: number): Uint8Array {
  const bytes = fromNumber(BigInt(value));
  return concat(bytes, new Uint8Array([bytes.length]));
}

/** `length` in bytes. */
export function kmac(hash: Extended, key: Uint8Array, bytes: Uint8Array, length: number, customization: Uint8Array = none): Uint8Array {
  const rate = rates[hash];
  const head = concat(left(rate), left(8 * key.length), key);
  const padding = new Uint8Array((rate - (head.length % rate)) % rate);
  return customized(hash, concat(head, padding, bytes, right(8 * length)), length, name, customization);
}
