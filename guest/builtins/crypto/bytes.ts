// Bytes, numbers and text as keys need them: base64url, big-endian integers, comparison.

/** Methods of Uint8Array that the engine has and TypeScript's library does not know yet. */
interface EngineBytes {
  toBase64(options?: { alphabet?: 'base64' | 'base64url'; omitPadding?: boolean }): string;
  toHex(): string;
}
const engine = Uint8Array as unknown as {
  fromBase64(text: string, options?: { alphabet?: 'base64' | 'base64url'; lastChunkHandling?: 'loose' | 'strict' }): Uint8Array;
  fromHex(text: string): Uint8Array;
};

export function toBase64Url(bytes: Uint8Array): string {
  return (bytes as unknown as EngineBytes).toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** Null for what is no base64url without padding. */
export function fromBase64Url(text: unknown): Uint8Array | null {
  if (typeof text !== 'string' || !/^[\w-]*$/.test(text)) return null;
  try {
    return engine.fromBase64(text, { alphabet: 'base64url' });
  } catch {
    return null;
  }
}

export function toBase64(bytes: Uint8Array): string {
  return (bytes as unknown as EngineBytes).toBase64();
}

/** Null for what is no base64; white space is skipped. */
export function fromBase64(text: string): Uint8Array | null {
  try {
    return engine.fromBase64(text);
  } catch {
    return null;
  }
}

export function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${(bytes as unknown as EngineBytes).toHex()}`);
}

/** Big-endian, at least `length` bytes. */
export function fromNumber(value: bigint, length = 1): Uint8Array {
  const hex = value.toString(16);
  return engine.fromHex(hex.padStart(Math.max(2 * length, hex.length + (hex.length & 1)), '0'));
}

export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Looks at every byte, whatever the first that differs. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a[at]! ^ b[at]!;
  return difference === 0;
}

export function xor(into: Uint8Array, other: Uint8Array): Uint8Array {
  for (let at = 0; at < into.length; at++) into[at]! ^= other[at]!;
  return into;
}
