// The synchronous interface. The other two, promises and callbacks, are made of it: a call to the host's
// file system does not wait for anything.

import { native } from '../../native';
import { builtinExports } from '../../runtime/builtin_modules';
import { isAbortSignal } from '../../web/events/abort';
import { Buffer } from '../buffer/buffer';
import { decode, encode, encodingOf, needEncoding } from '../buffer/encodings';
import { parseFileMode, validateBoolean, validateBuffer, validateEncoding, validateFunction, validateInt32, validateInteger, validateObject, validateUint32 } from '../validators';
import { coded, codes, invalidArgument, invalidValue, outOfRange } from '../errors';
import * as calls from './calls';
import { Errno, fsError, systemError, type FsError } from './errors';
import { constants } from './flags';
import { pathOf } from './paths';
import { BigIntStats, Dirent, isFolder, isLink, joinPath, statsOf, type Stats } from './stats';
import { warn, warnOf } from './warnings';

export * from './owners';

interface Options {
  encoding?: unknown;
  flag?: unknown;
  signal?: unknown;
  flush?: unknown;
  mode?: unknown;
  recursive?: boolean;
  withFileTypes?: boolean;
  force?: boolean;
  bigint?: boolean;
  throwIfNoEntry?: boolean;
}

/** Options given as an object, or as the name of an encoding. */
export function optionsOf(options: unknown): Options {
  if (options === undefined || options === null) return {};
  if (typeof options === 'string') {
    checkEncoding(options);
    return { encoding: options };
  }
  if (typeof options !== 'object') throw invalidArgument('options', 'one of type string or object', options);
  checkEncoding((options as Options).encoding);
  return options;
}

function checkEncoding(encoding: unknown): void {
  if (encoding === undefined || encoding === null || encoding === 'buffer') return;
  if (encodingOf(encoding) === undefined) throw invalidValue('encoding', encoding, 'is invalid encoding');
}

/** Text in the encoding that was asked for, bytes when none was. */
function inEncoding(bytes: Uint8Array, encoding: unknown): string | Buffer {
  if (encoding === undefined || encoding === null || encoding === 'buffer') return bytes as Buffer;
  return decode(bytes, needEncoding(encoding));
}

/** A path or name in the encoding that was asked for, text when none was. */
function nameIn(name: string, encoding: unknown): string | Buffer {
  if (encoding === undefined || encoding === null || encoding === 'utf8' || encoding === 'utf-8') return name;
  return inEncoding(Buffer.from(name), encoding);
}

