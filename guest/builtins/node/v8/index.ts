// node:v8: values to bytes and back, and figures of the heap. There is no V8 here: what looks into it is absent.

import { native } from '../../native';
import { registerBuiltin } from '../../runtime/builtin_modules';
import type { Buffer } from '../buffer/buffer';
import { coded, codes } from '../errors';
import { validateString } from '../validators';
import { promiseHooks } from './promise_hooks';
import { DefaultDeserializer, Deserializer } from './reader';
import { DefaultSerializer, Serializer } from './writer';

const addressable = 2 ** 32;

function heapStatistics(): Record<string, number> {
  const used = native.memoryUsed();
  return {
    total_heap_size: used,
    total_heap_size_executable: 0,
    total_physical_size: used,
    total_available_size: addressable - used,
    used_heap_size: used,
    heap_size_limit: addressable,
    malloced_memory: used,
    peak_malloced_memory: used,
    does_zap_garbage: 0,
    number_of_native_contexts: 1,
    number_of_detached_contexts: 0,
    total_global_handles_size: 0,
    used_global_handles_size: 0,
    external_memory: 0,
    total_allocated_bytes: used,
  };
}

/** The names are V8's, since programs look for them; the engine's heap is one, and counted as the old space. */
const SPACES = (
  'read_only new old code shared trusted shared_trusted new_large_object large_object code_large_object ' +
  'shared_large_object shared_trusted_large_object trusted_large_object'
).split(' ');

function heapSpaceStatistics(): Record<string, number | string>[] {
  const used = native.memoryUsed();
  return SPACES.map((name) => {
    const size = name === 'old' ? used : 0;
    return {
      space_name: `${name}_space`,
      space_size: size,
      space_used_size: size,
      space_available_size: name === 'old' ? addressable - used : 0,
      physical_space_size: size,
    };
  });
}

function unsupported(name: string): never {
  throw coded(new Error(`v8.${name} does not exist in holm: there is no V8`), 'ERR_HOLM_UNSUPPORTED');
}

/** No snapshot of Node's is ever being built. */
function notBuildingSnapshot(): never {
  throw new codes.ERR_NOT_BUILDING_SNAPSHOT!();
}

registerBuiltin('v8', () => ({
  DefaultDeserializer,
  DefaultSerializer,
  Deserializer,
  Serializer,
  deserialize(bytes: ArrayBufferView) {
    const deserializer = new DefaultDeserializer(bytes);
    deserializer.readHeader();
    return deserializer.readValue();
  },
  getHeapCodeStatistics: () => ({ code_and_metadata_size: 0, bytecode_and_metadata_size: 0, external_script_source_size: 0, cpu_profiler_metadata_size: 0 }),
  getHeapSpaceStatistics: heapSpaceStatistics,
  getHeapStatistics: heapStatistics,
  promiseHooks,
  isStringOneByteRepresentation(content: unknown) {
    validateString(content, 'content');
    return /^[\0-\xff]*$/.test(content);
  },
  serialize(value: unknown): Buffer {
    const serializer = new DefaultSerializer();
    serializer.writeHeader();
    serializer.writeValue(value);
    return serializer.releaseBuffer();
  },
  setFlagsFromString(flags: unknown) {
    validateString(flags, 'flags');
    unsupported('setFlagsFromString()');
  },
  startupSnapshot: {
    addDeserializeCallback: notBuildingSnapshot,
    addSerializeCallback: notBuildingSnapshot,
    isBuildingSnapshot: () => false,
    setDeserializeMainFunction: notBuildingSnapshot,
  },
}));
