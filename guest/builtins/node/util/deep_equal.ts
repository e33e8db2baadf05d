// Deep equality: strict as `util.isDeepStrictEqual` and `assert.deepStrictEqual` mean it, loose as
// `assert.deepEqual` does (primitives by ==, prototypes ignored).

import { native } from '../../native';

type Pairs = Map<object, Set<object>>;

export function isDeepEqual(a: unknown, b: unknown, strict: boolean): boolean {
  return equal(a, b, strict, new Map());
}

function equal(a: unknown, b: unknown, strict: boolean, open: Pairs): boolean {
  if (strict ? Object.is(a, b) : a === b || (a !== a && b !== b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return !strict && (typeof a !== 'object' || a === null) && (typeof b !== 'object' || b === null) && a == b;
  }
  if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const kind = native.classOf(a);
  if (kind !== native.classOf(b)) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;

  // A pair that is being compared further up counts as equal: whatever differs is found elsewhere.
  const against = open.get(a);
  if (against?.has(b)) return true;
  if (against === undefined) open.set(a, new Set([b]));
  else against.add(b);
  const same = sameContents(a, b, kind, strict, open) && sameProperties(a, b, strict, open);
  open.get(a)!.delete(b);
  return same;
}

function sameContents(a: object, b: object, kind: string, strict: boolean, open: Pairs): boolean {
  if (Array.isArray(a)) return a.length === (b as unknown[]).length;
  if (ArrayBuffer.isView(a)) {
    if (!strict && (kind === 'Float32Array' || kind === 'Float64Array')) {
      const [x, y] = [a as Float64Array, b as Float64Array];
      return x.length === y.length && x.every((value, at) => value === y[at] || (value !== value && y[at] !== y[at]));
    }
    return sameBytes(bytesOf(a), bytesOf(b as ArrayBufferView));
  }
  switch (kind) {
    case 'Date':
      return Object.is(Date.prototype.getTime.call(a), Date.prototype.getTime.call(b));
    case 'RegExp':
      return String(a) === String(b) && (a as RegExp).lastIndex === (b as RegExp).lastIndex;
    case 'Error':
      for (const key of ['name', 'message', 'cause', 'errors'] as const) {
        const [x, y] = [a, b] as Record<string, unknown>[];
        if ((key in x!) !== (key in y!) || !equal(x![key], y![key], strict, open)) return false;
      }
      return true;
    case 'Number':
    case 'String':
    case 'Boolean':
    case 'BigInt':
    case 'Symbol':
      return Object.is((a as { valueOf(): unknown }).valueOf(), (b as { valueOf(): unknown }).valueOf());
    case 'ArrayBuffer':
    case 'SharedArrayBuffer':
      return sameBytes(new Uint8Array(a as ArrayBuffer), new Uint8Array(b as ArrayBuffer));
    case 'Set':
      return sameSet(a as Set<unknown>, b as Set<unknown>, strict, open);
    case 'Map':
      return sameMap(a as Map<unknown, unknown>, b as Map<unknown, unknown>, strict, open);
    case 'Promise':
    case 'WeakMap':
    case 'WeakSet':
    case 'WeakRef':
      // Nothing of them can be compared; they are equal only when they are the same.
      return false;
    default:
      return true;
  }
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null;
}

function sameSet(a: Set<unknown>, b: Set<unknown>, strict: boolean, open: Pairs): boolean {
  if (a.size !== b.size) return false;
  const left: unknown[] = [];
  for (const value of a) {
    if (b.has(value)) continue;
    if (strict && isPrimitive(value)) return false;
    left.push(value);
  }
  if (left.length === 0) return true;
  // Each of the others needs a partner of its own.
  const others = [...b].filter((value) => !a.has(value));
  for (const value of left) {
    const at = others.findIndex((other) => equal(value, other, strict, open));
    if (at < 0) return false;
    others.splice(at, 1);
  }
  return true;
}

function sameMap(a: Map<unknown, unknown>, b: Map<unknown, unknown>, strict: boolean, open: Pairs): boolean {
  if (a.size !== b.size) return false;
  const left: [unknown, unknown][] = [];
  for (const [key, value] of a) {
    if (b.has(key)) {
      if (!equal(value, b.get(key), strict, open)) return false;
    } else if (strict && isPrimitive(key)) {
      return false;
    } else {
      left.push([key, value]);
    }
  }
  if (left.length === 0) return true;
  const others = [...b].filter(([key]) => !a.has(key));
  for (const [key, value] of left) {
    const at = others.findIndex(([otherKey, other]) => equal(key, otherKey, strict, open) && equal(value, other, strict, open));
    if (at < 0) return false;
    others.splice(at, 1);
  }
  return true;
}

function keysOf(value: object, strict: boolean): (string | symbol)[] {
  const keys: (string | symbol)[] = ArrayBuffer.isView(value)
    ? Object.keys(value).filter((key) => !/^\d+$/.test(key))
    : Object.keys(value);
  if (!strict) return keys;
  const symbols = Object.getOwnPropertySymbols(value).filter((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol));
  return [...keys, ...symbols];
}

function sameProperties(a: object, b: object, strict: boolean, open: Pairs): boolean {
  const keys = keysOf(a, strict);
  if (keys.length !== keysOf(b, strict).length) return false;
  for (const key of keys) {
    if (!Object.prototype.propertyIsEnumerable.call(b, key)) return false;
    const [x, y] = [a, b] as Record<string | symbol, unknown>[];
    if (!equal(x![key], y![key], strict, open)) return false;
  }
  return true;
}
