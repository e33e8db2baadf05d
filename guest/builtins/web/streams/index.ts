// The streams standard, by the ponyfill of web-streams-polyfill (MIT, see package.json for the version),
// and the two transform streams of the encoding standard on top of it.

import {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
} from 'web-streams-polyfill';

import { defineGlobals } from '../../define';
import { inspectable } from '../console/inspectable';
import { tellsOfItsEnd } from './closed';
import { TextDecoderStream, TextEncoderStream } from './text';

const all = {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TextDecoderStream,
  TextEncoderStream,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
};
defineGlobals(all);

// The ponyfill makes the prototype of its iterators without the engine's for asynchronous ones.
const asyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype) as object;
Object.setPrototypeOf(Object.getPrototypeOf(new ReadableStream().values()), asyncIteratorPrototype);

// The ponyfill keeps its state in plain properties, which are of no interest in a log.
inspectable(ReadableStream, (stream) => ({ locked: stream.locked, state: (stream as any)._state }));
inspectable(WritableStream, (stream) => ({ locked: stream.locked, state: (stream as any)._state }));
inspectable(TransformStream, (stream) => ({ readable: stream.readable, writable: stream.writable }));

for (const type of [ReadableStream, WritableStream]) tellsOfItsEnd(type.prototype);

export { ReadableStream };

/** True when something was read from the stream, or it was cancelled: the standard's "disturbed", which
 *  has no public form. */
export function isDisturbed(stream: ReadableStream): boolean {
  return (stream as any)._disturbed;
}

/** Marks a stream whose content was taken in another way as read. */
export function markDisturbed(stream: ReadableStream): void {
  (stream as any)._disturbed = true;
}
