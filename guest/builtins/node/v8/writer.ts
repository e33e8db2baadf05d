// v8.serialize: a value as bytes. A tag, then what it holds; an object that came before is its number.

import { native } from '../../native';
import { Buffer } from '../buffer/buffer';

/** One letter for each kind. */
export const VIEWS = [
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array',
  'BigInt64Array', 'BigUint64Array', 'DataView', 'Buffer',
] as const;
export const ERRORS = ['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'];
export const HEADER = [0xff, 0x48, 1];

export function writeValue(value: unknown): Uint8Array {
  const chunks: Uint8Array[] = [Uint8Array.from(HEADER)];
  const seen = new Map<object, number>();

  const byte = (code: string) => chunks.push(Uint8Array.of(code.charCodeAt(0)));
  const number = (given: number) => chunks.push(new Uint8Array(Float64Array.of(given).buffer));
  const bytes = (given: Uint8Array) => {
    number(given.length);
    chunks.push(given.slice());
  };
  const text = (given: string) => {
    // Code units, so that a lone surrogate comes back.
    const units = new Uint16Array(given.length);
    for (let at = 0; at < given.length; at++) units[at] = given.charCodeAt(at);
    bytes(new Uint8Array(units.buffer));
  };
  const properties = (object: object) => {
    const keys = Object.keys(object);
    number(keys.length);
    for (const key of keys) {
      text(key);
      write((object as Record<string, unknown>)[key]);
    }
  };

  function write(given: unknown): void {
    switch (typeof given) {
      case 'undefined':
        return void byte('_');
      case 'boolean':
        return void byte(given ? 'T' : 'F');
      case 'number':
        byte('N');
        return void number(given);
      case 'bigint':
        byte('Z');
        return text(given.toString());
      case 'string':
        byte('"');
        return text(given);
      case 'object':
        if (given === null) return void byte('0');
        return object(given);
      default:
        throw notCloneable(given);
    }
  }

  function object(given: object): void {
    const before = seen.get(given);
    if (before !== undefined) {
      byte('^');
      number(before);
      return;
    }
    seen.set(given, seen.size);
    const kind = native.classOf(given);
    if (ArrayBuffer.isView(given)) {
      const name = Buffer.isBuffer(given) ? 'Buffer' : kind;
      byte('V');
      number(VIEWS.indexOf(name as 'Buffer'));
      bytes(new Uint8Array(given.buffer as ArrayBuffer, given.byteOffset, given.byteLength));
      return;
    }
    switch (kind) {
      case 'Array': {
        const list = given as unknown[];
        byte('A');
        number(list.length);
        return properties(list);
      }
      case 'Date':
        byte('D');
        return void number(Number(given));
      case 'RegExp': {
        const { source, flags } = given as RegExp;
        byte('R');
        text(source);
        return text(flags);
      }
      case 'Map':
        byte('M');
        number((given as Map<unknown, unknown>).size);
        for (const [key, value] of given as Map<unknown, unknown>) {
          write(key);
          write(value);
        }
        return;
      case 'Set':
        byte('S');
        number((given as Set<unknown>).size);
        for (const value of given as Set<unknown>) write(value);
        return;
      case 'ArrayBuffer':
        byte('B');
        return bytes(new Uint8Array(given as ArrayBuffer));
      case 'Error': {
        const { name, message, stack } = given as Error;
        byte('E');
        text(ERRORS.includes(name) ? name : 'Error');
        text(`${message}`);
        text(`${stack ?? ''}`);
        const hasCause = Object.hasOwn(given, 'cause');
        byte(hasCause ? 'T' : 'F');
        if (hasCause) write((given as Error).cause);
        return;
      }
      case 'Boolean':
      case 'Number':
      case 'String':
      case 'BigInt':
        byte('O');
        return write((given as { valueOf(): unknown }).valueOf());
      case 'Object':
        byte('{');
        return properties(given);
      default:
        throw notCloneable(given);
    }
  }

  write(value);
  return Buffer.concat(chunks);
}

declare const DOMException: new (message: string, name: string) => Error;

function notCloneable(value: unknown): Error {
  const shown = typeof value === 'function' ? String(value) : typeof value === 'symbol' ? value.toString() : `#<${(value as object).constructor?.name ?? 'Object'}>`;
  return new DOMException(`${shown} could not be cloned.`, 'DataCloneError');
}
