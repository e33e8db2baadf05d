// process.stdout and process.stderr: text goes to the log stream at once and as it is. There is no terminal
// and no back-pressure, so `write` always has room and its callback comes at the next tick.

import { EffectKind, type Stream } from '../abi';
import { native } from '../native';
import { nextTick } from '../runtime/ticks';
import { EventEmitter } from './events/emitter';

type Done = () => void;

export interface Output extends EventEmitter {
  readonly fd: number;
  readonly isTTY: false;
  readonly writable: boolean;
  write(chunk: unknown, encoding?: unknown, done?: unknown): boolean;
  end(chunk?: unknown, encoding?: unknown, done?: unknown): Output;
}

/** Makes the stream of the descriptor `fd` whose text goes to `stream`. */
export function makeOutput(stream: Stream, fd: number): Output {
  /** Bytes of a character whose rest has not come yet: the log takes text only. */
  let partial = new Uint8Array(0);

  function textOf(bytes: Uint8Array): string {
    const all = new Uint8Array(partial.length + bytes.length);
    all.set(partial);
    all.set(bytes, partial.length);
    const complete = completeLength(all);
    partial = all.slice(complete);
    return native.utf8Decode(all.subarray(0, complete), false, true);
  }

  function put(chunk: unknown): void {
    let text: string;
    if (typeof chunk === 'string') text = chunk;
    else if (ArrayBuffer.isView(chunk)) text = textOf(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    else {
      const error = new TypeError(`The chunk to write must be a string or a Uint8Array, not ${chunk === null ? 'null' : typeof chunk}`);
      throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
    }
    if (text !== '') native.effect(EffectKind.Log, 0, stream, text);
  }

  const output: Output = Object.assign(new EventEmitter(), {
    fd,
    isTTY: false as const,
    writable: true,
    writableLength: 0,
    writableHighWaterMark: 16384,
    _isStdio: true,
    write(chunk: unknown, encoding?: unknown, done?: unknown): boolean {
      put(chunk);
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') nextTick(callback as Done, []);
      return true;
    },
    end(chunk?: unknown, encoding?: unknown, done?: unknown): Output {
      if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') put(chunk);
      const callback = [chunk, encoding, done].find((argument) => typeof argument === 'function');
      if (callback !== undefined) nextTick(callback as Done, []);
      return output;
    },
    getColorDepth: () => 1,
    hasColors: () => false,
    cork() {},
    uncork() {},
  });
  return output;
}

/** How many bytes at the front are whole characters; at most three are left over. */
function completeLength(bytes: Uint8Array): number {
  const end = bytes.length;
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back]!;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? end - back : end;
    }
  }
  return end;
}
