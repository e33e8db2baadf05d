// The global `process`, also `node:process`: what a script asks about itself, its output, and its end.
//
// An image is made once for many invocations, so nothing here depends on when it is made: arguments and
// environment come with Load, the clocks with each event.

import { EffectKind } from '../../abi';
import { defineGlobals, defineHidden, defineTag } from '../../define';
import { native } from '../../native';
import { builtinExports, hasBuiltin, registerBuiltin } from '../../runtime/builtin_modules';
import { isFunction, program } from '../../runtime/program';
import { nextTick } from '../../runtime/ticks';
import { setProcessHooks, threw, uncaught } from '../../runtime/uncaught';
import { EventEmitter } from '../events/emitter';
import { setWarner } from '../../runtime/warning';
import { codes } from '../errors';
import { validateBoolean, validateFunction, validateString } from '../validators';
import { env, variables } from './env';
import { getActiveResourcesInfo, ref, unref } from './resources';
import { standardInput } from './stdin';
import { standardError, standardOutput } from './stdout';
import { cpuUsage, hrtime, memoryUsage, resourceUsage } from './usage';
import { makeEmitWarning, showWarning, type Switches } from './warnings';

declare const HOLM_VERSION: string;

/** What programs compare against to know which of Node's interfaces to expect. */
const NODE_VERSION = '20.20.2';
const QUICKJS_VERSION = '0.16.2';
const EXEC_PATH = '/usr/local/bin/holm';
/** Bytes that the engine's memory can grow to at most, which are those of 32-bit addresses. */
const ADDRESSABLE = 2 ** 32;

const argv: string[] = [EXEC_PATH];
let exitCode: number | undefined;
let exiting = false;
/** Takes errors that nobody caught instead of the listeners of `uncaughtException`. */
let capture: ((error: unknown) => void) | null = null;

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
  // The version of native add-ons that this Node would load, for those who look before they ask for one.
  config: Object.freeze({ target_defaults: {}, variables: { node_module_version: 115 } }),
  features: Object.freeze({
    inspector: false,
    debug: false,
    uv: false,
    ipv6: true,
    openssl_is_boringssl: false,
    quic: false,
    tls_alpn: false,
    tls_sni: false,
    tls_ocsp: false,
    tls: true,
    cached_builtins: true,
    require_module: true,
    typescript: 'transform',
  }),
  /** Stacks are always mapped back to the source that was written. */
  sourceMapsEnabled: true,

  exit(code?: unknown): never {
    if (code !== undefined) exitCode = exitCodeOf(code);
    if (isFunction()) {
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
    validateFunction(callback, 'callback');
    if (!exiting) nextTick(callback, args);
  },
  hrtime,
  uptime: () => native.monoUs() / 1e6,
  memoryUsage,
  /** The limit of the invocation is not known to it, which Node's interface says by zero. */
  constrainedMemory: () => 0,
  availableMemory: () => Math.max(ADDRESSABLE - native.memoryUsed(), 0),
  cpuUsage,
  threadCpuUsage: cpuUsage,
  resourceUsage,
  getActiveResourcesInfo,
  ref,
  unref,
  getgroups: () => [65534],
  getBuiltinModule(name: unknown): unknown {
    validateString(name, 'id');
    return hasBuiltin(name) ? builtinExports(name) : undefined;
  },
  setSourceMapsEnabled(enabled: unknown): void {
    validateBoolean(enabled, 'val');
  },
  hasUncaughtExceptionCaptureCallback: () => capture !== null,
  setUncaughtExceptionCaptureCallback(fn: unknown): void {
    if (fn === null) {
      capture = null;
      return;
    }
    if (typeof fn !== 'function') throw new codes.ERR_INVALID_ARG_TYPE!('fn', ['Function', 'null'], fn);
    if (capture !== null) throw new codes.ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET!();
    capture = fn as (error: unknown) => void;
  },
};

type Process = EventEmitter & typeof properties & Switches & { exitCode: number | undefined; emitWarning: (...args: any[]) => void };

/** Programs look at the class of `process`, which is of this one object. */
const { process: ProcessClass } = { process: function (): void {} as unknown as { prototype: object } };
ProcessClass.prototype = Object.create(EventEmitter.prototype) as object;
defineHidden(ProcessClass.prototype, 'constructor', ProcessClass);

export const process = Object.assign(Object.create(ProcessClass.prototype) as object, properties) as unknown as Process;
EventEmitter.call(process);
Object.defineProperty(process, 'exitCode', {
  configurable: true,
  enumerable: true,
  get: () => exitCode,
  set(code: unknown) {
    exitCode = code === undefined || code === null ? undefined : exitCodeOf(code);
  },
});
/** A stream that is made when it is asked for, and that a program may replace. */
function defineStream(name: string, get: () => unknown): void {
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get,
    set(value: unknown) {
      Object.defineProperty(process, name, { configurable: true, enumerable: true, writable: true, value });
    },
  });
}
defineStream('stdin', standardInput);
defineStream('stdout', standardOutput);
defineStream('stderr', standardError);
defineTag(process, 'process');
process.emitWarning = makeEmitWarning(process);
process.on('warning', (warning) => showWarning(process, warning));
// The program may have put a function of its own there.
setWarner((...args) => process.emitWarning(...args));

/** Takes over what Load brought. */
export function prepareProcess(): void {
  Object.assign(variables, program.env);
  argv.push(program.entry, ...program.arguments);
}

/** Tells the listeners of `exit` and returns the exit code that they leave. */
export function emitExit(code?: number): number {
  if (code !== undefined) exitCode ??= code;
  if (!exiting) {
    exiting = true;
    Object.assign(process, { _exiting: true });
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
    if (capture !== null) {
      capture(error);
      return true;
    }
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

registerBuiltin('process', () => process as unknown as Record<string, unknown>);
defineGlobals({ process, global: globalThis });
if (!('self' in globalThis)) defineGlobals({ self: globalThis });
