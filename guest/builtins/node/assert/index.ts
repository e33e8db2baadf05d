// node:assert and node:assert/strict: the checks, by themselves and as methods of an `Assert` with options.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { inspect } from '../../web/console/inspect';
import { codes } from '../errors';
import { isDeepEqual } from '../util/deep_equal';
import { validateOneOf } from '../validators';
import { AssertionError, type Diff } from './error';
import { calledAs } from './expression';
import { expectError, expectNoError, isMatch, outcomeOf, settledOf } from './thrown';

type AnyFunction = (...args: any[]) => any;

interface Failure {
  actual?: unknown;
  expected?: unknown;
  operator: string;
  message?: unknown;
  fn: Function;
  /** Who checks: an Assert, or for a check that was taken out of one anything else. */
  by: unknown;
  generated?: boolean;
}

function isError(value: unknown): boolean {
  return value instanceof Error || (typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Error]');
}

function fail({ actual, expected, operator, message, fn, by, generated }: Failure): never {
  if (isError(message)) throw message;
  const error = new AssertionError({ message, actual, expected, operator, stackStartFn: fn, diff: diffOf(by) });
  if (generated !== undefined) error.generatedMessage = generated;
  throw error;
}

/** `assert.ok`, which also is the module itself. */
function checkOk(fn: Function, args: unknown[], by: unknown): void {
  if (args[0]) return;
  let [, message] = args;
  let generated = false;
  if (args.length === 0) {
    [message, generated] = ['No value argument passed to `assert.ok()`', true];
  } else if (message === undefined || message === null) {
    generated = true;
    const text = calledAs(fn);
    if (text !== undefined) message = `The expression evaluated to a falsy value:\n\n  ${text}\n`;
  }
  fail({ actual: args[0], expected: true, operator: '==', message, fn, by, generated });
}

/** A check of two values by `holds`. */
function binary(name: string, operator: string, holds: (a: unknown, b: unknown, by: unknown) => boolean): AnyFunction {
  const check = {
    [name](this: unknown, ...args: unknown[]): void {
      if (args.length < 2) throw new codes.ERR_MISSING_ARGS!('actual', 'expected');
      const [actual, expected, message] = args;
      if (!holds(actual, expected, this)) fail({ actual, expected, operator, message, fn: check, by: this });
    },
  }[name]!;
  return check;
}

const loosely = (a: unknown, b: unknown) => a == b || (a !== a && b !== b);
const strictly = (a: unknown, b: unknown, by: unknown) => isDeepEqual(a, b, 'strict', !skipsPrototype(by));

function matching(name: 'match' | 'doesNotMatch', wanted: boolean): AnyFunction {
  const check = {
    [name](this: unknown, text: unknown, pattern: unknown, message?: unknown): void {
      if (!(pattern instanceof RegExp)) throw new codes.ERR_INVALID_ARG_TYPE!('regexp', 'RegExp', pattern);
      if (typeof text === 'string' && isMatch(pattern, text) === wanted) return;
      const generated =
        typeof text !== 'string'
          ? `The "string" argument must be of type string. Received type ${typeof text} (${inspect(text)})`
          : `The input ${wanted ? 'did not' : 'was expected to not'} match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`;
      fail({ actual: text, expected: pattern, operator: name, message: message || generated, fn: check, by: this, generated: !message });
    },
  }[name]!;
  return check;
}

/** The stack of what ifError was given belongs to its error: below the frames that both have. */
function withFramesOf(error: Error, original: unknown): void {
  const stack: unknown = (original as { stack?: unknown } | null)?.stack;
  const start = typeof stack === 'string' ? stack.indexOf('\n    at') : -1;
  if (start < 0) return;
  const frames = (stack as string).slice(start + 1).split('\n');
  const own = `${error.stack}`.split('\n');
  const shared = frames.map((frame) => own.indexOf(frame)).find((at) => at >= 0);
  error.stack = [...own.slice(0, shared), ...frames].join('\n');
}

