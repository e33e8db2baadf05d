// Gives a class of ours, whose state is in private fields, a readable form in console.log: its name and
// the properties that a reader wants to see. Used by other folders; needs nothing of inspect itself.

import { defineHidden } from '../../define';

/** Node's well-known key: what an object wants to be shown as. */
export const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

interface InspectOptionsLike {
  depth?: number | null;
}
type Inspect = (value: unknown, options: InspectOptionsLike) => string;

/** Shows instances of `type` as its name and what `properties` picks. */
export function inspectable<T extends object>(
  type: abstract new (...args: any[]) => T,
  properties: (instance: T) => Record<string, unknown>,
): void {
  const name = type.name;
  defineHidden(type.prototype, inspectCustom, function (this: T, depth: number, options: InspectOptionsLike, inspect: Inspect) {
    const constructor = (this as { constructor?: { name?: unknown } }).constructor?.name;
    const shown = typeof constructor === 'string' && constructor !== '' ? constructor : name;
    if (depth < 0) return `[${shown}]`;
    let values: Record<string, unknown>;
    try {
      values = properties(this);
    } catch {
      // The prototype itself, or an object that only inherits from it, has no state to show.
      return `${shown} {}`;
    }
    const inner = options.depth === null || options.depth === undefined ? options.depth : options.depth - 1;
    return `${shown} ${inspect(values, { ...options, depth: inner })}`;
  });
}
