// atob and btoa: the engine has both in C; here they throw this realm's DOMException and count arguments.

import { DOMException } from '../events';
import { needArguments, toText } from '../webidl/convert';

const engine = globalThis as unknown as Record<'atob' | 'btoa', (text: string) => string>;
const decode = engine.atob;
const encode = engine.btoa;

export function atob(data: string): string {
  needArguments(arguments.length, 1, 'atob');
  const text = toText(data);
  try {
    return decode(text);
  } catch {
    throw new DOMException('The string to be decoded is not correctly encoded', 'InvalidCharacterError');
  }
}

export function btoa(data: string): string {
  needArguments(arguments.length, 1, 'btoa');
  const text = toText(data);
  try {
    return encode(text);
  } catch {
    throw new DOMException('The string to be encoded has characters outside of latin1', 'InvalidCharacterError');
  }
}
