// The text of a call in the program's source, for the message of an assertion that says no more than "false".

import { native } from '../../native';
import { builtinExports } from '../../runtime/builtin_modules';
import { program } from '../../runtime/program';

interface Place {
  file: string;
  line: number;
  column: number;
}

/** The innermost frame of the program's, of what called `above`. */
function placeOf(above: Function): Place | undefined {
  const mark = { stack: '' };
  const Errors = Error as unknown as { stackTraceLimit: number; captureStackTrace(target: object, above: Function): void };
  const limit = Errors.stackTraceLimit;
  Errors.stackTraceLimit = 10;
  Errors.captureStackTrace(mark, above);
  Errors.stackTraceLimit = limit;
  for (const line of `${mark.stack}`.split('\n')) {
    const found = /\(?([^()\s][^()]*):(\d+):(\d+)\)?$/.exec(line.trim().replace(/^at /, '').replace(/^.* \(/, '('));
    if (found !== null && found[1]!.startsWith('/')) return { file: found[1]!, line: Number(found[2]), column: Number(found[3]) };
  }
  return undefined;
}

function linesOf(file: string): string[] | undefined {
  const held = program.modules.get(file)?.source;
  if (typeof held === 'string') return held.split('\n');
  try {
    const { readFileSync } = builtinExports('fs') as { readFileSync(path: string, encoding: string): string };
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    // What is not there as a file, such as code from a string, has no text to show.
    return undefined;
  }
}

/** Lines above the one that the engine names in which the call may begin. */
const linesAbove = 8;

/** The call of the assertion as it stands in its first line, or undefined where the source is not at hand. */
export function calledAs(above: Function): string | undefined {
  const place = placeOf(above);
  const lines = place === undefined ? undefined : linesOf(place.file);
  if (place === undefined || lines === undefined || place.line > lines.length) return undefined;
  const first = Math.max(0, place.line - 1 - linesAbove);
  const before = lines.slice(first, place.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const text = lines.slice(first, place.line + linesAbove).join('\n');
  const position = before + unitsOf(lines[place.line - 1]!, place.column - 1);
  // The engine names the callee, or something among the arguments.
  const around = callsIn(text).filter(({ start, end }) => start <= position && position < end);
  const call = around.findLast(({ start, open }) => NAMES.test(text.slice(start, open))) ?? around.at(-1);
  const shown = call && text.slice(call.start, call.end).split('\n')[0]!.trim();
  return shown?.replace(/[\x00-\x08\x0b-\x1f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The engine counts the bytes of UTF-8. */
function unitsOf(line: string, bytes: number): number {
  return native.utf8Decode(native.utf8Encode(line).slice(0, bytes), false, true).length;
}

/** What an assertion is mostly called by. */
const NAMES = /\b(?:ok|assert|strict)\b/;

interface Call {
  start: number;
  open: number;
  end: number;
}

/** The calls in a piece of a program, the outer ones before those inside. */
function callsIn(text: string): Call[] {
  const calls: Call[] = [];
  const open: (Call | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"' || char === "'" || char === '`') {
      for (at++; at < text.length && text[at] !== char && (char === '`' || text[at] !== '\n'); at++) if (text[at] === '\\') at++;
    } else if (char === '/' && text[at + 1] === '/') {
      while (at + 1 < text.length && text[at + 1] !== '\n') at++;
    } else if (char === '(') {
      const start = calleeStart(text, at);
      const call = start === at ? undefined : { start, open: at, end: text.length };
      if (call !== undefined) calls.push(call);
      open.push(call);
    } else if (char === '[' || char === '{') {
      open.push(undefined);
    } else if (char === ')' || char === ']' || char === '}') {
      const call = open.pop();
      if (call !== undefined) call.end = at + 1;
    }
  }
  return calls;
}

const word = /[\p{ID_Continue}$.#?]/u;

/** Where the names and brackets before the parenthesis begin. */
function calleeStart(text: string, open: number): number {
  let at = open;
  while (at > 0) {
    const before = text[at - 1]!;
    if (word.test(before)) at--;
    else if (before === ']') {
      const bracket = text.lastIndexOf('[', at - 1);
      if (bracket < 0) break;
      at = bracket;
    } else break;
  }
  // `.ok(` on a line of its own.
  while (text[at] === '.' || text[at] === '?') at++;
  return at;
}
