// process.stdout and process.stderr: streams whose text goes to the log at once and as it is. There is no terminal,
// and writing never waits. They stay open whatever is done to them, as Node's do.

import { EffectKind, Stream } from '../../abi';
import { native } from '../../native';
import { builtinExports } from '../../runtime/builtin_modules';
import { nextTick } from '../../runtime/ticks';
import { Buffer } from '../buffer';

type Done = (error?: unknown) => void;

/** Makes the stream of the descriptor `fd` whose text goes to `stream`. */
function makeOutput(stream: Stream, fd: number): any {
  const { Writable } = builtinExports('stream') as { Writable: any };
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

  const output = new Writable({
    decodeStrings: false,
    emitClose: false,
    write(chunk: string | Uint8Array, encoding: string, done: Done) {
      let text: string;
      if (typeof chunk !== 'string') text = textOf(chunk);
      else if (encoding === 'utf8' || encoding === 'utf-8') text = chunk;
      else text = textOf(Buffer.from(chunk, encoding));
      if (text !== '') native.effect(EffectKind.Log, 0, stream, text);
      done();
    },
    destroy(error: unknown, done: Done) {
      done(error);
      output._undestroy();
      nextTick(() => output.emit('close'), []);
    },
  });
  output.destroySoon = output.destroy;
  return Object.assign(output, { fd, _type: 'fs', _isStdio: true });
}

let stdout: any;
let stderr: any;

/** The stream, made when it is first asked for: most programs only use `console`. */
export function standardOutput(): any {
  stdout ??= makeOutput(Stream.Stdout, 1);
  return stdout;
}

export function standardError(): any {
  stderr ??= makeOutput(Stream.Stderr, 2);
  return stderr;
}

/** The stream, when the program has put a `write` of its own in place of the stream's: what `console` writes goes
 *  there then. */
export function replacedOutput(toStderr: boolean): any {
  const output = toStderr ? stderr : stdout;
  return output !== undefined && Object.hasOwn(output, 'write') && output.write !== Object.getPrototypeOf(output).write ? output : undefined;
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
