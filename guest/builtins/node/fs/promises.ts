// node:fs/promises, and the FileHandle that its `open` gives.

import { Buffer } from '../buffer/buffer';
import { codes } from '../errors';
import { EventEmitter } from '../events/emitter';
import { validateBoolean, validateObject } from '../validators';
import { Readable } from '../stream';
import { createReadStream, createWriteStream } from './streams';
import { Errno, fsError } from './errors';
import { constants } from './flags';
import { turnsLater } from './later';
import { opendirSync } from './dir';
import { globEach } from './glob';
import * as sync from './sync';

type Sync = (...args: any[]) => any;

/** The same call, whose answer or failure is a promise. */
function promised<F extends Sync>(call: F): (...args: Parameters<F>) => Promise<ReturnType<F>> {
  return async (...args) => call(...args) as ReturnType<F>;
}

let fdOf: (handle: FileHandle) => number;

export class FileHandle extends (EventEmitter as unknown as new () => EventEmitter) {
  #fd: number;
  #closing: Promise<void> | undefined;
  #streams = false;

  constructor(fd: number) {
    super();
    this.#fd = fd;
  }
  static {
    fdOf = (handle) => {
      if (handle.#fd < 0) throw fsError(Errno.Badf, 'file');
      return handle.#fd;
    };
  }

  get fd(): number {
    return this.#fd;
  }
  async read(buffer?: any, offset?: any, length?: any, position?: any): Promise<{ bytesRead: number; buffer: unknown }> {
    let target = buffer;
    if (!ArrayBuffer.isView(target)) {
      // read(options), where there may be none.
      const { buffer: given, ...rest } = (buffer ?? {}) as { buffer?: ArrayBufferView };
      target = given ?? Buffer.alloc(16 * 1024);
      [offset, length, position] = [rest, undefined, undefined];
    }
    return { bytesRead: sync.readSync(fdOf(this), target, offset, length, position), buffer: target };
  }
  async write(data: any, offset?: any, length?: any, position?: any): Promise<{ bytesWritten: number; buffer: unknown }> {
    return { bytesWritten: sync.writeSync(fdOf(this), data, offset, length, position), buffer: data };
  }
  async readv(buffers: ArrayBufferView[], position?: number | null): Promise<{ bytesRead: number; buffers: unknown }> {
    return { bytesRead: sync.readvSync(fdOf(this), buffers, position), buffers };
  }
  async writev(buffers: ArrayBufferView[], position?: number | null): Promise<{ bytesWritten: number; buffers: unknown }> {
    return { bytesWritten: sync.writevSync(fdOf(this), buffers, position), buffers };
  }
  async readFile(options?: unknown): Promise<unknown> {
    await turnsLater(options);
    return sync.readFileSync(fdOf(this), options);
  }
  async writeFile(data: unknown, options?: unknown): Promise<void> {
    await promises.writeFile(this, data, options);
  }
  async appendFile(data: unknown, options?: unknown): Promise<void> {
    await promises.writeFile(this, data, options);
  }
  async chmod(mode: unknown): Promise<void> {
    sync.fchmodSync(fdOf(this), mode);
  }
  async chown(uid: unknown, gid: unknown): Promise<void> {
    sync.fchownSync(fdOf(this), uid, gid);
  }
  async utimes(atime: unknown, mtime: unknown): Promise<void> {
    sync.futimesSync(fdOf(this), atime, mtime);
  }
  async *readLines(options?: unknown): AsyncGenerator<string> {
    const text = (await this.readFile({ encoding: 'utf8', ...(options as object | undefined) })) as string;
    const lines = text.split(/\r\n|\n|\r/);
    if (lines[lines.length - 1] === '') lines.pop();
    yield* lines;
  }
  /** Only one at a time; with `autoClose` the file is closed when it has been read. */
  readableWebStream(options: { autoClose?: boolean } = {}): unknown {
    validateObject(options, 'options');
    const { autoClose = false } = options;
    validateBoolean(autoClose, 'options.autoClose');
    if (this.#fd < 0) throw new codes.ERR_INVALID_STATE!('The FileHandle is closed');
    if (this.#streams) throw new codes.ERR_INVALID_STATE!('The FileHandle is locked');
    this.#streams = true;
    return Readable.toWeb(createReadStream(undefined, { fd: this, autoClose }));
  }
  createReadStream(options?: object): unknown {
    return createReadStream(undefined, { ...options, fd: this });
  }
  createWriteStream(options?: object): unknown {
    return createWriteStream(undefined, { ...options, fd: this });
  }
  getAsyncId(): number {
    return this.#fd;
  }
  async stat(options?: unknown): Promise<unknown> {
    return sync.fstatSync(fdOf(this), options);
  }
  async truncate(length?: number): Promise<void> {
    sync.ftruncateSync(fdOf(this), length);
  }
  async sync(): Promise<void> {
    sync.fsyncSync(fdOf(this));
  }
  async datasync(): Promise<void> {
    sync.fsyncSync(fdOf(this));
  }
  close(): Promise<void> {
    if (this.#fd < 0) return this.#closing ?? Promise.resolve();
    const fd = this.#fd;
    this.#fd = -1;
    this.#closing = (async () => sync.closeSync(fd))();
    this.emit('close');
    return this.#closing;
  }
}
{
  const { asyncDispose } = Symbol as { asyncDispose?: symbol };
  Object.defineProperty(FileHandle.prototype, asyncDispose ?? Symbol.for('Symbol.asyncDispose'), {
    value: FileHandle.prototype.close,
    writable: true,
    configurable: true,
  });
}

/** readFile and its like take a FileHandle too. */
function fileOf(file: unknown): unknown {
  return file instanceof FileHandle ? fdOf(file) : file;
}

export const promises = {
  access: promised(sync.accessSync),
  chmod: promised(sync.chmodSync),
  chown: promised(sync.chownSync),
  lchown: promised(sync.lchownSync),
  lchmod: promised(sync.lchmodSync),
  statfs: promised(sync.statfsSync),
  async appendFile(file: unknown, data: unknown, options?: unknown): Promise<void> {
    await turnsLater(options);
    sync.appendFileSync(fileOf(file), data, options);
  },
  constants,
  copyFile: promised(sync.copyFileSync),
  cp: promised(sync.cpSync),
  glob: globEach,
  link: promised(sync.linkSync),
  lstat: promised(sync.lstatSync),
  lutimes: promised(sync.lutimesSync),
  mkdir: promised(sync.mkdirSync),
  mkdtemp: promised(sync.mkdtempSync),
  open: promised((path: unknown, flags?: unknown, mode?: unknown) => new FileHandle(sync.openSync(path, flags, mode))),
  opendir: promised(opendirSync),
  readdir: promised(sync.readdirSync),
  async readFile(file: unknown, options?: unknown): Promise<unknown> {
    await turnsLater(options);
    return sync.readFileSync(fileOf(file), options);
  },
  readlink: promised(sync.readlinkSync),
  realpath: promised(sync.realpathSync),
  rename: promised(sync.renameSync),
  rm: promised(sync.rmSync),
  rmdir: promised(sync.rmdirSync),
  stat: promised(sync.statSync),
  symlink: promised(sync.symlinkSync),
  truncate: promised(sync.truncateSync),
  unlink: promised(sync.unlinkSync),
  utimes: promised(sync.utimesSync),
  async writeFile(file: unknown, data: unknown, options?: unknown): Promise<void> {
    const iterable = typeof data === 'object' && data !== null && !ArrayBuffer.isView(data) && (Symbol.asyncIterator in data || Symbol.iterator in data);
    const { encoding, flag, signal } = sync.optionsOf(options);
    if (!iterable) {
      sync.bytesOf(data, encoding);
      await turnsLater(options);
      return sync.writeFileSync(fileOf(file), data, options);
    }
    await turnsLater(options);
    sync.checkAborted(signal);
    const given = fileOf(file);
    const fd = typeof given === 'number' ? given : sync.openSync(given, flag ?? 'w');
    try {
      for await (const chunk of data as AsyncIterable<unknown>) {
        sync.checkAborted(signal);
        sync.writeSync(fd, sync.bytesOf(chunk, encoding));
      }
    } finally {
      if (typeof given !== 'number') sync.closeSync(fd);
    }
  },
};

