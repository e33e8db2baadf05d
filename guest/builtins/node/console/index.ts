// node:console: the global console, and the class Console, which writes to streams of the program's choice.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { formatWithOptions } from '../../web/console/format';
import { inspect } from '../../web/console/inspect';
import { table } from '../../web/console/table';
import { native } from '../../native';
import { codes } from '../errors';
import { validateArray, validateInteger, validateObject, validateOneOf } from '../validators';

interface Sink {
  write(text: string, callback?: (error?: unknown) => void): unknown;
  once?(name: string, listener: () => void): unknown;
  removeListener?(name: string, listener: () => void): unknown;
  isTTY?: boolean;
}

interface ConsoleOptions {
  stdout: Sink;
  stderr?: Sink;
  ignoreErrors?: boolean;
  colorMode?: boolean | 'auto';
  inspectOptions?: Record<string, unknown>;
  groupIndentation?: number;
}

const ignore = () => {};

function isSink(value: any): value is Sink {
  return typeof value?.write === 'function';
}

class StreamConsole {
  _stdout: Sink;
  _stderr: Sink;
  _ignoreErrors: boolean;
  #colors: boolean | 'auto';
  #inspect: Record<string, unknown> | undefined;
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
      if (inspectOptions.colors !== undefined && given.colorMode !== undefined) {
        const message = 'Option "options.inspectOptions.color" cannot be used in combination with option "colorMode"';
        throw Object.assign(new TypeError(message), { code: 'ERR_INCOMPATIBLE_OPTION_PAIR' });
      }
    }
    this._stdout = stdout;
    this._stderr = errors;
    this._ignoreErrors = Boolean(ignores);
    this.#colors = colorMode;
    this.#inspect = inspectOptions;
    this.#step = groupIndentation;
    // Methods work without their object, as those of the global console do.
    for (const name of NAMES) {
      Object.defineProperty(this, name, { value: (this as any)[name].bind(this), writable: true, configurable: true, enumerable: true });
    }
  }

  #format(sink: Sink, args: unknown[]): string {
    const colors = this.#colors === 'auto' ? Boolean(sink.isTTY) : this.#colors;
    return formatWithOptions({ colors, ...this.#inspect }, ...args);
  }
  #write(sink: Sink, text: string): void {
    let shown = text;
    if (this.#indent !== '') shown = this.#indent + shown.replaceAll('\n', `\n${this.#indent}`);
    shown += '\n';
    if (!this._ignoreErrors) {
      sink.write(shown);
      return;
    }
    try {
      // An error of the stream that comes later is not the program's concern either.
      sink.once?.('error', ignore);
      sink.write(shown, ignore);
    } catch (error) {
      if (error instanceof RangeError && error.message.includes('call stack')) throw error;
    } finally {
      sink.removeListener?.('error', ignore);
    }
  }

  log(...args: unknown[]): void {
    this.#write(this._stdout, this.#format(this._stdout, args));
  }
  warn(...args: unknown[]): void {
    this.#write(this._stderr, this.#format(this._stderr, args));
  }
  error(...args: unknown[]): void {
    this.warn(...args);
  }
  info(...args: unknown[]): void {
    this.log(...args);
  }
  debug(...args: unknown[]): void {
    this.log(...args);
  }
  dirxml(...args: unknown[]): void {
    this.log(...args);
  }
  dir(value: unknown, options?: object): void {
    this.#write(this._stdout, inspect(value, { customInspect: false, ...this.#inspect, ...options }));
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
    if (this._stdout.isTTY) this._stdout.write('\u001b[1;1H\u001b[0J');
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
const Console = new Proxy(StreamConsole, {
  apply: (target, _self, args) => Reflect.construct(target, args) as object,
});

registerBuiltin('console', () => {
  const { console } = globalThis as unknown as { console: Record<string, unknown> };
  // A console has its class, also as a property of the global one.
  if (!('Console' in console)) Object.defineProperty(console, 'Console', { value: Console, writable: true, configurable: true, enumerable: true });
  return console;
});
