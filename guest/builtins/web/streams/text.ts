// TextEncoderStream and TextDecoderStream: the encoding classes as transform streams.

import { TransformStream } from 'web-streams-polyfill';

import { defineTag, makeEnumerable } from '../../define';
import { native } from '../../native';
import { TextDecoder } from '../encoding';
import { isBufferSource, toText } from '../webidl/convert';

export class TextEncoderStream {
  #transform: TransformStream<string, Uint8Array>;

  constructor() {
    // A high surrogate at the end of a piece waits for what comes next.
    let high = '';
    this.#transform = new TransformStream<string, Uint8Array>({
      transform(chunk, controller) {
        let text = high + toText(chunk);
        const last = text.charCodeAt(text.length - 1);
        high = last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : '';
        if (high !== '') text = text.slice(0, -1);
        if (text !== '') controller.enqueue(new Uint8Array(native.utf8Encode(text)));
      },
      flush(controller) {
        if (high !== '') controller.enqueue(new Uint8Array([0xef, 0xbf, 0xbd]));
      },
    });
  }

  get encoding(): string {
    void this.#transform;
    return 'utf-8';
  }

  get readable() {
    return this.#transform.readable;
  }

  get writable() {
    return this.#transform.writable;
  }
}

export class TextDecoderStream {
  #decoder: TextDecoder;
  #transform: TransformStream<ArrayBuffer | ArrayBufferView, string>;

  constructor(label: string = 'utf-8', options?: { fatal?: boolean; ignoreBOM?: boolean }) {
    const decoder = new TextDecoder(label, options);
    this.#decoder = decoder;
    this.#transform = new TransformStream<ArrayBuffer | ArrayBufferView, string>({
      transform(chunk, controller) {
        if (!isBufferSource(chunk)) throw new TypeError('TextDecoderStream takes ArrayBuffers or views of them');
        const text = decoder.decode(chunk, { stream: true });
        if (text !== '') controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text !== '') controller.enqueue(text);
      },
    });
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }

  get fatal(): boolean {
    return this.#decoder.fatal;
  }

  get ignoreBOM(): boolean {
    return this.#decoder.ignoreBOM;
  }

  get readable() {
    return this.#transform.readable;
  }

  get writable() {
    return this.#transform.writable;
  }
}

defineTag(TextEncoderStream.prototype, 'TextEncoderStream');
makeEnumerable(TextEncoderStream.prototype, ['encoding', 'readable', 'writable']);
defineTag(TextDecoderStream.prototype, 'TextDecoderStream');
makeEnumerable(TextDecoderStream.prototype, ['encoding', 'fatal', 'ignoreBOM', 'readable', 'writable']);
