// What people read of an error that nobody caught: the line of the source with a caret, then the error as
// console.error would show it: name, message, stack, own properties, causes.

import { native } from '../native';
import { inspect } from '../web/console';
import { stackFrames } from '../web/events';
import { program } from './program';

/** Longest source line that is shown whole; of a longer one (minified code) the part around the place. */
const LINE_CHARS = 160;

/** Longest message and longest report, in code units: a report is for people, and the host keeps it. */
const MESSAGE_CHARS = 4 * 1024;
const REPORT_CHARS = 64 * 1024;

/** `TypeError` and the like; `Error` for what is not an error. */
export function nameOf(error: unknown): string {
  if (error === null) return 'RangeError';
  return cut(read(error, 'name') ?? 'Error', MESSAGE_CHARS);
}

/** The message, or the thrown value in words. */
export function messageOf(error: unknown): string {
  if (error === null) return OUT_OF_MEMORY;
  return cut((isError(error) ? read(error, 'message') : undefined) ?? show(error), MESSAGE_CHARS);
}

/** The whole report. Never throws. */
export function reportOf(error: unknown): string {
  return cut(fullReport(error), REPORT_CHARS);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length - length} more characters)`;
}

function fullReport(error: unknown): string {
  if (error === null) return `Uncaught null: ${OUT_OF_MEMORY}`;
  try {
    if (!isError(error)) return `Uncaught ${show(error)}`;
    const place = placeOf(error);
    const shown = show(error);
    if (place !== '') return `${place}\n\n${shown}`;
    // An error without frames is shown in brackets, which a report has no need of.
    return shown.startsWith('[') ? shown.replace(/^\[(.*?)\](?=$| \{\n)/s, '$1') : shown;
  } catch {
    return `${nameOf(error)}: ${messageOf(error)}`;
  }
}

/** The engine throws null when no memory is left for an Error object. */
const OUT_OF_MEMORY = 'out of memory, or the program itself threw null';

function isError(value: unknown): value is Error {
  // By its class: an error of a node:vm context has another Error in its prototypes.
  return value instanceof Error || (typeof value === 'object' && value !== null && native.classOf(value) === 'Error');
}

function read(value: unknown, key: string): string | undefined {
  try {
    const found: unknown = (value as Record<string, unknown> | undefined)?.[key];
    return typeof found === 'string' ? found : undefined;
  } catch {
    return undefined;
  }
}

function show(value: unknown): string {
  try {
    return inspect(value);
  } catch {
    return read(value, 'stack') ?? 'a value that cannot be shown';
  }
}

/** `file:line`, the line, and a caret under the column; '' when the source is not at hand. */
function placeOf(error: Error): string {
  const frame = stackFrames(error)[0];
  if (frame === undefined) return '';
  const source = authored(frame.file);
  if (source === undefined) return '';
  let line = lineOf(source, frame.line);
  if (line === undefined) return '';
  let column = Math.min(Math.max(frame.column - 1, 0), line.length);
  if (line.length > LINE_CHARS) {
    const from = Math.max(0, Math.min(column - LINE_CHARS / 2, line.length - LINE_CHARS));
    line = line.slice(from, from + LINE_CHARS);
    column -= from;
  }
  // Tabs stay tabs, so that the caret stands under its column.
  const indent = line.slice(0, column).replace(/[^\t]/g, ' ');
  return `${frame.file}:${frame.line}\n${line}\n${indent}^`;
}

/** How the last line of a module with a map begins; see guest/src/source_map.c. */
const MAP_MARK = '\n//# sourceMappingURL=data:application/json,';

/** What the author of a module wrote, as far as it is at hand. */
function authored(file: string): string | undefined {
  const source = program.modules.get(file)?.source;
  if (typeof source !== 'string') return undefined;
  const at = source.lastIndexOf(MAP_MARK);
  if (at < 0) return source;
  try {
    const map = JSON.parse(source.slice(at + MAP_MARK.length)) as { sources: string[]; sourcesContent?: string[] };
    const content = map.sourcesContent?.[map.sources.indexOf(file)];
    return typeof content === 'string' ? content : undefined;
  } catch {
    return undefined;
  }
}

function lineOf(source: string, number: number): string | undefined {
  let from = 0;
  for (let line = 1; line < number; line++) {
    from = source.indexOf('\n', from) + 1;
    if (from === 0) return undefined;
  }
  const to = source.indexOf('\n', from);
  return (to < 0 ? source.slice(from) : source.slice(from, to)).replace(/\r$/, '');
}
