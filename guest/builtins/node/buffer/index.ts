// node:buffer, and the global Buffer.

import { defineGlobals } from '../../define';
import { native } from '../../native';
import { registerBuiltin } from '../../runtime/builtin_modules';
import { resolveBlobUrl } from '../../web/blob/url';
import { codes } from '../errors';
import { validateNumber } from '../validators';
import { Buffer, inspection, maxLength } from './buffer';
import { decode, encode, encodingOf } from './encodings';

defineGlobals({ Buffer });

function bytesOf(value: unknown): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (!(value instanceof ArrayBuffer)) throw new codes.ERR_INVALID_ARG_TYPE!('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], value);
  if ((value as { detached?: boolean }).detached) throw new codes.ERR_INVALID_STATE!('Cannot validate on a detached buffer');
  return new Uint8Array(value);
}

/** Bytes in one encoding, in another one. */
function transcode(source: unknown, from: unknown, to: unknown): Buffer {
  if (!(source instanceof Uint8Array)) throw new codes.ERR_INVALID_ARG_TYPE!('source', ['Buffer', 'Uint8Array'], source);
  const [before, after] = [encodingOf(from), encodingOf(to)];
  const known = (encoding: string | undefined) => encoding !== undefined && !/^(?:hex|base64)/.test(encoding);
  if (!known(before) || !known(after)) {
    const error = Object.assign(new Error('Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]'), { code: 'U_ILLEGAL_ARGUMENT_ERROR', errno: 1 });
    throw error;
  }
  const text = decode(source, before!);
  // What the target has no character for is shown by a question mark.
  if (after === 'latin1' || after === 'ascii') {
    const most = after === 'ascii' ? 0x7f : 0xff;
    return Buffer.from(Array.from(text, (char) => (char.codePointAt(0)! > most ? 0x3f : char.charCodeAt(0))));
  }
  return Buffer.from(encode(text, after!));
}

registerBuiltin('buffer', () => {
  const { atob, btoa, Blob, File } = globalThis as unknown as Record<string, unknown>;
  return {
    atob,
    Blob,
    btoa,
    Buffer,
    constants: { MAX_LENGTH: maxLength, MAX_STRING_LENGTH: 2 ** 30 - 1 },
    File,
    get INSPECT_MAX_BYTES() {
      return inspection.maxBytes;
    },
    set INSPECT_MAX_BYTES(count: number) {
      validateNumber(count, 'INSPECT_MAX_BYTES', 0);
      inspection.maxBytes = count;
    },
    isAscii: (value: unknown) => bytesOf(value).every((byte) => byte < 128),
    isUtf8(value: unknown) {
      const bytes = bytesOf(value);
      try {
        native.utf8Decode(bytes, true, true);
        return true;
      } catch {
        return false;
      }
    },
    kMaxLength: maxLength,
    kStringMaxLength: 2 ** 30 - 1,
    resolveObjectURL: (url: unknown) => resolveBlobUrl(String(url)),
    SlowBuffer: Buffer,
    transcode,
  };
});

export { Buffer };
