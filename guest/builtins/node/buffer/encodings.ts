// The encodings of Buffer: text to bytes and back.

import { native } from '../../native';
import { coded } from '../errors';

export type Encoding = 'utf8' | 'utf16le' | 'latin1' | 'ascii' | 'base64' | 'base64url' | 'hex';

const names: Record<string, Encoding> = {
  utf8: 'utf8',
  'utf-8': 'utf8',
  ucs2: 'utf16le',
  'ucs-2': 'utf16le',
  utf16le: 'utf16le',
  'utf-16le': 'utf16le',
  latin1: 'latin1',
  binary: 'latin1',
  ascii: 'ascii',
  base64: 'base64',
  base64url: 'base64url',
  hex: 'hex',
};

/** The encoding of this name, or undefined when there is none. */
export function encodingOf(name: unknown): Encoding | undefined {
  if (typeof name !== 'string') return undefined;
  return names[name] ?? names[name.toLowerCase()];
}

/** The encoding of this name, utf8 when none is given. Throws for an unknown one. */
export function needEncoding(name: unknown): Encoding {
  if (name === undefined || name === null || name === '') return 'utf8';
  const encoding = encodingOf(name);
  if (encoding === undefined) throw coded(new TypeError(`Unknown encoding: ${name as string}`), 'ERR_UNKNOWN_ENCODING');
  return encoding;
}

interface EngineBytes {
  toBase64(options?: { alphabet?: 'base64' | 'base64url'; omitPadding?: boolean }): string;
  toHex(): string;
}
const engine = Uint8Array as unknown as { fromBase64(text: string): Uint8Array; fromHex(text: string): Uint8Array };

export function encode(text: string, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case 'utf8':
      return new Uint8Array(native.utf8Encode(text));
    case 'latin1':
    case 'ascii':
      return encodeLatin1(text);
    case 'utf16le': {
      const bytes = new Uint8Array(text.length * 2);
      const view = new DataView(bytes.buffer);
      for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), true);
      return bytes;
    }
    case 'base64':
    case 'base64url':
      return decodeBase64(text);
    case 'hex':
      // As Node: up to the first pair that is no byte.
      return engine.fromHex(/^(?:[0-9a-fA-F]{2})*/.exec(text)![0]);
  }
}

function encodeLatin1(text: string): Uint8Array {
  try {
    return new Uint8Array(native.latin1Encode(text));
  } catch {
    // Characters beyond a byte keep their lower half.
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    return bytes;
  }
}

function decodeBase64(text: string): Uint8Array {
  try {
    return engine.fromBase64(text);
  } catch {
    // Node takes either alphabet, ignores what belongs to neither, and stops at the first "=".
    let clean = text.replace(/=[^]*$/, '').replace(/-/g, '+').replace(/_/g, '/').replace(/[^A-Za-z0-9+/]/g, '');
    if (clean.length % 4 === 1) clean = clean.slice(0, -1);
    return engine.fromBase64(clean);
  }
}

export function decode(bytes: Uint8Array, encoding: Encoding): string {
  switch (encoding) {
    case 'utf8':
      return native.utf8Decode(bytes, false, true);
    case 'latin1':
      return native.latin1Decode(bytes);
    case 'ascii':
      return native.latin1Decode(bytes.map((byte) => byte & 0x7f));
    case 'utf16le': {
      let text = '';
      const units = bytes.length >> 1;
      for (let at = 0; at < units; at++) text += String.fromCharCode(bytes[2 * at]! | (bytes[2 * at + 1]! << 8));
      return text;
    }
    case 'base64':
      return (bytes as unknown as EngineBytes).toBase64();
    case 'base64url':
      return (bytes as unknown as EngineBytes).toBase64({ alphabet: 'base64url', omitPadding: true });
    case 'hex':
      return (bytes as unknown as EngineBytes).toHex();
  }
}

/** Bytes that the text needs. Of base64 and hex it is a bound, since what is no digit is not looked for. */
export function encodedLength(text: string, encoding: Encoding): number {
  switch (encoding) {
    case 'utf8':
      return native.utf8Encode(text).byteLength;
    case 'utf16le':
      return text.length * 2;
    case 'hex':
      return text.length >> 1;
    case 'base64':
    case 'base64url': {
      const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
      return ((text.length - padding) * 3) >> 2;
    }
    default:
      return text.length;
  }
}
