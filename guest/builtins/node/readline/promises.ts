// node:readline/promises: an interface whose `question` gives a promise, and moves of the cursor that are collected.

import { nextTick } from '../../runtime/ticks';
import { abortError, codes } from '../errors';
import { validateAbortSignal, validateNumber, validateString } from '../validators';
import { clearLine, clearScreenDown, cursorTo, moveCursor } from './cursor';
import { Interface } from './interface';

/** An interface whose `question` gives a promise. */
export class PromisesInterface extends Interface {
  override question(query: string, options: any = {}): any {
    validateString(query, 'query');
    const { signal } = options;
    validateAbortSignal(signal, 'options.signal');
    if (signal?.aborted) return Promise.reject(abortError(signal));
    return new Promise((resolve, reject) => {
      try {
        super.question(query, options, resolve);
      } catch (error) {
        reject(error);
        return;
      }
      signal?.addEventListener('abort', () => reject(abortError(signal)), { once: true });
    });
  }
}

/** Collects moves of the cursor until `commit`. */
export class Readline {
  #stream: any;
  #autoCommit: boolean;
  #todo: ((done: () => void) => void)[] = [];

  constructor(stream: any, options: { autoCommit?: boolean } = {}) {
    if (typeof stream?.write !== 'function') throw new codes.ERR_INVALID_ARG_TYPE!('stream', 'Writable', stream);
    if (options.autoCommit !== undefined && typeof options.autoCommit !== 'boolean') {
      throw new codes.ERR_INVALID_ARG_TYPE!('options.autoCommit', 'boolean', options.autoCommit);
    }
    this.#stream = stream;
    this.#autoCommit = Boolean(options.autoCommit);
  }
  #add(move: (done: () => void) => void): this {
    if (this.#autoCommit) nextTick(() => move(() => {}), []);
    else this.#todo.push(move);
    return this;
  }
  cursorTo(x: number, y?: number): this {
    validateNumber(x, 'x');
    return this.#add((done) => cursorTo(this.#stream, x, y, done));
  }
  moveCursor(dx: number, dy: number): this {
    return this.#add((done) => moveCursor(this.#stream, dx, dy, done));
  }
  clearLine(direction: number): this {
    return this.#add((done) => clearLine(this.#stream, direction, done));
  }
  clearScreenDown(): this {
    return this.#add((done) => clearScreenDown(this.#stream, done));
  }
  async commit(): Promise<void> {
    for (const move of this.#todo.splice(0)) await new Promise<void>((resolve) => move(resolve));
  }
  rollback(): this {
    this.#todo = [];
    return this;
  }
}
