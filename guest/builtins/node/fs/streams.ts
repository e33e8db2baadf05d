// fs.ReadStream and fs.WriteStream, on the calls with callbacks of `options.fs`, or of this module.

import { nextTick } from '../../runtime/ticks';
import { Buffer } from '../buffer/buffer';
import { codes } from '../errors';
import { Readable, Writable, Stream } from '../stream';
import { validateAbortSignal, validateBoolean, validateFunction, validateInteger } from '../validators';
import { encodingOf } from '../buffer/encodings';
import { pathOf } from './paths';

type AnyFunction = (...args: any[]) => any;

let defaults: Record<string, AnyFunction> = {};

/** The module, whose functions a program may have replaced. */
export function setFs(fs: Record<string, AnyFunction>): void {
  defaults = fs;
}

/** The functions that a stream uses: the module's as they are when it uses them, less what the program gives. */
function functionsOf(given: Record<string, AnyFunction> | undefined): Record<string, AnyFunction> {
  return given === undefined || given === null ? defaults : Object.assign(Object.create(defaults), given);
}

/** The options and what they inherit. */
function allOf(options: unknown): Record<string, any> {
  const given = optionsOf(options);
  const all: Record<string, any> = {};
  for (const key in given) all[key] = given[key];
  return all;
}

const MAX_READ = 2 ** 31 - 1;

