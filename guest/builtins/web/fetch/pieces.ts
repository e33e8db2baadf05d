// Where the pieces of a body come from: a stream of the host, or a ReadableStream. And where they go: a
// stream of the host, piece by piece, the next one only when the host has taken the last.

import { Completion, EffectKind } from '../../abi';
import { native } from '../../native';
import { abortOp, startOp } from '../../ops';
import type { ReadableStream } from '../streams';
import { concatBytes } from '../webidl/convert';
import { failureError } from './failure';

export interface Pieces {
  /** Asks for the next piece; null is the end. One call at a time. */
  read(onPiece: (piece: Uint8Array | null) => void, onError: (error: unknown) => void): void;
  /** Nobody will read on. */
  cancel(reason: unknown): void;
}

/** A body that the host sends: stream 0 is the request's body, another the response's of that fetch. */
export class HostPieces implements Pieces {
  #stream: number;
  #op = 0;
  #ended = false;
  #failed = false;
  #failure: unknown = undefined;
  #waiting: ((error: unknown) => void) | null = null;
  /** Called once, when nothing more will come. */
  #onEnd: (() => void) | null;

  constructor(stream: number, onEnd: (() => void) | null) {
    this.#stream = stream;
    this.#onEnd = onEnd;
  }

  read(onPiece: (piece: Uint8Array | null) => void, onError: (error: unknown) => void): void {
    if (this.#failed) return onError(this.#failure);
    if (this.#ended) return onPiece(null);
    this.#waiting = onError;
    try {
      this.#op = startOp(
        EffectKind.Read,
        (completion, first, second) => {
          this.#op = 0;
          this.#waiting = null;
          if (completion === Completion.Chunk) return onPiece(new Uint8Array(first as ArrayBuffer));
          if (completion === Completion.End) {
            this.#end();
            return onPiece(null);
          }
          this.#fail(failureError(first, second));
          return onError(this.#failure);
        },
        this.#stream,
      );
    } catch (error) {
      this.#waiting = null;
      onError(error);
    }
  }

  cancel(reason: unknown): void {
    if (this.#ended) return;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (this.#op !== 0) abortOp(this.#op);
    this.#op = 0;
    if (this.#stream !== 0) abortOp(this.#stream);
    this.#fail(reason);
    waiting?.(reason);
  }

  #fail(error: unknown): void {
    this.#failed = true;
    this.#failure = error;
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    const onEnd = this.#onEnd;
    this.#onEnd = null;
    onEnd?.();
  }
}

/** The pieces of a ReadableStream, which is locked by this. */
export class StreamPieces implements Pieces {
  #reader;

  constructor(stream: ReadableStream) {
    this.#reader = stream.getReader();
  }

  read(onPiece: (piece: Uint8Array | null) => void, onError: (error: unknown) => void): void {
    this.#reader.read().then(({ done, value }) => {
      if (done) return onPiece(null);
      if (value instanceof Uint8Array) return onPiece(value);
      const error = new TypeError('A stream that is a body must give Uint8Array chunks');
      this.cancel(error);
      return onError(error);
    }, onError);
  }

  cancel(reason: unknown): void {
    // The outcome is of no interest: whoever cancels has a reason to report already.
    this.#reader.cancel(reason).catch(() => undefined);
  }
}

/** Collects all pieces. */
export function readAll(pieces: Pieces): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const onPiece = (piece: Uint8Array | null): void => {
      if (piece !== null) {
        chunks.push(piece);
        length += piece.byteLength;
        return pieces.read(onPiece, reject);
      }
      try {
        resolve(concatBytes(chunks, length));
      } catch (error) {
        // There may be no memory for all of it in one piece.
        reject(error);
      }
    };
    pieces.read(onPiece, reject);
  });
}

/** Writes all pieces to a stream of the host and closes it. Rejects with the error of the pieces; when the
 *  host takes no more, the pieces are cancelled and the promise resolves: nobody is left to tell. */
export function writeAll(pieces: Pieces, stream: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: unknown): void => {
      native.effect(EffectKind.Close, stream, describe(error));
      reject(error);
    };
    const onPiece = (piece: Uint8Array | null): void => {
      if (piece === null) {
        native.effect(EffectKind.Close, stream, null);
        return resolve();
      }
      if (piece.byteLength === 0) return pieces.read(onPiece, onError);
      try {
        startOp(
          EffectKind.Write,
          (completion, first, second) => {
            if (completion === Completion.Written) return pieces.read(onPiece, onError);
            pieces.cancel(failureError(first, second));
            return resolve();
          },
          stream,
          piece,
        );
      } catch (error) {
        pieces.cancel(error);
        onError(error);
      }
    };
    pieces.read(onPiece, onError);
  });
}

function describe(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'the stream of the body failed';
  }
}