export function bytesOf(data: unknown, encoding: unknown): Uint8Array {
  if (typeof data === 'string') return encode(data, encodingOf(encoding) ?? 'utf8');
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw invalidArgument('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
}

export function checkAborted(signal: unknown): void {
  if (signal === undefined) return;
  if (!isAbortSignal(signal)) throw invalidArgument('options.signal', 'an instance of AbortSignal', signal);
  if (!signal.aborted) return;
  const error = coded(new Error('The operation was aborted', { cause: signal.reason }), 'ABORT_ERR');
  error.name = 'AbortError';
  throw error;
}

/** Runs `use` with a descriptor: the one given, or that of the path, which is closed again. */
function withFile<T>(file: unknown, flags: unknown, use: (fd: number) => T, mode?: number): T {
  if (typeof file === 'number') {
    calls.needFd(file);
    return use(file);
  }
  const fd = calls.open(pathOf(file), flags, mode);
  try {
    return use(fd);
  } finally {
    calls.close(fd);
  }
}

/** Bytes that are read at a time when the size is not known. */
const pieceBytes = 64 * 1024;

export function readAll(fd: number): Buffer {
  let size = 0;
  if (fd !== 0) {
    const raw = calls.fstat(fd);
    if (isFolder(raw[0]!)) throw fsError(Errno.Isdir, 'read');
    size = raw[1]!;
  }
  if (size > 0) {
    const whole = Buffer.alloc(size);
    let at = 0;
    while (at < size) {
      const count = calls.read(fd, whole.subarray(at), null);
      if (count === 0) return whole.subarray(0, at);
      at += count;
    }
    return whole;
  }
  const pieces: Uint8Array[] = [];
  for (;;) {
    const piece = Buffer.alloc(pieceBytes);
    const count = calls.read(fd, piece, null);
    if (count === 0) return Buffer.concat(pieces);
    pieces.push(piece.subarray(0, count));
  }
}

export function readFileSync(file: unknown, options?: unknown): string | Buffer {
  const { encoding, flag, signal } = optionsOf(options);
  checkAborted(signal);
  return inEncoding(withFile(file, flag ?? 'r', readAll), encoding);
}

export function writeFileSync(file: unknown, data: unknown, options?: unknown): void {
  const { encoding, flag, flush, mode, signal } = optionsOf(options);
  if (flush !== undefined && flush !== null) validateBoolean(flush, 'options.flush');
  checkAborted(signal);
  const bytes = bytesOf(data, encoding);
  const write = (fd: number): void => {
    calls.write(fd, bytes, null);
    if (flush) fsModule().fsyncSync!(fd);
  };
  withFile(file, flag ?? 'w', write, parseFileMode(mode, 'mode', 0o666));
}

/** The module, whose functions a program may have replaced. */
function fsModule(): Record<string, (...args: any[]) => unknown> {
  return builtinExports('fs') as Record<string, (...args: any[]) => unknown>;
}

export function appendFileSync(file: unknown, data: unknown, options?: unknown): void {
  const given = optionsOf(options);
  writeFileSync(file, data, { ...given, flag: given.flag ?? 'a' });
}

export function openSync(path: unknown, flags?: unknown, mode?: unknown): number {
  return calls.open(pathOf(path), flags, parseFileMode(mode, 'mode', 0o666));
}

export function closeSync(fd: number): void {
  calls.close(fd);
}

interface Piece {
  offset: number;
  length: number;
  position: number | null;
}

function isOptions(value: unknown): value is Partial<Piece> {
  return typeof value === 'object' && value !== null;
}

const POSITION_MAX = 2n ** 63n - 1n;

/** Where to read; null for where the last read ended. */
function readPosition(position: unknown, length: number): number | null {
  if (position === undefined || position === null) return null;
  if (typeof position === 'number') {
    validateInteger(position, 'position', -1);
  } else if (typeof position === 'bigint') {
    const most = POSITION_MAX - BigInt(length);
    if (position < -1n || position > most) throw outOfRange('position', `>= -1 && <= ${most}`, position);
  } else {
    throw new codes.ERR_INVALID_ARG_TYPE!('position', ['integer', 'bigint'], position);
  }
  return Number(position) < 0 ? null : Number(position);
}

/** The part of a buffer that a read fills: given in order, or as an object. */
function pieceToRead(buffer: ArrayBufferView, offset: unknown, length: unknown, position: unknown): Piece {
  if (isOptions(offset)) ({ offset = 0, length = buffer.byteLength - Number(offset), position = null } = offset);
  if (offset === undefined || offset === null) offset = 0;
  validateInteger(offset, 'offset', 0);
  const count = length === undefined || length === null ? buffer.byteLength - offset : (length as number) | 0;
  if (count === 0) return { offset: 0, length: 0, position: null };
  if (buffer.byteLength === 0) throw invalidValue('buffer', buffer, 'is empty and cannot be written');
  if (count < 0) throw outOfRange('length', '>= 0', count);
  if (offset + count > buffer.byteLength) throw outOfRange('length', `<= ${buffer.byteLength - offset}`, count);
  return { offset, length: count, position: readPosition(position, count) };
}

/** The part of a buffer that a write takes. */
function pieceToWrite(buffer: ArrayBufferView, offset: unknown, length: unknown, position: unknown): Piece {
  if (isOptions(offset)) ({ offset = 0, length = buffer.byteLength - Number(offset), position = null } = offset);
  if (offset === undefined || offset === null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  const start = offset as number;
  const count = typeof length === 'number' ? length : buffer.byteLength - start;
  if (start > buffer.byteLength) throw outOfRange('offset', `<= ${buffer.byteLength}`, start);
  if (count > buffer.byteLength - start) throw outOfRange('length', `<= ${buffer.byteLength - start}`, count);
  if (count < 0) throw outOfRange('length', '>= 0', count);
  validateInt32(count, 'length', 0);
  return { offset: start, length: count, position: typeof position === 'number' && position >= 0 ? position : null };
}

function viewOf(buffer: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

export function readSync(fd: unknown, buffer: unknown, offset?: unknown, length?: unknown, position?: unknown): number {
  calls.needFd(fd);
  validateBuffer(buffer);
  if (length === undefined && offset !== undefined && offset !== null && typeof offset !== 'number') validateObject(offset, 'options', { nullable: true });
  const piece = pieceToRead(buffer, offset, length, position);
  // No file is so long, and the host counts no further.
  if (piece.length === 0 || !Number.isSafeInteger((piece.position ?? 0) + piece.length)) return 0;
  return calls.read(fd, viewOf(buffer).subarray(piece.offset, piece.offset + piece.length), piece.position);
}

export function writeSync(fd: unknown, data: unknown, offset?: unknown, length?: unknown, position?: unknown): number {
  calls.needFd(fd);
  if (ArrayBuffer.isView(data)) {
    const piece = pieceToWrite(data, offset, length, position);
    return calls.write(fd, viewOf(data).subarray(piece.offset, piece.offset + piece.length), piece.position);
  }
  if (typeof data !== 'string') throw new codes.ERR_INVALID_ARG_TYPE!('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  // writeSync(fd, text, position, encoding)
  validateEncoding(data, String(length));
  return calls.write(fd, encode(data, encodingOf(length) ?? 'utf8'), typeof offset === 'number' ? offset : null);
}

function needBuffers(buffers: unknown): asserts buffers is ArrayBufferView[] {
  if (!Array.isArray(buffers) || !buffers.every((each) => ArrayBuffer.isView(each))) {
    throw new codes.ERR_INVALID_ARG_TYPE!('buffers', 'ArrayBufferView[]', buffers);
  }
}

export function readvSync(fd: unknown, buffers: unknown, position?: unknown): number {
  calls.needFd(fd);
  needBuffers(buffers);
  let total = 0;
  for (const buffer of buffers) {
    const count = calls.read(fd, viewOf(buffer), typeof position === 'number' ? position + total : null);
    total += count;
    if (count < buffer.byteLength) break;
  }
  return total;
}

export function writevSync(fd: unknown, buffers: unknown, position?: unknown): number {
  calls.needFd(fd);
  needBuffers(buffers);
  let total = 0;
  for (const buffer of buffers) total += calls.write(fd, viewOf(buffer), typeof position === 'number' ? position + total : null);
  return total;
}

function shown(raw: number[], options: Options): Stats | BigIntStats {
  return options.bigint ? new BigIntStats(raw) : statsOf(raw);
}

function statWith(path: unknown, options: unknown, follow: boolean): Stats | BigIntStats | undefined {
  const given = optionsOf(options);
  const text = pathOf(path);
  if (given.throwIfNoEntry === false) {
    const raw = calls.statOrNone(text, follow, follow ? 'stat' : 'lstat');
    return raw && shown(raw, given);
  }
  return shown(calls.stat(text, follow), given);
}

export function statSync(path: unknown, options?: unknown): Stats | BigIntStats | undefined {
  return statWith(path, options, true);
}

export function lstatSync(path: unknown, options?: unknown): Stats | BigIntStats | undefined {
  return statWith(path, options, false);
}

export function fstatSync(fd: number, options?: unknown): Stats | BigIntStats {
  return shown(calls.fstat(fd), optionsOf(options));
}

export function existsSync(path: unknown): boolean {
  let text: string;
  try {
    text = pathOf(path);
  } catch (error) {
    if ((error as FsError).code === 'ERR_INVALID_ARG_TYPE' || (error as FsError).code === 'ERR_INVALID_URL_SCHEME') {
      warn('Passing invalid argument types to fs.existsSync is deprecated', 'DEP0187');
    }
    return false;
  }
  if (native.frozen()) accessSync(text);
  try {
    return calls.statOrNone(text, true, 'access') !== undefined;
  } catch {
    return false;
  }
}

export function accessSync(path: unknown, mode: unknown = constants.F_OK): void {
  const text = pathOf(path);
  validateInteger(mode ?? constants.F_OK, 'mode', 0, 7);
  const wanted = (mode ?? constants.F_OK) as number;
  let type: number;
  try {
    type = calls.stat(text, true)[0]!;
    // Whether a file may be written is known by opening it.
    if (wanted & constants.W_OK && !isFolder(type)) calls.close(calls.open(text, 'r+'));
  } catch (error) {
    throw renamed(error, 'access', text);
  }
}

/** The same failure under the name of the call that the program made. */
function renamed(error: unknown, syscall: string, path?: string, dest?: string): unknown {
  const failed = error as FsError;
  if (typeof failed?.syscall !== 'string') return error;
  const text = /^(\w+: [^,]*), /.exec(failed.message)?.[1] ?? failed.code;
  let message = `${text}, ${syscall}`;
  if (path !== undefined) message += ` '${path}'`;
  if (dest !== undefined) message += ` -> '${dest}'`;
  const copy = Object.assign(new Error(message), { errno: failed.errno, code: failed.code, syscall });
  return Object.assign(copy, path === undefined ? {} : { path }, dest === undefined ? {} : { dest });
}

export function readdirSync(path: unknown, options?: unknown): (string | Buffer | Dirent)[] {
  const { encoding, recursive, withFileTypes } = optionsOf(options);
  const root = pathOf(path);
  const found: (string | Buffer | Dirent)[] = [];
  const folders: string[] = [''];
  for (let at = 0; at < folders.length; at++) {
    const below = folders[at]!;
    const folder = below === '' ? root : joinPath(root, below);
    for (const [name, type] of calls.readdir(folder)) {
      const relative = below === '' ? name : `${below}/${name}`;
      found.push(withFileTypes ? new Dirent(name, type, folder) : nameIn(relative, encoding));
      if (recursive && isFolder(type)) folders.push(relative);
    }
  }
  return found;
}

export function mkdirSync(path: unknown, options?: unknown): string | undefined {
  let recursive = false;
  let permissions = 0o777;
  if (typeof options === 'number' || typeof options === 'string') {
    permissions = parseFileMode(options, 'mode');
  } else if (options !== undefined && options !== null) {
    const given = options as Options;
    if (given.recursive !== undefined) validateBoolean(given.recursive, 'options.recursive');
    recursive = given.recursive ?? false;
    if (given.mode !== undefined) permissions = parseFileMode(given.mode, 'options.mode');
  }
  const text = pathOf(path);
  if (!recursive) {
    calls.mkdir(text, permissions);
    return undefined;
  }
  // Upwards to the first folder that exists, then down again.
  const missing: string[] = [];
  let current = text.length > 1 ? text.replace(/\/+$/, '') || '/' : text;
  for (;;) {
    const raw = calls.statOrNone(current, true, 'mkdir');
    if (raw !== undefined) {
      if (!isFolder(raw[0]!)) throw fsError(missing.length === 0 ? Errno.Exist : Errno.Notdir, 'mkdir', text);
      break;
    }
    const parent = joinPath(current, '..');
    missing.push(current);
    if (parent === current || parent === '.') break;
    current = parent;
  }
  let first: string | undefined;
  for (const folder of missing.reverse()) {
    try {
      calls.mkdir(folder, permissions);
    } catch (error) {
      throw renamed(error, 'mkdir', text);
    }
    first ??= folder;
  }
  return first;
}

export function rmdirSync(path: unknown, options?: unknown): void {
  if (optionsOf(options).recursive) rmSync(path, { recursive: true });
  else calls.rmdir(pathOf(path));
}

export function unlinkSync(path: unknown): void {
  calls.unlink(pathOf(path));
}

export function rmSync(path: unknown, options?: unknown): void {
  const text = pathOf(path);
  const { recursive, force } = removalOf(options);
  let raw: number[];
  try {
    raw = calls.stat(text, false);
  } catch (error) {
    if (force && (error as FsError).code === 'ENOENT') return;
    throw error;
  }
  if (!isFolder(raw[0]!)) return calls.unlink(text);
  if (!recursive) {
    throw systemError('ERR_FS_EISDIR', 'rm', text, EISDIR, 'Path is a directory', 'is a directory');
  }
  removeFolder(text);
}

/** The options of `rm`, checked. Nothing here is busy, so that trying again never helps. */
export function removalOf(options: unknown): Options {
  if (options === undefined) return {};
  validateObject(options, 'options');
  const { force, recursive, retryDelay, maxRetries } = options as Record<string, unknown>;
  if (force !== undefined) validateBoolean(force, 'options.force');
  if (recursive !== undefined) validateBoolean(recursive, 'options.recursive');
  if (retryDelay !== undefined) validateInt32(retryDelay, 'options.retryDelay', 0);
  if (maxRetries !== undefined) validateUint32(maxRetries, 'options.maxRetries');
  return options as Options;
}

function removeFolder(path: string): void {
  for (const [name, type] of calls.readdir(path, 'rm')) {
    const inner = joinPath(path, name);
    if (isFolder(type)) removeFolder(inner);
    else calls.unlink(inner);
  }
  calls.rmdir(path);
}

export function renameSync(from: unknown, to: unknown): void {
  calls.rename(pathOf(from, 'oldPath'), pathOf(to, 'newPath'));
}

export function linkSync(existing: unknown, path: unknown): void {
  calls.link(pathOf(existing, 'existingPath'), pathOf(path, 'newPath'));
}

export function symlinkSync(target: unknown, path: unknown, type?: unknown): void {
  if (type !== undefined && type !== null && type !== 'dir' && type !== 'file' && type !== 'junction') {
    throw new codes.ERR_INVALID_ARG_VALUE!('type', type, "must be one of: 'dir', 'file', 'junction'");
  }
  calls.symlink(pathOf(target, 'target'), pathOf(path));
}

export function readlinkSync(path: unknown, options?: unknown): string | Buffer {
  return nameIn(calls.readlink(pathOf(path)), optionsOf(options).encoding);
}

export function realpathSync(path: unknown, options?: unknown): string | Buffer {
  return nameIn(calls.realpath(pathOf(path)), optionsOf(options).encoding);
}
realpathSync.native = realpathSync;

export function copyFileSync(from: unknown, to: unknown, mode: unknown = 0): void {
  const source = pathOf(from, 'src');
  const target = pathOf(to, 'dest');
  validateInteger(mode ?? 0, 'mode', 0, 7);
  const exclusive = (((mode ?? 0) as number) & constants.COPYFILE_EXCL) !== 0;
  try {
    withFile(source, 'r', (input) => {
      if (isFolder(calls.fstat(input)[0]!)) throw fsError(Errno.Isdir, 'copyfile');
      withFile(target, exclusive ? 'wx' : 'w', (output) => {
        const piece = new Uint8Array(pieceBytes);
        for (;;) {
          const count = calls.read(input, piece, null);
          if (count === 0) return;
          calls.write(output, piece.subarray(0, count), null);
        }
      });
    });
  } catch (error) {
    throw renamed(error, 'copyfile', source, target);
  }
}

/** Linux's numbers, for the errors in Node's longer form. */
const [EEXIST, ENOTDIR, EISDIR, EINVAL] = [17, 20, 21, 22];

function checkCopy(options: any): void {
  validateObject(options, 'options');
  for (const name of ['dereference', 'errorOnExist', 'force', 'preserveTimestamps', 'recursive', 'verbatimSymlinks']) {
    if (name in options && (options[name] !== undefined || name === 'verbatimSymlinks')) validateBoolean(options[name], `options.${name}`);
  }
  if (options.mode !== undefined) validateInteger(options.mode, 'mode', 0, 7);
  if (options.dereference === true && options.verbatimSymlinks === true) {
    throw coded(new TypeError('Option "dereference" cannot be used in combination with option "verbatimSymlinks"'), 'ERR_INCOMPATIBLE_OPTION_PAIR');
  }
  if (options.filter !== undefined) validateFunction(options.filter, 'options.filter');
}

interface CopyOptions extends Options {
  errorOnExist?: boolean;
  dereference?: boolean;
  filter?: (from: string, to: string) => boolean;
}

export function cpSync(from: unknown, to: unknown, options: CopyOptions = {}): void {
  checkCopy(options);
  const source = pathOf(from, 'src');
  const target = pathOf(to, 'dest');
  if (joinPath(source, '.') === joinPath(target, '.')) {
    throw systemError('ERR_FS_CP_EINVAL', 'cp', target, EINVAL, 'Invalid src or dest', 'src and dest cannot be the same');
  }
  copyTree(source, target, options);
}

function copyTree(from: string, to: string, options: CopyOptions): void {
  if (options.filter !== undefined && !options.filter(from, to)) return;
  const type = calls.stat(from, options.dereference === true)[0]!;
  const existing = calls.statOrNone(to, false, 'cp');
  if (isFolder(type)) copyFolder(from, to, existing, options);
  else copyOne(from, to, type, existing, options);
}

function copyFolder(from: string, to: string, existing: number[] | undefined, options: CopyOptions): void {
  if (`${joinPath(to, '.')}/`.startsWith(`${joinPath(from, '.')}/`)) {
    throw systemError('ERR_FS_CP_EINVAL', 'cp', to, EINVAL, 'Invalid src or dest', `cannot copy ${from} to a subdirectory of self ${to}`);
  }
  if (!options.recursive) {
    const reason = `${from} is a directory (not copied)`;
    throw systemError('ERR_FS_EISDIR', 'cp', from, EISDIR, 'Recursive option not enabled, cannot copy a directory', reason);
  }
  if (existing === undefined) {
    mkdirSync(to, { recursive: true });
  } else if (!isFolder(existing[0]!)) {
    const reason = `cannot overwrite non-directory ${to} with directory ${from}`;
    throw systemError('ERR_FS_CP_DIR_TO_NON_DIR', 'cp', to, EISDIR, 'Cannot overwrite non-directory with directory', reason);
  }
  for (const [name] of calls.readdir(from, 'cp')) copyTree(joinPath(from, name), joinPath(to, name), options);
}

function copyOne(from: string, to: string, type: number, existing: number[] | undefined, options: CopyOptions): void {
  if (existing === undefined) {
    mkdirSync(joinPath(to, '..'), { recursive: true });
  } else {
    if (isFolder(existing[0]!)) {
      const reason = `cannot overwrite directory ${to} with non-directory ${from}`;
      throw systemError('ERR_FS_CP_NON_DIR_TO_DIR', 'cp', to, ENOTDIR, 'Cannot overwrite directory with non-directory', reason);
    }
    if (options.force === false) {
      if (!options.errorOnExist) return;
      throw systemError('ERR_FS_CP_EEXIST', 'cp', to, EEXIST, 'Target already exists', `${to} already exists`);
    }
    // What is copied takes the place of a link, and not of what it leads to.
    if (isLink(type) || isLink(existing[0]!)) calls.unlink(to);
  }
  if (isLink(type)) calls.symlink(calls.readlink(from), to);
  else copyFileSync(from, to);
}

export function truncateSync(path: unknown, length: unknown = 0): void {
  validateInteger(length, 'len');
  withFile(path, 'r+', (fd) => ftruncateSync(fd, length));
}

export function ftruncateSync(fd: unknown, length: unknown = 0): void {
  calls.needFd(fd);
  validateInteger(length, 'len');
  calls.ftruncate(fd, Math.max(0, length));
}

/** Seconds since the epoch, of a Date or a number of them. */
export function toUnixTimestamp(time: unknown, name = 'time'): number {
  let seconds: unknown = time;
  if (typeof time === 'string' && time !== '' && Number.isFinite(Number(time))) seconds = Number(time);
  if (time instanceof Date) seconds = time.getTime() / 1000;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) {
    throw new codes.ERR_INVALID_ARG_TYPE!(name, ['Date', 'Time in seconds'], time);
  }
  return seconds;
}

/** WASI's times begin at the epoch. */
function milliseconds(time: unknown, name: string): number {
  return Math.max(0, toUnixTimestamp(time, name) * 1000);
}

export function utimesSync(path: unknown, atime: unknown, mtime: unknown): void {
  calls.utimes(pathOf(path), milliseconds(atime, 'atime'), milliseconds(mtime, 'mtime'), true);
}

export function lutimesSync(path: unknown, atime: unknown, mtime: unknown): void {
  calls.utimes(pathOf(path), milliseconds(atime, 'atime'), milliseconds(mtime, 'mtime'), false);
}

export function futimesSync(fd: unknown, atime: unknown, mtime: unknown): void {
  calls.needFd(fd);
  calls.futimes(fd, milliseconds(atime, 'atime'), milliseconds(mtime, 'mtime'));
}

export function fsyncSync(fd: number): void {
  calls.sync(fd);
}

export { fsyncSync as fdatasyncSync };

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const suffixLength = 6;
const triesMax = 100;

export function mkdtempSync(prefix: unknown, options?: unknown): string | Buffer {
  const text = pathOf(prefix, 'prefix');
  const { encoding } = optionsOf(options);
  if (text.endsWith('X')) {
    warnOf('mkdtemp() templates ending with X are not portable. For details see: https://nodejs.org/api/fs.html');
  }
  for (let tries = 0; ; tries++) {
    const bytes = new Uint8Array(suffixLength);
    native.random(bytes);
    const path = text + Array.from(bytes, (byte) => letters[byte % letters.length]).join('');
    try {
      calls.mkdir(path);
      return nameIn(path, encoding);
    } catch (error) {
      if ((error as FsError).code !== 'EEXIST' || tries >= triesMax) throw renamed(error, 'mkdtemp', `${text}XXXXXX`);
    }
  }
}
