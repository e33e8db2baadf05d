// node:console: the global console, and the class Console, which writes to streams of the program's choice.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { console as globalConsole, observe, redirect } from '../../web/console';
import { formatWithOptions } from '../../web/console/format';
import { inspect } from '../../web/console/inspect';
import { table } from '../../web/console/table';
import { native } from '../../native';
import { existingChannel, onNewChannel } from '../diagnostics_channel';
import { codes } from '../errors';
import { replacedOutput, standardError, standardOutput } from '../process/stdout';
import { validateArray, validateInteger, validateObject, validateOneOf } from '../validators';

interface Sink {
  write(text: string, callback?: (error?: unknown) => void): unknown;
  once?(name: string, listener: () => void): unknown;
  listenerCount?(name: string): number;
  removeListener?(name: string, listener: () => void): unknown;
  isTTY?: boolean;
}

interface ConsoleOptions {
  stdout: Sink;
  stderr?: Sink;
  ignoreErrors?: boolean;
  colorMode?: boolean | 'auto';
  /** The same for both streams, or a map from each to its own. */
  inspectOptions?: Record<string, unknown> | Map<Sink, Record<string, unknown>>;
  groupIndentation?: number;
}

const ignore = () => {};
/** Moves a terminal's cursor to the top and erases what is below. */
const CLEAR = '\u001b[1;1H\u001b[0J';

function isSink(value: any): value is Sink {
  return typeof value?.write === 'function';
}

type WriteHandler = (error?: unknown) => void;
/** One for each stream: a stream tells equal handlers together. */
const handlers = new WeakMap<Sink, WriteHandler>();

function handlerOf(sink: Sink): WriteHandler {
  let handler = handlers.get(sink);
  if (handler === undefined) {
    handler = (error) => {
      // The stream is about to emit it, when it has not done so in the call.
      const state = (sink as { _writableState?: { errorEmitted?: boolean } })._writableState;
      if (error && !state?.errorEmitted && (sink.listenerCount?.('error') ?? 0) === 0) sink.once?.('error', ignore);
    };
    handlers.set(sink, handler);
  }
  return handler;
}

/** Writes a line. With `ignoreErrors`, no error of the stream is the program's concern, now or later. */
function writeTo(sink: Sink, line: string, ignoreErrors: boolean): void {
  if (!ignoreErrors) {
    sink.write(line);
    return;
  }
  const listening = sink.listenerCount?.('error') ?? 0;
  try {
    if (listening === 0) sink.once?.('error', ignore);
    sink.write(line, handlerOf(sink));
  } catch (error) {
    if (error instanceof RangeError && error.message.includes('call stack')) throw error;
  } finally {
    sink.removeListener?.('error', ignore);
  }
}

/** Publishes a call's arguments on the channel of its method, before they are formatted. */
function tell(method: string, args: unknown[]): void {
  const channel = existingChannel(`console.${method}`);
  if (channel?.hasSubscribers) channel.publish(args);
}

class StreamConsole {
  _stdout: Sink;
  _stderr: Sink;
  _ignoreErrors: boolean;
  #colors: boolean | 'auto';
  #inspect: (sink: Sink) => Record<string, unknown> | undefined;
  #step: number;
  #indent = '';
  #counts = new Map<string, number>();
  #timers = new Map<string, number>();

  constructor(options: ConsoleOptions | Sink, stderr?: Sink, ignoreErrors = true) {
    const given = (options === undefined || options === null || isSink(options) ? { stdout: options, stderr, ignoreErrors } : options) as ConsoleOptions;
    const { stdout, stderr: errors = stdout, ignoreErrors: ignores = true, colorMode = 'auto', inspectOptions, groupIndentation = 2 } = given;
    if (!isSink(stdout)) throw new codes.ERR_CONSOLE_WRITABLE_STREAM!('stdout');
    if (!isSink(errors)) throw new codes.ERR_CONSOLE_WRITABLE_STREAM!('stderr');
    validateOneOf(colorMode, 'colorMode', ['auto', true, false]);
    validateInteger(groupIndentation, 'groupIndentation', 0, 1000);
    if (inspectOptions !== undefined) {
      validateObject(inspectOptions, 'options.inspectOptions');
      const each = inspectOptions instanceof Map ? [...inspectOptions.values()] : [inspectOptions];
      if (given.colorMode !== undefined && each.some((options) => options?.colors !== undefined)) {
        const message = 'Option "options.inspectOptions.color" cannot be used in combination with option "colorMode"';
        throw Object.assign(new TypeError(message), { code: 'ERR_INCOMPATIBLE_OPTION_PAIR' });
      }
    }
    this._stdout = stdout;
    this._stderr = errors;
    this._ignoreErrors = Boolean(ignores);
    this.#colors = colorMode;
    this.#inspect = (sink) => (inspectOptions instanceof Map ? inspectOptions.get(sink) : inspectOptions);
    this.#step = groupIndentation;
    // Methods work without their object, as those of the global console do.
    for (const name of NAMES) {
      const method = (this as any)[name].bind(this) as object;
      Object.defineProperty(method, 'name', { value: name, configurable: true });
      Object.defineProperty(this, name, { value: method, writable: true, configurable: true, enumerable: true });
    }
  }

