// Failures of the file system as Node's errors: code, errno, syscall, path, and a message made of them.

import { coded } from '../errors';

/** By WASI's number: Node's code, Linux's number, and the text. */
const table: Record<number, readonly [code: string, errno: number, text: string]> = {
  2: ['EACCES', 13, 'permission denied'],
  6: ['EAGAIN', 11, 'resource temporarily unavailable'],
  8: ['EBADF', 9, 'bad file descriptor'],
  10: ['EBUSY', 16, 'resource busy or locked'],
  20: ['EEXIST', 17, 'file already exists'],
  22: ['EFBIG', 27, 'file too large'],
  25: ['EILSEQ', 84, 'illegal byte sequence'],
  28: ['EINVAL', 22, 'invalid argument'],
  29: ['EIO', 5, 'i/o error'],
  31: ['EISDIR', 21, 'illegal operation on a directory'],
  32: ['ELOOP', 40, 'too many symbolic links encountered'],
  33: ['EMFILE', 24, 'too many open files'],
  34: ['EMLINK', 31, 'too many links'],
  37: ['ENAMETOOLONG', 36, 'name too long'],
  41: ['ENFILE', 23, 'file table overflow'],
  44: ['ENOENT', 2, 'no such file or directory'],
  48: ['ENOMEM', 12, 'not enough memory'],
  51: ['ENOSPC', 28, 'no space left on device'],
  52: ['ENOSYS', 38, 'function not implemented'],
  54: ['ENOTDIR', 20, 'not a directory'],
  55: ['ENOTEMPTY', 39, 'directory not empty'],
  58: ['ENOTSUP', 95, 'operation not supported'],
  63: ['EPERM', 1, 'operation not permitted'],
  69: ['EROFS', 30, 'read-only file system'],
  70: ['ESPIPE', 29, 'invalid seek'],
  75: ['EXDEV', 18, 'cross-device link not permitted'],
  76: ['EACCES', 13, 'permission denied'],
};

/** WASI's numbers of the failures that are made here. */
export const enum Errno {
  Acces = 2,
  Badf = 8,
  Exist = 20,
  Inval = 28,
  Isdir = 31,
  Loop = 32,
  Noent = 44,
  Nosys = 52,
  Notdir = 54,
  Notsup = 58,
  Perm = 63,
  Rofs = 69,
}

export interface FsError extends Error {
  code: string;
  errno: number;
  syscall: string;
  path?: string;
  dest?: string;
}

/** The error of a call that failed with this WASI errno. */
export function fsError(errno: number, syscall: string, path?: string, dest?: string): FsError {
  const [code, number, text] = table[errno] ?? ['UNKNOWN', 4094, 'unknown error'];
  let message = `${code}: ${text}, ${syscall}`;
  if (path !== undefined) message += ` '${path}'`;
  if (dest !== undefined) message += ` -> '${dest}'`;
  const error = Object.assign(new Error(message), { errno: -number, code, syscall }) as FsError;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  return error;
}

/** A failed call in Node's longer form, which `rm` and `cp` throw. Its errno is positive there. */
export function systemError(code: string, syscall: string, path: string, errno: number, summary: string, reason: string): Error {
  const name = Object.values(table).find(([, number]) => number === errno)![0];
  const error = coded(new Error(`${summary}: ${syscall} returned ${name} (${reason}) ${path}`), code);
  error.name = 'SystemError';
  return Object.assign(error, { errno, syscall, path });
}
