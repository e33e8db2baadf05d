// application/x-www-form-urlencoded: parsing and serialising flat lists of names and values.

import { native } from '../../native';

/** Parses text without a leading '?' into a flat list: name, value, name, value. */
export function parseUrlencoded(text: string): string[] {
  const list: string[] = [];
  if (text === '') return list;
  const encoded = text.indexOf('%') >= 0 || text.indexOf('+') >= 0;
  const parts = text.split('&');
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!;
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? '' : part.slice(equals + 1);
    if (encoded) list.push(decodePart(name), decodePart(value));
    else list.push(name, value);
  }
  return list;
}

/** The opposite of `parseUrlencoded`. The strings must be well-formed. */
export function serializeUrlencoded(list: readonly string[]): string {
  let text = '';
  for (let at = 0; at < list.length; at += 2) {
    if (at > 0) text += '&';
    text += encodePart(list[at]!) + '=' + encodePart(list[at + 1]!);
  }
  return text;
}

function encodePart(part: string): string {
  // encodeURIComponent leaves these alone, the form encoding does not; a space it writes as '+'.
  return encodeURIComponent(part).replace(/%20|[!'()~]/g, (found) =>
    found === '%20' ? '+' : '%' + found.charCodeAt(0).toString(16).toUpperCase(),
  );
}

function decodePart(part: string): string {
  const text = part.indexOf('+') < 0 ? part : part.replaceAll('+', ' ');
  if (text.indexOf('%') < 0) return text;
  try {
    // Equal to what the standard asks for wherever it does not throw.
    return decodeURIComponent(text);
  } catch {
    return native.utf8Decode(percentDecode(text), false, true);
  }
}

/** The bytes of a string in UTF-8 with each `%XX` replaced; a '%' without two digits stays. */
export function percentDecode(text: string): Uint8Array {
  const bytes = new Uint8Array(native.utf8Encode(text));
  let to = bytes.indexOf(0x25);
  if (to < 0) return bytes;
  for (let from = to; from < bytes.length; from++) {
    const byte = bytes[from]!;
    const high = byte === 0x25 ? hexDigit(bytes[from + 1]) : -1;
    const low = high < 0 ? -1 : hexDigit(bytes[from + 2]);
    if (low < 0) {
      bytes[to++] = byte;
    } else {
      bytes[to++] = high * 16 + low;
      from += 2;
    }
  }
  return bytes.subarray(0, to);
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
