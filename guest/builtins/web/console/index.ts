// console: each call is one line for the log (which may hold line breaks), written at once.

import { EffectKind, Stream } from '../../abi';
import { defineGlobals, defineTag } from '../../define';
import { native } from '../../native';
import type { InspectOptions } from './context';
import { formatArguments } from './format';
import { inspectBounded } from './inspect';
import { table } from './table';

/** Characters that one call writes at most: the default of the limit `log_bytes`, beyond which the host
 *  would cut it anyway. */
const lineMax = 256 * 1024;
/** Characters of inspected values in one call, less what stands between them: half a line, so that the
 *  remark that something is missing is not itself cut off. */
const valuesMax = lineMax / 2;

const groupIndentation = 2;
let indent = '';
const counts = new Map<string, number>();
const timers = new Map<string, number>();
/** Labels of counters and timers kept at most; more are not counted. */
const labelsMax = 1000;

/** Who may take a call's line instead of the log: of the streams that a program has put in place of its output.
 *  Null while there are none. */
let redirected: ((toStderr: boolean, text: string) => boolean) | null = null;

/** Asks `taker` for each line from now on; it returns whether it took it. */
export function redirect(taker: (toStderr: boolean, text: string) => boolean): void {
  redirected = taker;
}

/** Who hears of calls before they are formatted; null while nobody does. */
let observer: ((method: string, args: unknown[]) => void) | null = null;

/** Tells `listener` of each call of log, info, debug, warn and error from now on. */
export function observe(listener: (method: string, args: unknown[]) => void): void {
  observer = listener;
}

function write(stream: Stream, text: string, toStderr = stream >= Stream.Warn): void {
  let line = text.length > lineMax ? `${text.slice(0, lineMax)}... ${text.length - lineMax} more characters` : text;
  if (indent !== '') line = indent + (line.includes('\n') ? line.replaceAll('\n', `\n${indent}`) : line);
  if (redirected === null || !redirected(toStderr, line)) native.effect(EffectKind.Log, 0, stream, line);
}

function log(stream: Stream, args: unknown[]): void {
  // By far the most frequent case needs no formatting.
  if (args.length === 1 && typeof args[0] === 'string') write(stream, args[0]);
  else write(stream, args.length === 0 ? '' : formatArguments({}, args, valuesMax));
}

function labelOf(label: unknown): string {
  return label === undefined ? 'default' : `${label as string}`;
}

/** Milliseconds as people read them. */
function duration(ms: number): string {
  const pad = (value: number) => `${Math.floor(value)}`.padStart(2, '0');
  if (ms >= 3_600_000) {
    const hours = Math.floor(ms / 3_600_000);
    const minutes = (ms % 3_600_000) / 60_000;
    return `${hours}:${pad(minutes)}:${pad((ms % 60_000) / 1000)} (h:mm:ss)`;
  }
  if (ms >= 60_000) {
    const seconds = ((ms % 60_000) / 1000).toFixed(3).padStart(6, '0');
    return `${Math.floor(ms / 60_000)}:${seconds} (m:ss.mmm)`;
  }
  if (ms >= 1000) return `${(ms / 1000).toFixed(3)}s`;
  return `${Number(ms.toFixed(3))}ms`;
}

function elapsed(method: string, label: string): string | null {
  const start = timers.get(label);
  if (start === undefined) {
    write(Stream.Warn, `Warning: No such label '${label}' for console.${method}()`);
    return null;
  }
  return `${label}: ${duration((native.monoUs() - start) / 1000)}`;
}

const methods = {
  log(...args: unknown[]) {
    if (observer !== null) observer('log', args);
    log(Stream.Info, args);
  },
  info(...args: unknown[]) {
    if (observer !== null) observer('info', args);
    log(Stream.Info, args);
  },
  debug(...args: unknown[]) {
    if (observer !== null) observer('debug', args);
    log(Stream.Debug, args);
  },
  warn(...args: unknown[]) {
    if (observer !== null) observer('warn', args);
    log(Stream.Warn, args);
  },
  error(...args: unknown[]) {
    if (observer !== null) observer('error', args);
    log(Stream.Error, args);
  },
  trace(...args: unknown[]) {
    const mark = { name: 'Trace', message: formatArguments({}, args, valuesMax), stack: '' };
    (Error as unknown as { captureStackTrace(target: object, above: Function): void }).captureStackTrace(mark, methods.trace);
    // The header is made here: what the engine puts before the frames depends on the object's prototype.
    const frames = `${mark.stack}`.split('\n').filter((line) => /^\s+at /.test(line));
    write(Stream.Debug, [mark.message === '' ? 'Trace' : `Trace: ${mark.message}`, ...frames].join('\n'), true);
  },
  dir(value: unknown, options?: InspectOptions) {
    write(Stream.Info, inspectBounded(value, { customInspect: false, ...options }, valuesMax));
  },
  dirxml(...args: unknown[]) {
    log(Stream.Info, args);
  },
  table(data?: unknown, properties?: string[]) {
    if (properties !== undefined && !Array.isArray(properties)) {
      throw new TypeError('The "properties" argument must be an instance of Array');
    }
    const text = table(data, properties, valuesMax);
    if (text === null) log(Stream.Info, arguments.length === 0 ? [undefined] : [data]);
    else write(Stream.Info, text);
  },
  group(...args: unknown[]) {
    if (args.length > 0) log(Stream.Info, args);
    indent += ' '.repeat(groupIndentation);
  },
  groupCollapsed(...args: unknown[]) {
    methods.group(...args);
  },
  groupEnd() {
    indent = indent.slice(groupIndentation);
  },
  count(label?: unknown) {
    const name = labelOf(label);
    const count = (counts.get(name) ?? 0) + 1;
    if (count > 1 || counts.size < labelsMax) counts.set(name, count);
    write(Stream.Info, `${name}: ${count}`);
  },
  countReset(label?: unknown) {
    const name = labelOf(label);
    if (!counts.delete(name)) write(Stream.Warn, `Warning: Count for '${name}' does not exist`);
  },
  time(label?: unknown) {
    const name = labelOf(label);
    if (timers.has(name)) write(Stream.Warn, `Warning: Label '${name}' already exists for console.time()`);
    else if (timers.size < labelsMax) timers.set(name, native.monoUs());
  },
  timeEnd(label?: unknown) {
    const name = labelOf(label);
    const text = elapsed('timeEnd', name);
    if (text === null) return;
    timers.delete(name);
    write(Stream.Info, text);
  },
  timeLog(label?: unknown, ...args: unknown[]) {
    const text = elapsed('timeLog', labelOf(label));
    if (text === null) return;
    write(Stream.Info, args.length === 0 ? text : formatArguments({}, ['%s', text, ...args], valuesMax));
  },
  assert(condition?: unknown, ...args: unknown[]) {
    if (condition) return;
    if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
    else args.unshift(args.length === 0 ? 'Assertion failed' : 'Assertion failed:');
    log(Stream.Warn, args);
  },
  clear() {
    // There is no terminal to clear.
  },
};

for (const method of Object.values(methods)) Object.defineProperty(method, 'length', { value: 0, configurable: true });

/** The global console. Its methods need no `this`: `const { log } = console` works. */
export const console: typeof methods = Object.assign(Object.create({}) as object, methods);
defineTag(console, 'console');
defineGlobals({ console });

export { inspectable, inspectCustom } from './inspectable';
export { inspect, inspectBounded } from './inspect';
export { format, formatWithOptions } from './format';
