// The global `process`, also `node:process`: what a script asks about itself, its output, and its end.
//
// An image is made once for many invocations, so nothing here depends on when it is made: arguments and
// environment come with Load, the clocks with each event.

import { EffectKind, LoadMode, Stream } from '../abi';
import { defineGlobals, defineHidden, defineTag } from '../define';
import { native } from '../native';
import { registerBuiltin } from '../runtime/builtin_modules';
import { program } from '../runtime/program';
import { nextTick } from '../runtime/ticks';
import { setProcessHooks, threw, uncaught } from '../runtime/uncaught';
import { EventEmitter } from './events/emitter';
import { standardInput } from './stdin';
import { makeOutput } from './stdio';

declare const HOLM_VERSION: string;

/** What programs compare against to know which of Node's interfaces to expect. */
const NODE_VERSION = '20.20.2';
const QUICKJS_VERSION = '0.16.2';
const EXEC_PATH = '/usr/local/bin/holm';

const env: Record<string, string> = {};
const argv: string[] = [EXEC_PATH];
let exitCode: number | undefined;
let exiting = false;

const properties = {
  title: 'holm',
  version: `v${NODE_VERSION}`,
  versions: Object.freeze({ node: NODE_VERSION, holm: HOLM_VERSION, quickjs: QUICKJS_VERSION }),
  release: Object.freeze({ name: 'node', lts: 'Iron' }),
  arch: 'wasm32',
  platform: 'linux',
  pid: 1,
  ppid: 0,
  argv,
  argv0: 'holm',
  execArgv: [] as string[],
  execPath: EXEC_PATH,
  env,
  config: Object.freeze({ target_defaults: {}, variables: {} }),
  features: Object.freeze({ inspector: false, debug: false, uv: false, ipv6: true, tls: true }),
  stdout: makeOutput(Stream.Stdout, 1),
  stderr: makeOutput(Stream.Stderr, 2),

  exit(code?: unknown): never {
    if (code !== undefined) exitCode = exitCodeOf(code);
    if (program.mode !== LoadMode.Script) {
      threw(new Error('process.exit() was called in a function; it ends by returning a response'));
      return native.halt();
    }
    native.effect(EffectKind.Finish, 0, emitExit(), null);
    return native.halt();
  },
  reallyExit(code?: unknown): never {
    return properties.exit(code);
  },
  abort(): never {
    threw(new Error('process.abort() was called'));
    return native.halt();
  },
  kill(): never {
    throw unavailable('process.kill()');
  },

  cwd: () => '/',
  chdir(): never {
    throw unavailable('process.chdir()');
  },
  umask: () => 0o22,
  getuid: () => 65534,
  geteuid: () => 65534,
  getgid: () => 65534,
  getegid: () => 65534,

  nextTick(callback: unknown, ...args: unknown[]): void {
    if (typeof callback !== 'function') {
      const error = new TypeError(`The argument of process.nextTick must be a function, not ${typeof callback}`);
      throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
    }
    if (!exiting) nextTick(callback as () => void, args);
  },
  hrtime: Object.assign(hrtime, { bigint: () => BigInt(Math.round(native.monoUs())) * 1000n }),
  uptime: () => native.monoUs() / 1e6,
  memoryUsage: Object.assign(memoryUsage, { rss: () => native.memoryUsed() }),
  cpuUsage: () => ({ user: Math.round(native.monoUs()), system: 0 }),
  emitWarning,
};

type Process = EventEmitter & typeof properties & { exitCode: number | undefined };

export const process = Object.assign(new EventEmitter(), properties) as Process;
Object.defineProperty(process, 'exitCode', {
  configurable: true,
  enumerable: true,
  get: () => exitCode,
  set(code: unknown) {
    exitCode = code === undefined || code === null ? undefined : exitCodeOf(code);
  },
});
Object.defineProperty(process, 'stdin', { configurable: true, enumerable: true, get: standardInput });
defineTag(process, 'process');

/** Takes over what Load brought. */
export function prepareProcess(): void {
  Object.assign(env, program.env);
  argv.push(program.entry, ...program.arguments);
}

/** Tells the listeners of `exit` and returns the exit code that they leave. */
export function emitExit(code?: number): number {
  if (code !== undefined) exitCode ??= code;
  if (!exiting) {
    exiting = true;
    emit('exit');
  }
  return exitCode ?? 0;
}

/** Tells the listeners of `beforeExit`; false when there are none. */
export function emitBeforeExit(): boolean {
  return emit('beforeExit');
}

function emit(event: string): boolean {
  try {
    return process.emit(event, exitCode ?? 0);
  } catch (error) {
    uncaught(error);
    return true;
  }
}

setProcessHooks({
  uncaughtException(error, origin) {
    process.emit('uncaughtExceptionMonitor', error, origin);
    return process.emit('uncaughtException', error, origin);
  },
  unhandledRejection: (reason, promise) => process.emit('unhandledRejection', reason, promise),
  rejectionHandled: (promise) => process.emit('rejectionHandled', promise),
  exit() {
    exitCode = 1;
    emitExit();
  },
});

function exitCodeOf(code: unknown): number {
  const number = typeof code === 'string' && code.trim() !== '' ? Number(code) : code;
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    const error = new TypeError(`An exit code must be a whole number, not ${typeof code === 'string' ? `'${code}'` : String(code)}`);
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
  }
  return number & 0xff;
}

function unavailable(what: string): Error {
  const error = new Error(`${what} is not possible here: a program in holm has no processes and no working directory of its own`);
  return Object.assign(error, { code: 'ERR_HOLM_UNSUPPORTED' });
}

function hrtime(since?: [number, number]): [number, number] {
  const us = Math.round(native.monoUs());
  let seconds = Math.floor(us / 1e6);
  let nanos = (us % 1e6) * 1000;
  if (since !== undefined) {
    seconds -= since[0];
    nanos -= since[1];
    if (nanos < 0) {
      seconds--;
      nanos += 1e9;
    }
  }
  return [seconds, nanos];
}

function memoryUsage(): Record<string, number> {
  const used = native.memoryUsed();
  return { rss: used, heapTotal: used, heapUsed: used, external: 0, arrayBuffers: 0 };
}

interface WarningOptions {
  type?: string;
  code?: string;
  detail?: string;
}

/** Shows a warning on stderr after the running code, unless a listener of `warning` is there too. */
function emitWarning(warning: unknown, type?: string | WarningOptions, code?: string): void {
  const options: WarningOptions = typeof type === 'object' && type !== null ? type : { type, code };
  const error: Error & { code?: string; detail?: string } = warning instanceof Error ? warning : new Error(String(warning));
  if (!(warning instanceof Error)) defineHidden(error, 'name', options.type ?? 'Warning');
  if (options.code !== undefined) error.code = options.code;
  if (options.detail !== undefined) error.detail = options.detail;
  nextTick(() => {
    const shown = `(holm) ${error.code === undefined ? '' : `[${error.code}] `}${error.name}: ${error.message}`;
    process.stderr.write(error.detail === undefined ? `${shown}\n` : `${shown}\n${error.detail}\n`);
    process.emit('warning', error);
  }, []);
}

registerBuiltin('process', () => process as unknown as Record<string, unknown>);
defineGlobals({ process, global: globalThis });
if (!('self' in globalThis)) defineGlobals({ self: globalThis });
