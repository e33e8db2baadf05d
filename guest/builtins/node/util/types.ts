// util.types: what a value is to the engine, whatever its prototype says.

import { native } from '../../native';

function classOf(value: unknown): string {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' ? native.classOf(value) : '';
}

function isKind(...kinds: string[]): (value: unknown) => boolean {
  return (value) => kinds.includes(classOf(value));
}

export const types = {
  isAnyArrayBuffer: isKind('ArrayBuffer', 'SharedArrayBuffer'),
  isArgumentsObject: isKind('Arguments'),
  isArrayBuffer: isKind('ArrayBuffer'),
  isArrayBufferView: (value: unknown): boolean => ArrayBuffer.isView(value),
  isAsyncFunction: isKind('AsyncFunction', 'AsyncGeneratorFunction'),
  isBigInt64Array: isKind('BigInt64Array'),
  isBigIntObject: isKind('BigInt'),
  isBigUint64Array: isKind('BigUint64Array'),
  isBooleanObject: isKind('Boolean'),
  isBoxedPrimitive: isKind('Number', 'String', 'Boolean', 'BigInt', 'Symbol'),
  isCryptoKey: (value: unknown): boolean => isInstance(value, 'CryptoKey'),
  isDataView: isKind('DataView'),
  isDate: isKind('Date'),
  isFloat32Array: isKind('Float32Array'),
  isFloat64Array: isKind('Float64Array'),
  isGeneratorFunction: isKind('GeneratorFunction', 'AsyncGeneratorFunction'),
  isGeneratorObject: isKind('Generator', 'AsyncGenerator'),
  isInt16Array: isKind('Int16Array'),
  isInt32Array: isKind('Int32Array'),
  isInt8Array: isKind('Int8Array'),
  isMap: isKind('Map'),
  isMapIterator: isKind('Map Iterator'),
  isModuleNamespaceObject: (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === null &&
    Object.getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === 'Module' &&
    !Object.isExtensible(value),
  isNativeError: isKind('Error'),
  isNumberObject: isKind('Number'),
  isPromise: isKind('Promise'),
  isProxy: (value: unknown): boolean =>
    ((typeof value === 'object' && value !== null) || typeof value === 'function') && native.proxyDetails(value) !== undefined,
  isRegExp: isKind('RegExp'),
  isSet: isKind('Set'),
  isSetIterator: isKind('Set Iterator'),
  isSharedArrayBuffer: isKind('SharedArrayBuffer'),
  isStringObject: isKind('String'),
  isSymbolObject: isKind('Symbol'),
  isTypedArray: (value: unknown): boolean => ArrayBuffer.isView(value) && classOf(value) !== 'DataView',
  isUint16Array: isKind('Uint16Array'),
  isUint32Array: isKind('Uint32Array'),
  isUint8Array: isKind('Uint8Array'),
  isUint8ClampedArray: isKind('Uint8ClampedArray'),
  isWeakMap: isKind('WeakMap'),
  isWeakSet: isKind('WeakSet'),
};

function isInstance(value: unknown, name: string): boolean {
  const constructor = (globalThis as Record<string, unknown>)[name];
  return typeof constructor === 'function' && value instanceof constructor;
}
