// The options of node:zlib's constructors, checked as Node checks them.

import { Buffer } from '../buffer/buffer';
import { codes } from '../errors';
import { Mode } from './constants';

const { ERR_BROTLI_INVALID_PARAM, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = codes as Required<typeof codes>;

/** The number, or undefined for one that is not given (NaN counts as that). */
export function finiteNumber(value: unknown, name: string): number | undefined {
  if (value === undefined || Number.isNaN(value)) return undefined;
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE!(name, 'number', value);
  if (!Number.isFinite(value)) throw new ERR_OUT_OF_RANGE!(name, 'a finite number', value);
  return value;
}

export function numberWithin(value: unknown, name: string, low: number, high: number, fallback: number): number {
  const number = finiteNumber(value, name);
  if (number === undefined) return fallback;
  if (number < low || number > high) {
    throw new ERR_OUT_OF_RANGE!(name, high === Number.POSITIVE_INFINITY ? `>= ${low}` : `>= ${low} and <= ${high}`, value);
  }
  return number;
}

export interface ZlibOptions {
  flush?: unknown;
  finishFlush?: unknown;
  chunkSize?: unknown;
  windowBits?: unknown;
  level?: unknown;
  memLevel?: unknown;
  strategy?: unknown;
  dictionary?: unknown;
  params?: Record<string, unknown>;
  info?: unknown;
  maxOutputLength?: unknown;
  encoding?: unknown;
  objectMode?: unknown;
  writableObjectMode?: unknown;
}

/** A dictionary's bytes, which nobody can change later. */
function dictionaryOf(value: unknown): Uint8Array | undefined {
  if (value === undefined) return undefined;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  if (value instanceof ArrayBuffer) return new Uint8Array(value).slice();
  throw new ERR_INVALID_ARG_TYPE!('options.dictionary', ['Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], value);
}

/** What a codec of the guest is made from. */
export interface ZlibSettings {
  windowBits: number;
  level: number;
  memLevel: number;
  strategy: number;
  dictionary: Uint8Array | undefined;
}

export function zlibSettings(given: ZlibOptions | undefined, mode: number): ZlibSettings {
  const settings: ZlibSettings = { windowBits: 15, level: -1, memLevel: 8, strategy: 0, dictionary: undefined };
  const inflates = mode === Mode.INFLATE || mode === Mode.GUNZIP || mode === Mode.UNZIP;
  if (given) {
    const { windowBits } = given;
    // zlib's bug of 256-byte windows: raw data may be made with 9 bits instead, gzip not at all with 8.
    const raw = mode === Mode.DEFLATERAW && windowBits === 8;
    if ((windowBits === undefined || windowBits === null || windowBits === 0) && inflates) settings.windowBits = 0;
    else settings.windowBits = raw ? 9 : numberWithin(windowBits, 'options.windowBits', mode === Mode.GZIP ? 9 : 8, 15, 15);
    settings.level = numberWithin(given.level, 'options.level', -1, 9, -1);
    settings.memLevel = numberWithin(given.memLevel, 'options.memLevel', 1, 9, 8);
    settings.strategy = numberWithin(given.strategy, 'options.strategy', 0, 4, 0);
    settings.dictionary = dictionaryOf(given.dictionary);
  }
  if (mode === Mode.GZIP || mode === Mode.GUNZIP) settings.windowBits += 16;
  else if (mode === Mode.UNZIP) settings.windowBits += 32;
  else if (mode === Mode.DEFLATERAW || mode === Mode.INFLATERAW) settings.windowBits *= -1;
  return settings;
}

const BROTLI_PARAM_MAX = 9;

export interface BrotliSettings {
  /** Pairs of number and value. */
  parameters: Uint32Array;
  dictionary: Uint8Array | undefined;
}

export function brotliSettings(given: ZlibOptions | undefined): BrotliSettings {
  const values = new Map<number, number>();
  for (const [key, value] of Object.entries(given?.params ?? {})) {
    const parameter = Number(key);
    if (!(parameter >= 0 && parameter <= BROTLI_PARAM_MAX) || values.has(parameter)) throw new ERR_BROTLI_INVALID_PARAM!(key);
    if (typeof value !== 'number' && typeof value !== 'boolean') throw new ERR_INVALID_ARG_TYPE!('options.params[key]', 'number', value);
    values.set(parameter, Number(value));
  }
  return { parameters: new Uint32Array([...values].flat()), dictionary: dictionaryOf(given?.dictionary) };
}

/** What is compressed at once, as bytes. */
export function inputBytes(value: unknown): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new ERR_INVALID_ARG_TYPE!('buffer', ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], value);
}
