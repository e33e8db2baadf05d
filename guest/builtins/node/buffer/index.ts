// node:buffer, and the global Buffer.

import { defineGlobals } from '../../define';
import { native } from '../../native';
import { registerBuiltin } from '../../runtime/builtin_modules';
import { Buffer, maxLength } from './buffer';

defineGlobals({ Buffer });

function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
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
    INSPECT_MAX_BYTES: 50,
    isAscii: (value: ArrayBuffer | ArrayBufferView) => bytesOf(value).every((byte) => byte < 128),
    isUtf8(value: ArrayBuffer | ArrayBufferView) {
      try {
        native.utf8Decode(bytesOf(value), true, true);
        return true;
      } catch {
        return false;
      }
    },
    kMaxLength: maxLength,
    kStringMaxLength: 2 ** 30 - 1,
    SlowBuffer: Buffer,
  };
});

export { Buffer };
