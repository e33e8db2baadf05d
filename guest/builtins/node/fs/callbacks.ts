// The interface with callbacks: each call of the synchronous interface, whose answer comes at a tick.

import { builtinExports } from '../../runtime/builtin_modules';
import { nextTick } from '../../runtime/ticks';
import { Buffer } from '../buffer/buffer';
import { invalidArgument } from '../errors';
import { parseFileMode, validateAbortSignal, validateFunction, validateInteger, validateObject } from '../validators';
import * as calls from './calls';
import * as dir from './dir';
import * as sync from './sync';

type Callback = (...args: any[]) => void;
type Sync = (...args: any[]) => unknown;

/** The callback is the last argument; what stands there when it was forgotten is some other argument. */
function needCallback(callback: unknown): asserts callback is Callback {
  if (typeof callback !== 'function') throw invalidArgument('cb', 'of type function', undefined);
}

/** Wrong arguments throw at once, as in Node; what the file system refuses goes to the callback. */
function isProgrammingError(error: unknown): boolean {
  if (!(error instanceof TypeError || error instanceof RangeError)) return false;
  const { code } = error as { code?: unknown };
  return typeof code !== 'string' || !code.startsWith('ERR_FS_');
}

/** What is looked at before the callback is: Node says first what is wrong first. */
const checks: Record<string, (...args: any[]) => void> = {
  close: calls.needFd,
  fchmod(fd, mode) {
    calls.needFd(fd);
    parseFileMode(mode, 'mode');
  },
  fchown(fd, uid, gid) {
    calls.needFd(fd);
    sync.needIds(uid, gid);
  },
  fstat: calls.needFd,
  opendir: (...args) => validateFunction(args.at(-1) === args[0] ? undefined : args.at(-1), 'callback'),
  ftruncate(fd, length) {
    calls.needFd(fd);
    if (length !== undefined) validateInteger(length, 'len');
  },
  read: calls.needFd,
};

function withCallback(call: Sync, answer: (result: any, args: unknown[]) => unknown[] = (result) => (result === undefined ? [] : [result])): Sync {
  return (...args) => {
    const callback = args.pop();
    needCallback(callback);
    let result: unknown[];
    try {
      result = [null, ...answer(call(...args), args)];
    } catch (error) {
      if (isProgrammingError(error)) throw error;
      result = [error];
    }
    nextTick(callback, result, 'FSReqCallback');
  };
}

const pairs: [name: string, call: Sync][] = [
  ['access', sync.accessSync],
  ['appendFile', sync.appendFileSync],
  ['chmod', sync.chmodSync],
  ['chown', sync.chownSync],
  ['close', sync.closeSync],
  ['copyFile', sync.copyFileSync],
  ['cp', sync.cpSync],
  ['fchmod', sync.fchmodSync],
  ['fchown', sync.fchownSync],
  ['fdatasync', sync.fdatasyncSync],
  ['fstat', sync.fstatSync],
  ['fsync', sync.fsyncSync],
  ['ftruncate', sync.ftruncateSync],
  ['futimes', sync.futimesSync],
  ['lchown', sync.lchownSync],
  ['link', sync.linkSync],
  ['lstat', sync.lstatSync],
  ['lutimes', sync.lutimesSync],
  ['mkdir', sync.mkdirSync],
  ['mkdtemp', sync.mkdtempSync],
  ['open', sync.openSync],
  ['opendir', dir.opendirSync],
  ['readFile', sync.readFileSync],
  ['readdir', sync.readdirSync],
  ['readlink', sync.readlinkSync],
  ['realpath', sync.realpathSync],
  ['rename', sync.renameSync],
  ['rm', sync.rmSync],
  ['rmdir', sync.rmdirSync],
  ['stat', sync.statSync],
  ['statfs', sync.statfsSync],
  ['symlink', sync.symlinkSync],
  ['truncate', sync.truncateSync],
  ['unlink', sync.unlinkSync],
  ['utimes', sync.utimesSync],
  ['writeFile', sync.writeFileSync],
];

