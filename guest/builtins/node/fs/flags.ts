// How a file is opened: Node's flags, as text or as Linux's bits, and what they mean to WASI.

import { invalidArgument, invalidValue } from '../errors';

export const constants = Object.freeze({
  __proto__: null,
  UV_FS_SYMLINK_DIR: 1,
  UV_FS_SYMLINK_JUNCTION: 2,
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  S_IFMT: 0o170000,
  S_IFREG: 0o100000,
  S_IFDIR: 0o040000,
  S_IFCHR: 0o020000,
  S_IFBLK: 0o060000,
  S_IFIFO: 0o010000,
  S_IFLNK: 0o120000,
  S_IFSOCK: 0o140000,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NOCTTY: 0o400,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_DIRECTORY: 0o200000,
  O_NOATIME: 0o1000000,
  O_NOFOLLOW: 0o400000,
  O_SYNC: 0o4010000,
  O_DSYNC: 0o10000,
  O_DIRECT: 0o40000,
  O_NONBLOCK: 0o4000,
  S_IRWXU: 0o700,
  S_IRUSR: 0o400,
  S_IWUSR: 0o200,
  S_IXUSR: 0o100,
  S_IRWXG: 0o070,
  S_IRGRP: 0o040,
  S_IWGRP: 0o020,
  S_IXGRP: 0o010,
  S_IRWXO: 0o007,
  S_IROTH: 0o004,
  S_IWOTH: 0o002,
  S_IXOTH: 0o001,
  F_OK: 0,
  R_OK: 4,
  W_OK: 2,
  X_OK: 1,
  COPYFILE_EXCL: 1,
  COPYFILE_FICLONE: 2,
  COPYFILE_FICLONE_FORCE: 4,
  UV_FS_COPYFILE_EXCL: 1,
  UV_FS_COPYFILE_FICLONE: 2,
  UV_FS_COPYFILE_FICLONE_FORCE: 4,
  UV_DIRENT_UNKNOWN: 0,
  UV_DIRENT_FILE: 1,
  UV_DIRENT_DIR: 2,
  UV_DIRENT_LINK: 3,
  UV_DIRENT_FIFO: 4,
  UV_DIRENT_SOCKET: 5,
  UV_DIRENT_CHAR: 6,
  UV_DIRENT_BLOCK: 7,
  UV_FS_O_FILEMAP: 0,
});

export interface OpenMode {
  write: boolean;
  oflags: number;
  fdflags: number;
  follow: boolean;
}

const texts: Record<string, number> = {};
{
  const { O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_EXCL, O_WRONLY, O_SYNC } = constants;
  const forms: Record<string, number> = {
    r: 0,
    'r+': O_RDWR,
    w: O_TRUNC | O_CREAT | O_WRONLY,
    'w+': O_TRUNC | O_CREAT | O_RDWR,
    a: O_APPEND | O_CREAT | O_WRONLY,
    'a+': O_APPEND | O_CREAT | O_RDWR,
  };
  for (const [form, bits] of Object.entries(forms)) {
    texts[form] = bits;
    const [letter, plus] = [form[0]!, form.slice(1)];
    for (const s of [`s${plus}`, `${plus}s`]) texts[letter + s] = bits | O_SYNC;
    if (letter !== 'r') for (const x of [`x${plus}`, `${plus}x`]) texts[letter + x] = bits | O_EXCL;
    if (letter !== 'r') texts[`x${letter}${plus}`] = bits | O_EXCL;
  }
}

const WASI = { create: 1, directory: 2, exclusive: 4, truncate: 8, append: 1 };

export function openMode(flags: unknown): OpenMode {
  let bits: number;
  if (flags === undefined || flags === null) bits = 0;
  else if (typeof flags === 'number') bits = flags;
  else if (typeof flags === 'string') {
    const found = texts[flags];
    if (found === undefined) throw invalidValue('flags', flags);
    bits = found;
  } else throw invalidArgument('flags', 'of type string or number', flags);
  let oflags = 0;
  if (bits & constants.O_CREAT) oflags |= WASI.create;
  if (bits & constants.O_DIRECTORY) oflags |= WASI.directory;
  if (bits & constants.O_EXCL) oflags |= WASI.exclusive;
  if (bits & constants.O_TRUNC) oflags |= WASI.truncate;
  return {
    write: (bits & 3) !== 0,
    oflags,
    fdflags: bits & constants.O_APPEND ? WASI.append : 0,
    follow: (bits & constants.O_NOFOLLOW) === 0,
  };
}
