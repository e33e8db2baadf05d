// Between Node's streams and the web's: what `fromWeb` and `toWeb` give.

import { ReadableStream } from '../../web/streams';
import { WritableStream } from 'web-streams-polyfill';
import { codes, AbortError } from '../errors';
import { Buffer } from '../buffer';
import { validateObject, validateOneOf } from '../validators';

interface Classes {
  Readable: any;
  Writable: any;
  Duplex: any;
  finished: any;
  isDestroyed(stream: any): boolean;
}

interface ReadableOptions {
  highWaterMark?: number;
  encoding?: string;
  objectMode?: boolean;
  signal?: { aborted: boolean; reason: unknown };
}

function isReadableStream(value: any): boolean {
  return typeof value?.getReader === 'function';
}

function isWritableStream(value: any): boolean {
  return typeof value?.getWriter === 'function';
}

/** Gives the classes of streams their fromWeb and toWeb. */
export function addWebAdapters({ Readable, Writable, Duplex, finished, isDestroyed }: Classes): void {
  Readable.fromWeb = (source: any, options: ReadableOptions = {}): unknown => {
    if (!isReadableStream(source)) throw new codes.ERR_INVALID_ARG_TYPE!('readableStream', 'ReadableStream', source);
    validateObject(options, 'options');
    const reader = source.getReader();
    let closed = false;
    const readable = new Readable({
      highWaterMark: options.highWaterMark,
      encoding: options.encoding,
      objectMode: options.objectMode ?? false,
      signal: options.signal,
      read() {
        reader.read().then(
          ({ done, value }: { done: boolean; value: unknown }) => readable.push(done ? null : value),
          (error: unknown) => readable.destroy(error),
        );
      },
      destroy(error: unknown, done: (error?: unknown) => void) {
        if (closed) {
          done(error);
          return;
        }
        const finish = (other?: unknown) => done(other ?? error);
        reader.cancel(error).then(() => finish(), finish);
      },
    });
    reader.closed.then(
      () => {
        closed = true;
      },
      (error: unknown) => {
        closed = true;
        readable.destroy(error);
      },
    );
    return readable;
  };

  Readable.toWeb = (readable: any, options: { strategy?: object; type?: string } = {}): unknown => {
    if (typeof readable?._readableState !== 'object') throw new codes.ERR_INVALID_ARG_TYPE!('streamReadable', 'stream.Readable', readable);
    validateObject(options, 'options');
    if (options.type !== undefined) validateOneOf(options.type, 'options.type', ['bytes', undefined]);
    const bytes = options.type === 'bytes';
    if (isDestroyed(readable) || readable.readable === false) {
      const empty = bytes ? new ReadableStream({ type: 'bytes' } as never) : new ReadableStream();
      void empty.cancel();
      return empty;
    }
    const { objectMode } = readable._readableState;
    const highWaterMark = readable.readableHighWaterMark;
    const strategy =
      options.strategy ?? (objectMode ? { highWaterMark, size: () => 1 } : { highWaterMark, size: (chunk: any) => chunk?.byteLength ?? chunk?.length ?? 1 });
    let controller: any;
    let canceled = false;
    const onData = (chunk: any) => {
      const plain = ArrayBuffer.isView(chunk) && !objectMode ? new Uint8Array(chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + chunk.byteLength)) : chunk;
      // A stream of bytes has none but bytes.
      controller.enqueue(bytes && !ArrayBuffer.isView(plain) ? Buffer.from(plain) : plain);
      if (controller.desiredSize <= 0) readable.pause();
    };
    readable.pause();
    const stop = finished(readable, (error: any) => {
      stop();
      readable.on('error', () => {});
      if (canceled) return;
      const why = error?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? new AbortError(undefined, { cause: error }) : error;
      if (why) controller.error(why);
      else {
        controller.close();
        // Who waits with a buffer of its own is answered once the end is told to it.
        controller.byobRequest?.respond(0);
      }
    });
    readable.on('data', onData);
    return new ReadableStream(
      {
        type: bytes ? 'bytes' : undefined,
        start(given: unknown) {
          controller = given;
        },
        pull() {
          readable.resume();
        },
        cancel(reason: unknown) {
          canceled = true;
          readable.destroy(reason);
        },
      } as never,
      (bytes ? { highWaterMark: options.strategy === undefined ? highWaterMark : (strategy as { highWaterMark?: number }).highWaterMark } : strategy) as never,
    );
  };

  Writable.fromWeb = (sink: any, options: { highWaterMark?: number; decodeStrings?: boolean; objectMode?: boolean; signal?: unknown } = {}): unknown => {
    if (!isWritableStream(sink)) throw new codes.ERR_INVALID_ARG_TYPE!('writableStream', 'WritableStream', sink);
    validateObject(options, 'options');
    const writer = sink.getWriter();
    let closed = false;
    const writable = new Writable({
      highWaterMark: options.highWaterMark,
      objectMode: options.objectMode,
      decodeStrings: options.decodeStrings,
      signal: options.signal,
      write(chunk: unknown, _encoding: string, done: (error?: unknown) => void) {
        writer.ready.then(() => writer.write(chunk)).then(() => done(), done);
      },
      final(done: (error?: unknown) => void) {
        if (closed) done();
        else writer.close().then(() => done(), done);
      },
      destroy(error: unknown, done: (error?: unknown) => void) {
        if (closed) {
          done(error);
          return;
        }
        const ended = () => done(error);
        if (error !== null && error !== undefined) writer.abort(error).then(ended, ended);
        else writer.close().then(ended, ended);
      },
    });
    writer.closed.then(
      () => {
        closed = true;
        if (!writable.writableEnded) writable.destroy(new codes.ERR_STREAM_PREMATURE_CLOSE!());
      },
      (error: unknown) => {
        closed = true;
        writable.destroy(error);
      },
    );
    return writable;
  };

  Writable.toWeb = (writable: any): unknown => {
    if (typeof writable?._writableState !== 'object') throw new codes.ERR_INVALID_ARG_TYPE!('streamWritable', 'stream.Writable', writable);
    if (isDestroyed(writable) || writable.writable === false) {
      const closed = new WritableStream();
      void closed.close();
      return closed;
    }
    const { objectMode } = writable._writableState;
    const highWaterMark = writable.writableHighWaterMark;
    let controller: any;
    let backPressure: { promise: Promise<unknown>; resolve(): void; reject(error: unknown): void } | undefined;
    let closing: { resolve(): void; reject(error: unknown): void } | undefined;
    const stop = finished(writable, (error: any) => {
      stop();
      writable.on('error', () => {});
      const why = error?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? new AbortError(undefined, { cause: error }) : error;
      if (why) backPressure?.reject(why);
      if (closing !== undefined) {
        if (why) closing.reject(why);
        else closing.resolve();
        closing = undefined;
        return;
      }
      controller.error(why ?? new AbortError());
    });
    writable.on('drain', () => backPressure?.resolve());
    return new WritableStream(
      {
        start(given) {
          controller = given;
        },
        write(chunk) {
          if (!writable.writableNeedDrain && writable.write(chunk)) return undefined;
          const wait = {} as NonNullable<typeof backPressure>;
          wait.promise = new Promise<void>((resolve, reject) => Object.assign(wait, { resolve, reject })).finally(() => {
            backPressure = undefined;
          });
          backPressure = wait;
          return wait.promise as Promise<void>;
        },
        abort(reason: unknown) {
          writable.destroy(reason);
        },
        close() {
          if (isDestroyed(writable)) return undefined;
          writable.end();
          return new Promise<void>((resolve, reject) => {
            closing = { resolve, reject };
          });
        },
      },
      (objectMode ? { highWaterMark, size: () => 1 } : { highWaterMark, size: (chunk: any) => chunk?.byteLength ?? chunk?.length ?? 1 }) as never,
    );
  };

  Duplex.fromWeb = (pair: any, options: Record<string, unknown> = {}): unknown => {
    validateObject(pair, 'pair');
    if (!isReadableStream(pair.readable)) throw new codes.ERR_INVALID_ARG_TYPE!('pair.readable', 'ReadableStream', pair.readable);
    if (!isWritableStream(pair.writable)) throw new codes.ERR_INVALID_ARG_TYPE!('pair.writable', 'WritableStream', pair.writable);
    const writer = pair.writable.getWriter();
    const reader = pair.readable.getReader();
    const duplex = new Duplex({
      ...options,
      read() {
        reader.read().then(
          ({ done, value }: { done: boolean; value: unknown }) => duplex.push(done ? null : value),
          (error: unknown) => duplex.destroy(error),
        );
      },
      write(chunk: unknown, _encoding: string, done: (error?: unknown) => void) {
        writer.ready.then(() => writer.write(chunk)).then(() => done(), done);
      },
      final(done: (error?: unknown) => void) {
        writer.close().then(() => done(), done);
      },
      destroy(error: unknown, done: (error?: unknown) => void) {
        const finish = () => done(error);
        const cancel = reader.cancel(error).catch(() => {});
        const abort = duplex.writableFinished ? undefined : writer.abort(error).catch(() => {});
        Promise.all([cancel, abort]).then(finish, finish);
      },
    });
    reader.closed.catch((error: unknown) => duplex.destroy(error));
    writer.closed.catch((error: unknown) => duplex.destroy(error));
    return duplex;
  };

  Duplex.toWeb = (duplex: any, options: object = {}): unknown => {
    if (typeof duplex?._writableState !== 'object' || typeof duplex._readableState !== 'object') {
      throw new codes.ERR_INVALID_ARG_TYPE!('duplex', 'stream.Duplex', duplex);
    }
    return { writable: Writable.toWeb(duplex), readable: Readable.toWeb(duplex, options) };
  };
}

