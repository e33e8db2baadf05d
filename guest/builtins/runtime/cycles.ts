// Cycles of CommonJS modules: reading what a module has not exported yet gives undefined, and a warning, as in Node.

import { native } from '../native';
import { warn } from './warning';

function missing(key: string | symbol): void {
  warn(`Accessing non-existent property '${String(key)}' of module exports inside circular dependency`);
}

/** The prototype of exports for as long as their module runs and somebody else has them. */
const watched: object = new Proxy(Object.create(Object.prototype) as object, {
  get(target, key, receiver) {
    // Transpiled code asks for __esModule of everything.
    if (!(key in target) && key !== '__esModule') missing(key);
    return Reflect.get(target, key, receiver) as unknown;
  },
  getOwnPropertyDescriptor(target, key) {
    if (!(key in target) && key !== '__esModule') missing(key);
    return Reflect.getOwnPropertyDescriptor(target, key);
  },
});

function isPlain(exports: unknown): exports is object {
  return typeof exports === 'object' && exports !== null && native.proxyDetails(exports) === undefined;
}

/** The exports so far of a module that still runs. */
export function warnedExports(exports: unknown): unknown {
  if (isPlain(exports) && Object.getPrototypeOf(exports) === Object.prototype && !(exports as { __esModule?: unknown }).__esModule && Object.isExtensible(exports)) {
    Object.setPrototypeOf(exports, watched);
  }
  return exports;
}

/** Once the module has run. */
export function withoutWarning(exports: unknown): void {
  if (isPlain(exports) && Object.getPrototypeOf(exports) === watched) Object.setPrototypeOf(exports, Object.prototype);
}
