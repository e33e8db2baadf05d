// atob and btoa. The work is done in C.

import { native } from '../../native';
import { DOMException } from '../events';
import { needArguments, toText } from '../webidl/convert';

export function atob(data: string): string {
  needArguments(arguments.length, 1, 'atob');
  const text = native.atob(toText(data));
  if (text === null) throw new DOMException('The string to be decoded is not correctly encoded', 'InvalidCharacterError');
  return text;
}

export function btoa(data: string): string {
  needArguments(arguments.length, 1, 'btoa');
  const text = native.btoa(toText(data));
  if (text === null) throw new DOMException('The string to be encoded has characters outside of latin1', 'InvalidCharacterError');
  return text;
}
