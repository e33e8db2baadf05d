// readline.Interface: lines from a stream; and where the stream is a terminal's (the program says so: holm has none), lines
// that are edited with its keys.

import { nextTick } from '../../runtime/ticks';
import { codes } from '../errors';
import { EventEmitter } from '../events/emitter';
import { firstArgument, on } from '../events/functions';
import { StringDecoder } from '../string_decoder';
import { validateAbortSignal, validateArray, validateNumber, validateString, validateUint32 } from '../validators';
import { Editor } from './editor';
import { emitKeypressEvents, type Key } from './keys';

type Callback = (answer: string) => void;

const LINE_END = /\r\n|[\n\r\u2028\u2029]/;

export class Interface extends (EventEmitter as unknown as new () => EventEmitter) {
  readonly input: any;
  readonly output: any;
  readonly terminal: boolean;
  readonly completer: unknown;
  readonly removeHistoryDuplicates: boolean;
  /** False while several characters come in at once, up to the last: what is pasted completes nothing. */
  isCompletionEnabled = true;
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
  /** The prompt, while a question stands in its place. */
  #promptBefore: string | undefined;
  #editor: Editor | undefined;
  #lines: AsyncIterableIterator<string> | undefined;
  /** Takes the listeners off the streams. */
  #release: () => void;

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
    this.completer = options.completer;
    this.removeHistoryDuplicates = Boolean(options.removeHistoryDuplicates);
    this.terminal = Boolean(options.terminal ?? this.output?.isTTY);
    if (signal !== undefined) {
      if (signal.aborted) nextTick(() => this.close(), []);
      else signal.addEventListener('abort', () => this.close(), { once: true });
    }
    const onError = (error: unknown): boolean => this.emit('error', error);
    this.input.on('error', onError);
    const release = this.terminal ? this.#readKeys() : this.#readText();
    this.#release = () => {
      this.input.removeListener('error', onError);
      release();
    };
    this.input.resume?.();
  }

  #readText(): () => void {
    const onData = (chunk: unknown): void => this.#take(typeof chunk === 'string' ? chunk : this.#decoder.write(chunk as Uint8Array));
    const onEnd = (): void => {
      this.#rest += this.#decoder.end();
      if (this.#rest !== '') this._onLine(this.#rest);
      this.#rest = '';
      this.close();
    };
    this.input.on('data', onData);
    this.input.on('end', onEnd);
    return () => {
      this.input.removeListener('data', onData);
      this.input.removeListener('end', onEnd);
    };
  }

  #readKeys(): () => void {
    const editor = (this.#editor = new Editor(this));
    const onKey = (text: string | undefined, key: Key): void => editor.press(text, key);
    const onEnd = (): void => {
      if (this.line !== '') this._onLine(this.line);
      this.close();
    };
    const onResize = (): void => editor.show();
    emitKeypressEvents(this.input, this);
    this.input.on('keypress', onKey);
    this.input.on('end', onEnd);
    this.output?.on?.('resize', onResize);
    this.input.setRawMode?.(true);
    return () => {
      this.input.setRawMode?.(false);
      this.input.removeListener('keypress', onKey);
      this.input.removeListener('end', onEnd);
      this.output?.removeListener?.('resize', onResize);
    };
  }

  #take(text: string): void {
    if (text === '') return;
    let all = this.#rest + text;
    // A line feed that follows a return of the piece before belongs to it.
    if (this.#sawReturnAt !== 0 && text.startsWith('\n')) all = all.slice(1);
    this.#sawReturnAt = text.endsWith('\r') ? 1 : 0;
    const lines = all.split(LINE_END);
    this.#rest = lines.pop()!;
    for (const line of lines) this._onLine(line);
  }
  /** A line that came with others before the interface was closed is still told, as in Node. */
  _onLine(line: string): void {
    const question = this.#question;
    if (question === undefined) {
      this.emit('line', line);
      return;
    }
    this.#endQuestion();
    question(line);
  }
  #endQuestion(): void {
    this.#question = undefined;
    if (this.#promptBefore !== undefined) this.#prompt = this.#promptBefore;
    this.#promptBefore = undefined;
  }
  _writeToOutput(text: string): void {
    validateString(text, 'stringToWrite');
    this.output?.write(text);
  }

  getPrompt(): string {
    return this.#prompt;
  }
  setPrompt(prompt: string): void {
    this.#prompt = prompt;
  }
  prompt(preserveCursor?: boolean): void {
    this.#need();
    if (this.paused) this.resume();
    if (this.#editor === undefined) {
      this._writeToOutput(this.#prompt);
      return;
    }
    if (!preserveCursor) this.cursor = 0;
    this.#editor.show();
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
    this.#promptBefore = this.#prompt;
    this.#prompt = query;
    this.#question = answer;
    this.prompt();
    signal?.addEventListener('abort', () => {
      if (this.#question === answer) this.#endQuestion();
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
    this.#release();
    this.closed = true;
    this.#endQuestion();
    this.emit('close');
  }
  /** Takes text as if it came from the input, or a key of a terminal. */
  write(text: unknown, key?: Partial<Key>): void {
    this.#need();
    if (this.paused) this.resume();
    if (this.#editor !== undefined) this.#editor.press(text === null || text === undefined ? undefined : String(text), key);
    else if (text !== undefined && text !== null) this.#take(typeof text === 'string' ? text : this.#decoder.write(text as Uint8Array));
  }
  getCursorPos(): { rows: number; cols: number } {
    return this.#editor?.cursorPosition() ?? { rows: 0, cols: this.#prompt.length };
  }
  /** There is one: two loops over the same interface share its lines. */
  [Symbol.asyncIterator](): AsyncIterableIterator<string> {
    this.#lines ??= on(this, 'line', { close: ['close'], highWaterMark: 1024, [firstArgument]: true }) as unknown as AsyncIterableIterator<string>;
    return this.#lines;
  }
  #need(): void {
    if (this.closed) throw new codes.ERR_USE_AFTER_CLOSE!('readline');
  }
}
