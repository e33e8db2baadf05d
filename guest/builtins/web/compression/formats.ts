// The formats of the compression standard, as codecs of the guest and what their steps say.

import { native, type Codec } from '../../native';
import { toText } from '../webidl/convert';

/** zlib's window bits tell its three wrappings apart: gzip 16 more, none below 0. */
const WINDOW_BITS: Readonly<Record<string, number>> = { deflate: 15, 'deflate-raw': -15, gzip: 15 + 16 };
const DEFAULT_LEVEL = 6;
const DEFAULT_MEM_LEVEL = 8;
/** A brotli compressor's default of 11 is for files that are compressed once; this is what servers use. */
const BROTLI_QUALITY = [1, 5];

/** What an operation is called by each library. */
interface Operations {
  process: number;
  finish: number;
}

export interface Coding {
  codec: Codec;
  operations: Operations;
}

const ZLIB: Operations = { process: 0, finish: 4 };
const BROTLI: Operations = { process: 0, finish: 2 };

/** The format of a constructor's argument. */
function formatOf(value: unknown): string {
  const format = toText(value);
  if (format !== 'brotli' && !Object.hasOwn(WINDOW_BITS, format)) {
    throw new TypeError(`There is no compression format '${format}'; there are brotli, deflate, deflate-raw and gzip`);
  }
  return format;
}

function made(codec: Codec | null): Codec {
  if (codec === null) throw new RangeError('There is not enough memory for a compression stream');
  return codec;
}

export function compressor(value: unknown): Coding {
  const format = formatOf(value);
  if (format === 'brotli') return { codec: made(native.codecs.brotliEncoder(new Uint32Array(BROTLI_QUALITY))), operations: BROTLI };
  return { codec: made(native.codecs.deflate(DEFAULT_LEVEL, WINDOW_BITS[format]!, DEFAULT_MEM_LEVEL, 0)), operations: ZLIB };
}

export interface Decoding {
  codec: Codec;
  /** Whether a step's code says that the data ended there. */
  isEnd(code: number): boolean;
  /** Whether a step's code is an error. */
  isError(code: number): boolean;
}

const NEED_DICTIONARY = 2;
/** Neither input nor room to go on with: no error, the step just has nothing to do. */
const NO_PROGRESS = -5;

export function decompressor(value: unknown): Decoding {
  const format = formatOf(value);
  if (format === 'brotli') {
    return { codec: made(native.codecs.brotliDecoder(new Uint32Array())), isEnd: (code) => code === 1, isError: (code) => code < 0 };
  }
  return {
    codec: made(native.codecs.inflate(WINDOW_BITS[format]!)),
    isEnd: (code) => code === 1,
    isError: (code) => code === NEED_DICTIONARY || (code < 0 && code !== NO_PROGRESS),
  };
}
