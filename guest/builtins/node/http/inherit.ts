// Classes of node:http are functions, as in Node: packages call them on objects of their own (`http.ServerResponse.call(this, req)`)
// and chain prototypes by util.inherits, which a class of the language does not allow.

type Constructor = (new (...args: any[]) => any) & ((this: any, ...args: any[]) => void) & { prototype: any };

/** Makes `constructor` a subclass of `parent`, statics and all, with these methods. The name is given, since the bundler renames
 *  functions that have the name of a variable. */
export function inherit(name: string, constructor: unknown, parent: unknown, methods: Record<string, unknown>): Constructor {
  const made = constructor as Constructor;
  Object.defineProperty(made, 'name', { value: name, configurable: true });
  Object.setPrototypeOf(made, parent as object);
  Object.setPrototypeOf(made.prototype as object, (parent as Constructor).prototype as object);
  Object.assign(made.prototype, methods);
  return made;
}

/** Gives a prototype getters, and setters where there are any; they do not show up among its keys. */
export function accessors(prototype: object, all: Record<string, { get(this: any): unknown; set?(this: any, value: any): void }>): void {
  for (const [name, { get, set }] of Object.entries(all)) Object.defineProperty(prototype, name, { get, set, configurable: true, enumerable: false });
}
