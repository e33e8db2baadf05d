// What `error.stack` shows. The engine keeps the frames only and as it sees them; people and libraries
// expect V8's form: the error's name and message, then a line for each frame, ours left out.

import { defineHidden } from '../../define';

/** The file name under which the bundle of built-ins is compiled. */
const builtinsFile = 'holm:builtins';

export interface Frame {
  /** Empty at the top level of a module or script. */
  function: string;
  file: string;
  line: number;
  column: number;
}

const frameLine = /^\s*at (?:(.*) \()?(.*?):(\d+):(\d+)\)?$/;
/** Names that the engine gives to code outside of functions. */
const unnamed = new Set(['<anonymous>', '<module>', '<eval>', '<body>']);

/** The frames of an error that have a position, innermost first. */
export function stackFrames(error: unknown): Frame[] {
  let stack: unknown;
  try {
    stack = (error as { stack?: unknown } | null | undefined)?.stack;
  } catch {
    return [];
  }
  if (typeof stack !== 'string') return [];
  const frames: Frame[] = [];
  for (const line of stack.split('\n')) {
    const found = frameLine.exec(line);
    if (found === null) continue;
    frames.push({ function: found[1] ?? '', file: found[2]!, line: Number(found[3]), column: Number(found[4]) });
  }
  return frames;
}

/** The engine's frames as V8 writes them. */
function tidy(raw: string): string {
  const lines: string[] = [];
  for (const line of raw.split('\n')) {
    if (line === '') continue;
    if (line.includes(`(${builtinsFile}:`) || line.includes(`at ${builtinsFile}:`)) {
      // What the built-ins called to get to the script (`call`, `importModule`) is no more of interest.
      while (lines.at(-1)?.endsWith(' (native)')) lines.pop();
      continue;
    }
    const open = line.indexOf(' (');
    const name = open < 0 ? '' : line.slice(7, open);
    if (open >= 0 && unnamed.has(name) && line.endsWith(')')) lines.push(`    at ${line.slice(open + 2, -1)}`);
    else lines.push(line);
  }
  return lines.join('\n');
}

function header(error: object): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

function withHeader(error: object, raw: unknown, Errors: Errors): unknown {
  // What a script's own Error.prepareStackTrace made stays as it is.
  if (typeof raw !== 'string' || Errors.prepareStackTrace !== undefined) return raw;
  const frames = tidy(raw);
  return frames === '' ? header(error) : `${header(error)}\n${frames}`;
}

/** The class `Error` of a realm. */
interface Errors {
  prototype: object;
  prepareStackTrace?: unknown;
  captureStackTrace(target: object, above?: Function): void;
}

/** Gives the errors of a realm the stacks that V8's have. */
export function showStacks(Errors: Errors): void {
  const engineStack = Object.getOwnPropertyDescriptor(Errors.prototype, 'stack');
  // V8 has no such accessor: there (in tests) the stack is right already.
  if (engineStack?.get === undefined) return;
  const get = engineStack.get;
  Object.defineProperty(Errors.prototype, 'stack', {
    configurable: true,
    enumerable: false,
    get(this: object) {
      const raw = get.call(this);
      return raw === undefined ? undefined : withHeader(this, raw, Errors);
    },
    // As in V8, what is assigned is kept whatever it is, and does not become enumerable.
    set(this: unknown, value: unknown) {
      if (typeof this === 'object' && this !== null && this !== Errors.prototype) defineHidden(this, 'stack', value);
    },
  });

  const capture = Errors.captureStackTrace;
  const captureStackTrace = function captureStackTrace(target: object, above?: Function): void {
    capture(target, typeof above === 'function' ? above : captureStackTrace);
    defineHidden(target, 'stack', withHeader(target, (target as { stack?: unknown }).stack, Errors));
  };
  defineHidden(Errors, 'captureStackTrace', captureStackTrace);
}

showStacks(Error as unknown as Errors);
