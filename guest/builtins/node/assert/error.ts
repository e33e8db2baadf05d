// AssertionError, and the texts that say how two values differ.

import { inspect } from '../../web/console/inspect';
import { inspectCustom } from '../../web/console/inspectable';
import { validateObject } from '../validators';
import { differenceOf, show } from './diff';

export type Diff = 'simple' | 'full';

export interface AssertionOptions {
  message?: unknown;
  actual?: unknown;
  expected?: unknown;
  operator?: string;
  stackStartFn?: Function;
  /** The old name of the same. */
  stackStartFunction?: Function;
  /** `full`: nothing is cut from long texts. */
  diff?: Diff;
}

const HEADINGS: Record<string, string> = {
  deepEqual: 'Expected values to be loosely deep-equal:',
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  partialDeepStrictEqual: 'Expected values to be partially and strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
};
const SAME_OBJECT = 'Expected "actual" to be reference-equal to "expected":';
const NOT_SAME_OBJECT = 'Expected "actual" not to be reference-equal to "expected":';
const SAME_STRUCTURE = 'Values have same structure but are not reference-equal:';

/** The operators whose errors show a difference, below a message of the caller's too. */
const COMPARING = new Set(['deepStrictEqual', 'partialDeepStrictEqual', 'strictEqual']);

export class AssertionError extends Error {
  generatedMessage: boolean;
  code = 'ERR_ASSERTION';
  actual: unknown;
  expected: unknown;
  operator: string | undefined;
  diff: Diff;

  constructor(options: AssertionOptions) {
    validateObject(options, 'options');
    const { message, operator, stackStartFn, stackStartFunction, diff = 'simple' } = options;
    let { actual, expected } = options;
    // Of two errors what they say is compared, not where they were made.
    if (message === undefined || message === null) {
      if (isErrorWithStack(actual) && isErrorWithStack(expected)) [actual, expected] = [withoutStack(actual), withoutStack(expected)];
    }
    super(textOf(message, actual, expected, operator, diff));
    this.generatedMessage = !message;
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    this.diff = diff;
    // The name has the code for as long as the stack is made, whose first line it is.
    Object.defineProperty(this, 'name', { __proto__: null, value: 'AssertionError [ERR_ASSERTION]', writable: true, configurable: true } as PropertyDescriptor);
    const { captureStackTrace } = Error as unknown as { captureStackTrace(target: object, above?: Function): void };
    captureStackTrace(this, stackStartFn ?? stackStartFunction ?? AssertionError);
    this.name = 'AssertionError';
  }
  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
  /** The message shows both values already, so they are cut short here. */
  [inspectCustom](_depth: number, options: object): string {
    const { actual, expected } = this;
    if (typeof actual === 'string') this.actual = shortened(actual);
    if (typeof expected === 'string') this.expected = shortened(expected);
    const text = inspect(this, { ...options, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return text;
  }
}
Object.defineProperty(AssertionError, 'name', { value: 'AssertionError', configurable: true });

function isErrorWithStack(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'stack' in value && value instanceof Error;
}

function withoutStack(error: Error): Error {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(error) as object), error) as Error;
  Object.defineProperty(copy, 'message', { value: error.message });
  if (Object.hasOwn(error, 'cause')) {
    Object.defineProperty(copy, 'cause', { value: error.cause instanceof Error ? withoutStack(error.cause) : error.cause });
  }
  return copy;
}

const stringMax = 512;
const linesMax = 10;

function shortened(text: string): string {
  const lines = text.split('\n');
  if (lines.length > linesMax) return `${lines.slice(0, linesMax).join('\n')}\n...`;
  return text.length > stringMax ? `${text.slice(stringMax)}...` : text;
}

