// A codec of the guest with Node's rules on top: members of gzip, dictionaries, and what is an error.

import { native, type Codec } from '../../native';
import { coded } from '../errors';
import { Mode, constants, nameOfResult } from './constants';
import type { BrotliSettings, ZlibSettings } from './options';

const { Z_OK, Z_STREAM_END, Z_NEED_DICT, Z_DATA_ERROR, Z_BUF_ERROR, Z_STREAM_ERROR, Z_FINISH } = constants as Record<string, number>;
const BROTLI_FINISH = 2;
const GZIP_MAGIC = [0x1f, 0x8b];

export interface Progress {
  inputLeft: number;
  roomLeft: number;
}

/** One end of a step: `length` bytes of `bytes` from `at` on. */
export interface Part {
  bytes: Uint8Array;
  at: number;
  length: number;
}

export interface Handle {
  /** Goes on as far as input and room last. Throws what Node would report. */
  step(flush: number, input: Part, output: Part): Progress;
  reset(): void;
  setLevel(level: number, strategy: number): void;
}

/** The handle of a stream that is not closed. */
export function assertOpen(handle: Handle | null): Handle {
  if (handle === null) throw coded(new Error('zlib binding closed'), 'ERR_INTERNAL_ASSERTION');
  return handle;
}

function zlibError(message: string, errno: number, code: string): Error {
  return Object.assign(new Error(message), { errno, code });
}

function notMade(): Error {
  return coded(new Error('Initialization failed'), 'ERR_ZLIB_INITIALIZATION_FAILED');
}

function run(codec: Codec, operation: number, input: Part, output: Part) {
  return native.codecs.step(codec, operation, input.bytes, input.at, input.length, output.bytes, output.at, output.length);
}

export function zlibHandle(mode: number, settings: ZlibSettings): Handle {
  const { windowBits, dictionary } = settings;
  const deflates = mode === Mode.DEFLATE || mode === Mode.GZIP || mode === Mode.DEFLATERAW;
  const made = deflates ? native.codecs.deflate(settings.level, windowBits, settings.memLevel, settings.strategy) : native.codecs.inflate(windowBits);
  if (made === null) throw notMade();
  const codec = made;
  // Of the first two bytes, how many are those of gzip so far.
  let magic = mode === Mode.UNZIP ? 0 : -1;
  let members = mode === Mode.GUNZIP;

  function setDictionary(): void {
    if (dictionary === undefined || (!deflates && mode !== Mode.INFLATERAW)) return;
    if (native.codecs.setDictionary(codec, dictionary) !== Z_OK) throw zlibError('Failed to set dictionary', Z_DATA_ERROR!, 'Z_DATA_ERROR');
  }
  setDictionary();

  function inflate(flush: number, input: Part, output: Part): [number, number, number, string | null] {
    for (let at = 0; magic >= 0 && at < input.length; at++) {
      magic = input.bytes[input.at + at] === GZIP_MAGIC[magic] ? magic + 1 : -1;
      if (magic === 2) {
        members = true;
        magic = -1;
      }
    }
    let result = run(codec, flush, input, output);
    const goOn = () => {
      const [, inputLeft, roomLeft] = result;
      result = run(
        codec,
        flush,
        { ...input, at: input.at + input.length - inputLeft, length: inputLeft },
        { ...output, at: output.at + output.length - roomLeft, length: roomLeft },
      );
    };
    if (result[0] === Z_NEED_DICT && dictionary !== undefined && mode !== Mode.INFLATERAW) {
      const answer = native.codecs.setDictionary(codec, dictionary);
      if (answer === Z_OK) goOn();
      // A dictionary of another checksum: still in need of the right one.
      else if (answer !== Z_DATA_ERROR) result[0] = answer;
    }
    // Another member of the archive, or rubbish, which is then an error. Zeros are the padding of tapes.
    while (members && result[0] === Z_STREAM_END && result[1] > 0 && input.bytes[input.at + input.length - result[1]] !== 0) {
      native.codecs.reset(codec);
      goOn();
    }
    return result;
  }

  return {
    step(flush, input, output) {
      const [code, inputLeft, roomLeft, message] = deflates ? run(codec, flush, input, output) : inflate(flush, input, output);
      if (code === Z_OK || code === Z_BUF_ERROR) {
        if (roomLeft !== 0 && flush === Z_FINISH) throw zlibError('unexpected end of file', Z_BUF_ERROR!, 'Z_BUF_ERROR');
      } else if (code === Z_NEED_DICT) {
        throw zlibError(dictionary === undefined ? 'Missing dictionary' : 'Bad dictionary', Z_NEED_DICT!, 'Z_NEED_DICT');
      } else if (code !== Z_STREAM_END) {
        throw zlibError(message ?? 'Zlib error', code, nameOfResult(code));
      }
      return { inputLeft, roomLeft };
    },
    reset() {
      if (native.codecs.reset(codec) !== Z_OK) throw zlibError('Failed to reset stream', Z_STREAM_ERROR!, 'Z_STREAM_ERROR');
      if (mode === Mode.UNZIP) {
        magic = 0;
        members = false;
      }
      setDictionary();
    },
    setLevel(level, strategy) {
      const code = native.codecs.setLevel(codec, level, strategy);
      if (code !== Z_OK && code !== Z_BUF_ERROR) throw zlibError('Failed to set parameters', code, nameOfResult(code));
    },
  };
}

export function brotliHandle(mode: number, { parameters, dictionary }: BrotliSettings): Handle {
  const encodes = mode === Mode.BROTLI_ENCODE;
  const codec = encodes ? native.codecs.brotliEncoder(parameters) : native.codecs.brotliDecoder(parameters);
  if (codec === null || (dictionary !== undefined && native.codecs.setDictionary(codec, dictionary) < 0)) throw notMade();
  return {
    step(flush, input, output) {
      const [code, inputLeft, roomLeft, message] = run(codec, flush, input, output);
      if (code < 0 && encodes) throw zlibError('Compression failed', code, 'ERR_BROTLI_COMPRESSION_FAILED');
      if (code < 0) throw zlibError('Decompression failed', code, `ERR_${message}`);
      if (!encodes && flush === BROTLI_FINISH && code === constants.BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) {
        throw zlibError('unexpected end of file', Z_BUF_ERROR!, 'Z_BUF_ERROR');
      }
      return { inputLeft, roomLeft };
    },
    reset() {
      if (native.codecs.reset(codec) < 0) throw notMade();
    },
    setLevel() {},
  };
}