const checks: Record<string, AnyFunction> = {
  fail(this: unknown, ...args: unknown[]): never {
    const message = args[0] === undefined || args[0] === null ? 'Failed' : args[0];
    return fail({ operator: 'fail', message, fn: checks.fail!, by: this, generated: message !== args[0] });
  },
  ok(this: unknown, ...args: unknown[]): void {
    checkOk(checks.ok!, args, this);
  },
  equal: binary('equal', '==', loosely),
  notEqual: binary('notEqual', '!=', (a, b) => !loosely(a, b)),
  deepEqual: binary('deepEqual', 'deepEqual', (a, b) => isDeepEqual(a, b, 'loose')),
  notDeepEqual: binary('notDeepEqual', 'notDeepEqual', (a, b) => !isDeepEqual(a, b, 'loose')),
  deepStrictEqual: binary('deepStrictEqual', 'deepStrictEqual', strictly),
  notDeepStrictEqual: binary('notDeepStrictEqual', 'notDeepStrictEqual', (a, b, by) => !strictly(a, b, by)),
  strictEqual: binary('strictEqual', 'strictEqual', Object.is),
  notStrictEqual: binary('notStrictEqual', 'notStrictEqual', (a, b) => !Object.is(a, b)),
  partialDeepStrictEqual: binary('partialDeepStrictEqual', 'partialDeepStrictEqual', (a, b) => isDeepEqual(a, b, 'partial')),
  throws(this: unknown, call: unknown, ...rest: unknown[]): void {
    expectError({ fn: checks.throws!, diff: diffOf(this) }, 'exception', outcomeOf(call), rest);
  },
  async rejects(this: unknown, promise: unknown, ...rest: unknown[]): Promise<void> {
    expectError({ fn: checks.rejects!, diff: diffOf(this), waited: true }, 'rejection', await settledOf(promise), rest);
  },
  doesNotThrow(this: unknown, call: unknown, ...rest: unknown[]): void {
    expectNoError({ fn: checks.doesNotThrow!, diff: diffOf(this) }, 'exception', outcomeOf(call), rest);
  },
  async doesNotReject(this: unknown, promise: unknown, ...rest: unknown[]): Promise<void> {
    expectNoError({ fn: checks.doesNotReject!, diff: diffOf(this), waited: true }, 'rejection', await settledOf(promise), rest);
  },
  ifError(this: unknown, value: any): void {
    if (value === null || value === undefined) return;
    let text: string;
    if (typeof value === 'object' && typeof value.message === 'string') {
      text = value.message === '' && value.constructor ? value.constructor.name : value.message;
    } else {
      text = inspect(value);
    }
    const message = `ifError got unwanted exception: ${text}`;
    const error = new AssertionError({ actual: value, expected: null, operator: 'ifError', message, stackStartFn: checks.ifError!, diff: diffOf(this) });
    withFramesOf(error, value);
    throw error;
  },
  match: matching('match', true),
  doesNotMatch: matching('doesNotMatch', false),
};

const STRICT_NAMES = [
  ['equal', 'strictEqual'],
  ['deepEqual', 'deepStrictEqual'],
  ['notEqual', 'notStrictEqual'],
  ['notDeepEqual', 'notDeepStrictEqual'],
] as const;

interface AssertOptions {
  diff?: Diff;
  strict?: boolean;
  skipPrototype?: boolean;
}

const optionsOf = new WeakMap<object, AssertOptions>();

function diffOf(by: unknown): Diff {
  return (typeof by === 'object' && by !== null ? optionsOf.get(by)?.diff : undefined) ?? 'simple';
}

function skipsPrototype(by: unknown): boolean {
  return typeof by === 'object' && by !== null && optionsOf.get(by)?.skipPrototype === true;
}

/** Checks with options of their own. A function, since it says by a code that it needs `new`. */
function Assert(this: Record<string, unknown>, options: AssertOptions = {}): void {
  if (new.target === undefined) throw new codes.ERR_CONSTRUCT_CALL_REQUIRED!('Assert');
  const { diff, strict = true, skipPrototype = false } = options;
  if (diff !== undefined) validateOneOf(diff, 'options.diff', ['simple', 'full']);
  optionsOf.set(this, { diff: diff ?? 'simple', skipPrototype });
  Object.assign(this, { AssertionError }, checks);
  if (strict) for (const [name, stricter] of STRICT_NAMES) this[name] = checks[stricter];
}

/** The module is `ok`, with all checks as its properties. */
function makeModule(name: string): AnyFunction & Record<string, unknown> {
  const assert = { [name]: (...args: unknown[]): void => checkOk(assert, args, undefined) }[name] as AnyFunction;
  return Object.assign(assert, checks, { AssertionError, Assert }) as AnyFunction & Record<string, unknown>;
}

const assert = makeModule('ok');
assert.ok = assert;
const strict = makeModule('strict');
strict.ok = assert;
for (const [name, stricter] of STRICT_NAMES) strict[name] = checks[stricter];
assert.strict = strict;
strict.strict = strict;

registerBuiltin('assert', () => assert);
registerBuiltin('assert/strict', () => strict);
