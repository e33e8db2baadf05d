// A readable and a writable end with a function between them that makes pieces. Unlike a TransformStream it waits
// for a reader between two pieces of one chunk: a few bytes can decompress to gigabytes.

import { ReadableStream, WritableStream, type ReadableStreamDefaultController } from 'web-streams-polyfill';

export interface Pieces {
  /** The pieces that a chunk gives, made one by one. */
  transform(chunk: unknown): Iterable<Uint8Array>;
  /** The pieces that are left when the last chunk was written. They do not wait for a reader. */
  flush(): Iterable<Uint8Array>;
}

export interface Pair {
  readable: ReadableStream<Uint8Array>;
  writable: WritableStream<unknown>;
}

export function pairOf({ transform, flush }: Pieces): Pair {
  let output!: ReadableStreamDefaultController<Uint8Array>;
  let isWanted = false;
  let isOver = false;
  let wake: (() => void) | null = null;
  let failWriting!: (reason: unknown) => void;

  function release(): void {
    wake?.();
    wake = null;
  }
  /** Ends the reader's end, so that what waits for it goes on. */
  function end(): void {
    isOver = true;
    release();
  }

  const readable = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        output = controller;
      },
      pull() {
        isWanted = true;
        release();
      },
      cancel(reason) {
        end();
        failWriting(reason);
      },
    },
    { highWaterMark: 0 },
  );
  const writable = new WritableStream<unknown>({
    start(controller) {
      failWriting = (reason) => controller.error(reason);
    },
    async write(chunk) {
      try {
        for (const piece of transform(chunk)) {
          while (!isWanted && !isOver) await new Promise<void>((resolve) => (wake = resolve));
          if (isOver) return;
          // Before, since a second reader who waits already asks from within.
          isWanted = false;
          output.enqueue(piece);
        }
      } catch (error) {
        if (!isOver) output.error(error);
        end();
        throw error;
      }
    },
    close() {
      if (isOver) return;
      try {
        for (const piece of flush()) output.enqueue(piece);
        output.close();
      } catch (error) {
        output.error(error);
        throw error;
      } finally {
        end();
      }
    },
    abort(reason) {
      if (!isOver) output.error(reason);
      end();
    },
  });
  return { readable, writable };
}
