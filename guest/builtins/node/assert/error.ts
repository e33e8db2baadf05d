// AssertionError, and the texts that say how two values differ.

import { inspect } from '../../web/console/inspect';

interface AssertionOptions {
  message?: string;
  actual?: unknown;
  expected?: unknown;
  operator?: string;
  stackStartFn?: Function;
}

const headings: Record<string, string> = {
  strictEqual: 'Expected values to be strictly equal:',
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
};

export class AssertionError extends Error {
  code = 'ERR_ASSERTION';
  generatedMessage: boolean;
  actual: unknown;
  expected: unknown;
  operator: string | undefined;

  constructor(options: AssertionOptions) {
    if (typeof options !== 'object' || options === null) {
      throw Object.assign(new TypeError('The "options" argument must be of type object'), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    const { message, actual, expected, operator, stackStartFn } = options;
    super(message === undefined ? describe(actual, expected, operator) : `${message}`);
    this.generatedMessage = message === undefined;
    Object.defineProperty(this, 'name', { value: 'AssertionError', writable: true, configurable: true });
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    const { captureStackTrace } = Error as unknown as { captureStackTrace(target: object, above?: Function): void };
    captureStackTrace(this, stackStartFn ?? AssertionError);
  }
  override toString(): string {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

Object.defineProperty(AssertionError, 'name', { value: 'AssertionError', configurable: true });

/** Longest texts of two values, together, that are shown side by side. */
const besideMax = 12;

function describe(actual: unknown, expected: unknown, operator: string | undefined): string {
  const heading = operator === undefined ? undefined : headings[operator];
  if (heading === undefined) {
    const sign = operator === undefined ? '==' : operator;
    return `${short(actual)} ${sign} ${short(expected)}`;
  }
  if (operator!.startsWith('not')) {
    const text = whole(actual);
    return text.includes('\n') || text.length > besideMax ? `${heading}\n\n${text}\n` : `${heading.slice(0, -1)}: ${text}`;
  }
  const [left, right] = [whole(actual), whole(expected)];
  if (operator === 'deepEqual') return `${heading}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  const primitives = isPrimitive(actual) && isPrimitive(expected);
  if (primitives && !left.includes('\n') && !right.includes('\n') && left.length + right.length <= besideMax) {
    return `${heading}\n\n${left} !== ${right}\n`;
  }
  if (left === right) {
    return operator === 'strictEqual'
      ? `Values have same structure but are not reference-equal:\n\n${left}\n`
      : `Values have same structure but are not deep-equal:\n\n${left}\n`;
  }
  return `${heading}\n+ actual - expected\n\n${difference(left.split('\n'), right.split('\n'))}`;
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null;
}

const shortMax = 128;

function short(value: unknown): string {
  const text = inspect(value);
  return text.length > shortMax ? `${text.slice(0, shortMax)}...` : text;
}

function whole(value: unknown): string {
  return inspect(value, {
    compact: false,
    customInspect: false,
    depth: 1000,
    maxArrayLength: Infinity,
    maxStringLength: Infinity,
    breakLength: Infinity,
    sorted: true,
    getters: true,
  });
}

/** Lines compared at most: more would take too long, and nobody would read them. */
const linesMax = 500;

/** The lines of both texts in one, each marked with where it comes from. */
function difference(left: string[], right: string[]): string {
  const a = left.slice(0, linesMax);
  const b = right.slice(0, linesMax);
  // Lengths of the longest common sequences of the tails.
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] =
        a[i] === b[j] ? common[(i + 1) * width + j + 1]! + 1 : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i]}`);
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) {
      lines.push(`+ ${a[i++]}`);
    } else {
      lines.push(`- ${b[j++]}`);
    }
  }
  if (left.length > linesMax || right.length > linesMax) lines.push('...');
  return lines.join('\n');
}
