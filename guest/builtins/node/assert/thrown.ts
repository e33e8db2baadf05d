// What `throws`, `rejects` and their opposites make of a thrown value and of what was expected.

import { inspect } from '../../web/console/inspect';
import { codes } from '../errors';
import { isDeepEqual } from '../util/deep_equal';
import { types } from '../util/types';
import { validateFunction } from '../validators';
import { AssertionError, type Diff } from './error';

type AnyFunction = (...args: any[]) => any;

/** Nothing was thrown. */
export const NOTHING = Symbol('nothing was thrown');

/** The check on whose behalf an error is made: its name is the operator, and the stack begins above it. */
export interface Check {
  fn: Function;
  diff: Diff;
  /** It has waited, so that nothing of the program is on the stack any more. */
  waited?: boolean;
}

export function outcomeOf(call: unknown): unknown {
  validateFunction(call, 'fn');
  try {
    (call as () => unknown)();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  if (value instanceof Promise) return true;
  // As old libraries make them: an object with both methods.
  const { then, catch: caught } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return typeof then === 'function' && typeof caught === 'function';
}

/** As `outcomeOf`, of a promise or of the one that a function returns. What is wrong with the argument itself, or thrown
 *  by the function before it returns, is thrown here. */
export async function settledOf(value: unknown): Promise<unknown> {
  let promise = value;
  if (typeof value === 'function') {
    promise = (value as AnyFunction)();
    if (!isPromise(promise)) throw new codes.ERR_INVALID_RETURN_VALUE!('instance of Promise', 'promiseFn', promise);
  } else if (!isPromise(value)) {
    throw new codes.ERR_INVALID_ARG_TYPE!('promiseFn', ['Function', 'Promise'], value);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

const EXPECTED = ['Function', 'Error', 'RegExp', 'Object'];

/** Throws unless `thrown` is what `rest` ([expected], [expected, message] or [message]) says. */
export function expectError(check: Check, kind: 'exception' | 'rejection', thrown: any, rest: unknown[]): void {
  let [expected, message] = rest as [any, unknown];
  if (typeof expected === 'string') {
    if (rest.length === 2) throw new codes.ERR_INVALID_ARG_TYPE!('error', EXPECTED, expected);
    if (typeof thrown === 'object' && thrown !== null) {
      if (thrown.message === expected) ambiguous('error message', expected);
    } else if (thrown === expected) {
      ambiguous('error', expected);
    }
    [expected, message] = [undefined, expected];
  } else if (expected !== undefined && expected !== null && typeof expected !== 'object' && typeof expected !== 'function') {
    throw new codes.ERR_INVALID_ARG_TYPE!('error', EXPECTED, expected);
  }
  if (thrown === NOTHING) {
    const name = expected?.name ? ` (${expected.name})` : '';
    const text = `Missing expected ${kind}${name}${message ? `: ${String(message)}` : '.'}`;
    fail(check, { actual: undefined, expected, message: message instanceof Error ? message : text });
  }
  if (expected) compare(check, thrown, expected, message);
}

function ambiguous(what: string, text: string): never {
  throw new codes.ERR_AMBIGUOUS_ARGUMENT!('error/message', `The ${what} "${text}" is identical to the message.`);
}

interface Failure {
  actual: unknown;
  expected: unknown;
  message: unknown;
  /** The operator that the text is made for, where it is not the check's. */
  operator?: string;
  generated?: boolean;
  shown?: [unknown, unknown];
}

function fail(check: Check, { actual, expected, message, operator, generated, shown }: Failure): never {
  if (message instanceof Error) throw message;
  const [left, right] = shown ?? [actual, expected];
  const { fn, diff, waited } = check;
  const error = new AssertionError({ actual: left, expected: right, message, operator: operator ?? fn.name, stackStartFn: fn, diff });
  if (waited) error.stack += `\n    at async ${fn.name} (node:assert)`;
  error.actual = actual;
  error.expected = expected;
  error.operator = fn.name;
  if (generated !== undefined) error.generatedMessage = generated;
  throw error;
}

function compare(check: Check, actual: any, expected: any, message: unknown): void {
  const mismatch = (text: string): never => fail(check, { actual, expected, message: message || text, generated: !message });
  if (typeof expected !== 'function') {
    if (types.isRegExp(expected)) {
      const text = String(actual);
      if (!isMatch(expected, text)) mismatch(`The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`);
    } else if (typeof actual !== 'object' || actual === null) {
      fail(check, { actual, expected, message, operator: 'deepStrictEqual' });
    } else {
      compareObject(check, actual, expected, message);
    }
    return;
  }
  if (expected.prototype !== undefined && actual instanceof expected) return;
  if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    mismatch(`The error is expected to be an instance of "${expected.name}". Received ${described(actual, expected)}`);
  }
  const verdict: unknown = Reflect.apply(expected as AnyFunction, {}, [actual]);
  if (verdict === true) return;
  const name = expected.name ? `"${expected.name}" ` : '';
  const caught = isError(actual) ? `\n\nCaught error:\n\n${String(actual)}` : '';
  mismatch(`The ${name}validation function is expected to return "true". Received ${inspect(verdict)}${caught}`);
}

export function isMatch(pattern: RegExp, text: string): boolean {
  return RegExp.prototype.exec.call(pattern, text) !== null;
}

function isError(value: unknown): value is Error {
  return value instanceof Error || (typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Error]');
}

function described(actual: unknown, expected: { name: string }): string {
  if (!isError(actual)) return `"${inspect(actual, { depth: -1 })}"`;
  const name = actual.constructor?.name || actual.name;
  const text = expected.name === name ? 'an error with identical name but a different prototype.' : `"${name}"`;
  return actual.message ? `${text}\n\nError message:\n\n${actual.message}` : text;
}

/** What is shown of two objects: those of their properties that were asked for. */
class Comparison {
  [key: string]: unknown;
}

function comparisonOf(from: any, keys: string[], other?: any): Comparison {
  const shown = new Comparison();
  for (const key of keys) {
    if (!(key in from)) continue;
    const fits = other !== undefined && typeof other[key] === 'string' && types.isRegExp(from[key]) && isMatch(from[key], other[key]);
    shown[key] = fits ? other[key] : from[key];
  }
  return shown;
}

function compareObject(check: Check, actual: any, expected: any, message: unknown): void {
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push('name', 'message');
  else if (keys.length === 0) throw new codes.ERR_INVALID_ARG_VALUE!('error', expected, 'may not be an empty object');
  for (const key of keys) {
    if (typeof actual[key] === 'string' && types.isRegExp(expected[key]) && isMatch(expected[key], actual[key])) continue;
    if (key in actual && isDeepEqual(actual[key], expected[key], 'strict')) continue;
    if (message) fail(check, { actual, expected, message });
    const shown: [unknown, unknown] = [comparisonOf(actual, keys), comparisonOf(expected, keys, actual)];
    fail(check, { actual, expected, message: undefined, operator: 'deepStrictEqual', shown });
  }
}

/** The opposite: throws when something was thrown, as an assertion's error when it is what was not wanted. */
export function expectNoError(check: Check, kind: 'exception' | 'rejection', thrown: any, rest: unknown[]): void {
  if (thrown === NOTHING) return;
  let [unwanted, message] = rest as [any, unknown];
  if (typeof unwanted === 'string') [unwanted, message] = [undefined, unwanted];
  if (unwanted && !isUnwanted(thrown, unwanted)) throw thrown;
  const detail = message ? `: ${String(message)}` : '.';
  fail(check, { actual: thrown, expected: unwanted, message: `Got unwanted ${kind}${detail}\nActual message: "${thrown?.message}"` });
}

function isUnwanted(thrown: unknown, unwanted: any): boolean {
  if (typeof unwanted !== 'function') {
    if (types.isRegExp(unwanted)) return isMatch(unwanted, String(thrown));
    throw new codes.ERR_INVALID_ARG_TYPE!('expected', ['Function', 'RegExp'], unwanted);
  }
  if (unwanted.prototype !== undefined && thrown instanceof unwanted) return true;
  if (Object.prototype.isPrototypeOf.call(Error, unwanted)) return false;
  return Reflect.apply(unwanted as AnyFunction, {}, [thrown]) === true;
}
