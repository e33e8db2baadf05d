// What is known of a file: Stats, and Dirent for the entries of a folder.

import { warn } from './warnings';
import { modeOf } from './kept';
import { posix } from '../path/posix';

/** [type, size, atime ms, mtime ms, ctime ms, inode, links, device], as the engine gives them. */
export type RawStats = number[];

/** The user that all files belong to: process.getuid() is the same. */
export const OWNER = 65534;

const enum FileType {
  Block = 1,
  Character = 2,
  Directory = 3,
  Regular = 4,
  Socket = 6,
  Link = 7,
}

/** The bits of a mode. WASI knows no permissions: files show as 0644, folders as 0755, unless a program has set others. */
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

const TYPE_BITS = 0o170000;

function fullMode(raw: RawStats): number {
  const usual = modes[raw[0]!] ?? 0;
  const kept = modeOf(raw);
  return kept === undefined ? usual : (usual & TYPE_BITS) | kept;
}

/** Tells types apart by the bits of `mode`, which a program may have set. */
class ModeTests {
  declare mode: number | bigint;
  #is(bits: number): boolean {
    return (Number(this.mode) & TYPE_BITS) === bits;
  }
  isFile(): boolean {
    return this.#is(0o100000);
  }
  isDirectory(): boolean {
    return this.#is(0o040000);
  }
  isSymbolicLink(): boolean {
    return this.#is(0o120000);
  }
  isBlockDevice(): boolean {
    return this.#is(0o060000);
  }
  isCharacterDevice(): boolean {
    return this.#is(0o020000);
  }
  isFIFO(): boolean {
    return this.#is(0o010000);
  }
  isSocket(): boolean {
    return this.#is(0o140000);
  }
}

const TIMES = ['atime', 'mtime', 'ctime', 'birthtime'] as const;
type Times = Record<(typeof TIMES)[number], Date>;

class StatsClass extends ModeTests {
  declare dev: number;
  declare mode: number;
  declare nlink: number;
  declare uid: number;
  declare gid: number;
  declare rdev: number;
  declare blksize: number;
  declare ino: number;
  declare size: number;
  declare blocks: number;
  declare atimeMs: number;
  declare mtimeMs: number;
  declare ctimeMs: number;
  declare birthtimeMs: number;
}
interface StatsClass extends Times {}

/** The deprecated constructor of programs, which can be called without `new`. */
function StatsFunction(this: unknown, ...values: number[]): StatsClass {
  warn('fs.Stats constructor is deprecated.', 'DEP0180');
  const names = ['dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'ino', 'size', 'blocks', 'atimeMs', 'mtimeMs', 'ctimeMs', 'birthtimeMs'];
  const stats = new StatsClass();
  names.forEach((name, at) => ((stats as unknown as Record<string, unknown>)[name] = values[at]));
  return withDates(stats, values.slice(10));
}

export type Stats = StatsClass;
export const Stats = StatsFunction as unknown as typeof StatsClass;
Object.defineProperty(Stats, 'name', { value: 'Stats', configurable: true });
Object.defineProperty(Stats, 'prototype', { value: StatsClass.prototype, writable: false });
Object.defineProperty(StatsClass.prototype, 'constructor', { value: Stats, writable: true, configurable: true });

function withDates<T extends object>(stats: T, times: (number | undefined)[]): T {
  TIMES.forEach((name, at) => ((stats as Record<string, unknown>)[name] = new Date(times[at] ?? NaN)));
  return stats;
}

/** The numbers, by Node's names and in its order. */
function numbersOf(raw: RawStats): Record<string, number> {
  const [, size = 0, atimeMs = 0, mtimeMs = 0, ctimeMs = 0, ino = 0, nlink = 0, dev = 0] = raw;
  const mode = fullMode(raw);
  const blocks = Math.ceil(size / 512);
  return { dev, mode, nlink, uid: OWNER, gid: OWNER, rdev: 0, blksize: blockSize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs: ctimeMs };
}

export function statsOf(raw: RawStats): Stats {
  const numbers = numbersOf(raw);
  const { atimeMs, mtimeMs, ctimeMs } = numbers;
  return withDates(Object.assign(new StatsClass(), numbers), [atimeMs, mtimeMs, ctimeMs, ctimeMs]);
}

/** The form that the option `bigint` asks for, with nanoseconds beside the milliseconds. */
export class BigIntStats extends ModeTests {
  [key: string]: unknown;
  constructor(raw: RawStats) {
    super();
    const numbers = numbersOf(raw);
    for (const [key, value] of Object.entries(numbers)) this[key] = BigInt(Math.trunc(value));
    for (const key of TIMES) this[`${key}Ns`] = BigInt(Math.round(numbers[`${key}Ms`]! * 1e6));
    withDates(this, TIMES.map((key) => numbers[`${key}Ms`]));
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
