// process.stdin: what is piped into a script, read from the host as the script asks for it. Stream 0 of the host is
// the body of a function's request; a function has no other input, so there it is empty.

import { Completion, EffectKind } from '../../abi';
import { abortOp, startOp } from '../../ops';
import { builtinExports } from '../../runtime/builtin_modules';
import { isFunction } from '../../runtime/program';
import { failureError } from '../../web/fetch/failure';
import { Buffer } from '../buffer';

const INPUT = 0;

let stdin: any;

/** The stream, made when it is first asked for: few programs read. */
export function standardInput(): any {
  stdin ??= make();
  return stdin;
}

function make(): any {
  const { Readable } = builtinExports('stream') as { Readable: any };
  let op = 0;
  let paused = false;
  const stop = (): void => {
    if (op !== 0) abortOp(op);
    op = 0;
  };
  /** No read is under way, though the stream has asked for one: resuming asks again. */
  const rest = (): void => {
    stream._readableState.reading = false;
  };
  const stream = new Readable({
    highWaterMark: 65536,
    read() {
      if (isFunction()) return void stream.push(null);
      if (op !== 0) return undefined;
      if (paused && stream.listenerCount('readable') === 0) return rest();
      op = startOp(
        EffectKind.Read,
        (completion, first, second) => {
          op = 0;
          if (completion === Completion.Chunk) stream.push(Buffer.from(first as ArrayBuffer));
          else if (completion === Completion.End) stream.push(null);
          else stream.destroy(failureError(first, second));
        },
        INPUT,
      );
      return undefined;
    },
    destroy(error: unknown, done: (error: unknown) => void) {
      stop();
      done(error);
    },
  });
  // A script that has paused its input does not wait for it: it may end. What the host reads meanwhile is kept there.
  stream.on('resume', () => {
    paused = false;
  });
  stream.on('pause', () => {
    paused = true;
    if (op === 0) return;
    stop();
    rest();
  });
  return Object.assign(stream, { fd: 0 });
}
