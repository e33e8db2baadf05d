// fs.Dir: a folder whose entries are handed out one by one. They are read when it is opened.

import { nextTick } from '../../runtime/ticks';
import { codes } from '../errors';
import { validateFunction, validateUint32 } from '../validators';
import * as calls from './calls';
import { pathOf } from './paths';
import { Dirent } from './stats';
import { optionsOf, readdirSync } from './sync';

type Callback = (error: unknown, entry?: Dirent | null) => void;

export class Dir {
  #path: string;
  #entries: Dirent[] | null;
  /** Reads with promises or callbacks that have not been answered. */
  #waiting = 0;

  constructor(entries: Dirent[], path: string) {
    if (entries === undefined) throw new codes.ERR_MISSING_ARGS!('handle');
    this.#path = path;
    this.#entries = entries;
  }

  get path(): string {
    if (!(#path in this)) throw new codes.ERR_INVALID_THIS!('Dir');
    return this.#path;
  }

  #open(): Dirent[] {
    if (this.#entries === null) throw new codes.ERR_DIR_CLOSED!();
    return this.#entries;
  }

  readSync(): Dirent | null {
    const entries = this.#open();
    if (this.#waiting > 0) throw new codes.ERR_DIR_CONCURRENT_OPERATION!();
    return entries.shift() ?? null;
  }
  closeSync(): void {
    this.#open();
    if (this.#waiting > 0) throw new codes.ERR_DIR_CONCURRENT_OPERATION!();
    this.#entries = null;
  }

  #later(callback: Callback, give: () => Dirent | null | undefined): void {
    this.#waiting++;
    nextTick(() => {
      this.#waiting--;
      let answer: Dirent | null | undefined;
      try {
        answer = give();
      } catch (error) {
        callback(error);
        return;
      }
      callback(null, answer);
    }, []);
  }
  #promise<T>(start: (callback: Callback) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      start((error, entry) => (error ? reject(error) : resolve(entry as T)));
    });
  }

  read(): Promise<Dirent | null>;
  read(callback: Callback): void;
  read(callback?: Callback): Promise<Dirent | null> | void {
    if (callback === undefined) return this.#promise((done) => this.read(done));
    validateFunction(callback, 'callback');
    this.#open();
    this.#later(callback, () => this.#open().shift() ?? null);
  }

  close(): Promise<void>;
  close(callback: Callback): void;
  close(callback?: Callback): Promise<void> | void {
    if (callback === undefined) {
      if (this.#entries === null) return Promise.reject(new codes.ERR_DIR_CLOSED!());
      return this.#promise((done) => this.close(done));
    }
    validateFunction(callback, 'callback');
    if (this.#entries === null) {
      nextTick(() => callback(new codes.ERR_DIR_CLOSED!()), []);
      return;
    }
    this.#later(callback, () => {
      this.#open();
      this.#entries = null;
      return undefined;
    });
  }

  async *entries(): AsyncGenerator<Dirent> {
    try {
      for (let entry = await this.read(); entry !== null; entry = await this.read()) yield entry;
    } finally {
      await this.close();
    }
  }
  /** Nothing to do for one that is closed. */
  async #dispose(): Promise<void> {
    if (this.#entries !== null) await this.close();
  }
  static {
    const symbols = Symbol as { asyncDispose?: symbol; dispose?: symbol };
    const define = (symbol: symbol | undefined, value: (this: Dir) => unknown): void => {
      if (symbol !== undefined) Object.defineProperty(this.prototype, symbol, { value, writable: true, configurable: true });
    };
    define(Symbol.asyncIterator, this.prototype.entries);
    define(symbols.asyncDispose ?? Symbol.for('Symbol.asyncDispose'), function () {
      return this.#dispose();
    });
    define(symbols.dispose, function () {
      if (this.#entries !== null) this.closeSync();
    });
  }
  declare [Symbol.asyncIterator]: () => AsyncGenerator<Dirent>;
}

export function opendirSync(path: unknown, options?: unknown): Dir {
  const text = pathOf(path);
  const given = optionsOf(options) as { bufferSize?: unknown; recursive?: boolean };
  if (given.bufferSize !== undefined) validateUint32(given.bufferSize, 'options.bufferSize', true);
  if (given.recursive) return new Dir(readdirSync(text, { recursive: true, withFileTypes: true }) as Dirent[], text);
  return new Dir(calls.readdir(text, 'opendir').map(([name, type]) => new Dirent(name, type, text)), text);
}
