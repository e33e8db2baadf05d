// Editing a line with the keys of a terminal: what `Interface` does with them, and how the line is shown.

import { inspect } from '../../web/console/inspect';
import { displayWidth } from '../../web/console/layout';
import { removeColors } from '../../web/console/context';
import { native } from '../../native';
import { nextTick } from '../../runtime/ticks';
import { clearScreenDown, cursorTo, moveCursor } from './cursor';
import type { Interface } from './interface';
import type { Key } from './keys';

type Completions = [completions: string[], completed: string];

const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;
/** Steps back and forth, and pieces cut out, that are kept at most. */
const KEPT_MAX = 32;

interface Position {
  rows: number;
  cols: number;
}

export class Editor {
  #rl: Interface;
  /** Rows that the cursor stood below the first when the line was last shown. */
  #shownRows = 0;
  /** Which line of the history is edited; -1 is the new one. */
  #at = -1;
  /** What a line of the history must begin with, while the program's user walks through it. */
  #search: string | null = null;
  #undo: [line: string, cursor: number][] = [];
  #redo: [line: string, cursor: number][] = [];
  #cut: string[] = [];
  #pasted: { at: number; start: number } | null = null;
  #returnedAt = 0;
  #lastWasTab = false;

  constructor(rl: Interface) {
    this.#rl = rl;
  }

  /** What a key does. `text` is what it would write. */
  press(text: string | undefined, given: Partial<Key> | undefined): void {
    const key = given ?? {};
    const wasTab = this.#lastWasTab;
    this.#lastWasTab = key.name === 'tab';
    if (!(key.ctrl && key.name === 'n') && !(key.ctrl && key.name === 'p') && key.name !== 'up' && key.name !== 'down') this.#search = null;
    if (!(key.meta && key.name === 'y') && !(key.ctrl && key.name === 'y')) this.#pasted = null;

    const { sequence } = key;
    if (sequence === '\u001f') return this.#back(this.#undo, this.#redo);
    if (sequence === '\u001e') return this.#back(this.#redo, this.#undo);
    if (key.name === 'escape') return undefined;
    if (key.ctrl && key.shift) {
      if (key.name === 'backspace') this.#erase(0, this.#rl.cursor);
      else if (key.name === 'delete') this.#erase(this.#rl.cursor, this.#rl.line.length);
      return undefined;
    }
    if (key.ctrl) return this.#control(key);
    if (key.meta) return this.#meta(key);
    return this.#plain(text, key, wasTab);
  }

