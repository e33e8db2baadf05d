// The calls that everything else is made of: each does one thing on a path or a descriptor, at once, and
// throws Node's error when it fails.

import { EffectKind, Stream } from '../../abi';
import { native } from '../../native';
import { decode } from '../buffer/encodings';
import { invalidArgument, outOfRange } from '../errors';
import { posix } from '../path/posix';
import { Errno, fsError } from './errors';
import { openMode } from './flags';
import { find, locate, pathOf, virtualEntries } from './paths';
import { isLink, virtualFolder } from './stats';

const files = native.files;
const directoryFlag = 2;

/** Throws when the answer of a native call is an errno. */
function check(result: number, syscall: string, path?: string, dest?: string): number {
  if (result < 0) throw fsError(-result, syscall, path, dest);
  return result;
}

export function needFd(fd: unknown): asserts fd is number {
  if (typeof fd !== 'number') throw invalidArgument('fd', 'of type number', fd);
  if (!Number.isInteger(fd) || fd < 0 || fd > 2 ** 31 - 1) throw outOfRange('fd', '>= 0 && <= 2147483647', fd);
}

export function open(path: string, flags: unknown): number {
  const mode = openMode(flags);
  const { dir, rel } = locate(path, 'open');
  return check(files.open(dir, rel, mode.oflags, mode.fdflags, mode.write, mode.follow), 'open', path);
}

export function close(fd: number): void {
  needFd(fd);
  check(files.close(fd), 'close');
}

/** Whether reading this descriptor is reading the input of the program, of which there is none. */
const stdin = 0;
const outputs: Record<number, Stream> = { 1: Stream.Stdout, 2: Stream.Stderr };

/** Bytes read; 0 at the end. */
export function read(fd: number, into: Uint8Array, position: number | null): number {
  if (fd === stdin) return 0;
  if (into.length === 0) return 0;
  return check(files.read(fd, into, position), 'read');
}

/** Writes all of it. */
export function write(fd: number, from: Uint8Array, position: number | null): number {
  const output = outputs[fd];
  if (output !== undefined) {
    native.effect(EffectKind.Log, 0, output, decode(from, 'utf8'));
    return from.length;
  }
  let done = 0;
  while (done < from.length) {
    const at = position === null ? null : position + done;
    const count = check(files.write(fd, done === 0 ? from : from.subarray(done), at), 'write');
    if (count === 0) throw fsError(Errno.Inval, 'write');
    done += count;
  }
  return done;
}

/** [type, size, atime ms, mtime ms, ctime ms, inode, links, device], or undefined when there is nothing. */
export function statOrNone(path: string, follow: boolean, syscall: string): number[] | undefined {
  const place = find(path);
  if (place === undefined) return virtualEntries(path) === undefined ? undefined : virtualFolder;
  const result = files.stat(place.dir, place.rel, follow);
  if (typeof result !== 'number') return result;
  if (-result === Errno.Noent || -result === Errno.Notdir) {
    return undefined;
  }
  throw fsError(-result, syscall, path);
}

export function stat(path: string, follow: boolean): number[] {
  const syscall = follow ? 'stat' : 'lstat';
  const place = find(path);
  if (place === undefined) {
    if (virtualEntries(path) !== undefined) return virtualFolder;
    throw fsError(Errno.Noent, syscall, path);
  }
  const result = files.stat(place.dir, place.rel, follow);
  if (typeof result === 'number') throw fsError(-result, syscall, path);
  return result;
}

export function fstat(fd: number): number[] {
  needFd(fd);
  const result = files.fstat(fd);
  if (typeof result === 'number') throw fsError(-result, 'fstat');
  return result;
}

const directoryType = 3;

/** Names and types, by name. */
export function readdir(path: string, syscall = 'scandir'): [name: string, type: number][] {
  const place = find(path);
  if (place === undefined) {
    const names = virtualEntries(path);
    if (names === undefined) throw fsError(Errno.Noent, syscall, path);
    return names.map((name) => [name, directoryType]);
  }
  const fd = check(files.open(place.dir, place.rel, directoryFlag, 0, false, true), syscall, path);
  try {
    const result = files.readdir(fd);
    if (typeof result === 'number') throw fsError(-result, syscall, path);
    const entries: [string, number][] = [];
    for (let at = 0; at < result.length; at += 2) entries.push([result[at] as string, result[at + 1] as number]);
    // The order of a folder's entries differs from machine to machine.
    return entries.sort(([a], [b]) => (a < b ? -1 : 1));
  } finally {
    files.close(fd);
  }
}

export function mkdir(path: string): void {
  const place = find(path);
  if (place === undefined) throw fsError(virtualEntries(path) === undefined ? Errno.Noent : Errno.Exist, 'mkdir', path);
  check(place.rel === '.' ? -Errno.Exist : files.mkdir(place.dir, withoutSlash(place.rel)), 'mkdir', path);
}

export function rmdir(path: string): void {
  const { dir, rel } = locate(path, 'rmdir');
  check(files.rmdir(dir, withoutSlash(rel)), 'rmdir', path);
}

export function unlink(path: string): void {
  const { dir, rel } = locate(path, 'unlink');
  check(files.unlink(dir, rel), 'unlink', path);
}

export function rename(from: string, to: string): void {
  const a = locate(from, 'rename', from, to);
  const b = locate(to, 'rename', from, to);
  check(files.rename(a.dir, withoutSlash(a.rel), b.dir, withoutSlash(b.rel)), 'rename', from, to);
}

export function link(existing: string, path: string): void {
  const a = locate(existing, 'link', existing, path);
  const b = locate(path, 'link', existing, path);
  check(files.link(a.dir, a.rel, b.dir, b.rel), 'link', existing, path);
}

export function symlink(target: string, path: string): void {
  const { dir, rel } = locate(path, 'symlink', target, path);
  check(files.symlink(target, dir, rel), 'symlink', target, path);
}

export function readlink(path: string): string {
  const { dir, rel } = locate(path, 'readlink');
  const result = files.readlink(dir, rel);
  if (typeof result === 'number') throw fsError(-result, 'readlink', path);
  return result;
}

export function ftruncate(fd: number, size: number): void {
  needFd(fd);
  check(files.truncate(fd, size), 'ftruncate');
}

export function utimes(path: string, atimeMs: number, mtimeMs: number, follow: boolean): void {
  const syscall = follow ? 'utime' : 'lutime';
  const { dir, rel } = locate(path, syscall);
  check(files.utimes(dir, rel, atimeMs, mtimeMs, follow), syscall, path);
}

export function sync(fd: number): void {
  needFd(fd);
  check(files.sync(fd), 'fsync');
}

const linksFollowedMax = 40;

/** The path with every symbolic link in it resolved. */
export function realpath(path: string): string {
  let rest = posix.resolve(path).split('/').filter(Boolean);
  let done = '';
  let followed = 0;
  while (rest.length > 0) {
    const next = `${done}/${rest.shift()!}`;
    const type = stat(next, false)[0]!;
    if (!isLink(type)) {
      done = next;
      continue;
    }
    if (++followed > linksFollowedMax) throw fsError(Errno.Loop, 'realpath', path);
    const target = posix.resolve(done === '' ? '/' : done, readlink(next));
    rest = [...target.split('/').filter(Boolean), ...rest];
    done = '';
  }
  if (done === '') stat('/', true);
  return done === '' ? '/' : done;
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

export { pathOf };
