// readline.Interface: lines from a stream. There is no terminal, so there are no keys to edit a line with.

import { nextTick } from '../../runtime/ticks';
import { abortError, codes } from '../errors';
import { EventEmitter } from '../events/emitter';
import { on } from '../events/functions';
import { StringDecoder } from '../string_decoder';
import { validateAbortSignal, validateArray, validateNumber, validateString, validateUint32 } from '../validators';

type Callback = (answer: string) => void;

const LINE_END = /\r\n|[\n\r\u2028\u2029]/;

export class Interface extends (EventEmitter as unknown as new () => EventEmitter) {
  readonly input: any;
  readonly output: any;
  readonly terminal = false;
  line = '';
  cursor = 0;
  closed = false;
  paused = false;
  history: string[] = [];
  historySize: number;
  crlfDelay: number;
  escapeCodeTimeout: number | undefined;
  tabSize: number;
  #prompt: string;
  #decoder = new StringDecoder('utf8');
  #rest = '';
  #sawReturnAt = 0;
  #question: Callback | undefined;
  #onData: (chunk: unknown) => void;
  #onEnd: () => void;

  constructor(input: any, output?: any, completer?: unknown, terminal?: boolean) {
    super();
    let options: any = { input, output, completer, terminal };
    if (input?.input !== undefined) options = input;
    const { signal, prompt = '> ', historySize = 30, history = [], crlfDelay, escapeCodeTimeout, tabSize = 8 } = options;
    if (options.completer !== undefined && typeof options.completer !== 'function') throw new codes.ERR_INVALID_ARG_VALUE!('completer', options.completer);
    validateArray(history, 'history');
    if (typeof historySize !== 'number' || Number.isNaN(historySize) || historySize < 0) validateNumber(historySize, 'historySize', 0);
    validateUint32(tabSize, 'tabSize', true);
    if (escapeCodeTimeout !== undefined && !Number.isFinite(escapeCodeTimeout)) {
      throw new codes.ERR_INVALID_ARG_VALUE!('input.escapeCodeTimeout', escapeCodeTimeout);
    }
    validateAbortSignal(signal, 'options.signal');
    this.input = options.input;
    this.output = options.output;
    this.#prompt = `${prompt}`;
    this.historySize = historySize;
    this.history = history;
    this.crlfDelay = crlfDelay ? Math.max(100, crlfDelay) : 100;
    this.escapeCodeTimeout = escapeCodeTimeout;
    this.tabSize = tabSize;
    this.#onData = (chunk) => this.#take(typeof chunk === 'string' ? chunk : this.#decoder.write(chunk as Uint8Array));
    this.#onEnd = () => {
      this.#rest += this.#decoder.end();
      if (this.#rest !== '') this.#emitLine(this.#rest);
      this.#rest = '';
      this.close();
    };
    if (signal !== undefined) {
      if (signal.aborted) nextTick(() => this.close(), []);
      else signal.addEventListener('abort', () => this.close(), { once: true });
    }
    this.input.on('error', (error: unknown) => this.emit('error', error));
    this.input.on('data', this.#onData);
    this.input.on('end', this.#onEnd);
    this.input.resume?.();
  }

  #take(text: string): void {
    if (text === '') return;
    let all = this.#rest + text;
    // A line feed that follows a return of the piece before belongs to it.
    if (this.#sawReturnAt !== 0 && text.startsWith('\n')) all = all.slice(1);
    this.#sawReturnAt = text.endsWith('\r') ? 1 : 0;
    const lines = all.split(LINE_END);
    this.#rest = lines.pop()!;
    for (const line of lines) this.#emitLine(line);
  }
  #emitLine(line: string): void {
    if (this.closed && !this.#draining) return;
    const question = this.#question;
    if (question !== undefined) {
      this.#question = undefined;
      question(line);
    } else {
      this.emit('line', line);
    }
  }
  /** A line that came with others before the interface was closed is still told, as in Node. */
  #draining = true;

  getPrompt(): string {
    return this.#prompt;
  }
  setPrompt(prompt: string): void {
    this.#prompt = prompt;
  }
  prompt(): void {
    this.#need();
    if (this.paused) this.resume();
    this.output?.write(this.#prompt);
  }
  question(query: string, options: any, callback?: Callback): void {
    this.#need();
    const answer = (typeof options === 'function' ? options : callback) as Callback | undefined;
    const signal = typeof options === 'object' ? options?.signal : undefined;
    validateAbortSignal(signal, 'options.signal');
    if (signal?.aborted) return;
    if (typeof answer !== 'function') return;
    if (this.#question !== undefined) {
      this.prompt();
      return;
    }
    if (this.paused) this.resume();
    this.output?.write(query);
    this.#question = answer;
    signal?.addEventListener('abort', () => {
      if (this.#question === answer) this.#question = undefined;
    });
  }
  pause(): this {
    this.#need();
    if (!this.paused) {
      this.input.pause();
      this.paused = true;
      this.emit('pause');
    }
    return this;
  }
  resume(): this {
    this.#need();
    if (this.paused) {
      this.input.resume();
      this.paused = false;
      this.emit('resume');
    }
    return this;
  }
  close(): void {
    if (this.closed) return;
    this.pause();
    this.input.removeListener('data', this.#onData);
    this.input.removeListener('end', this.#onEnd);
    this.closed = true;
    this.#question = undefined;
    this.emit('close');
  }
  write(text: unknown): void {
    this.#need();
    if (this.paused) this.resume();
    if (text !== undefined && text !== null) this.#take(typeof text === 'string' ? text : this.#decoder.write(text as Uint8Array));
  }
  getCursorPos(): { rows: number; cols: number } {
    return { rows: 0, cols: this.#prompt.length };
  }
  [Symbol.asyncIterator](): AsyncIterator<string> {
    const lines = on(this, 'line', { close: ['close'], highWaterMark: 1024 });
    const iterator: AsyncIterator<string> & AsyncIterable<string> = {
      async next() {
        const { done, value } = await lines.next();
        return done ? { done: true, value: undefined } : { done: false, value: (value as [string])[0] };
      },
      return: async () => {
        this.close();
        await lines.return!();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }
  #need(): void {
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE!('readline');
  }
}

/** Moves of a terminal's cursor as text for it; true when there is room for more. */
function escape(stream: any, text: string, callback?: unknown): boolean {
  if (callback !== undefined && typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE!('callback', 'Function', callback);
  if (stream === null || stream === undefined) {
    if (typeof callback === 'function') nextTick(callback as () => void, [null]);
    return true;
  }
  return stream.write(text, callback) as boolean;
}

export function clearLine(stream: any, direction: number, callback?: unknown): boolean {
  return escape(stream, direction < 0 ? '\u001b[1K' : direction > 0 ? '\u001b[0K' : '\u001b[2K', callback);
}

export function clearScreenDown(stream: any, callback?: unknown): boolean {
  return escape(stream, '\u001b[0J', callback);
}

export function cursorTo(stream: any, x: unknown, y?: unknown, callback?: unknown): boolean {
  if (typeof y === 'function') [y, callback] = [undefined, y];
  if (callback !== undefined && typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE!('callback', 'Function', callback);
  if (Number.isNaN(x)) throw new codes.ERR_INVALID_ARG_VALUE!('x', x);
  if (Number.isNaN(y)) throw new codes.ERR_INVALID_ARG_VALUE!('y', y);
  if (typeof x !== 'number' && typeof y !== 'number') return escape(null, '', callback);
  if (typeof x !== 'number') throw new codes.ERR_INVALID_CURSOR_POS!();
  return escape(stream, typeof y === 'number' ? `\u001b[${y + 1};${x + 1}H` : `\u001b[${x + 1}G`, callback);
}

export function moveCursor(stream: any, dx: number, dy: number, callback?: unknown): boolean {
  let text = '';
  if (dx !== 0) text += `\u001b[${Math.abs(dx)}${dx < 0 ? 'D' : 'C'}`;
  if (dy !== 0) text += `\u001b[${Math.abs(dy)}${dy < 0 ? 'A' : 'B'}`;
  return escape(text === '' ? null : stream, text, callback);
}

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
