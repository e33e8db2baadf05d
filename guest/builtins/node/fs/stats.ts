// What is known of a file: Stats, and Dirent for the entries of a folder.

import { posix } from '../path/posix';

const enum FileType {
  Block = 1,
  Character = 2,
  Directory = 3,
  Regular = 4,
  Socket = 6,
  Link = 7,
}

/** The bits of a mode. WASI knows no permissions: files show as 0644, folders as 0755. */
const modes: Record<number, number> = {
  [FileType.Block]: 0o060660,
  [FileType.Character]: 0o020666,
  [FileType.Directory]: 0o040755,
  [FileType.Regular]: 0o100644,
  [FileType.Socket]: 0o140777,
  [FileType.Link]: 0o120777,
};
const blockSize = 4096;

class TypeTests {
  #type: number;
  constructor(type: number) {
    this.#type = type;
  }
  isFile(): boolean {
    return this.#type === FileType.Regular;
  }
  isDirectory(): boolean {
    return this.#type === FileType.Directory;
  }
  isSymbolicLink(): boolean {
    return this.#type === FileType.Link;
  }
  isBlockDevice(): boolean {
    return this.#type === FileType.Block;
  }
  isCharacterDevice(): boolean {
    return this.#type === FileType.Character;
  }
  isFIFO(): boolean {
    return false;
  }
  isSocket(): boolean {
    return this.#type === FileType.Socket;
  }
}

export class Stats extends TypeTests {
  dev: number;
  mode: number;
  nlink: number;
  uid = 0;
  gid = 0;
  rdev = 0;
  blksize = blockSize;
  ino: number;
  size: number;
  blocks: number;
  atimeMs: number;
  mtimeMs: number;
  ctimeMs: number;
  birthtimeMs: number;
  atime: Date;
  mtime: Date;
  ctime: Date;
  birthtime: Date;

  /** From [type, size, atime ms, mtime ms, ctime ms, inode, links, device]. */
  constructor(raw: number[]) {
    const [type, size, atimeMs, mtimeMs, ctimeMs, ino, nlink, dev] = raw as [number, number, number, number, number, number, number, number];
    super(type);
    this.dev = dev;
    this.mode = modes[type] ?? 0;
    this.nlink = nlink;
    this.ino = ino;
    this.size = size;
    this.blocks = Math.ceil(size / 512);
    this.atimeMs = atimeMs;
    this.mtimeMs = mtimeMs;
    this.ctimeMs = ctimeMs;
    this.birthtimeMs = ctimeMs;
    this.atime = new Date(atimeMs);
    this.mtime = new Date(mtimeMs);
    this.ctime = new Date(ctimeMs);
    this.birthtime = new Date(ctimeMs);
  }
}

const inBigInts = [
  'dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'ino', 'size', 'blocks', 'atimeMs', 'mtimeMs', 'ctimeMs', 'birthtimeMs',
];

/** The form that the option `bigint` asks for, with nanoseconds beside the milliseconds. */
export class BigIntStats extends TypeTests {
  [key: string]: unknown;
  constructor(raw: number[]) {
    super(raw[0]!);
    const stats = new Stats(raw) as unknown as Record<string, number>;
    for (const key of inBigInts) this[key] = BigInt(Math.trunc(stats[key]!));
    for (const key of ['atime', 'mtime', 'ctime', 'birthtime']) {
      this[`${key}Ns`] = BigInt(Math.round(stats[`${key}Ms`]! * 1e6));
    }
    for (const key of ['atime', 'mtime', 'ctime', 'birthtime']) this[key] = stats[key];
  }
}

export class Dirent extends TypeTests {
  name: string;
  parentPath: string;
  path: string;

  constructor(name: string, type: number, folder: string) {
    super(type);
    this.name = name;
    this.parentPath = folder;
    this.path = folder;
  }
}

/** A folder that holds nothing but the way to other folders. */
export const virtualFolder = [FileType.Directory, 0, 0, 0, 0, 0, 1, 0];

export function isFolder(type: number): boolean {
  return type === FileType.Directory;
}

export function isLink(type: number): boolean {
  return type === FileType.Link;
}

export const joinPath = (folder: string, name: string): string => posix.join(folder, name);
