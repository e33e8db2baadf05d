// Errors with Node's codes, which programs compare.

import { inspect } from '../web/console/inspect';

/** Adds a code to an error; its stack shows it beside the name, as in Node. */
export function coded<E extends Error>(error: E, code: string): E {
  return Object.assign(error, { code });
}

/** An argument of the wrong type. `expected`: "of type string", "an instance of Buffer or Uint8Array". */
export function invalidArgument(name: string, expected: string, value: unknown): TypeError {
  const what = name.endsWith('argument') ? `The ${name}` : `The "${name}" argument`;
  return coded(new TypeError(`${what} must be ${expected}. Received ${received(value)}`), 'ERR_INVALID_ARG_TYPE');
}

/** An argument of the right type that makes no sense. */
export function invalidValue(name: string, value: unknown, reason = 'is invalid'): TypeError {
  const what = name.includes('.') ? 'property' : 'argument';
  return coded(new TypeError(`The ${what} '${name}' ${reason}. Received ${shortly(value)}`), 'ERR_INVALID_ARG_VALUE');
}

/** A number out of its range. */
export function outOfRange(name: string, range: string, value: unknown): RangeError {
  const shown = typeof value === 'bigint' ? `${value}n` : String(value);
  return coded(new RangeError(`The value of "${name}" is out of range. It must be ${range}. Received ${shown}`), 'ERR_OUT_OF_RANGE');
}

function received(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') {
    const name = value.constructor?.name;
    return name ? `an instance of ${name}` : inspect(value, { depth: -1 });
  }
  return `type ${typeof value} (${shortly(value)})`;
}

function shortly(value: unknown): string {
  const text = inspect(value, { colors: false });
  return text.length > 28 ? `${text.slice(0, 25)}...` : text;
}
