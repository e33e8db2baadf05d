// TextDecoder. UTF-8, UTF-16 and windows-1252 (which is what the standard means by latin1 and ascii) are decoded here; of
// all others the host has the tables. It keeps nothing between pieces: what it has to know comes back as bytes.

import { Pure } from '../../abi';
import { native } from '../../native';
import { bytesOf, concatBytes, dictionary, isBufferSource, toText } from '../webidl/convert';

/** Labels of what is decoded here, so that the common ones need no call. */
const labels: Record<string, string> = {
  'utf-8': 'unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8',
  'utf-16le': 'csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le',
  'utf-16be': 'unicodefffe utf-16be',
  'windows-1252':
    'ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 ' +
    'iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252',
};
const encodings = new Map<string, string>();
for (const encoding of Object.keys(labels)) {
  for (const label of labels[encoding]!.split(' ')) encodings.set(label, encoding);
}
const unicode: readonly string[] = ['utf-8', 'utf-16le', 'utf-16be'];

const empty = new Uint8Array(0);

export class TextDecoder {
  #encoding: string;
  #fatal: boolean;
  #ignoreBom: boolean;
  /** Bytes of a character whose rest is still to come. */
  #pending: Uint8Array = empty;
  /** The last call said that more will come. */
  #streaming = false;
  /** In this stream something was already given out, so a BOM is no longer one. */
  #started = false;

  constructor(label: string = 'utf-8', options?: { fatal?: boolean; ignoreBOM?: boolean }) {
    const encoding = encodings.get(label) ?? encodingOf(toText(label));
    const { fatal, ignoreBOM } = dictionary(options, 'The options of TextDecoder') as { fatal?: boolean; ignoreBOM?: boolean };
    this.#encoding = encoding;
    this.#fatal = Boolean(fatal);
    this.#ignoreBom = Boolean(ignoreBOM);
  }

  get encoding(): string {
    return this.#encoding;
  }

  get fatal(): boolean {
    return this.#fatal;
  }

  get ignoreBOM(): boolean {
    return this.#ignoreBom;
  }

  decode(input?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string {
    const { stream } = dictionary(options, 'The options of TextDecoder.decode') as { stream?: boolean };
    if (input !== undefined && !isBufferSource(input) && !isShared(input)) {
      throw new TypeError('TextDecoder.decode takes an ArrayBuffer or a view of one');
    }
    if (!this.#streaming && !stream && this.#encoding === 'utf-8') {
      return input === undefined ? '' : native.utf8Decode(bytesOf(input), this.#fatal, this.#ignoreBom);
    }
    return this.#decodePiece(input === undefined ? empty : bytesOf(input), Boolean(stream));
  }

  #decodePiece(piece: Uint8Array, stream: boolean): string {
    if (!this.#streaming) {
      this.#pending = empty;
      this.#started = false;
    }
    // An exception below leaves a decoder that starts afresh.
    this.#streaming = false;
    if (!(this.#encoding in labels)) return this.#decodeByHost(piece, stream);
    let bytes = piece;
    if (this.#pending.length > 0) {
      bytes = concatBytes([this.#pending, piece], this.#pending.length + piece.length);
      this.#pending = empty;
    }
    if (stream) {
      const tail = unfinishedBytes(bytes, this.#encoding);
      this.#pending = bytes.slice(bytes.length - tail);
      bytes = bytes.subarray(0, bytes.length - tail);
    }
    let text = this.#text(bytes);
    if (!this.#started && text.length > 0) {
      this.#started = true;
      if (!this.#ignoreBom && unicode.includes(this.#encoding) && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    this.#streaming = stream;
    return text;
  }

  #decodeByHost(piece: Uint8Array, stream: boolean): string {
    const [text, state] = native.pure(Pure.Decode, this.#encoding, this.#fatal ? 1 : 0, stream ? 0 : 1, this.#pending, piece);
    this.#pending = empty;
    if (text === undefined) throw new TypeError(`The encoded data is not valid ${this.#encoding}`);
    this.#pending = new Uint8Array(state as ArrayBuffer);
    this.#streaming = stream;
    return text as string;
  }

  #text(bytes: Uint8Array): string {
    switch (this.#encoding) {
      case 'utf-8':
        return native.utf8Decode(bytes, this.#fatal, true);
      case 'windows-1252':
        return decodeWindows1252(bytes);
      default:
        return decodeUtf16(bytes, this.#encoding === 'utf-16be', this.#fatal);
    }
  }
}

/** The name of the encoding that a label stands for. */
function encodingOf(label: string): string {
  const name = native.pure(Pure.EncodingName, label)[0] as string | undefined;
  if (name === undefined || name === 'replacement') throw new RangeError(`The encoding '${label}' is none that the Encoding standard has`);
  return name;
}

function isShared(value: unknown): boolean {
  return typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer;
}

/** How many bytes at the end begin a character that is valid so far and not complete. */
function unfinishedBytes(bytes: Uint8Array, encoding: string): number {
  const length = bytes.length;
  if (encoding === 'windows-1252') return 0;
  if (encoding !== 'utf-8') {
    const odd = length & 1;
    if (length - odd < 2) return odd;
    const high = bytes[length - odd - (encoding === 'utf-16le' ? 1 : 2)]!;
    return odd + (high >= 0xd8 && high <= 0xdb ? 2 : 0);
  }
  for (let back = 1; back <= 3 && back <= length; back++) {
    const lead = bytes[length - back]!;
    if ((lead & 0xc0) === 0x80) continue;
    const need = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (need <= back) return 0;
    if (back === 1) return 1;
    const second = bytes[length - back + 1]!;
    const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    return second >= lowest && second <= highest ? back : 0;
  }
  return 0;
}

function decodeUtf16(bytes: Uint8Array, bigEndian: boolean, fatal: boolean): string {
  const odd = bytes.length & 1;
  let text = native.utf16Decode(bigEndian ? swapped(bytes) : bytes);
  // A high surrogate and half a unit at the end are one error, not two.
  const cut = (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
  if (fatal && (odd === 1 || !text.isWellFormed())) throw new TypeError('The encoded data is not valid UTF-16');
  text = text.toWellFormed();
  return odd === 1 && !cut ? text + '\ufffd' : text;
}

function swapped(bytes: Uint8Array): Uint8Array {
  const pairs = new Uint8Array(bytes);
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const first = pairs[at]!;
    pairs[at] = pairs[at + 1]!;
    pairs[at + 1] = first;
  }
  return pairs;
}

// Where windows-1252 differs from latin1: the bytes 0x80 to 0x9f.
const upper =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

function decodeWindows1252(bytes: Uint8Array): string {
  return native.latin1Decode(bytes).replace(/[\x80-\x9f]/g, (letter) => upper[letter.charCodeAt(0) - 0x80]!);
}
