// The interface with callbacks: each call of the synchronous interface, whose answer comes at a tick.

import { nextTick } from '../../runtime/ticks';
import { Buffer } from '../buffer/buffer';
import { invalidArgument } from '../errors';
import * as sync from './sync';

type Callback = (...args: any[]) => void;
type Sync = (...args: any[]) => unknown;

/** The callback is the last argument; what stands there when it was forgotten is some other argument. */
function needCallback(callback: unknown): asserts callback is Callback {
  if (typeof callback !== 'function') throw invalidArgument('cb', 'of type function', undefined);
}

/** Wrong arguments throw at once, as in Node; what the file system refuses goes to the callback. */
function isProgrammingError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('ERR_INVALID_ARG');
}

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
  ['close', sync.closeSync],
  ['copyFile', sync.copyFileSync],
  ['cp', sync.cpSync],
  ['fdatasync', sync.fdatasyncSync],
  ['fstat', sync.fstatSync],
  ['fsync', sync.fsyncSync],
  ['ftruncate', sync.ftruncateSync],
  ['link', sync.linkSync],
  ['lstat', sync.lstatSync],
  ['lutimes', sync.lutimesSync],
  ['mkdir', sync.mkdirSync],
  ['mkdtemp', sync.mkdtempSync],
  ['open', sync.openSync],
  ['opendir', sync.opendirSync],
  ['readFile', sync.readFileSync],
  ['readdir', sync.readdirSync],
  ['readlink', sync.readlinkSync],
  ['realpath', sync.realpathSync],
  ['rename', sync.renameSync],
  ['rm', sync.rmSync],
  ['rmdir', sync.rmdirSync],
  ['stat', sync.statSync],
  ['symlink', sync.symlinkSync],
  ['truncate', sync.truncateSync],
  ['unlink', sync.unlinkSync],
  ['utimes', sync.utimesSync],
  ['writeFile', sync.writeFileSync],
];

export const callbacks: Record<string, Sync> = {};
for (const [name, call] of pairs) callbacks[name] = withCallback(call);

callbacks.read = (fd: number, ...args: unknown[]) => {
  const callback = args.pop();
  if (!ArrayBuffer.isView(args[0])) {
    const { buffer, ...rest } = (args[0] ?? {}) as { buffer?: unknown };
    args = [buffer ?? Buffer.alloc(16 * 1024), rest];
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
