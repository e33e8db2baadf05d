// The calls that everything else is made of: each does one thing on a path or a descriptor, at once, and
// throws Node's error when it fails.

import { EffectKind, Stream } from '../../abi';
import { native } from '../../native';
import { decode } from '../buffer/encodings';
import { validateInteger } from '../validators';
import { posix } from '../path/posix';
import { Errno, fsError } from './errors';
import { openMode } from './flags';
import { find, locate, pathOf, virtualEntries } from './paths';
import * as kept from './kept';
import { isLink, virtualFolder, type RawStats } from './stats';

const files = native.files;
const directoryFlag = 2;

/** Throws when the answer of a native call is an errno. */
function check(result: number, syscall: string, path?: string, dest?: string): number {
  if (result < 0) throw fsError(-result, syscall, path, dest);
  return result;
}

export function needFd(fd: unknown): asserts fd is number {
  validateInteger(fd, 'fd', 0, 2147483647);
}

const createFlag = 1;
const usualMode = 0o666;

export function open(path: string, flags: unknown, permissions = usualMode): number {
  const mode = openMode(flags);
  const { dir, rel } = locate(path, 'open');
  const creates = (mode.oflags & createFlag) !== 0;
  // Most programs never set permissions: then nothing has to be looked at.
  let before: RawStats | number | undefined;
  if ((mode.write && kept.keepsModes()) || (creates && permissions !== usualMode)) {
    before = files.stat(dir, rel, mode.follow);
    if (mode.write && typeof before !== 'number' && !kept.mayWrite(before)) throw fsError(Errno.Acces, 'open', path);
  }
  const fd = check(files.open(dir, rel, mode.oflags, mode.fdflags, mode.write, mode.follow), 'open', path);
  if (creates && permissions !== usualMode && typeof before === 'number') kept.keepModeOfNew(fstat(fd), permissions);
  return fd;
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
  return statAs(path, follow, follow ? 'stat' : 'lstat');
}

export function statAs(path: string, follow: boolean, syscall: string): number[] {
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
  return fstatAs(fd, 'fstat');
}

export function fstatAs(fd: number, syscall: string): number[] {
  const result = files.fstat(fd);
  if (typeof result === 'number') throw fsError(-result, syscall);
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

const usualFolderMode = 0o777;

export function mkdir(path: string, permissions = usualFolderMode): void {
  const place = find(path);
  if (place === undefined) throw fsError(virtualEntries(path) === undefined ? Errno.Noent : Errno.Exist, 'mkdir', path);
  check(place.rel === '.' ? -Errno.Exist : files.mkdir(place.dir, withoutSlash(place.rel)), 'mkdir', path);
  if (permissions !== usualFolderMode) kept.keepModeOfNew(stat(path, false), permissions);
}

/** What is kept of a file that is about to be removed or replaced; forgotten when that has happened. */
function keptOf(dir: number, rel: string): RawStats | undefined {
  if (!kept.keepsModes() && !kept.keepsTexts()) return undefined;
  const raw = files.stat(dir, rel, false);
  return typeof raw === 'number' ? undefined : raw;
}

export function rmdir(path: string): void {
  const { dir, rel } = locate(path, 'rmdir');
  const before = keptOf(dir, rel);
  check(files.rmdir(dir, withoutSlash(rel)), 'rmdir', path);
  if (before !== undefined) kept.forget(before);
}

export function unlink(path: string): void {
  const { dir, rel } = locate(path, 'unlink');
  const before = keptOf(dir, rel);
  check(files.unlink(dir, rel), 'unlink', path);
  if (before !== undefined) kept.forget(before);
}

export function rename(from: string, to: string): void {
  const a = locate(from, 'rename', from, to);
  const b = locate(to, 'rename', from, to);
  const before = keptOf(b.dir, b.rel);
  check(files.rename(a.dir, withoutSlash(a.rel), b.dir, withoutSlash(b.rel)), 'rename', from, to);
  const moved = before && keptOf(b.dir, b.rel);
  // A link to the same file stays where it was.
  if (before !== undefined && moved?.[5] !== before[5]) kept.forget(before);
}

export function link(existing: string, path: string): void {
  const a = locate(existing, 'link', existing, path);
  const b = locate(path, 'link', existing, path);
  check(files.link(a.dir, a.rel, b.dir, b.rel), 'link', existing, path);
}

/** A path from the root leads nowhere on the host: within one folder the link is made relative, and its text is kept
 *  beside it. Any other is refused by the host, so that no link leads out. */
export function symlink(target: string, path: string): void {
  const { dir, rel } = locate(path, 'symlink', target, path);
  const to = target.startsWith('/') ? find(target) : undefined;
  if (to?.dir !== dir) {
    check(files.symlink(target, dir, rel), 'symlink', target, path);
    return;
  }
  const above = withoutSlash(rel).split('/').length - 1;
  check(files.symlink(`${'../'.repeat(above)}${to.rel}`, dir, rel), 'symlink', target, path);
  const raw = files.stat(dir, rel, false);
  if (typeof raw !== 'number') kept.keepText(raw, target);
}

export function readlink(path: string): string {
  const { dir, rel } = locate(path, 'readlink');
  const result = files.readlink(dir, rel);
  if (typeof result === 'number') throw fsError(-result, 'readlink', path);
  const raw = kept.keepsTexts() ? files.stat(dir, rel, false) : 0;
  return (typeof raw !== 'number' && kept.textOf(raw)) || result;
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

/** Times of an open file. */
export function futimes(fd: number, atimeMs: number, mtimeMs: number): void {
  needFd(fd);
  check(files.futimes(fd, atimeMs, mtimeMs), 'futime');
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
