// Moves of a terminal's cursor, as the text that a stream is given for them. Each returns true when the stream has
// room for more.

import { nextTick } from '../../runtime/ticks';
import { codes } from '../errors';

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

