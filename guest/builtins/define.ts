// Defines globals the way browsers do: writable, configurable, not enumerable.

const target = globalThis as Record<string, unknown>;

/** Defines each property of `values` as a global. A function gets the name of its property: the bundler
 *  renames classes that mention themselves and functions that shadow a global. */
export function defineGlobals(values: Record<string, unknown>): void {
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (typeof value === 'function' && value.name !== name) {
      Object.defineProperty(value, 'name', { value: name, configurable: true });
    }
    defineHidden(target, name, value);
  }
}

/** Defines a global whose value is made at its first use; assigning to it before replaces it. For what is
 *  seldom used and costs much to make: everything else is in the engine image and so already paid for. */
export function defineLazyGlobal(name: string, make: () => unknown): void {
  Object.defineProperty(target, name, {
    configurable: true,
    enumerable: false,
    get() {
      const value = make();
      defineHidden(target, name, value);
      return value;
    },
    set(value) {
      defineHidden(target, name, value);
    },
  });
}

/** Defines a property that is writable, configurable and not enumerable. */
export function defineHidden(object: object, name: PropertyKey, value: unknown): void {
  // Without a prototype, so that what a program adds to Object.prototype is no part of the descriptor.
  Object.defineProperty(object, name, { __proto__: null, value, writable: true, configurable: true, enumerable: false } as PropertyDescriptor);
}

/** Gives a class the string that `Object.prototype.toString` shows. */
export function defineTag(prototype: object, tag: string): void {
  Object.defineProperty(prototype, Symbol.toStringTag, { value: tag, configurable: true });
}

/** Web IDL demands that attributes and methods of an interface are enumerable; those of a class are not. */
export function makeEnumerable(prototype: object, names: readonly string[]): void {
  for (const name of names) Object.defineProperty(prototype, name, { enumerable: true });
}
