// node:zlib, on the codecs of the guest (zlib-ng and brotli). No zstd, as in Node 20.

import { native } from '../../native';
import { builtinExports, registerBuiltin } from '../../runtime/builtin_modules';
import { nextTick } from '../../runtime/ticks';
import { codes as errors } from '../errors';
import { validateFunction, validateUint32 } from '../validators';
import { classes, type ZlibClass } from './classes';
import { codes, constants, zlibConstants } from './constants';
import { inputBytes, type ZlibOptions } from './options';
import { bounds, transformAtOnce, type ZlibStream } from './stream';

type Callback = (error: unknown, result?: unknown) => void;

/** All of a buffer at once, as its stream would end. */
function whole(engine: ZlibStream, bytes: Uint8Array): unknown {
  const buffer = transformAtOnce(engine, bytes, engine._finishFlushFlag);
  return engine._info ? { buffer, engine } : buffer;
}

function atOnce(Class: ZlibClass) {
  return (buffer: unknown, options?: ZlibOptions): unknown => whole(new Class(options), inputBytes(buffer));
}

function later(Class: ZlibClass) {
  return (buffer: unknown, options?: ZlibOptions | Callback, callback?: Callback): void => {
    const done = typeof options === 'function' ? options : callback;
    const engine = new Class(typeof options === 'function' ? {} : options);
    validateFunction(done, 'callback');
    const bytes = inputBytes(buffer);
    nextTick(() => {
      let result: unknown;
      try {
        result = whole(engine, bytes);
      } catch (error) {
        engine.destroy();
        return done(error);
      }
      engine.destroy();
      return done(null, result);
    }, []);
  };
}

/** The checksum of gzip, of a string or bytes, on top of that of what was before. */
function crc32(data: unknown, value: unknown = 0): number {
  if (typeof data !== 'string' && !ArrayBuffer.isView(data)) {
    throw new errors.ERR_INVALID_ARG_TYPE!('data', ['Buffer', 'TypedArray', 'DataView', 'string'], data);
  }
  validateUint32(value, 'value');
  return native.codecs.crc32(inputBytes(data), value);
}

registerBuiltin('zlib', () => {
  bounds.maxLength = builtinExports('buffer')!.kMaxLength as number;
  const exports: Record<string, unknown> = { crc32, ...classes };
  for (const [name, Class] of Object.entries(classes)) {
    const method = name[0]!.toLowerCase() + name.slice(1);
    const named = (fn: Function, as: string) => Object.defineProperty(fn, 'name', { value: as, configurable: true });
    exports[method] = named(later(Class), method);
    exports[`${method}Sync`] = named(atOnce(Class), `${method}Sync`);
    exports[`create${name}`] = named((options?: ZlibOptions) => new Class(options), `create${name}`);
  }
  Object.defineProperties(exports, {
    constants: { value: constants, enumerable: true },
    codes: { value: codes, enumerable: true },
  });
  for (const [name, value] of Object.entries(zlibConstants)) Object.defineProperty(exports, name, { value });
  return exports;
});
