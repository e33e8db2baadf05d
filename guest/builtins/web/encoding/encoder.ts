// TextEncoder. The work is done in C.

import { native } from '../../native';
import { needArguments, toText } from '../webidl/convert';

export class TextEncoder {
  get encoding(): string {
    return 'utf-8';
  }

  encode(input: string = ''): Uint8Array {
    return new Uint8Array(native.utf8Encode(typeof input === 'string' ? input : toText(input)));
  }

  encodeInto(source: string, destination: Uint8Array): { read: number; written: number } {
    needArguments(arguments.length, 2, 'TextEncoder.encodeInto');
    const text = toText(source);
    if (!(destination instanceof Uint8Array)) {
      throw new TypeError('The destination of TextEncoder.encodeInto must be a Uint8Array');
    }
    const [read, written] = native.utf8EncodeInto(text, destination);
    return { read, written };
  }
}
