// WeakRef as the language has it: what a reference was made of, or gave, stays alive until the code that runs has ended. The
// engine frees it with the last other reference, at once, so that `new WeakRef(made()).deref()` gives nothing.

import { defineGlobals } from '../define';

declare const WeakRef: { new (target: object): { deref(): object | undefined }; prototype: { deref(): object | undefined } };

const Native = WeakRef;
const derefNative = Native.prototype.deref;
const construct = Reflect.construct;
const apply = Reflect.apply;

const kept: unknown[] = [];

function Kept(this: unknown, target: object): object {
  if (new.target === undefined) throw new TypeError("Constructor WeakRef requires 'new'");
  const made = construct(Native, [target], new.target) as object;
  kept.push(target);
  return made;
}
Object.defineProperty(Kept, 'prototype', { value: Native.prototype, writable: false });

const { deref } = {
  deref(this: unknown): unknown {
    const target: unknown = apply(derefNative, this, []);
    if (target !== undefined) kept.push(target);
    return target;
  },
};
for (const [name, value] of [['constructor', Kept], ['deref', deref]] as const) {
  Object.defineProperty(Native.prototype, name, { value, writable: true, configurable: true, enumerable: false });
}
defineGlobals({ WeakRef: Kept });

/** The turn is over. */
export function releaseKept(): void {
  // Emptied and not replaced: objects of the engine's image are never freed, nor is what they hold.
  if (kept.length > 0) kept.length = 0;
}
