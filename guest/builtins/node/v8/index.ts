// node:v8: values to bytes and back, and figures of the heap. The bytes are of a form of holm's own, which only
// holm reads; there is no V8 here.

import { native } from '../../native';
import { registerBuiltin } from '../../runtime/builtin_modules';
import { Buffer } from '../buffer/buffer';
import { codes } from '../errors';
import { readValue } from './reader';
import { writeValue } from './writer';

function heapStatistics(): Record<string, number> {
  const used = native.memoryUsed();
  return {
    total_heap_size: used,
    total_heap_size_executable: 0,
    total_physical_size: used,
    total_available_size: 2 ** 32 - used,
    used_heap_size: used,
    heap_size_limit: 2 ** 32,
    malloced_memory: used,
    peak_malloced_memory: used,
    does_zap_garbage: 0,
    number_of_native_contexts: 1,
    number_of_detached_contexts: 0,
    total_global_handles_size: 0,
    used_global_handles_size: 0,
    external_memory: 0,
  };
}

registerBuiltin('v8', () => ({
  deserialize(bytes: unknown) {
    if (!ArrayBuffer.isView(bytes)) throw new codes.ERR_INVALID_ARG_TYPE!('buffer', ['Buffer', 'TypedArray', 'DataView'], bytes);
    return readValue(new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength));
  },
  getHeapStatistics: heapStatistics,
  serialize: (value: unknown) => Buffer.from(writeValue(value)),
}));
