// Streams in a transfer list: the given one is locked, and the new one passes on copies of its chunks.

import { ReadableStream, TransformStream, WritableStream } from 'web-streams-polyfill';

import { registerTransferable, structuredClone } from '../clone/clone';

/** A reason that cannot be copied must not hide that there was one. */
function copyReason(reason: unknown): unknown {
  try {
    return structuredClone(reason);
  } catch (error) {
    return error;
  }
}

function movedReadable(stream: ReadableStream): ReadableStream {
  const reader = stream.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        let result;
        try {
          result = await reader.read();
        } catch (error) {
          throw copyReason(error);
        }
        if (result.done) return controller.close();
        try {
          controller.enqueue(structuredClone(result.value));
        } catch (error) {
          reader.cancel(error).catch(() => {});
          throw error;
        }
      },
      cancel: (reason) => reader.cancel(copyReason(reason)),
    },
    { highWaterMark: 0 },
  );
}

function movedWritable(stream: WritableStream): WritableStream {
  const writer = stream.getWriter();
  return new WritableStream({
    async write(chunk) {
      let copy;
      try {
        copy = structuredClone(chunk);
      } catch (error) {
        writer.abort(error).catch(() => {});
        throw error;
      }
      await writer.ready;
      await writer.write(copy);
    },
    close: () => writer.close(),
    abort: (reason) => writer.abort(copyReason(reason)),
  });
}

registerTransferable({
  is: (value) => value instanceof ReadableStream,
  isDetached: (stream: ReadableStream) => stream.locked,
  transfer: movedReadable,
});
registerTransferable({
  is: (value) => value instanceof WritableStream,
  isDetached: (stream: WritableStream) => stream.locked,
  transfer: movedWritable,
});
registerTransferable({
  is: (value) => value instanceof TransformStream,
  isDetached: (stream: TransformStream) => stream.readable.locked || stream.writable.locked,
  transfer(stream: TransformStream) {
    const readable = movedReadable(stream.readable);
    const writable = movedWritable(stream.writable);
    // An instance by its prototype, with the two ends as its own.
    const copy = new TransformStream();
    Object.assign(copy, { _readable: readable, _writable: writable });
    return copy;
  },
});
