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

export function encode(text: string, encoding: Encoding): Uint8Array {
  return new Uint8Array(bufferOf(text, encoding));
}

function bufferOf(text: string, encoding: Encoding): ArrayBuffer {
  switch (encoding) {
    case 'utf8':
      return native.utf8Encode(text);
    case 'latin1':
    case 'ascii':
      // Characters beyond a byte keep their lower half.
      return native.latin1Encode(text, true);
    case 'utf16le':
      return native.utf16Encode(text);
    case 'base64':
    case 'base64url':
      return native.base64Decode(text);
    case 'hex':
      return native.hexDecode(text);
  }
}

export function decode(bytes: Uint8Array, encoding: Encoding): string {
  switch (encoding) {
    case 'utf8':
      return native.utf8Decode(bytes, false, true);
    case 'latin1':
      return native.latin1Decode(bytes);
    case 'ascii':
      return native.latin1Decode(bytes, true);
    case 'utf16le':
      return native.utf16Decode(bytes);
    case 'base64':
      return native.base64Encode(bytes, false);
    case 'base64url':
      return native.base64Encode(bytes, true);
    case 'hex':
      return native.hexEncode(bytes);
  }
}

/** Bytes that the text needs. Of base64 and hex it is a bound, since what is no digit is not looked for. */
export function encodedLength(text: string, encoding: Encoding): number {
  switch (encoding) {
    case 'utf8':
      return native.utf8Length(text);
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
