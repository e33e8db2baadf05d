// What Web IDL demands of a class that stands for an interface, and JavaScript's `class` does not do: members can be
// enumerated, instances have a tag, and the length of a function counts the arguments that must be given.

import { defineTag, makeEnumerable } from '../../define';

/** Completes a class. `lengths`: how many arguments a method needs, where that is not what its parameters say;
 *  `constructor` stands for the class itself, and `static name` for a static method. */
export function defineInterface(type: Function, name: string, lengths: Record<string, number> = {}): void {
  const prototype = type.prototype as object;
  // The bundler renames classes that mention themselves.
  Object.defineProperty(type, 'name', { value: name, configurable: true });
  defineTag(prototype, name);
  makeEnumerable(prototype, membersOf(prototype, ['constructor']));
  makeEnumerable(type, membersOf(type, ['prototype', 'name', 'length']));
  for (const key of Object.keys(lengths)) {
    let target: unknown = (prototype as Record<string, unknown>)[key];
    if (key === 'constructor') target = type;
    else if (key.startsWith('static ')) target = (type as unknown as Record<string, unknown>)[key.slice(7)];
    Object.defineProperty(target as object, 'length', { value: lengths[key], configurable: true });
  }
}

function membersOf(object: object, others: readonly string[]): string[] {
  return Object.getOwnPropertyNames(object).filter((key) => {
    if (others.includes(key)) return false;
    return Object.getOwnPropertyDescriptor(object, key)!.configurable;
  });
}
