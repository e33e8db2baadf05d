// The classes of node:zlib. They are called with or without `new`, as Node's are, and on objects of classes that
// inherit from them the old way; hence functions.

import { nextTick } from '../../runtime/ticks';
import { Mode, constants } from './constants';
import { assertOpen, brotliHandle, zlibHandle } from './handle';
import { brotliSettings, numberWithin, zlibSettings, type ZlibOptions } from './options';
import { ZlibBase, initialize, type Flushes, type ZlibStream } from './stream';

export interface ZlibClass {
  new (options?: ZlibOptions): ZlibStream;
  (options?: ZlibOptions): ZlibStream;
  prototype: ZlibStream;
}

const ZLIB: Flushes = { flush: 0, finishFlush: 4, fullFlush: 3, most: 5 };
const BROTLI: Flushes = { flush: 0, finishFlush: 2, fullFlush: 1, most: 3 };

/** A class between ZlibBase and those that are exported. */
function family(name: string): { prototype: ZlibStream } {
  const Family = { [name]: function (): void {} }[name] as unknown as { prototype: ZlibStream };
  Object.setPrototypeOf(Family.prototype, ZlibBase.prototype);
  Object.setPrototypeOf(Family, ZlibBase);
  return Family;
}

const Zlib = family('Zlib');
const Brotli = family('Brotli');

Object.defineProperty(Zlib.prototype, 'params', {
  writable: true,
  configurable: true,
  enumerable: true,
  /** Another level and strategy for what comes from now on. */
  value(this: ZlibStream, level: unknown, strategy: unknown, callback?: () => void): void {
    const newLevel = numberWithin(level, 'level', constants.Z_MIN_LEVEL!, constants.Z_MAX_LEVEL!, constants.Z_DEFAULT_LEVEL!);
    const newStrategy = numberWithin(strategy, 'strategy', constants.Z_DEFAULT_STRATEGY!, constants.Z_FIXED!, constants.Z_DEFAULT_STRATEGY!);
    if (this._level === newLevel && this._strategy === newStrategy) {
      if (callback) nextTick(callback, []);
      return;
    }
    this.flush(constants.Z_SYNC_FLUSH, () => {
      assertOpen(this._handle).setLevel(newLevel, newStrategy);
      if (this.destroyed) return;
      this._level = newLevel;
      this._strategy = newStrategy;
      callback?.();
    });
  },
});

function classOf(name: string, Family: { prototype: ZlibStream }, construct: (stream: ZlibStream, options: ZlibOptions | undefined) => void): ZlibClass {
  const Class = {
    [name]: function (this: unknown, options?: ZlibOptions): unknown {
      if (!(this instanceof Class)) return new Class(options);
      construct(this as ZlibStream, options);
      return undefined;
    },
  }[name] as unknown as ZlibClass;
  Object.setPrototypeOf(Class.prototype, Family.prototype);
  Object.setPrototypeOf(Class, Family);
  return Class;
}

function zlibClass(name: string, mode: number): ZlibClass {
  return classOf(name, Zlib, (stream, options) => {
    const settings = zlibSettings(options, mode);
    initialize(stream, options, ZLIB, () => zlibHandle(mode, settings));
    stream._level = settings.level;
    stream._strategy = settings.strategy;
  });
}

function brotliClass(name: string, mode: number): ZlibClass {
  return classOf(name, Brotli, (stream, options) => {
    const settings = brotliSettings(options);
    initialize(stream, options, BROTLI, () => brotliHandle(mode, settings));
  });
}

export const classes = {
  Deflate: zlibClass('Deflate', Mode.DEFLATE),
  Inflate: zlibClass('Inflate', Mode.INFLATE),
  Gzip: zlibClass('Gzip', Mode.GZIP),
  Gunzip: zlibClass('Gunzip', Mode.GUNZIP),
  DeflateRaw: zlibClass('DeflateRaw', Mode.DEFLATERAW),
  InflateRaw: zlibClass('InflateRaw', Mode.INFLATERAW),
  Unzip: zlibClass('Unzip', Mode.UNZIP),
  BrotliCompress: brotliClass('BrotliCompress', Mode.BROTLI_ENCODE),
  BrotliDecompress: brotliClass('BrotliDecompress', Mode.BROTLI_DECODE),
};