/** The whole value, so that everything that was compared can be seen. */
function whole(value: unknown): string {
  return inspect(value, {
    compact: false,
    customInspect: false,
    depth: 1000,
    maxArrayLength: Infinity,
    showHidden: false,
    showProxy: false,
    sorted: true,
    getters: true,
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function textOf(message: unknown, actual: unknown, expected: unknown, operator: string | undefined, diff: Diff): string {
  const given = message !== undefined && message !== null;
  if (operator !== undefined && COMPARING.has(operator)) return comparison(actual, expected, operator, given ? String(message) : '', diff);
  if (given) return String(message);
  if (operator === 'notDeepStrictEqual' || operator === 'notStrictEqual') return sameness(actual, operator, diff);
  return besideEachOther(actual, expected, operator, diff);
}

/** Of a value with itself. */
function sameness(value: unknown, operator: string, diff: Diff): string {
  const byReference = operator === 'notStrictEqual' && (isObject(value) || typeof value === 'function');
  const heading = byReference ? NOT_SAME_OBJECT : HEADINGS[operator]!;
  const lines = whole(value).split('\n');
  if (lines.length > 50 && diff !== 'full') lines.splice(46, Infinity, '...');
  if (lines.length === 1) return `${heading}${lines[0]!.length > 5 ? '\n\n' : ' '}${lines[0]}`;
  return `${heading}\n\n${lines.join('\n')}\n`;
}

function cut(text: string, max: number, diff: Diff): string {
  return text.length > max && diff !== 'full' ? `${text.slice(0, max - 3)}...` : text;
}

function besideEachOther(actual: unknown, expected: unknown, operator: string | undefined, diff: Diff): string {
  const [left, right] = [whole(actual), whole(expected)];
  if (operator === 'notDeepEqual') {
    if (left === right) return cut(`${HEADINGS.notDeepEqual}\n\n${left}`, 1024, diff);
    return `Expected values not to be loosely deep-equal:\n\n${cut(left, stringMax, diff)}\n\nshould not loosely deep-equal\n\n${cut(right, stringMax, diff)}`;
  }
  if (operator === 'deepEqual') {
    return `${HEADINGS.deepEqual}\n\n${cut(left, stringMax, diff)}\n\nshould loosely deep-equal\n\n${cut(right, stringMax, diff)}`;
  }
  return `${cut(left, stringMax, diff)} ${operator} ${cut(right, stringMax, diff)}`;
}

const ACTUAL_EXPECTED = '+ actual - expected';

function comparison(actual: unknown, expected: unknown, operator: string, message: string, diff: Diff): string {
  const byReference =
    operator === 'strictEqual' && ((isObject(actual) && isObject(expected)) || (typeof actual === 'function' && typeof expected === 'function'));
  let heading = message !== '' ? message : byReference ? SAME_OBJECT : HEADINGS[operator]!;
  const [left, right] = [whole(actual), whole(expected)];
  const [leftLines, rightLines] = [left.split('\n'), right.split('\n')];

  if (leftLines.length === 1 && rightLines.length === 1 && !(isObject(actual) && isObject(expected))) {
    return `${heading}\n${onOneLine(actual, left, expected, right)}\n`;
  }
  if (left === right) {
    if (message === '') heading = SAME_STRUCTURE;
    if (leftLines.length > 50 && diff !== 'full') return `${heading}\n\n... Skipped lines\n${leftLines.slice(0, 50).join('\n')}\n...}\n`;
    return `${heading}\n\n${left}\n`;
  }
  const [text, skipped] = show(differenceOf(leftLines, rightLines, isObject(actual)));
  return `${heading}\n${ACTUAL_EXPECTED}${skipped ? '\n... Skipped lines' : ''}\n\n${text}\n`;
}

/** Characters of two values that are shown on one line, and of two strings whose first difference is pointed at. */
const besideMax = 12;
const pointedMax = 80;

function onOneLine(actual: unknown, left: string, expected: unknown, right: string): string {
  const total = left.length + right.length - (typeof actual === 'string' ? 2 : 0) - (typeof expected === 'string' ? 2 : 0);
  if (total <= besideMax && (actual !== 0 || expected !== 0)) return `\n${left} !== ${right}`;
  const text = `${ACTUAL_EXPECTED}\n\n+ ${left}\n- ${right}`;
  if (typeof actual !== 'string' || typeof expected !== 'string' || left.length + right.length > pointedMax) return text;
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  // A difference in the first two characters is seen without help; the quote is one.
  return at < left.length && at >= 3 ? `${text}\n${' '.repeat(at + 2)}^` : text;
}
