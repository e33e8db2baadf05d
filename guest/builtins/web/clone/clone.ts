// structuredClone: a deep copy of everything that is data, cycles included.

import { native } from '../../native';
import { DOMException, isDOMException } from '../events/domexception';
import { dictionary } from '../webidl/convert';

interface Cloneable {
  is(value: object): boolean;
  /** `clone` copies a value that belongs to the instance, such as the cause of an error. */
  clone(value: any, clone: (inner: unknown) => unknown): object;
}

const cloneables: Cloneable[] = [];

/** Makes instances of a class of ours cloneable, which otherwise are refused. */
export function registerCloneable(cloneable: Cloneable): void {
  cloneables.push(cloneable);
}

interface Transferable {
  is(value: object): boolean;
  /** It has no content of its own any more: it was transferred before, or somebody else holds it. */
  isDetached(value: any): boolean;
  /** Gives what it stood for to a new object, and leaves it empty. */
  transfer(value: any): object;
}

const transferables: Transferable[] = [];

/** Makes instances of a class of ours transferable. */
export function registerTransferable(transferable: Transferable): void {
  transferables.push(transferable);
}

/** A copied value, and what came with it of the transfer list. */
export interface Transferred {
  value: unknown;
  transferred: object[];
}

/** Copies `value`. What is in `transfer` is moved. */
export function structuredClone<T>(value: T, options?: { transfer?: Iterable<object> } | null): T {
  if (arguments.length === 0) throw new TypeError('structuredClone needs a value');
  const { transfer } = dictionary(options, 'The options of structuredClone') as { transfer?: Iterable<object> };
  if (transfer === undefined) return copyOf(value, new Map()) as T;
  return cloneWithTransfer(value, [...transfer]).value as T;
}

/** Copies `value`, and moves the objects in `transfer` to new ones, to which the copy refers. */
export function cloneWithTransfer(value: unknown, transfer: readonly object[]): Transferred {
  if (transfer.length === 0) return { value: copyOf(value, new Map()), transferred: [] };
  const buffers: ArrayBuffer[] = [];
  const moves: [object, Transferable][] = [];
  const seen = new Set<object>();
  const memory: Memory = new Map();
  for (const item of transfer) {
    if (typeof item !== 'object' || item === null) throw new TypeError('Only objects can be in the transfer list');
    if (seen.has(item)) throw cloneError('An object occurs twice in the transfer list');
    seen.add(item);
    if (native.classOf(item) === 'ArrayBuffer') {
      if (isDetached(item as ArrayBuffer)) throw cloneError('An ArrayBuffer in the transfer list is detached');
      buffers.push(item as ArrayBuffer);
      continue;
    }
    const transferable = transferables.find((each) => each.is(item));
    if (transferable === undefined) throw cloneError('An object in the transfer list cannot be transferred');
    moves.push([item, transferable]);
    // It stands for itself at first: when something cannot be cloned, nothing must have been taken away.
    memory.set(item, item);
  }
  let copy = copyOf(value, memory);
  const moved: Memory = new Map();
  for (const [item, { isDetached: gone, transfer: move }] of moves) {
    if (gone(item)) throw cloneError('An object in the transfer list was transferred before, or is locked');
    moved.set(item, move(item));
  }
  if (moves.length > 0) copy = copyOf(copy, moved);
  for (const buffer of buffers) detach(buffer);
  return { value: copy, transferred: moves.map(([item]) => moved.get(item)!) };
}

type WithTransfer = ArrayBuffer & { transfer(): ArrayBuffer; detached: boolean };

function detach(buffer: ArrayBuffer): void {
  (buffer as WithTransfer).transfer();
}

function isDetached(buffer: ArrayBuffer): boolean {
  return (buffer as WithTransfer).detached === true;
}

export function cloneError(message: string): DOMException {
  return new DOMException(message, 'DataCloneError');
}

function refuse(value: unknown): never {
  let text: string;
  try {
    text = typeof value === 'object' && value !== null ? `#<${value.constructor?.name || 'Object'}>` : String(value);
  } catch {
    text = 'a value';
  }
  throw cloneError(`${text} could not be cloned.`);
}

type Memory = Map<object, object>;

/** Constructors as they were at the start, whatever scripts do to the globals. */
const constructors = new Map<string, any>();
for (const name of [
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
  'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array',
  'Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError',
]) {
  const constructor = (globalThis as Record<string, unknown>)[name];
  if (constructor !== undefined) constructors.set(name, constructor);
}

function copyOf(value: unknown, memory: Memory): unknown {
  return native.clone(value, memory, copyOther);
}