function optionsOf(options: unknown): Record<string, any> {
  if (options === undefined || options === null) return {};
  if (typeof options === 'string') {
    if (encodingOf(options) === undefined) throw new codes.ERR_INVALID_ARG_VALUE!('encoding', options, 'is invalid encoding');
    return { encoding: options };
  }
  if (typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE!('options', ['string', 'Object'], options);
  const { encoding, signal } = options as Record<string, any>;
  if (encoding !== undefined && encoding !== null && encoding !== 'buffer' && encodingOf(encoding) === undefined) {
    throw new codes.ERR_INVALID_ARG_VALUE!('encoding', encoding, 'is invalid encoding');
  }
  validateAbortSignal(signal, 'options.signal');
  return options as Record<string, any>;
}

function isHandle(value: any): boolean {
  return value !== null && typeof value === 'object' && typeof value.fd === 'number' && typeof value.getAsyncId === 'function';
}

/** What both kinds do with the file that they were given or open. */
function takeFile(stream: any, path: unknown, options: Record<string, any>, wanted: string[]): void {
  if (options.fd === undefined || options.fd === null) {
    stream.fd = null;
    const given = options.fs ?? defaults;
    for (const name of ['open', ...wanted, 'close']) {
      if (options.fs !== undefined && given[name] !== undefined) validateFunction(given[name], `options.fs.${name}`);
    }
    validateFunction(given.open, 'options.fs.open');
    stream._fs = functionsOf(options.fs);
    stream.path = typeof path === 'string' || Buffer.isBuffer(path) ? (pathOf(path), path) : pathOf(path);
    return;
  }
  if (typeof options.fd === 'number') {
    stream.fd = options.fd;
    stream._fs = functionsOf(options.fs);
  } else if (isHandle(options.fd)) {
    if (options.fs) throw new codes.ERR_METHOD_NOT_IMPLEMENTED!('FileHandle with fs');
    const handle = options.fd;
    stream._handle = handle;
    stream.fd = handle.fd;
    stream._fs = functionsOf({ close: (_fd: number, done: AnyFunction) => handle.close().then(() => done(), done) });
    handle.on('close', () => stream.close());
  } else {
    throw new codes.ERR_INVALID_ARG_TYPE!('options.fd', ['number', 'FileHandle'], options.fd);
  }
  if (options.fs) for (const name of wanted) if (options.fs[name] !== undefined) validateFunction(options.fs[name], `options.fs.${name}`);
  stream.path = undefined;
}

function open(stream: any, done: AnyFunction): void {
  if (typeof stream.fd === 'number') {
    done();
    return;
  }
  // A program that replaced `open` on the prototype opens the file itself.
  if (stream.open !== openNothing) {
    const { emit } = stream;
    stream.emit = function (...args: unknown[]) {
      if (args[0] === 'open') {
        this.emit = emit;
        done();
        Reflect.apply(emit, this, args);
      } else if (args[0] === 'error') {
        this.emit = emit;
        done(args[1]);
      } else {
        return Reflect.apply(emit, this, args);
      }
      return true;
    };
    stream.open();
    return;
  }
  stream._fs.open(stream.path, stream.flags, stream.mode, (error: unknown, fd: number) => {
    if (error) {
      done(error);
      return;
    }
    stream.fd = fd;
    done();
    stream.emit('open', fd);
    stream.emit('ready');
  });
}

function openNothing(): void {}

function close(stream: any, error: unknown, done: AnyFunction): void {
  const { fd } = stream;
  if (typeof fd !== 'number') {
    done(error);
    return;
  }
  stream._fs.close(fd, (other: unknown) => done(other || error));
  stream.fd = null;
}

/** Waits for a read or write under way before the file is closed. */
function destroy(stream: any, error: unknown, done: AnyFunction): void {
  if (stream._busy) stream.once(IDLE, (other: unknown) => close(stream, error || other, done));
  else close(stream, error, done);
}

const IDLE = Symbol('kIoDone');

function position(options: Record<string, any>, name: 'start' | 'end'): void {
  const value: unknown = options[name];
  if (value !== undefined && (name === 'start' || value !== Infinity)) validateInteger(value, name, 0);
}

export const ReadStream = function (this: any, path: unknown, given?: unknown): any {
  if (!(this instanceof (ReadStream as any))) return new (ReadStream as any)(path, given);
  const options = { highWaterMark: 64 * 1024, emitClose: true, ...allOf(given) } as Record<string, any>;
  if (options.autoDestroy === undefined) options.autoDestroy = options.autoClose ?? true;
  this.flags = options.flags ?? 'r';
  this.mode = options.mode ?? 0o666;
  takeFile(this, path, options, ['read']);
  this.start = options.start;
  this.end = options.end ?? Infinity;
  this.pos = undefined;
  this.bytesRead = 0;
  this._busy = false;
  position(options, 'start');
  position({ end: this.end }, 'end');
  if (this.start !== undefined) {
    this.pos = this.start;
    if (this.end !== Infinity && this.start > this.end) {
      throw new codes.ERR_OUT_OF_RANGE!('start', `<= "end" (here: ${this.end})`, this.start);
    }
  }
  Readable.call(this, options);
  if (options.encoding && options.encoding !== 'buffer') this.setEncoding(options.encoding);
  return undefined;
} as any;
Object.setPrototypeOf(ReadStream.prototype, Readable.prototype);
Object.setPrototypeOf(ReadStream, Readable);

Object.defineProperty(ReadStream.prototype, 'autoClose', {
  configurable: true,
  get(this: any) {
    if (this._readableState === undefined) throw new codes.ERR_INVALID_THIS!('ReadStream');
    return this._readableState.autoDestroy;
  },
  set(this: any, value: boolean) {
    this._readableState.autoDestroy = value;
  },
});
ReadStream.prototype.open = openNothing;
ReadStream.prototype._construct = function (this: any, done: AnyFunction) {
  open(this, done);
};
ReadStream.prototype._read = function (this: any, wanted: number) {
  let n = this.pos === undefined ? Math.min(this.end - this.bytesRead + 1, wanted) : Math.min(this.end - this.pos + 1, wanted);
  if (n <= 0) {
    this.push(null);
    return;
  }
  n = Math.min(n, MAX_READ);
  const buffer = Buffer.alloc(n);
  this._busy = true;
  const handle = this._handle;
  const read: AnyFunction =
    handle === undefined
      ? this._fs.read
      : (_fd: number, into: Uint8Array, offset: number, length: number, at: number, done: AnyFunction) =>
          handle.read(into, offset, length, at).then(({ bytesRead }: { bytesRead: number }) => done(null, bytesRead, into), done);
  read.call(this._fs, this.fd, buffer, 0, n, this.pos, (error: unknown, count: number, given: Uint8Array = buffer) => {
    this._busy = false;
    if (this.destroyed) {
      this.emit(IDLE, error);
      return;
    }
    if (error) {
      this.destroy(error);
      return;
    }
    if (count <= 0) {
      this.push(null);
      return;
    }
    if (this.pos !== undefined) this.pos += count;
    this.bytesRead += count;
    // Of a buffer that is not filled a copy is kept, and not all of its memory.
    this.push(count === given.length ? given : Buffer.from(given.subarray(0, count)));
  });
};
ReadStream.prototype._destroy = function (this: any, error: unknown, done: AnyFunction) {
  destroy(this, error, done);
};
ReadStream.prototype.close = function (this: any, done?: AnyFunction) {
  if (done) Stream.finished(this, done);
  this.destroy();
};
Object.defineProperty(ReadStream.prototype, 'pending', {
  configurable: true,
  get(this: any) {
    return this.fd === null;
  },
});

export const WriteStream = function (this: any, path: unknown, given?: unknown): any {
  if (!(this instanceof (WriteStream as any))) return new (WriteStream as any)(path, given);
  const options = { emitClose: true, ...allOf(given), decodeStrings: true } as Record<string, any>;
  if (options.autoDestroy === undefined) options.autoDestroy = options.autoClose ?? true;
  this.flags = options.flags ?? 'w';
  this.mode = options.mode ?? 0o666;
  this.flush = options.flush;
  if (this.flush === undefined || this.flush === null) this.flush = false;
  else validateBoolean(this.flush, 'options.flush');
  takeFile(this, path, options, ['write', 'writev', 'fsync']);
  if (options.fs && !options.fs.write && !options.fs.writev && options.fs.open) validateFunction(options.fs.write ?? defaults.write, 'options.fs.write');
  // A program's own `write` without `writev` gets each piece.
  if (options.fs?.write && !options.fs.writev) this._writev = null;
  this.start = options.start;
  this.pos = undefined;
  this.bytesWritten = 0;
  this._busy = false;
  position(options, 'start');
  if (this.start !== undefined) this.pos = this.start;
  Writable.call(this, options);
  if (options.encoding && options.encoding !== 'buffer') this.setDefaultEncoding(options.encoding);
  return undefined;
} as any;
Object.setPrototypeOf(WriteStream.prototype, Writable.prototype);
Object.setPrototypeOf(WriteStream, Writable);

Object.defineProperty(WriteStream.prototype, 'autoClose', {
  configurable: true,
  get(this: any) {
    if (this._writableState === undefined) throw new codes.ERR_INVALID_THIS!('WriteStream');
    return this._writableState.autoDestroy;
  },
  set(this: any, value: boolean) {
    this._writableState.autoDestroy = value;
  },
});
Object.defineProperty(WriteStream.prototype, 'pending', {
  configurable: true,
  get(this: any) {
    return this.fd === null;
  },
});
WriteStream.prototype.open = openNothing;
WriteStream.prototype._construct = function (this: any, done: AnyFunction) {
  open(this, done);
};

function written(stream: any, done: AnyFunction): (error: any, bytes: number) => void {
  return (error, bytes) => {
    stream._busy = false;
    if (stream.destroyed) {
      done(error);
      stream.emit(IDLE, error);
      return;
    }
    if (error) {
      done(error);
      return;
    }
    stream.bytesWritten += bytes;
    done();
  };
}

function writeAll(stream: any, data: Uint8Array, at: number | undefined, done: (error: unknown, bytes: number) => void, before = 0, retries = 0): void {
  const handle = stream._handle;
  const write: AnyFunction =
    handle === undefined
      ? stream._fs.write
      : (_fd: number, from: Uint8Array, offset: number, length: number, where: number, back: AnyFunction) =>
          handle.write(from, offset, length, where).then(({ bytesWritten }: { bytesWritten: number }) => back(null, bytesWritten, from), back);
  write.call(stream._fs, stream.fd, data, 0, data.length, at, (error: any, bytes: number) => {
    if (error?.code === 'EAGAIN') {
      error = null;
      bytes = 0;
    }
    if (stream.destroyed || error) {
      done(error, before);
      return;
    }
    if (bytes === data.length) {
      done(null, before + bytes);
      return;
    }
    // A short write goes on behind what was written; one that writes nothing time and again fails.
    const tries = bytes > 0 ? 0 : retries + 1;
    if (tries > 5) {
      done(Object.assign(new Error('writev failed'), { code: 'EAGAIN' }), before);
      return;
    }
    writeAll(stream, data.subarray(bytes), at === undefined ? undefined : at + bytes, done, before + bytes, tries);
  });
}

WriteStream.prototype._write = function (this: any, data: Uint8Array, _encoding: string, done: AnyFunction) {
  this._busy = true;
  writeAll(this, data, this.pos, written(this, done));
  if (this.pos !== undefined) this.pos += data.length;
};
WriteStream.prototype._writev = function (this: any, pieces: { chunk: Uint8Array }[], done: AnyFunction) {
  const chunks = pieces.map(({ chunk }) => chunk);
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  this._busy = true;
  if (this._handle === undefined && typeof this._fs.writev === 'function') {
    this._fs.writev(this.fd, chunks, this.pos, (error: unknown, bytes: number) => {
      if (error || bytes === size || this.destroyed) written(this, done)(error, bytes);
      else writeAll(this, Buffer.concat(chunks).subarray(bytes), this.pos === undefined ? undefined : this.pos - size + bytes, written(this, done), bytes);
    });
  } else {
    writeAll(this, Buffer.concat(chunks), this.pos, written(this, done));
  }
  if (this.pos !== undefined) this.pos += size;
};
WriteStream.prototype._destroy = function (this: any, error: unknown, done: AnyFunction) {
  const finish = () => destroy(this, error, done);
  if (this.flush && typeof this.fd === 'number' && !error) {
    if (this._handle === undefined) this._fs.fsync(this.fd, finish);
    else this._handle.sync().then(finish, finish);
  } else finish();
};
WriteStream.prototype.close = function (this: any, done?: AnyFunction) {
  if (done) {
    if (this.closed) {
      nextTick(done, []);
      return;
    }
    this.on('close', done);
  }
  // Without autoClose the file is closed when all is written.
  if (!this.autoClose) this.on('finish', this.destroy);
  this.end();
};
WriteStream.prototype.destroySoon = WriteStream.prototype.end;
Object.defineProperty(ReadStream, 'name', { value: 'ReadStream' });
Object.defineProperty(WriteStream, 'name', { value: 'WriteStream' });

export const createReadStream = (path: unknown, options?: unknown): unknown => new ReadStream(path, options);
export const createWriteStream = (path: unknown, options?: unknown): unknown => new WriteStream(path, options);

