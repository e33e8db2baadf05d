// process.env: names and values that are texts, as the environment of a process has them.

import { codes } from '../errors';

/** What lies behind it: the program's own variables. */
export const variables: Record<string, string> = {};

function textOf(value: unknown): string {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  return String(value);
}

export const env: Record<string, string> = new Proxy(variables, {
  set(target, name, value) {
    target[textOf(name)] = textOf(value);
    return true;
  },
  defineProperty(target, name, descriptor) {
    if ('get' in descriptor || 'set' in descriptor) {
      throw new codes.ERR_INVALID_OBJECT_DEFINE_PROPERTY!("'process.env' does not accept an accessor(getter/setter) descriptor");
    }
    if (!descriptor.configurable || !descriptor.writable || !descriptor.enumerable) {
      throw new codes.ERR_INVALID_OBJECT_DEFINE_PROPERTY!("'process.env' only accepts a configurable, writable, and enumerable data descriptor");
    }
    target[textOf(name)] = textOf(descriptor.value);
    return true;
  },
});