  #control(key: Partial<Key>): void {
    const rl = this.#rl;
    switch (key.name) {
      case 'c':
        if (rl.listenerCount('SIGINT') > 0) rl.emit('SIGINT');
        else rl.close();
        break;
      case 'z':
        if (rl.listenerCount('SIGTSTP') > 0) rl.emit('SIGTSTP');
        break;
      case 'h':
        this.#erase(this.#left(), rl.cursor);
        break;
      case 'd':
        if (rl.cursor === 0 && rl.line === '') rl.close();
        else this.#erase(rl.cursor, this.#right());
        break;
      case 'u':
        this.#cutOut(0, rl.cursor);
        break;
      case 'k':
        this.#cutOut(rl.cursor, rl.line.length);
        break;
      case 'a':
        this.move(-Infinity);
        break;
      case 'e':
        this.move(Infinity);
        break;
      case 'b':
        this.#moveTo(this.#left());
        break;
      case 'f':
        this.#moveTo(this.#right());
        break;
      case 'l':
        cursorTo(rl.output, 0, 0);
        clearScreenDown(rl.output);
        this.show();
        break;
      case 'n':
        this.#later();
        break;
      case 'p':
        this.#earlier();
        break;
      case 'w':
      case 'backspace':
        this.#cutOut(this.#wordLeft(), rl.cursor);
        break;
      case 'delete':
        this.#cutOut(rl.cursor, this.#wordEnd(/^(?:\s+|\W+|\w+)\s*/));
        break;
      case 'left':
        this.#moveTo(this.#wordLeft());
        break;
      case 'right':
        this.#moveTo(this.#wordEnd(/^(?:\s+|[^\w\s]+|\w+)\s*/));
        break;
      case 'y':
        this.#paste(0);
        break;
    }
  }

  #meta(key: Partial<Key>): void {
    switch (key.name) {
      case 'b':
        this.#moveTo(this.#wordLeft());
        break;
      case 'f':
        this.#moveTo(this.#wordEnd(/^(?:\s+|[^\w\s]+|\w+)\s*/));
        break;
      case 'd':
      case 'delete':
        this.#cutOut(this.#rl.cursor, this.#wordEnd(/^(?:\s+|\W+|\w+)\s*/));
        break;
      case 'backspace':
        this.#cutOut(this.#wordLeft(), this.#rl.cursor);
        break;
      case 'y':
        this.#pasteOlder();
        break;
    }
  }

  #plain(text: string | undefined, key: Partial<Key>, wasTab: boolean): void {
    const rl = this.#rl;
    switch (key.name) {
      case 'return':
        this.#returnedAt = native.wallMs();
        this.#finish();
        return;
      case 'enter':
        // The line feed of a pair belongs to the return before it.
        if (this.#returnedAt === 0 || native.wallMs() - this.#returnedAt > rl.crlfDelay) this.#finish();
        this.#returnedAt = 0;
        return;
      case 'backspace':
        return this.#erase(this.#left(), rl.cursor);
      case 'delete':
        return this.#erase(rl.cursor, this.#right());
      case 'left':
        return this.#moveTo(this.#left());
      case 'right':
        return this.#moveTo(this.#right());
      case 'home':
        return this.move(-Infinity);
      case 'end':
        return this.move(Infinity);
      case 'up':
        return this.#earlier();
      case 'down':
        return this.#later();
      case 'tab':
        if (typeof rl.completer === 'function' && rl.isCompletionEnabled) return this.#complete(wasTab);
        break;
    }
    if (typeof text !== 'string' || text === '') return;
    const lines = text.split(LINE_END);
    lines.forEach((line, at) => {
      if (at > 0) this.#finish();
      if (line !== '') this.insert(line);
    });
  }

  /** Shows the line anew, under the prompt. */
  show(): void {
    const { output } = this.#rl;
    const text = this.#rl.getPrompt() + this.#rl.line;
    const end = this.#position(text);
    const cursor = this.cursorPosition();
    if (this.#shownRows > 0) moveCursor(output, 0, -this.#shownRows);
    cursorTo(output, 0);
    clearScreenDown(output);
    this.#rl._writeToOutput(text);
    // At the end of a row a terminal has not gone to the next one yet.
    if (end.cols === 0) this.#rl._writeToOutput(' ');
    cursorTo(output, cursor.cols);
    if (end.rows > cursor.rows) moveCursor(output, 0, cursor.rows - end.rows);
    this.#shownRows = cursor.rows;
  }

  /** Where the cursor stands on the terminal, from the start of the prompt. */
  cursorPosition(): Position {
    return this.#position(this.#rl.getPrompt() + this.#rl.line.slice(0, this.#rl.cursor));
  }

  #position(text: string): Position {
    const columns = this.#columns();
    let rows = 0;
    let cols = 0;
    for (const char of removeColors(text)) {
      if (char === '\n') {
        rows += Math.ceil(cols / columns) || 1;
        cols = 0;
        continue;
      }
      if (char === '\t') {
        cols += this.#rl.tabSize - (cols % this.#rl.tabSize);
        continue;
      }
      const width = displayWidth(char);
      // A wide character does not fit into the last column.
      if (width === 2 && (cols + 1) % columns === 0) cols++;
      cols += width;
    }
    return columns === Infinity ? { rows, cols } : { rows: rows + Math.floor(cols / columns), cols: cols % columns };
  }

  #columns(): number {
    const { columns } = this.#rl.output ?? {};
    return typeof columns === 'number' && columns > 0 ? columns : Infinity;
  }

  insert(text: string): void {
    const rl = this.#rl;
    this.#keep();
    if (rl.cursor < rl.line.length) {
      rl.line = rl.line.slice(0, rl.cursor) + text + rl.line.slice(rl.cursor);
      rl.cursor += text.length;
      this.show();
      return;
    }
    const before = this.cursorPosition();
    rl.line += text;
    rl.cursor += text.length;
    if (this.cursorPosition().rows > before.rows) this.show();
    else rl._writeToOutput(text);
  }

  /** By so many units, as far as the line reaches. */
  move(by: number): void {
    this.#moveTo(Math.min(Math.max(this.#rl.cursor + by, 0), this.#rl.line.length));
  }

  #moveTo(cursor: number): void {
    const before = this.cursorPosition();
    this.#rl.cursor = cursor;
    const after = this.cursorPosition();
    if (before.rows === after.rows) moveCursor(this.#rl.output, after.cols - before.cols, 0);
    else this.show();
  }

  /** Where the character before the cursor begins. */
  #left(): number {
    const { line, cursor } = this.#rl;
    return cursor - ([...line.slice(0, cursor)].at(-1)?.length ?? 0);
  }
  /** Where the character after the cursor ends. */
  #right(): number {
    const { line, cursor } = this.#rl;
    const point = line.codePointAt(cursor);
    return point === undefined ? cursor : cursor + String.fromCodePoint(point).length;
  }
  #wordLeft(): number {
    const { line, cursor } = this.#rl;
    const reversed = [...line.slice(0, cursor)].reverse().join('');
    return cursor - (/^\s*(?:[^\w\s]+|\w+)?/.exec(reversed)?.[0].length ?? 0);
  }
  #wordEnd(word: RegExp): number {
    const { line, cursor } = this.#rl;
    return cursor + (word.exec(line.slice(cursor))?.[0].length ?? 0);
  }

  #erase(from: number, to: number): void {
    if (from >= to) return;
    this.#keep();
    const rl = this.#rl;
    rl.line = rl.line.slice(0, from) + rl.line.slice(to);
    rl.cursor = from;
    this.show();
  }
  #cutOut(from: number, to: number): void {
    if (from < to && this.#cut.unshift(this.#rl.line.slice(from, to)) > KEPT_MAX) this.#cut.pop();
    this.#erase(from, to);
  }
  #paste(at: number): void {
    const text = this.#cut[at];
    if (text === undefined) return;
    this.#pasted = { at, start: this.#rl.cursor };
    this.insert(text);
  }
  /** In place of what was just put back, what was cut out before that. */
  #pasteOlder(): void {
    const pasted = this.#pasted;
    if (pasted === null || this.#cut.length < 2) return;
    const rl = this.#rl;
    rl.line = rl.line.slice(0, pasted.start) + rl.line.slice(rl.cursor);
    rl.cursor = pasted.start;
    this.#paste((pasted.at + 1) % this.#cut.length);
    this.show();
  }

  #keep(): void {
    if (this.#undo.push([this.#rl.line, this.#rl.cursor]) > KEPT_MAX) this.#undo.shift();
    this.#redo = [];
  }
  #back(from: [string, number][], to: [string, number][]): void {
    const state = from.pop();
    if (state === undefined) return;
    to.push([this.#rl.line, this.#rl.cursor]);
    [this.#rl.line, this.#rl.cursor] = state;
    this.show();
  }

  #finish(): void {
    const rl = this.#rl;
    const { line } = rl;
    this.#remember(line);
    this.#undo = [];
    this.#redo = [];
    this.move(Infinity);
    rl._writeToOutput('\r\n');
    rl.line = '';
    rl.cursor = 0;
    this.#shownRows = 0;
    rl._onLine(line);
  }

  #remember(line: string): void {
    const { history, historySize, removeHistoryDuplicates } = this.#rl;
    this.#at = -1;
    if (line.trim() === '' || historySize === 0 || history[0] === line) return;
    if (removeHistoryDuplicates) {
      const before = history.indexOf(line);
      if (before >= 0) history.splice(before, 1);
    }
    history.unshift(line);
    if (history.length > historySize) history.pop();
    this.#rl.emit('history', history);
  }
  #earlier(): void {
    const rl = this.#rl;
    this.#search ??= rl.line.slice(0, rl.cursor);
    let at = this.#at + 1;
    while (at < rl.history.length && (!rl.history[at]!.startsWith(this.#search) || rl.history[at] === rl.line)) at++;
    if (at < rl.history.length) this.#recall(at, rl.history[at]!);
  }
  #later(): void {
    const rl = this.#rl;
    if (this.#at < 0) return;
    const search = (this.#search ??= rl.line.slice(0, rl.cursor));
    let at = this.#at - 1;
    while (at >= 0 && (!rl.history[at]!.startsWith(search) || rl.history[at] === rl.line)) at--;
    this.#recall(at, at < 0 ? search : rl.history[at]!);
  }
  #recall(at: number, line: string): void {
    this.#keep();
    this.#at = at;
    this.#rl.line = line;
    this.#rl.cursor = line.length;
    this.show();
  }

  #complete(wasTab: boolean): void {
    const rl = this.#rl;
    rl.pause();
    const text = rl.line.slice(0, rl.cursor);
    const done = (error: unknown, value?: Completions): void => {
      if (rl.closed) return;
      rl.resume();
      if (error) rl._writeToOutput(`Tab completion error: ${inspect(error)}`);
      else if (value !== undefined) this.#offer(value, wasTab);
    };
    const completer = rl.completer as (line: string, done?: (error: unknown, value?: Completions) => void) => unknown;
    if (completer.length >= 2) {
      completer.call(rl, text, done);
      return;
    }
    try {
      const value = completer.call(rl, text) as Completions | Promise<Completions>;
      if (value instanceof Promise) {
        value.then(
          (found) => nextTick(() => done(null, found), []),
          (error: unknown) => nextTick(() => done(error), []),
        );
      } else done(null, value);
    } catch (error) {
      done(error);
    }
  }

  /** Adds what all have in common; a second time, lists them. */
  #offer([completions, completed]: Completions, wasTab: boolean): void {
    const rl = this.#rl;
    if (!completions || completions.length === 0) return;
    const prefix = commonPrefix(completions.filter((each) => each !== ''));
    if (prefix.startsWith(completed) && prefix.length > completed.length) {
      this.insert(prefix.slice(completed.length));
      return;
    }
    if (!completed.startsWith(prefix)) {
      this.#keep();
      const start = rl.cursor - completed.length;
      rl.line = rl.line.slice(0, start) + prefix + rl.line.slice(rl.cursor);
      rl.cursor = start + prefix.length;
      this.show();
      return;
    }
    if (!wasTab) return;
    const width = Math.max(...completions.map(displayWidth)) + 2;
    const columns = this.#columns();
    const perRow = columns === Infinity ? 1 : Math.max(1, Math.floor(columns / width));
    const rows: string[][] = [[]];
    for (const each of completions) {
      if (each === '') rows.push([], []);
      else {
        if (rows.at(-1)!.length === perRow) rows.push([]);
        rows.at(-1)!.push(each);
      }
    }
    const shown = rows.map((row) => row.map((each, at) => (at === row.length - 1 ? each : each + ' '.repeat(width - displayWidth(each)))).join(''));
    rl._writeToOutput(`\r\n${shown.join('\r\n')}\r\n\r\n`);
    this.show();
  }
}

function commonPrefix(texts: string[]): string {
  if (texts.length === 0) return '';
  const sorted = [...texts].sort();
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, length);
}
