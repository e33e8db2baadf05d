// node:assert and node:assert/strict

import { registerBuiltin } from '../../runtime/builtin_modules';
import { inspect } from '../../web/console/inspect';
import { coded, invalidArgument } from '../errors';
import { isDeepEqual } from '../util/deep_equal';
import { AssertionError } from './error';

type Message = string | Error | undefined;
type Fn = (...args: any[]) => any;

interface Failure {
  actual?: unknown;
  expected?: unknown;
  operator: string;
  message?: Message;
  fn: Fn;
}

function failWith({ actual, expected, operator, message, fn }: Failure): never {
  if (message instanceof Error) throw message;
  throw new AssertionError({ message, actual, expected, operator, stackStartFn: fn });
}

function ok(this: unknown, ...args: unknown[]): void {
  const [value, message] = args as [unknown, Message];
  if (value) return;
  if (args.length === 0) {
    failWith({ actual: undefined, expected: true, operator: '==', message: 'No value argument passed to `assert.ok()`', fn: ok });
  }
  failWith({ actual: value, expected: true, operator: '==', message, fn: ok });
}

function fail(message?: Message): never {
  failWith({ operator: 'fail', message: message ?? 'Failed', fn: fail });
}

function binary(operator: string, holds: (a: any, b: any) => boolean): Fn {
  const fn = (actual: unknown, expected: unknown, message?: Message): void => {
    if (!holds(actual, expected)) failWith({ actual, expected, operator, message, fn });
  };
  return fn;
}

const loose = (a: unknown, b: unknown) => a == b || (a !== a && b !== b);
const equal = binary('==', loose);
const notEqual = binary('!=', (a, b) => !loose(a, b));
const strictEqual = binary('strictEqual', Object.is);
const notStrictEqual = binary('notStrictEqual', (a, b) => !Object.is(a, b));
const deepEqual = binary('deepEqual', (a, b) => isDeepEqual(a, b, false));
const notDeepEqual = binary('notDeepEqual', (a, b) => !isDeepEqual(a, b, false));
const deepStrictEqual = binary('deepStrictEqual', (a, b) => isDeepEqual(a, b, true));
const notDeepStrictEqual = binary('notDeepStrictEqual', (a, b) => !isDeepEqual(a, b, true));

/** Whether a thrown value is the expected one; throws when it is not. */
function checkThrown(thrown: unknown, expected: unknown, message: Message, fn: Fn): void {
  const operator = fn.name;
  const mismatch = (text: string): never => failWith({ actual: thrown, expected, operator, message: message ?? text, fn });
  if (expected === undefined) return;
  if (expected instanceof RegExp) {
    const text = String(thrown);
    if (!expected.test(text)) {
      mismatch(`The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`);
    }
    return;
  }
  if (typeof expected === 'function') {
    if (expected.prototype !== undefined && thrown instanceof expected) return;
    if (Object.prototype.isPrototypeOf.call(Error, expected) || expected === Error) {
      const found = thrown instanceof Error ? `"${thrown.name}"\n\nError message:\n\n${thrown.message}` : `"${inspect(thrown, { depth: -1 })}"`;
      mismatch(`The error is expected to be an instance of "${(expected as { name: string }).name}". Received ${found}`);
    }
    const verdict: unknown = Reflect.apply(expected as Fn, {}, [thrown]);
    if (verdict !== true) {
      const name = (expected as { name: string }).name;
      mismatch(`The ${name === '' ? '' : `"${name}" `}validation function is expected to return "true". Received ${inspect(verdict)}\n\nCaught error:\n\n${inspect(thrown)}`);
    }
    return;
  }
  if (typeof expected !== 'object' || expected === null) throw invalidArgument('expected', 'of type function or an instance of Error, RegExp, or Object', expected);
  if (typeof thrown !== 'object' || thrown === null) {
    failWith({ actual: thrown, expected, operator: 'deepStrictEqual', message, fn });
  }
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push('name', 'message');
  else if (keys.length === 0) throw coded(new TypeError("The argument 'error' may not be an empty object. Received {}"), 'ERR_INVALID_ARG_VALUE');
  for (const key of keys) {
    const [found, wanted] = [(thrown as Record<string, unknown>)[key], (expected as Record<string, unknown>)[key]];
    if (wanted instanceof RegExp && typeof found === 'string' && wanted.test(found)) continue;
    if (key in thrown && isDeepEqual(found, wanted, true)) continue;
    const pick = (from: object) => Object.fromEntries(keys.filter((name) => name in from).map((name) => [name, (from as Record<string, unknown>)[name]]));
    failWith({ actual: pick(thrown), expected: pick(expected), operator: 'deepStrictEqual', message, fn });
  }
}

function expectation(expected: unknown, message: unknown): [unknown, Message] {
  // A string in the place of the expectation is the message.
  return typeof expected === 'string' && message === undefined ? [undefined, expected] : [expected, message as Message];
}

