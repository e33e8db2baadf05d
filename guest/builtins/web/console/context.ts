// Options of inspect, and the state of one call.

// Taken now: a program may replace it, and must be shown values all the same.
const objectKeys = Object.keys;

export type Style =
  | 'special'
  | 'number'
  | 'bigint'
  | 'boolean'
  | 'undefined'
  | 'null'
  | 'string'
  | 'symbol'
  | 'date'
  | 'regexp'
  | 'module'
  | 'name';

export interface InspectOptions {
  showHidden?: boolean;
  /** How many levels inside the value are shown; null for all. */
  depth?: number | null;
  colors?: boolean;
  customInspect?: boolean;
  showProxy?: boolean;
  /** null for all. */
  maxArrayLength?: number | null;
  maxStringLength?: number | null;
  breakLength?: number;
  /** How many of the innermost levels go on one line together; false: one property a line. */
  compact?: boolean | number;
  sorted?: boolean | ((a: string, b: string) => number);
  getters?: boolean | 'get' | 'set';
  numericSeparator?: boolean;
  stylize?: (text: string, style: Style) => string;
}

export interface Context {
  showHidden: boolean;
  depth: number;
  colors: boolean;
  customInspect: boolean;
  showProxy: boolean;
  maxArrayLength: number;
  maxStringLength: number;
  breakLength: number;
  compact: boolean | number;
  sorted: boolean | ((a: string, b: string) => number);
  getters: boolean | 'get' | 'set';
  numericSeparator: boolean;
  stylize: (text: string, style: Style) => string;

  /** What the caller gave, for the custom functions of objects. */
  given: InspectOptions;
  /** Columns that stand to the left of what is being written. */
  indentation: number;
  /** The level at which the object that was entered last stands. */
  level: number;
  /** The objects around the one that is being written. */
  seen: object[];
  /** Numbers of the objects that occur inside themselves. */
  circular: Map<object, number> | undefined;
  /** Characters that may still be written. A value too large for it is cut, and says so. */
  budget: number;
  /** Characters that may still be put together, counted anew at each level around them: bounds the time. */
  work: number;
}

export const defaultOptions: Required<Omit<InspectOptions, 'stylize'>> = {
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
};

/** SGR codes that switch a style on and off. */
export const colors: Record<string, readonly [number, number]> = {
  reset: [0, 0],
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  blink: [5, 25],
  inverse: [7, 27],
  hidden: [8, 28],
  strikethrough: [9, 29],
  doubleunderline: [21, 24],
  black: [30, 39],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  white: [37, 39],
  gray: [90, 39],
  grey: [90, 39],
  redBright: [91, 39],
  greenBright: [92, 39],
  yellowBright: [93, 39],
  blueBright: [94, 39],
  magentaBright: [95, 39],
  cyanBright: [96, 39],
  whiteBright: [97, 39],
  bgBlack: [40, 49],
  bgRed: [41, 49],
  bgGreen: [42, 49],
  bgYellow: [43, 49],
  bgBlue: [44, 49],
  bgMagenta: [45, 49],
  bgCyan: [46, 49],
  bgWhite: [47, 49],
  bgGray: [100, 49],
};

export const styles: Partial<Record<Style, string>> = {
  special: 'cyan',
  number: 'yellow',
  bigint: 'yellow',
  boolean: 'yellow',
  undefined: 'grey',
  null: 'bold',
  string: 'green',
  symbol: 'green',
  date: 'magenta',
  regexp: 'red',
  module: 'underline',
};

const plain = (text: string): string => text;

function colored(text: string, style: Style): string {
  const code = colors[styles[style] ?? ''];
  return code === undefined ? text : `\u001b[${code[0]}m${text}\u001b[${code[1]}m`;
}

/** Text without the codes that colour it. */
export function removeColors(text: string): string {
  return text.replace(/\u001b\[\d+(?:;\d+)*m/g, '');
}

/** What util.inspect may write at most. console has a smaller bound, which is that of the log. */
const budgetDefault = 16 * 1024 * 1024;

/** A deep value's innermost text is copied once for each level around it. */
const workMax = 64 * 1024 * 1024;

export function makeContext(options: InspectOptions | undefined, budget = budgetDefault): Context {
  const given = options ?? {};
  const all = { ...defaultOptions, ...definedOnly(given) };
  return {
    ...all,
    depth: all.depth === null ? Infinity : all.depth,
    maxArrayLength: all.maxArrayLength === null ? Infinity : Math.max(all.maxArrayLength, 0),
    maxStringLength: all.maxStringLength === null ? Infinity : Math.max(all.maxStringLength, 0),
    stylize: given.stylize ?? (all.colors ? colored : plain),
    given,
    indentation: 0,
    level: 0,
    seen: [],
    circular: undefined,
    budget,
    work: workMax,
  };
}

function definedOnly(options: InspectOptions): InspectOptions {
  const known: Record<string, unknown> = {};
  for (const key of objectKeys(defaultOptions)) {
    const value = (options as Record<string, unknown>)[key];
    if (value !== undefined) known[key] = value;
  }
  return known;
}
