// Gives a class of ours, whose state is in private fields, a readable form in console.log: its name and
// the properties that a reader wants to see. Used by other folders; needs nothing of inspect itself.

import { defineHidden } from '../../define';

/** Node's well-known key: what an object wants to be shown as. */
export const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

interface InspectOptionsLike {
  depth?: number | null;
  breakLength?: number;
  stylize?: (text: string, style: string) => string;
}
type Inspect = (value: unknown, options: InspectOptionsLike) => string;

/** Shows instances of `type` as its name and what `properties` picks. */
export function inspectable<T extends object>(
  type: abstract new (...args: any[]) => T,
  properties: (instance: T) => Record<string, unknown>,
): void {
  const name = type.name;
  const method = {
    [inspectCustom](this: T, depth: number, options: InspectOptionsLike, inspect: Inspect) {
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
    },
  };
  defineHidden(type.prototype, inspectCustom, method[inspectCustom]);
}

/** Shows a flat list of names and values as Node shows that of URLSearchParams: each pair, in order. */
export function inspectableList<T extends object>(
  type: abstract new (...args: any[]) => T,
  name: string,
  listOf: (instance: T) => readonly unknown[],
): void {
  showBy(type.prototype, (instance, options, inspect) => {
    const list = listOf(instance as T);
    if (list.length === 0) return `${name} {}`;
    const shown: string[] = [];
    for (let at = 0; at < list.length; at += 2) shown.push(`${inspect(list[at], options)} => ${inspect(list[at + 1], options)}`);
    return `${name} {${braced(shown, options)}}`;
  });
}

/** Shows an iterator by what it will give. */
export function inspectableIterator(prototype: object, name: string, rest: (iterator: object) => unknown[]): void {
  showBy(prototype, (iterator, options, inspect) => {
    const shown = rest(iterator).map((value) => inspect(value, options));
    return `${name} {${braced(shown, options)}}`;
  });
}

function showBy(prototype: object, show: (instance: object, options: InspectOptionsLike, inspect: Inspect) => string): void {
  const method = {
    [inspectCustom](this: object, depth?: number, options: InspectOptionsLike = {}, inspect: Inspect = String) {
      if (depth !== undefined && depth !== null && depth < 0) return options.stylize?.('[Object]', 'special') ?? '[Object]';
      const { depth: outer } = options;
      return show(this, outer === null || outer === undefined ? options : { ...options, depth: outer - 1 }, inspect);
    },
  };
  defineHidden(prototype, inspectCustom, method[inspectCustom]);
}

/** What stands between the braces: on one line if that is not too long. */
function braced(shown: string[], { breakLength = 80 }: InspectOptionsLike): string {
  const length = shown.reduce((sum, text) => sum + text.replace(/\x1b\[\d\d?m/g, '').length + 2, -2);
  return length > breakLength ? `\n  ${shown.join(',\n  ')} ` : ` ${shown.join(', ')} `;
}
