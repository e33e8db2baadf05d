// TextEncoder. The work is done in C.

import { native } from '../../native';
import { needArguments, toText } from '../webidl/convert';

export class TextEncoder {
  /** Only tells that an object is an instance. */
  #instance = true;

  get encoding(): string {
    void this.#instance;
    return 'utf-8';
  }

  encode(input: string = ''): Uint8Array {
    void this.#instance;
    return new Uint8Array(native.utf8Encode(typeof input === 'string' ? input : toText(input)));
  }

  encodeInto(source: string, destination: Uint8Array): { read: number; written: number } {
    void this.#instance;
    needArguments(arguments.length, 2, 'TextEncoder.encodeInto');
    const text = toText(source);
    if (!(destination instanceof Uint8Array)) {
      throw new TypeError('The destination of TextEncoder.encodeInto must be a Uint8Array');
    }
    // Nothing fits into it; so it is with one whose buffer was taken away.
    if (destination.length === 0) return { read: 0, written: 0 };
    const [read, written] = native.utf8EncodeInto(text, destination);
    return { read, written };
  }
}
