// Functions and classes as inspect shows them.

import { native } from '../../native';
import { functionName } from './constructor';

/** "[Function: f]", "[class A extends B]", "[AsyncFunction (anonymous)]". */
export function functionBase(value: Function, constructor: string | null, tag: string): string {
  if (isClass(value)) return classBase(value, constructor, tag);
  const kind = native.classOf(value);
  const type = kind.endsWith('Function') ? kind : 'Function';
  const name = functionName(value);
  let base = `[${type}`;
  if (constructor === null) base += ' (null prototype)';
  base += name === '' ? ' (anonymous)' : `: ${name}`;
  base += ']';
  if (constructor !== type && constructor !== null) base += ` ${constructor}`;
  if (tag !== '' && constructor !== tag) base += ` [${tag}]`;
  return base;
}

function isClass(value: Function): boolean {
  // The prototype of a class is not writable; only then is the source looked at.
  const prototype = Object.getOwnPropertyDescriptor(value, 'prototype');
  if (prototype === undefined || prototype.writable) return false;
  try {
    return /^class[\s{/]/.test(Function.prototype.toString.call(value));
  } catch {
    return false;
  }
}

function classBase(value: Function, constructor: string | null, tag: string): string {
  let base = `class ${functionName(value) || '(anonymous)'}`;
  if (constructor !== 'Function' && constructor !== null) base += ` [${constructor}]`;
  if (tag !== '' && constructor !== tag) base += ` [${tag}]`;
  if (constructor === null) {
    base += ' extends null';
  } else {
    const parent: unknown = Object.getPrototypeOf(value);
    const name = typeof parent === 'function' ? functionName(parent) : '';
    if (name !== '') base += ` extends ${name}`;
  }
  return `[${base}]`;
}
