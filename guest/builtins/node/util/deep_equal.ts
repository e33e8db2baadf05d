// Deep equality: strict as `util.isDeepStrictEqual` and `assert.deepStrictEqual` mean it, loose as `assert.deepEqual`
// does (primitives by ==, prototypes and symbols ignored), partial as `assert.partialDeepStrictEqual` does (strict, and
// what is expected need only be a part).

import { native } from '../../native';
import { isCryptoKey, materialOf } from '../../web/crypto/key';

export type Comparison = 'strict' | 'loose' | 'partial';

interface Mode {
  readonly strict: boolean;
  readonly partial: boolean;
  readonly prototypes: boolean;
}

/** The pairs that are being compared further up, from both sides. */
interface Open {
  readonly left: Map<object, object>;
  readonly right: Map<object, object>;
}

/** `prototypes` false: in a strict comparison, objects of different classes may be equal. */
export function isDeepEqual(a: unknown, b: unknown, comparison: Comparison, prototypes = true): boolean {
  const mode = { strict: comparison !== 'loose', partial: comparison === 'partial', prototypes: prototypes && comparison === 'strict' };
  return equal(a, b, mode, { left: new Map(), right: new Map() });
}

function equal(a: unknown, b: unknown, mode: Mode, open: Open): boolean {
  if (a === b) return a !== 0 || !mode.strict || Object.is(a, b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    if (a !== a && b !== b) return true;
    return !mode.strict && (typeof a !== 'object' || a === null) && (typeof b !== 'object' || b === null) && a == b;
  }
  if (mode.prototypes && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return false;
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;

  // In a cycle an object is equal to the one that it is being compared with, and to no other.
  if (open.left.has(a) || open.right.has(b)) return open.left.get(a) === b;
  open.left.set(a, b);
  open.right.set(b, a);
  const same = sameContents(a, b, kind, mode, open) && sameProperties(a, b, mode, open);
  open.left.delete(a);
  open.right.delete(b);
  return same;
}

function kindOf(value: object): string {
  if (Array.isArray(value)) return 'Array';
  const kind = native.classOf(value);
  // A proxy has no contents of its own: what its traps give is compared.
  return value instanceof Error ? 'Error' : kind === 'Proxy' ? 'Object' : kind;
}

function sameContents(a: object, b: object, kind: string, mode: Mode, open: Open): boolean {
  if (Array.isArray(a)) return mode.partial ? holdsInOrder(a, b as unknown[], mode, open) : a.length === (b as unknown[]).length;
  if (ArrayBuffer.isView(a)) return sameView(a, b as ArrayBufferView, kind, mode);
  switch (kind) {
    case 'Date': {
      const [x, y] = [Date.prototype.getTime.call(a), Date.prototype.getTime.call(b)];
      return x === y || (x !== x && y !== y);
    }
    case 'RegExp': {
      const [x, y] = [a as RegExp, b as RegExp];
      return x.source === y.source && x.flags === y.flags && x.lastIndex === y.lastIndex;
    }
    case 'Error':
      return sameError(a as Error, b as Error, mode, open);
    case 'Number':
    case 'String':
    case 'Boolean':
    case 'BigInt':
    case 'Symbol':
      return Object.is(primitiveOf(a, kind), primitiveOf(b, kind));
    case 'ArrayBuffer':
    case 'SharedArrayBuffer':
      return sameBytes(new Uint8Array(a as ArrayBuffer), new Uint8Array(b as ArrayBuffer), mode);
    case 'Set':
      return sameSet(a as Set<unknown>, b as Set<unknown>, mode, open);
    case 'Map':
      return sameMap(a as Map<unknown, unknown>, b as Map<unknown, unknown>, mode, open);
    case 'Promise':
    case 'WeakMap':
    case 'WeakSet':
    case 'WeakRef':
      // Nothing of them can be compared; they are equal only when they are the same.
      return false;
    default:
      return sameClass(a, b);
  }
}

/** Objects of built-in classes whose state is in no property. */
function sameClass(a: object, b: object): boolean {
  const { URL } = globalThis as unknown as { URL: new () => { href: string } };
  if (a instanceof URL && b instanceof URL) return a.href === b.href;
  if (isCryptoKey(a)) {
    if (!isCryptoKey(b)) return false;
    const shown = ({ type, extractable, algorithm, usages }: typeof a) => ({ type, extractable, algorithm, usages });
    return isDeepEqual(shown(a), shown(b), 'strict') && isDeepEqual(materialOf(a), materialOf(b), 'strict');
  }
  const { equals } = a as { equals?: unknown };
  if (a.constructor?.name.endsWith('KeyObject') && typeof equals === 'function' && a.constructor === b.constructor) {
    return equals.call(a, b) === true;
  }
  return true;
}

function primitiveOf(value: object, kind: string): unknown {
  return (globalThis as any)[kind].prototype.valueOf.call(value);
}

function sameError(a: Error, b: Error, mode: Mode, open: Open): boolean {
  for (const key of ['name', 'message', 'cause', 'errors'] as const) {
    const [x, y] = [a, b] as unknown as Record<string, unknown>[];
    // An enumerable one is among the properties, which are compared besides.
    if (Object.prototype.propertyIsEnumerable.call(b, key)) continue;
    if (mode.partial && (y![key] === undefined || (key === 'message' && y![key] === ''))) continue;
    if (!mode.partial && (key === 'cause' || key === 'errors') && Object.hasOwn(a, key) !== Object.hasOwn(b, key)) return false;
    if (!equal(x![key], y![key], mode, open)) return false;
  }
  return true;
}

function sameView(a: ArrayBufferView, b: ArrayBufferView, kind: string, mode: Mode): boolean {
  if (!mode.strict && (kind === 'Float16Array' || kind === 'Float32Array' || kind === 'Float64Array')) {
    const [x, y] = [a as Float64Array, b as Float64Array];
    return x.length === y.length && x.every((value, at) => value === y[at] || (value !== value && y[at] !== y[at]));
  }
  return sameBytes(bytesOf(a), bytesOf(b), mode);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A part of bytes is how they begin. */
function sameBytes(a: Uint8Array, b: Uint8Array, mode: Mode): boolean {
  if (mode.partial ? a.length < b.length : a.length !== b.length) return false;
  for (let at = 0; at < b.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Whether the elements of `b` are in `a` in the same order; holes do not count. */
function holdsInOrder(a: unknown[], b: unknown[], mode: Mode, open: Open): boolean {
  if (a.length < b.length) return false;
  const [from, wanted] = [indicesOf(a), indicesOf(b)];
  if (from.length < wanted.length) return false;
  let at = 0;
  for (const index of wanted) {
    while (at < from.length && !equal(a[from[at]! as unknown as number], b[index as unknown as number], mode, open)) at++;
    if (at++ >= from.length) return false;
  }
  return true;
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null;
}

/** Whether every one of `wanted` has a partner of its own in `from`, and in a whole comparison the other way round. */
function pairUp<T>(from: T[], wanted: T[], mode: Mode, fits: (mine: T, other: T) => boolean): boolean {
  if (mode.partial ? from.length < wanted.length : from.length !== wanted.length) return false;
  for (const other of wanted) {
    const at = from.findIndex((mine) => fits(mine, other));
    if (at < 0) return false;
    from.splice(at, 1);
  }
  return true;
}

function sameSet(a: Set<unknown>, b: Set<unknown>, mode: Mode, open: Open): boolean {
  if (mode.partial ? a.size < b.size : a.size !== b.size) return false;
  const wanted = [...b].filter((value) => !a.has(value));
  if (mode.strict && wanted.some((value) => isPrimitive(value) || typeof value === 'function')) return false;
  const from = [...a].filter((value) => !b.has(value));
  return pairUp(from, wanted, mode, (mine, other) => equal(mine, other, mode, open));
}

function sameMap(a: Map<unknown, unknown>, b: Map<unknown, unknown>, mode: Mode, open: Open): boolean {
  if (mode.partial ? a.size < b.size : a.size !== b.size) return false;
  const direct = new Set<unknown>();
  const wanted: [unknown, unknown][] = [];
  for (const [key, value] of b) {
    if (a.has(key) && equal(a.get(key), value, mode, open)) direct.add(key);
    else if (mode.strict && isPrimitive(key)) return false;
    else wanted.push([key, value]);
  }
  const from = [...a].filter(([key]) => !direct.has(key));
  return pairUp(from, wanted, mode, (mine, other) => equal(mine[0], other[0], mode, open) && equal(mine[1], other[1], mode, open));
}

function isIndex(key: string): boolean {
  const number = Number(key);
  return number >= 0 && number < 2 ** 32 - 1 && `${number >>> 0}` === key;
}

function indicesOf(array: unknown[]): string[] {
  return Object.keys(array).filter(isIndex);
}

function keysOf(value: object, mode: Mode): (string | symbol)[] {
  let keys: (string | symbol)[] = Object.keys(value);
  // Their elements have been compared.
  if (ArrayBuffer.isView(value) || (mode.partial && Array.isArray(value))) keys = keys.filter((key) => !isIndex(key as string));
  if (!mode.strict) return keys;
  const symbols = Object.getOwnPropertySymbols(value).filter((symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol));
  return symbols.length === 0 ? keys : [...keys, ...symbols];
}

function sameProperties(a: object, b: object, mode: Mode, open: Open): boolean {
  const keys = keysOf(b, mode);
  if (!mode.partial && keys.length !== keysOf(a, mode).length) return false;
  const [x, y] = [a, b] as Record<string | symbol, unknown>[];
  for (const key of keys) {
    const there = mode.partial ? key in a : Object.prototype.propertyIsEnumerable.call(a, key);
    if (!there || !equal(x![key], y![key], mode, open)) return false;
  }
  return true;
}
