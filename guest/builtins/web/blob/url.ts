// blob: URLs: names for blobs, valid in the instance that made them.

import { native } from '../../native';
import { URL } from '../url';
import { codedTypeError, needNamed, toText } from '../webidl/convert';
import { Blob } from './blob';

const store = new Map<string, Blob>();

function uuid(): string {
  const bytes = new Uint8Array(16);
  native.random(bytes);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  let text = '';
  bytes.forEach((byte, index) => {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += byte.toString(16).padStart(2, '0');
  });
  return text;
}

const methods = {
  createObjectURL(blob: Blob): string {
    needNamed(arguments.length, 'obj');
    if (!((blob as unknown) instanceof Blob)) throw codedTypeError('URL.createObjectURL takes a Blob', 'ERR_INVALID_ARG_TYPE');
    const url = `blob:null/${uuid()}`;
    store.set(url, blob);
    return url;
  },
  revokeObjectURL(url: string): void {
    needNamed(arguments.length, 'url');
    store.delete(toText(url));
  },
};
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(URL, name, { value, writable: true, enumerable: true, configurable: true });
}

/** The blob that a URL names, whatever its fragment; undefined when there is none (any more). */
export function resolveBlobUrl(url: string): Blob | undefined {
  const hash = url.indexOf('#');
  return store.get(hash < 0 ? url : url.slice(0, hash));
}
