// Keys of a terminal: the text that it sends for them, taken apart, and the events `keypress` of a stream.

import { clearTimeout, setTimeout, type Timeout } from '../../web/timers/timeout';
import { StringDecoder } from '../string_decoder';

export interface Key {
  sequence: string;
  name: string | undefined;
  ctrl: boolean;
  meta: boolean;
  shift: boolean;
  /** What follows the escape character, for keys that send more than a character. */
  code?: string;
}

const ESCAPE = '\u001b';
/** Milliseconds after which a single escape character is the key and no longer the beginning of another. */
const ESCAPE_TIMEOUT = 500;

const NAMES: Record<string, string> = {};
function name(key: string, codes: string): void {
  for (const code of codes.split(' ')) NAMES[code] = key;
}
name('f1', '[P OP [11~ [[A');
name('f2', '[Q OQ [12~ [[B');
name('f3', '[R OR [13~ [[C');
name('f4', '[S OS [14~ [[D');
name('f5', '[[E [15~');
['17', '18', '19', '20', '21', '23', '24'].forEach((number, at) => name(`f${at + 6}`, `[${number}~`));
name('up', '[A OA [a Oa');
name('down', '[B OB [b Ob');
name('right', '[C OC [c Oc');
name('left', '[D OD [d Od');
name('clear', '[E OE [e Oe');
name('end', '[F OF [4~ [8~ [8$ [8^');
name('home', '[H OH [1~ [7~ [7$ [7^');
name('insert', '[2~ [2$ [2^');
name('delete', '[3~ [3$ [3^');
name('pageup', '[5~ [[5~ [5$ [5^');
name('pagedown', '[6~ [[6~ [6$ [6^');
name('tab', '[Z');
name('paste-start', '[200~');
name('paste-end', '[201~');

/** A key, and how many units of the text are its own; undefined when the text ends in the middle of it. */
type Taken = { key: Key; length: number; escaped: boolean } | undefined;

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';

/** The key at the front of `text`. With `whole` there is no more to come. */
function take(text: string, whole: boolean): Taken {
  let at = 0;
  while (at < 2 && text[at] === ESCAPE) at++;
  const escaped = at > 0;
  const first = text.codePointAt(at);
  const key: Key = { sequence: '', name: undefined, ctrl: false, meta: false, shift: false };
  const made = (length: number): Taken => ({ key: { ...key, sequence: text.slice(0, length) }, length, escaped });
  if (first === undefined) {
    if (!whole) return undefined;
    key.name = 'escape';
    key.meta = true;
    return made(at);
  }
  const char = String.fromCodePoint(first);
  if (escaped && (char === 'O' || char === '[')) {
    const end = sequenceEnd(text, at);
    if (end !== undefined) {
      describe(key, text.slice(at, end));
      return made(end);
    }
    if (!whole) return undefined;
  }
  if (char === '\r') key.name = 'return';
  else if (char === '\n') key.name = 'enter';
  else if (char === '\t') key.name = 'tab';
  else if (char === '\b' || char === '\u007f') key.name = 'backspace';
  else if (char === ESCAPE) key.name = 'escape';
  else if (char === ' ') key.name = 'space';
  else if (!escaped && char <= '\u001a') {
    key.name = String.fromCharCode(first + 96);
    key.ctrl = true;
  } else if (/^[0-9A-Za-z]$/.test(char)) {
    key.name = char.toLowerCase();
    key.shift = char !== key.name;
  }
  key.meta = escaped;
  return made(at + char.length);
}

/** Where the sequence ends whose `[` or `O` stands at `at`; undefined when the text ends before. */
function sequenceEnd(text: string, at: number): number | undefined {
  let next = at + 1;
  if (text[at] === 'O') {
    if (isDigit(text[next])) next++;
    return next < text.length ? next + 1 : undefined;
  }
  if (text[next] === '[') next++;
  for (let digits = 0; digits < 3 && isDigit(text[next]); digits++) next++;
  if (text[next] === ';') {
    next++;
    if (isDigit(text[next])) next++;
  }
  return next < text.length ? next + 1 : undefined;
}

/** Reads a sequence such as `[1;5H`: a code, in which a number may stand for the keys that were held besides. */
function describe(key: Key, sequence: string): void {
  let code = sequence[0]!;
  let held = 0;
  let command = sequence.slice(1);
  if (code === 'O') {
    if (command.length > 1) held = Number(command[0]) - 1;
    code += command.at(-1);
  } else {
    if (command.startsWith('[')) {
      code += '[';
      command = command.slice(1);
    }
    const numbered = /^(?:(\d\d?)(?:;(\d))?([~^$])|(\d{3}~))$/.exec(command);
    const lettered = /^(?:(?:\d;)?(\d))?([A-Za-z])$/.exec(command);
    if (numbered !== null) {
      code += numbered[4] ?? `${numbered[1]}${numbered[3]}`;
      held = Number(numbered[2] ?? 1) - 1;
    } else if (lettered !== null) {
      code += lettered[2];
      held = Number(lettered[1] ?? 1) - 1;
    } else code += command;
  }
  key.ctrl = (held & 4) !== 0;
  key.meta = (held & 10) !== 0;
  key.shift = (held & 1) !== 0;
  key.code = code;
  key.name = NAMES[code] ?? 'undefined';
  if (code.endsWith('$') || /^\[[a-eZ]$/.test(code)) key.shift = true;
  if (code.endsWith('^') || /^O[a-e]$/.test(code)) key.ctrl = true;
}

/** What an interface wants to know of the keys of its input. */
export interface KeyReader {
  escapeCodeTimeout?: number | undefined;
  /** False while a text of several characters comes in at once, up to its last. */
  isCompletionEnabled?: boolean;
}

/** Streams that are read for keys already. */
const reading = new WeakSet<object>();

/** The stream emits `keypress` from now on, for as long as somebody listens for it. */
export function emitKeypressEvents(stream: any, reader: KeyReader = {}): void {
  if (reading.has(stream)) return;
  reading.add(stream);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let timeout: Timeout | undefined;

  const emitKeys = (whole: boolean): void => {
    for (let taken = rest === '' ? undefined : take(rest, whole); taken !== undefined; taken = rest === '' ? undefined : take(rest, whole)) {
      const { key, length, escaped } = taken;
      rest = rest.slice(length);
      reader.isCompletionEnabled = rest === '';
      stream.emit('keypress', escaped ? undefined : key.sequence, key);
    }
  };
  const onData = (chunk: unknown): void => {
    if (stream.listenerCount('keypress') === 0) {
      stream.removeListener('data', onData);
      stream.on('newListener', onNewListener);
      return;
    }
    const text = typeof chunk === 'string' ? chunk : decoder.write(chunk as Uint8Array);
    if (text === '') return;
    clearTimeout(timeout);
    rest += text;
    emitKeys(false);
    if (rest !== '') timeout = setTimeout(() => emitKeys(true), reader.escapeCodeTimeout ?? ESCAPE_TIMEOUT);
  };
  const onNewListener = (event: unknown): void => {
    if (event !== 'keypress') return;
    stream.on('data', onData);
    stream.removeListener('newListener', onNewListener);
  };
  if (stream.listenerCount('keypress') > 0) stream.on('data', onData);
  else stream.on('newListener', onNewListener);
}