export const callbacks: Record<string, Sync> = {};
for (const [name, call] of pairs) {
  const checked = withCallback(call);
  const check = checks[name];
  callbacks[name] = check === undefined ? checked : (...args) => {
    if (typeof args.at(-1) !== 'function') check(...args);
    return checked(...args);
  };
}

const close = callbacks.close!;
/** Its callback may be left out. */
callbacks.close = (fd: unknown, callback?: unknown) => {
  if (callback !== undefined) return close(fd, callback);
  return close(fd, (error: unknown) => {
    if (error) throw error;
  });
};

/** With a signal, the call is made later: what is under way can be aborted. */
for (const name of ['readFile', 'writeFile', 'appendFile'] as const) {
  const call = callbacks[name]!;
  callbacks[name] = (...args: unknown[]) => {
    const options = args[args.length - 2] as { signal?: unknown } | null | undefined;
    if (typeof options !== 'object' || options === null || options.signal === undefined) return call(...args);
    const { setImmediate } = globalThis as unknown as { setImmediate(run: () => void): void };
    const callback = args.at(-1);
    needCallback(callback);
    validateAbortSignal(options.signal, 'options.signal');
    setImmediate(() => call(...args));
    return undefined;
  };
}

/** What is to be on the disk is written with a descriptor at hand, for the module's fsync. */
for (const [name, flag] of [['writeFile', 'w'], ['appendFile', 'a']] as const) {
  const call = callbacks[name]!;
  callbacks[name] = (file: unknown, data: unknown, options: any, callback: any) => {
    if (options?.flush !== true || typeof callback !== 'function') {
      return callback === undefined ? call(file, data, options) : call(file, data, options, callback);
    }
    const given = typeof file === 'number';
    let fd: number;
    try {
      fd = given ? file : sync.openSync(file, options.flag ?? flag, options.mode);
      sync.writeFileSync(fd, data, { ...options, flush: false });
    } catch (error) {
      if (isProgrammingError(error)) throw error;
      nextTick(callback, [error]);
      return undefined;
    }
    const { fsync } = builtinExports('fs') as unknown as { fsync(fd: number, done: Callback): void };
    fsync(fd, (error: unknown) => {
      if (!given) sync.closeSync(fd);
      callback(error);
    });
    return undefined;
  };
}

callbacks.read = (fd: number, ...args: unknown[]) => {
  if (typeof args.at(-1) !== 'function') calls.needFd(fd);
  const callback = args.pop();
  needCallback(callback);
  if (args.length === 0 || (args.length === 1 && !ArrayBuffer.isView(args[0]))) {
    // read(fd, options, callback), read(fd, callback)
    const options = args[0] ?? {};
    validateObject(options, 'options');
    const { buffer = Buffer.alloc(16 * 1024), ...rest } = options as { buffer?: unknown };
    args = [buffer, rest];
  }
  withCallback(sync.readSync, (count, all) => [count, all[1]])(fd, ...args, callback);
};
callbacks.write = withCallback(sync.writeSync, (count, args) => [count, args[1]]);
callbacks.readv = withCallback(sync.readvSync, (count, args) => [count, args[1]]);
callbacks.writev = withCallback(sync.writevSync, (count, args) => [count, args[1]]);

/** Not like the others: its callback gets the answer alone. */
callbacks.exists = (path: unknown, callback: unknown) => {
  needCallback(callback);
  nextTick(callback, [sync.existsSync(path)]);
};
Object.defineProperty(callbacks.exists, Symbol.for('nodejs.util.promisify.custom'), {
  value: async (path: unknown) => sync.existsSync(path),
});
for (const [name, first] of [['read', 'bytesRead'], ['write', 'bytesWritten'], ['readv', 'bytesRead'], ['writev', 'bytesWritten']] as const) {
  const call = callbacks[name]!;
  Object.defineProperty(call, Symbol.for('nodejs.util.promisify.custom'), {
    value: (...args: unknown[]) =>
      new Promise((resolve, reject) => {
        call(...args, (error: unknown, count: number, buffer: unknown) => {
          if (error) reject(error);
          else resolve({ [first]: count, [name.endsWith('v') ? 'buffers' : 'buffer']: buffer });
        });
      }),
  });
}