function missing(what: 'exception' | 'rejection', expected: unknown, message: Message, fn: Fn): never {
  const name = typeof expected === 'function' && expected.name !== '' ? ` (${expected.name})` : '';
  const detail = typeof message === 'string' ? `: ${message}` : '.';
  if (message instanceof Error) throw message;
  failWith({ actual: undefined, expected, operator: fn.name, message: `Missing expected ${what}${name}${detail}`, fn });
}

function throws(call: Fn, expected?: unknown, message?: unknown): void {
  if (typeof call !== 'function') throw invalidArgument('fn', 'of type function', call);
  const [wanted, text] = expectation(expected, message);
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
    checkThrown(thrown, wanted, text, throws);
    return;
  }
  missing('exception', wanted, text, throws);
}

/** A way to wait for the promise, or for the one that the function returns. What is wrong with the argument
 *  itself, or thrown by the function before it returns, is not a rejection. */
async function settled(value: unknown): Promise<() => unknown> {
  const promise: unknown = typeof value === 'function' ? value() : value;
  if (typeof (promise as { then?: unknown } | null | undefined)?.then === 'function') return () => promise;
  if (typeof value !== 'function') throw invalidArgument('promiseFn', 'of type function or an instance of Promise', value);
  const text = 'Expected instance of Promise to be returned from the "promiseFn" function but got ';
  throw coded(new TypeError(text + (promise === undefined ? 'undefined.' : `${typeof promise}.`)), 'ERR_INVALID_RETURN_VALUE');
}

async function rejects(promise: unknown, expected?: unknown, message?: unknown): Promise<void> {
  const [wanted, text] = expectation(expected, message);
  const awaited = await settled(promise);
  try {
    await awaited();
  } catch (error) {
    checkThrown(error, wanted, text, rejects);
    return;
  }
  missing('rejection', wanted, text, rejects);
}

function unwanted(what: string, error: unknown, expected: unknown, message: Message, fn: Fn): never {
  if (typeof expected === 'function' && !(error instanceof expected)) throw error;
  if (expected instanceof RegExp && !expected.test(String(error))) throw error;
  const detail = typeof message === 'string' ? `: ${message}` : '.';
  const text = error instanceof Error ? error.message : inspect(error);
  failWith({ actual: error, expected, operator: fn.name, message: `Got unwanted ${what}${detail}\nActual message: "${text}"`, fn });
}

function doesNotThrow(call: Fn, expected?: unknown, message?: unknown): void {
  if (typeof call !== 'function') throw invalidArgument('fn', 'of type function', call);
  const [unexpected, text] = expectation(expected, message);
  try {
    call();
  } catch (error) {
    unwanted('exception', error, unexpected, text, doesNotThrow);
  }
}

async function doesNotReject(promise: unknown, expected?: unknown, message?: unknown): Promise<void> {
  const [unexpected, text] = expectation(expected, message);
  const awaited = await settled(promise);
  try {
    await awaited();
  } catch (error) {
    unwanted('rejection', error, unexpected, text, doesNotReject);
  }
}

function ifError(value: unknown): void {
  if (value === null || value === undefined) return;
  const text = value instanceof Error ? value.message || value.name : inspect(value);
  failWith({ actual: value, expected: null, operator: 'ifError', message: `ifError got unwanted exception: ${text}`, fn: ifError });
}

function matching(name: 'match' | 'doesNotMatch', wanted: boolean): Fn {
  const fn = (text: unknown, pattern: unknown, message?: Message): void => {
    if (!(pattern instanceof RegExp)) throw invalidArgument('regexp', 'an instance of RegExp', pattern);
    if (typeof text === 'string' && pattern.test(text) === wanted) return;
    const generated =
      typeof text !== 'string'
        ? invalidArgument('string', 'of type string', text).message
        : wanted
          ? `The input did not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`
          : `The input was expected to not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`;
    failWith({ actual: text, expected: pattern, operator: name, message: message ?? generated, fn });
  };
  return fn;
}

const common = {
  AssertionError,
  deepStrictEqual,
  doesNotReject,
  doesNotMatch: matching('doesNotMatch', false),
  doesNotThrow,
  fail,
  ifError,
  match: matching('match', true),
  notDeepStrictEqual,
  notStrictEqual,
  ok,
  rejects,
  strictEqual,
  throws,
};

/** The module is the function `ok`, with the others as its properties. */
function makeModule(extra: object): Fn & Record<string, unknown> {
  const assert = function assert(...args: unknown[]): void {
    ok(...args);
  };
  return Object.assign(assert, common, extra) as unknown as Fn & Record<string, unknown>;
}

const strict = makeModule({ equal: strictEqual, notEqual: notStrictEqual, deepEqual: deepStrictEqual, notDeepEqual: notDeepStrictEqual });
strict.strict = strict;
const assert = makeModule({ equal, notEqual, deepEqual, notDeepEqual, strict });

registerBuiltin('assert', () => assert);
registerBuiltin('assert/strict', () => strict);
