// node:stream and the modules below it. The streams are those of the package readable-stream, which is Node's
// own code made to run elsewhere; build.mjs gives it holm's errors, emitters and buffers.

import CustomStream from 'readable-stream/lib/stream.js';
import promises from 'readable-stream/lib/stream/promises.js';
import utils from 'readable-stream/lib/internal/streams/utils.js';

import { defineHidden } from '../../define';
import { registerBuiltin } from '../../runtime/builtin_modules';
import { isDisturbed as isWebStreamDisturbed, ReadableStream } from '../../web/streams';
import { AbortError } from '../errors';
import { arrayBuffer, blob, bytes, json, text, buffer } from './consumers';
import { addWebAdapters } from './web_adapters';
import { duplexPair } from './pair';

const { Readable, Writable, Duplex, Transform, PassThrough } = CustomStream as Record<string, any>;

// Bundling has renamed those whose names others have as well.
for (const [name, value] of Object.entries({ Readable, Writable, Duplex, Transform, PassThrough, Stream: CustomStream })) {
  Object.defineProperty(value, 'name', { value: name, configurable: true });
}

addWebAdapters({ Readable, Writable, Duplex, finished: CustomStream.finished, isDestroyed: utils.isDestroyed });

Object.assign(CustomStream, {
  duplexPair,
  isDestroyed: utils.isDestroyed,
  isDisturbed: (stream: any) => (stream instanceof ReadableStream ? isWebStreamDisturbed(stream) : Boolean(utils.isDisturbed(stream))),
  isErrored: utils.isErrored,
  isReadable: utils.isReadable,
  isWritable: utils.isWritable,
});

// What is newer in Node than in the package: any view is bytes, buffers hold more, and writable streams can be disposed of.
Object.assign(CustomStream, {
  _isUint8Array: (value: unknown) => ArrayBuffer.isView(value),
});
CustomStream.setDefaultHighWaterMark(false, 64 * 1024);
const asyncDispose: symbol = (Symbol as { asyncDispose?: symbol }).asyncDispose ?? Symbol.for('Symbol.asyncDispose');
defineHidden(Writable.prototype, asyncDispose, function (this: any): Promise<void> {
  let error: Error | null = null;
  if (!this.destroyed) {
    error = this.writableFinished ? null : new AbortError();
    this.destroy(error);
  }
  return new Promise((resolve, reject) => {
    CustomStream.finished(this, (ended: unknown) => (ended && ended !== error ? reject(ended) : resolve()));
  });
});

registerBuiltin('stream', () => CustomStream);
registerBuiltin('stream/promises', () => promises);
registerBuiltin('stream/consumers', () => ({ arrayBuffer, blob, buffer, bytes, json, text }));

const WEB = [
  'ReadableStream',
  'ReadableStreamDefaultReader',
  'ReadableStreamBYOBReader',
  'ReadableStreamBYOBRequest',
  'ReadableByteStreamController',
  'ReadableStreamDefaultController',
  'TransformStream',
  'TransformStreamDefaultController',
  'WritableStream',
  'WritableStreamDefaultController',
  'WritableStreamDefaultWriter',
  'ByteLengthQueuingStrategy',
  'CountQueuingStrategy',
  'TextEncoderStream',
  'TextDecoderStream',
  'CompressionStream',
  'DecompressionStream',
];

registerBuiltin('stream/web', () => {
  const globals = globalThis as unknown as Record<string, unknown>;
  return Object.fromEntries(WEB.filter((name) => name in globals).map((name) => [name, globals[name]]));
});

export { CustomStream as Stream, Duplex, PassThrough, Readable, Transform, Writable };
