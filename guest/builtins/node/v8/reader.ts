// v8.deserialize: the value that writer.ts wrote. Whatever the bytes are, the answer is a value or an error.

import { Buffer } from '../buffer/buffer';
import { ERRORS, HEADER, VIEWS } from './writer';

function malformed(): Error {
  return new Error('Unable to deserialize cloned data.');
}

export function readValue(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const seen: unknown[] = [];
  let at = 0;

  const take = (count: number) => {
    if (!(count >= 0) || at + count > bytes.length) throw malformed();
    at += count;
    return at - count;
  };
  const code = () => String.fromCharCode(bytes[take(1)]!);
  const number = () => view.getFloat64(take(8), true);
  const count = () => {
    const given = number();
    if (!Number.isInteger(given) || given < 0) throw malformed();
    return given;
  };
  const piece = () => {
    const length = count();
    const from = take(length);
    return bytes.slice(from, from + length);
  };
  const text = () => {
    const given = piece();
    if (given.length % 2 !== 0) throw malformed();
    const units = new Uint16Array(given.buffer);
    let all = '';
    for (let from = 0; from < units.length; from += 8192) all += String.fromCharCode(...units.subarray(from, from + 8192));
    return all;
  };
  const keep = <T>(value: T): T => {
    seen.push(value);
    return value;
  };
  const properties = <T extends object>(object: T): T => {
    for (let left = count(); left > 0; left--) {
      const key = text();
      Object.defineProperty(object, key, { value: read(), writable: true, configurable: true, enumerable: true });
    }
    return object;
  };

  function read(): unknown {
    switch (code()) {
      case '_':
        return undefined;
      case '0':
        return null;
      case 'T':
        return true;
      case 'F':
        return false;
      case 'N':
        return number();
      case 'Z':
        return BigInt(text());
      case '"':
        return text();
      case '^': {
        const index = count();
        if (index >= seen.length) throw malformed();
        return seen[index];
      }
      case 'A': {
        const length = count();
        if (length > 2 ** 32 - 1) throw malformed();
        const list = keep([] as unknown[]);
        list.length = length;
        return properties(list);
      }
      case '{':
        return properties(keep({}));
      case 'D':
        return keep(new Date(number()));
      case 'R': {
        const source = text();
        return keep(new RegExp(source, text()));
      }
      case 'M': {
        const map = keep(new Map<unknown, unknown>());
        for (let left = count(); left > 0; left--) {
          const key = read();
          map.set(key, read());
        }
        return map;
      }
      case 'S': {
        const set = keep(new Set<unknown>());
        for (let left = count(); left > 0; left--) set.add(read());
        return set;
      }
      case 'B':
        return keep(piece().buffer);
      case 'V':
        return keep(viewOf(VIEWS[count()], piece));
      case 'E': {
        const name = text();
        if (!ERRORS.includes(name)) throw malformed();
        const Class = (globalThis as unknown as Record<string, new (message: string) => Error>)[name]!;
        const error = keep(new Class(text()));
        Object.defineProperty(error, 'stack', { value: text(), writable: true, configurable: true, enumerable: false });
        if (read() === true) Object.defineProperty(error, 'cause', { value: read(), writable: true, configurable: true, enumerable: false });
        return error;
      }
      case 'O': {
        const place = seen.push(undefined) - 1;
        const wrapped: unknown = Object(read());
        seen[place] = wrapped;
        return wrapped;
      }
      default:
        throw malformed();
    }
  }

  for (const byte of HEADER) if (bytes[take(1)] !== byte) throw malformed();
  return read();
}

function viewOf(name: string | undefined, piece: () => Uint8Array): unknown {
  if (name === undefined) throw malformed();
  const data = piece();
  if (name === 'Buffer') return Buffer.from(data.buffer as ArrayBuffer);
  const Class = (globalThis as unknown as Record<string, new (buffer: ArrayBufferLike) => unknown>)[name]!;
  try {
    return new Class(data.buffer);
  } catch {
    throw malformed();
  }
}