/** Copies what is neither a primitive nor a plain object or array, and was not met before. */
function copyOther(value: unknown, memory: Memory): unknown {
  if (typeof value !== 'object' || value === null) return refuse(value);
  if (native.proxyDetails(value) !== undefined) refuse(value);

  const remember = <C extends object>(copy: C): C => {
    memory.set(value, copy);
    return copy;
  };
  const inner = (item: unknown) => copyOf(item, memory);
  const kind = native.classOf(value);

  if (Array.isArray(value)) {
    const copy = remember(new Array(value.length));
    copyProperties(value, copy, memory);
    return copy;
  }
  if (ArrayBuffer.isView(value)) {
    const buffer = inner(value.buffer) as ArrayBuffer;
    if (kind === 'DataView') return remember(new DataView(buffer, value.byteOffset, value.byteLength));
    const array = constructors.get(kind) ?? refuse(value);
    return remember(new array(buffer, value.byteOffset, (value as Uint8Array).length));
  }
  for (const cloneable of cloneables) {
    if (cloneable.is(value)) return remember(cloneable.clone(value, inner));
  }
  switch (kind) {
    case 'Date':
      return remember(new Date(Date.prototype.getTime.call(value)));
    case 'RegExp': {
      const { source, flags } = value as RegExp;
      return remember(new RegExp(source, flags));
    }
    case 'Number':
    case 'String':
    case 'Boolean':
    case 'BigInt':
      return remember(Object((value as { valueOf(): unknown }).valueOf()) as object);
    case 'ArrayBuffer': {
      const buffer = value as ArrayBuffer & { resizable?: boolean; maxByteLength?: number };
      if (isDetached(buffer)) throw cloneError('An ArrayBuffer is detached and could not be cloned.');
      if (buffer.resizable !== true) return remember(buffer.slice(0));
      const options = { maxByteLength: buffer.maxByteLength };
      const copy = new (ArrayBuffer as any)(buffer.byteLength, options) as ArrayBuffer;
      new Uint8Array(copy).set(new Uint8Array(buffer));
      return remember(copy);
    }
    case 'Map': {
      const copy = remember(new Map());
      // What there is at the start: copying may run getters, and those may change it.
      for (const [key, item] of [...Map.prototype.entries.call(value)]) copy.set(inner(key), inner(item));
      return copy;
    }
    case 'Set': {
      const copy = remember(new Set());
      for (const item of [...Set.prototype.values.call(value)]) copy.add(inner(item));
      return copy;
    }
    case 'Error':
      return copyError(value as Error, remember, inner);
    case 'Object':
    case 'Arguments': {
      if (isPlatformObject(value)) refuse(value);
      const copy = remember({});
      copyProperties(value, copy, memory);
      return copy;
    }
    default:
      return refuse(value);
  }
}

function copyProperties(from: object, to: object, memory: Memory): void {
  for (const key of Object.keys(from)) {
    // A getter that ran before may have removed it.
    if (!Object.hasOwn(from, key)) continue;
    const value = copyOf((from as Record<string, unknown>)[key], memory);
    if (key === '__proto__') Object.defineProperty(to, key, { value, writable: true, enumerable: true, configurable: true });
    else (to as Record<string, unknown>)[key] = value;
  }
}

function copyError(error: Error, remember: <C extends object>(copy: C) => C, inner: (item: unknown) => unknown): object {
  const name = `${error.name}`;
  const constructor = constructors.get(name.endsWith('Error') ? name : 'Error') ?? constructors.get('Error');
  const copy = remember(new constructor() as Error);
  const hide = (key: string, value: unknown) => Object.defineProperty(copy, key, { value, writable: true, configurable: true });
  const message = Object.getOwnPropertyDescriptor(error, 'message');
  if (message !== undefined && 'value' in message) hide('message', `${message.value}`);
  hide('stack', typeof error.stack === 'string' ? error.stack : '');
  if (Object.hasOwn(error, 'cause')) hide('cause', inner(error.cause));
  return copy;
}

/** Interfaces whose instances hold more than their properties show: a copy would be an empty shell. */
const platformNames = [
  'AbortController', 'Event', 'EventTarget', 'FormData', 'Headers', 'MessageChannel', 'PerformanceEntry',
  'ReadableStream', 'Request', 'Response', 'TextDecoder', 'TextEncoder', 'TransformStream', 'URL', 'URLPattern',
  'URLSearchParams', 'WritableStream', 'CryptoKey', 'ReadableStreamDefaultReader',
];
let platformPrototypes: Set<object> | undefined;

function isPlatformObject(value: object): boolean {
  let prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Object.prototype || prototype === null) return false;
  if (platformPrototypes === undefined) {
    platformPrototypes = new Set();
    for (const name of platformNames) {
      const constructor = (globalThis as Record<string, { prototype?: object } | undefined>)[name];
      if (constructor?.prototype !== undefined) platformPrototypes.add(constructor.prototype);
    }
  }
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
    if (platformPrototypes.has(prototype)) return true;
  }
  return false;
}

registerCloneable({
  is: isDOMException,
  clone(value: DOMException, clone) {
    const copy = new DOMException(value.message, value.name);
    Object.defineProperty(copy, 'stack', { value: value.stack, writable: true, configurable: true });
    if (Object.hasOwn(value, 'cause')) {
      Object.defineProperty(copy, 'cause', { value: clone(value.cause), writable: true, configurable: true });
    }
    return copy;
  },
});