  #format(sink: Sink, args: unknown[]): string {
    const colors = this.#colors === 'auto' ? Boolean(sink.isTTY) : this.#colors;
    return formatWithOptions({ colors, ...this.#inspect(sink) }, ...args);
  }
  #print(sink: Sink, args: unknown[]): void {
    this.#write(sink, this.#format(sink, args));
  }
  #write(sink: Sink, text: string): void {
    let shown = text;
    if (this.#indent !== '') shown = this.#indent + shown.replaceAll('\n', `\n${this.#indent}`);
    shown += '\n';
    writeTo(sink, shown, this._ignoreErrors);
  }

  log(...args: unknown[]): void {
    tell('log', args);
    this.#print(this._stdout, args);
  }
  warn(...args: unknown[]): void {
    tell('warn', args);
    this.#print(this._stderr, args);
  }
  error(...args: unknown[]): void {
    tell('error', args);
    this.#print(this._stderr, args);
  }
  info(...args: unknown[]): void {
    tell('info', args);
    this.#print(this._stdout, args);
  }
  debug(...args: unknown[]): void {
    tell('debug', args);
    this.#print(this._stdout, args);
  }
  dirxml(...args: unknown[]): void {
    this.log(...args);
  }
  dir(value: unknown, options?: object): void {
    this.#write(this._stdout, inspect(value, { customInspect: false, ...this.#inspect(this._stdout), ...options }));
  }
  trace(...args: unknown[]): void {
    const error = { name: 'Trace', message: this.#format(this._stderr, args), stack: '' };
    (Error as unknown as { captureStackTrace(target: object): void }).captureStackTrace(error);
    const frames = `${error.stack}`.split('\n').filter((line) => /^\s+at /.test(line));
    this.error([error.message === '' ? 'Trace' : `Trace: ${error.message}`, ...frames].join('\n'));
  }
  assert(condition: unknown, ...args: unknown[]): void {
    if (condition) return;
    if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
    else args.unshift('Assertion failed');
    this.warn(...args);
  }
  clear(): void {
    if (this._stdout.isTTY) this._stdout.write(CLEAR);
  }
  count(label: unknown = 'default'): void {
    const name = `${label as string}`;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    this.log(`${name}: ${count}`);
  }
  countReset(label: unknown = 'default'): void {
    const name = `${label as string}`;
    if (!this.#counts.delete(name)) this.warn(`Count for '${name}' does not exist`);
  }
  group(...args: unknown[]): void {
    if (args.length > 0) this.log(...args);
    this.#indent += ' '.repeat(this.#step);
  }
  groupCollapsed(...args: unknown[]): void {
    this.group(...args);
  }
  groupEnd(): void {
    this.#indent = this.#indent.slice(0, this.#indent.length - this.#step);
  }
  table(data: unknown, properties?: string[]): void {
    if (properties !== undefined) validateArray(properties, 'properties');
    const text = table(data, properties, 10_000);
    if (text === null) this.log(data);
    else this.#write(this._stdout, text);
  }
  time(label: unknown = 'default'): void {
    const name = `${label as string}`;
    if (this.#timers.has(name)) this.warn(`Warning: Label '${name}' already exists for console.time()`);
    else this.#timers.set(name, native.monoUs());
  }
  timeEnd(label: unknown = 'default'): void {
    this.timeLog(label);
    this.#timers.delete(`${label as string}`);
  }
  timeLog(label: unknown = 'default', ...args: unknown[]): void {
    const name = `${label as string}`;
    const start = this.#timers.get(name);
    if (start === undefined) {
      this.warn(`Warning: No such label '${name}' for console.timeLog()`);
      return;
    }
    const ms = (native.monoUs() - start) / 1000;
    this.log(ms >= 1000 ? `${name}: ${(ms / 1000).toFixed(3)}s` : `${name}: ${Number(ms.toFixed(3))}ms`, ...args);
  }
}

const NAMES = Object.getOwnPropertyNames(StreamConsole.prototype).filter((name) => name !== 'constructor');

/** Called with or without `new`. */
const Console: typeof StreamConsole = new Proxy(StreamConsole, {
  apply: (target, _self, args) => Reflect.construct(target, args) as object,
});

// The global console is one, though it writes to the log.
Object.defineProperty(StreamConsole, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    if (this === Console && value === globalConsole) return true;
    return Function.prototype[Symbol.hasInstance].call(this as Function, value);
  },
});

/** Streams that the program has given to the global console. */
const given: { stdout?: Sink; stderr?: Sink } = {};

function defineSink(name: '_stdout' | '_stderr', key: 'stdout' | 'stderr', standard: () => Sink): void {
  Object.defineProperty(globalConsole, name, {
    configurable: true,
    enumerable: false,
    get: () => given[key] ?? standard(),
    set(sink: Sink) {
      given[key] = sink;
    },
  });
}
defineSink('_stdout', 'stdout', standardOutput);
defineSink('_stderr', 'stderr', standardError);
Object.defineProperty(globalConsole, 'Console', { value: Console, writable: true, configurable: true, enumerable: true });

redirect((toStderr, text) => {
  const sink = given[toStderr ? 'stderr' : 'stdout'] ?? (replacedOutput(toStderr) as Sink | undefined);
  if (sink === undefined) return false;
  writeTo(sink, `${text}\n`, true);
  return true;
});
onNewChannel((name) => {
  if (typeof name === 'string' && name.startsWith('console.')) observe(tell);
});

const { clear } = globalConsole;
globalConsole.clear = {
  clear(): void {
    const output = (globalConsole as unknown as { _stdout: Sink })._stdout;
    if (output.isTTY) output.write(CLEAR);
    else clear();
  },
}.clear;

registerBuiltin('console', () => globalConsole as unknown as Record<string, unknown>);
