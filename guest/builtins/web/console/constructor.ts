// The name that stands before an object's brace: that of its constructor, found without running getters.

import type { Context } from './context';

/** Prototypes that are looked at in search of a constructor's name. */
const hopsMax = 100;

/** The name of the nearest constructor; null for an object without prototype. For one whose prototypes name
 *  none, the prototype itself is described. */
export function nameOfConstructor(ctx: Context, value: object, level: number): string | null {
  let current: object | null = value;
  for (let hops = 0; current !== null && hops < hopsMax; hops++) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(current, 'constructor')?.value;
    if (typeof constructor === 'function' && isInstance(value, constructor)) {
      const name = functionName(constructor);
      if (name !== '') return name;
    }
    current = Object.getPrototypeOf(current);
  }
  const first = Object.getPrototypeOf(value) as object | null;
  if (first === null) return null;
  const inner = level + 1 > ctx.depth ? '<Complex prototype>' : `<[${nullPrototypeName(first)}: null prototype] {}>`;
  return `Object ${inner}`;
}

function nullPrototypeName(value: object): string {
  return Array.isArray(value) ? 'Array' : typeof value === 'function' ? 'Function' : 'Object';
}

function isInstance(value: object, constructor: Function): boolean {
  try {
    const prototype: unknown = Object.getOwnPropertyDescriptor(constructor, 'prototype')?.value;
    if (typeof prototype !== 'object' && typeof prototype !== 'function') return false;
    if (prototype === null) return false;
    return Object.prototype.isPrototypeOf.call(prototype, value);
  } catch {
    return false;
  }
}

/** The own name of a function, when it is a string. */
export function functionName(value: Function): string {
  const name: unknown = Object.getOwnPropertyDescriptor(value, 'name')?.value;
  return typeof name === 'string' ? name : '';
}

/** "Foo ", "Foo(3) ", "[Object: null prototype] ", with the tag behind when it says more. */
export function prefixOf(constructor: string | null, tag: string, fallback: string, size = ''): string {
  if (constructor === null) {
    const name = `[${fallback}${size}: null prototype]`;
    return tag !== '' && tag !== fallback ? `${name} [${tag}] ` : `${name} `;
  }
  return tag !== '' && tag !== constructor ? `${constructor}${size} [${tag}] ` : `${constructor}${size} `;
}

/** What an object is called when there is no room to show it. */
export function describe(ctx: Context, value: object): string {
  const constructor = nameOfConstructor(ctx, value, Infinity);
  let tag: unknown = '';
  try {
    tag = (value as Record<symbol, unknown>)[Symbol.toStringTag];
  } catch {
    tag = '';
  }
  const fallback = Array.isArray(value) ? 'Array' : 'Object';
  const text = prefixOf(constructor, typeof tag === 'string' ? tag : '', fallback).slice(0, -1);
  return constructor === null ? text.replace(/^\[(.*)\]$/, '$1') : text;
}
