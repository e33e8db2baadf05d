// util.inspect: any value as text for people, in Node's form. Reading a value never runs its getters
// (unless asked to) and never throws; proxies are looked through, their traps are not called.

import { native } from '../../native';
import { describe, functionName, nameOfConstructor, prefixOf } from './constructor';
import { colors, defaultOptions, makeContext, styles, type Context, type InspectOptions } from './context';
import {
  arrayBufferParts,
  arrayParts,
  iteratorParts,
  mapParts,
  promiseParts,
  setParts,
  typedArrayParts,
} from './collections';
import { errorBase } from './errors';
import { functionBase } from './functions';
import { inspectCustom } from './inspectable';
import { layOut } from './layout';
import { formatKey, formatPrimitive } from './quote';

// Taken now: a program may replace it, and must be shown values all the same.
const objectKeys = Object.keys;

/** Shows `value`. The second argument may be `showHidden`, then `depth` and `colors`, as it once was in Node. */
export function inspect(value: unknown, options?: InspectOptions | boolean | null, depth?: number | null, colored?: boolean): string {
  let given: InspectOptions = {};
  if (typeof options === 'object' && options !== null) given = options;
  else if (options !== undefined && options !== null) given = { showHidden: Boolean(options) };
  if (depth !== undefined && typeof options !== 'object') given = { ...given, depth };
  if (colored !== undefined && typeof options !== 'object') given = { ...given, colors: colored };
  return formatValue(makeContext(given), value, 0);
}
inspect.custom = inspectCustom;
// What is assigned is added to what there is.
Object.defineProperty(inspect, 'defaultOptions', {
  get: () => defaultOptions,
  set(options: unknown) {
    if (typeof options !== 'object' || options === null) {
      const error = new TypeError('The "options" argument must be of type object.');
      throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
    }
    Object.assign(defaultOptions, options);
  },
  enumerable: true,
  configurable: true,
});
inspect.colors = colors;
inspect.styles = styles;

/** `inspect` with a bound on what is written, for logs. */
export function inspectBounded(value: unknown, options: InspectOptions | undefined, budget: number): string {
  return formatValue(makeContext(options, budget), value, 0);
}

/** The value at a level, 0 for the outermost. `typed`: elements of a typed array, whose quotes make no sense. */
export function formatValue(ctx: Context, value: unknown, level: number): string {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    const text = formatPrimitive(ctx, value);
    ctx.budget -= text.length;
    return text;
  }
  if (ctx.budget <= 0) return ctx.stylize('[... cut: the value is too large to show]', 'special');
  try {
    return formatObject(ctx, value, level);
  } catch (error) {
    if (!isStackOverflow(error)) throw error;
    return ctx.stylize(`[${describe(ctx, value)}: Inspection interrupted prematurely. Maximum call stack size exceeded.]`, 'special');
  }
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError || (error instanceof Error && error.message === 'stack overflow');
}

function formatObject(ctx: Context, original: object, level: number): string {
  let value = original;
  let proxy = native.proxyDetails(value);
  if (proxy !== undefined) {
    if (proxy[0] === null) return ctx.stylize('<Revoked Proxy>', 'special');
    if (ctx.showProxy) return formatProxy(ctx, proxy as [object, object], level);
    for (; proxy !== undefined; proxy = native.proxyDetails(value)) {
      if (proxy[0] === null) return ctx.stylize('<Revoked Proxy>', 'special');
      value = proxy[0];
    }
  }
  if (ctx.customInspect) {
    const custom = customForm(ctx, original, value, level);
    if (custom !== undefined) return custom;
  }
  if (ctx.seen.includes(value)) {
    ctx.circular ??= new Map();
    let index = ctx.circular.get(value);
    if (index === undefined) ctx.circular.set(value, (index = ctx.circular.size + 1));
    return ctx.stylize(`[Circular *${index}]`, 'special');
  }
  return formatRaw(ctx, value, level);
}

/** What an object itself wants to be shown as, or undefined when it has no wish. */
function customForm(ctx: Context, original: object, value: object, level: number): string | undefined {
  let custom: unknown;
  try {
    custom = (value as Record<symbol, unknown>)[inspectCustom];
  } catch {
    return undefined;
  }
  if (typeof custom !== 'function' || custom === inspect) return undefined;
  // A prototype that holds the function is no instance.
  const constructor = Object.getOwnPropertyDescriptor(value, 'constructor')?.value;
  if (typeof constructor === 'function' && constructor.prototype === value) return undefined;
  const depth = ctx.depth === Infinity ? null : ctx.depth - level;
  const options = {
    ...ctx.given,
    showHidden: ctx.showHidden,
    // The whole depth, not what is left: such functions take one off themselves, as in Node.
    depth: ctx.depth === Infinity ? null : ctx.depth,
    colors: ctx.colors,
    customInspect: ctx.customInspect,
    showProxy: ctx.showProxy,
    maxArrayLength: ctx.maxArrayLength,
    maxStringLength: ctx.maxStringLength,
    breakLength: ctx.breakLength,
    compact: ctx.compact,
    sorted: ctx.sorted,
    getters: ctx.getters,
    numericSeparator: ctx.numericSeparator,
    stylize: ctx.stylize,
  };
  let answer: unknown;
  try {
    answer = custom.call(original, depth, options, inspect);
  } catch (error) {
    let why: string;
    try {
      why = `${(error as { message?: unknown } | null)?.message ?? error}`;
    } catch {
      why = 'an error without text';
    }
    return ctx.stylize(`[${describe(ctx, value)}: its inspect function threw: ${why}]`, 'special');
  }
  // Otherwise it wants to be shown as usual.
  if (answer === original) return undefined;
  if (typeof answer !== 'string') return formatValue(ctx, answer, level);
  ctx.budget -= answer.length;
  return answer.replaceAll('\n', `\n${' '.repeat(ctx.indentation)}`);
}

function formatProxy(ctx: Context, [target, handler]: [object, object], level: number): string {
  if (level > ctx.depth) return ctx.stylize('Proxy [Array]', 'special');
  ctx.indentation += 2;
  const parts = [formatValue(ctx, target, level + 1), formatValue(ctx, handler, level + 1)];
  ctx.indentation -= 2;
  return layOut(ctx, parts, '', 'Proxy [', ']', level, parts);
}

/** How an object is written: what is between its braces beside its properties, and around them. */
interface Form {
  open: string;
  close: string;
  base: string;
  keys: (string | symbol)[];
  /** The parts that are not properties. */
  parts: (() => string[]) | null;
  /** For what is written like an array. */
  elements: ArrayLike<unknown> | undefined;
  /** Already all there is, since nothing but braces would come. */
  whole: string | null;
}

function formatRaw(ctx: Context, value: object, level: number): string {
  const form = formOf(ctx, value, level);
  if (form.whole !== null) return form.whole;
  if (level > ctx.depth) {
    return ctx.stylize(`[${describe(ctx, value)}]`, 'special');
  }
  const inner = level + 1;
  ctx.seen.push(value);
  ctx.level = inner;
  let parts: string[];
  const indentation = ctx.indentation;
  try {
    parts = form.parts === null ? [] : form.parts();
    for (const key of form.keys) {
      if (ctx.budget <= 0) {
        parts.push('... cut: the value is too large to show');
        break;
      }
      parts.push(formatProperty(ctx, value, key, inner, form.elements === undefined));
    }
    if (ctx.showHidden) parts.push(...inheritedParts(ctx, value, inner));
  } finally {
    ctx.indentation = indentation;
    ctx.seen.pop();
  }
  if (ctx.circular !== undefined) {
    const index = ctx.circular.get(value);
    if (index !== undefined) {
      const reference = ctx.stylize(`<ref *${index}>`, 'special');
      if (ctx.compact !== true) form.base = form.base === '' ? reference : `${reference} ${form.base}`;
      else form.open = `${reference} ${form.open}`;
    }
  }
  if (ctx.sorted !== false) {
    // Elements keep their places; only properties have no order of their own.
    const order = typeof ctx.sorted === 'function' ? ctx.sorted : undefined;
    if (form.parts === null) parts.sort(order);
    else if (form.keys.length > 1) parts.push(...parts.splice(parts.length - form.keys.length).sort(order));
  }
  const text = layOut(ctx, parts, form.base, form.open, form.close, inner, form.elements);
  ctx.budget -= form.base.length + 8;
  ctx.work -= text.length;
  if (ctx.work < 0) ctx.budget = 0;
  return text;
}

function formOf(ctx: Context, value: object, level: number): Form {
  const form: Form = { open: '{', close: '}', base: '', keys: [], parts: null, elements: undefined, whole: null };
  const constructor = nameOfConstructor(ctx, value, level);
  const tag = tagOf(ctx, value, constructor);
  const kind = native.classOf(value);

  if (Array.isArray(value)) {
    form.keys = keysBesideIndices(ctx, value, value.length);
    const prefix = constructor !== 'Array' || tag !== '' ? prefixOf(constructor, tag, 'Array', `(${value.length})`) : '';
    form.open = `${prefix}[`;
    form.close = ']';
    form.elements = value;
    if (value.length === 0 && form.keys.length === 0) form.whole = `${form.open}]`;
    form.parts = () => arrayParts(ctx, value, level + 1);
    return form;
  }
  if (ArrayBuffer.isView(value) && kind !== 'DataView') {
    const array = value as unknown as ArrayLike<number | bigint> & ArrayBufferView;
    form.keys = keysBesideIndices(ctx, value, array.length);
    form.open = `${prefixOf(constructor, tag, kind, `(${array.length})`)}[`;
    form.close = ']';
    form.elements = array;
    if (array.length === 0 && form.keys.length === 0 && !ctx.showHidden) form.whole = `${form.open}]`;
    form.parts = () => typedArrayParts(ctx, array, level + 1);
    return form;
  }

  switch (kind) {
    case 'Set':
    case 'Map': {
      const size = kind === 'Set' ? setSize.call(value as Set<unknown>) : mapSize.call(value as Map<unknown, unknown>);
      form.keys = keysOf(ctx, value);
      const prefix = prefixOf(constructor, tag, kind, `(${size})`);
      form.open = `${prefix}{`;
      if (size === 0 && form.keys.length === 0) form.whole = `${prefix}{}`;
      form.parts = () =>
        kind === 'Set' ? setParts(ctx, value as Set<unknown>, level + 1) : mapParts(ctx, value as Map<unknown, unknown>, level + 1);
      return form;
    }
    case 'Map Iterator':
    case 'Set Iterator': {
      form.keys = keysOf(ctx, value);
      const [pairs, ...entries] = (native.iteratorEntries(value) ?? [false]) as [boolean, ...unknown[]];
      form.open = `[${tag !== '' && tag !== kind ? `${kind}] [${tag}` : pairs ? kind.replace('Iterator', 'Entries') : kind}] {`;
      form.parts = () => iteratorParts(ctx, entries, pairs, level + 1);
      return form;
    }
    case 'Arguments':
      form.keys = keysOf(ctx, value);
      form.open = '[Arguments] {';
      if (form.keys.length === 0) form.whole = '[Arguments] {}';
      return form;
    case 'RegExp': {
      form.keys = keysOf(ctx, value);
      const prefix = prefixOf(constructor, tag, 'RegExp');
      form.base = `${prefix === 'RegExp ' ? '' : prefix}${RegExp.prototype.toString.call(value)}`;
      return baseOnly(ctx, form, level, 'regexp');
    }
    case 'Date': {
      form.keys = keysOf(ctx, value);
      const time = Date.prototype.getTime.call(value);
      const prefix = prefixOf(constructor, tag, 'Date');
      const text = Number.isNaN(time) ? 'Invalid Date' : Date.prototype.toISOString.call(value);
      form.base = `${prefix === 'Date ' ? '' : prefix}${text}`;
      return baseOnly(ctx, form, level, 'date');
    }
    case 'Error':
      return errorForm(ctx, form, value, constructor, tag);
    case 'ArrayBuffer':
    case 'SharedArrayBuffer': {
      const buffer = value as ArrayBuffer;
      form.keys = keysOf(ctx, value);
      form.open = `${prefixOf(constructor, tag, kind)}{`;
      form.parts = () => arrayBufferParts(ctx, buffer, level + 1);
      return form;
    }
    case 'DataView': {
      const view = value as DataView;
      form.keys = keysOf(ctx, value);
      form.open = `${prefixOf(constructor, tag, 'DataView')}{`;
      form.parts = () => {
        ctx.indentation += 3;
        const parts = [
          `byteLength: ${formatValue(ctx, view.byteLength, level + 1)}`,
          `byteOffset: ${formatValue(ctx, view.byteOffset, level + 1)}`,
          `buffer: ${formatValue(ctx, view.buffer, level + 1)}`,
        ];
        ctx.indentation -= 3;
        return parts;
      };
      return form;
    }
    case 'Promise':
      form.keys = keysOf(ctx, value);
      form.open = `${prefixOf(constructor, tag, 'Promise')}{`;
      form.parts = () => promiseParts(ctx, value as Promise<unknown>, level + 1);
      return form;
    case 'WeakSet':
    case 'WeakMap':
      form.keys = keysOf(ctx, value);
      form.open = `${prefixOf(constructor, tag, kind)}{`;
      form.parts = () => [ctx.stylize('<items unknown>', 'special')];
      return form;
    case 'Number':
    case 'String':
    case 'Boolean':
    case 'BigInt':
    case 'Symbol':
      return boxedForm(ctx, form, value, kind, constructor, tag, level);
  }

  if (typeof value === 'function') {
    form.keys = keysOf(ctx, value);
    form.base = functionBase(value, constructor, tag);
    return baseOnly(ctx, form, level, 'special');
  }
  if (isUrl(value)) {
    form.keys = keysOf(ctx, value);
    form.base = value.href;
    if (form.keys.length === 0) form.whole = form.base;
    return form;
  }
  // Not made by an error's constructor, but it inherits from one, as old-style errors do.
  if (value instanceof Error) return errorForm(ctx, form, value, constructor, tag);

  form.keys = keysOf(ctx, value);
  if (isModuleNamespace(value, constructor)) {
    form.open = `${prefixOf(constructor, tag, 'Module')}{`;
    form.keys = Object.getOwnPropertyNames(value);
  } else if (constructor === 'Object') {
    if (tag !== '') form.open = `${prefixOf(constructor, tag, 'Object')}{`;
    if (form.keys.length === 0) form.whole = `${form.open}}`;
  } else {
    form.open = `${prefixOf(constructor, tag, 'Object')}{`;
    if (form.keys.length === 0) form.whole = `${form.open}}`;
  }
  return form;
}

/** A URL whose own form is not asked for. */
function isUrl(value: object): value is { href: string } {
  const { URL } = globalThis as unknown as { URL?: new () => object };
  try {
    return typeof URL === 'function' && value instanceof URL && typeof (value as unknown as { href: unknown }).href === 'string';
  } catch {
    // The prototype itself.
    return false;
  }
}

const setSize = Object.getOwnPropertyDescriptor(Set.prototype, 'size')!.get!;
const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, 'size')!.get!;

/** Something that is one text; its properties come only when it has some. */
function baseOnly(ctx: Context, form: Form, level: number, style: 'special' | 'date' | 'regexp'): Form {
  form.base = ctx.stylize(form.base, style);
  if (form.keys.length === 0 || (level > ctx.depth && style !== 'special')) form.whole = form.base;
  return form;
}

function errorForm(ctx: Context, form: Form, value: object, constructor: string | null, tag: string): Form {
  form.keys = keysOf(ctx, value);
  form.base = errorBase(ctx, value as Error, constructor, tag, form.keys);
  if (form.keys.length === 0) form.whole = form.base;
  return form;
}

function boxedForm(
  ctx: Context,
  form: Form,
  value: object,
  kind: 'Number' | 'String' | 'Boolean' | 'BigInt' | 'Symbol',
  constructor: string | null,
  tag: string,
  level: number,
): Form {
  form.keys = keysOf(ctx, value);
  let primitive: unknown;
  if (kind === 'String') {
    primitive = String.prototype.valueOf.call(value);
    // The first keys are those of the characters.
    form.keys.splice(0, (primitive as string).length);
  } else {
    primitive = (globalThis as any)[kind].prototype.valueOf.call(value);
  }
  let label: string = kind;
  if (constructor === null) label += ' (null prototype)';
  else if (constructor !== kind) label += ` (${constructor})`;
  const plain = { ...ctx, stylize: (text: string) => text, indentation: 0 };
  form.base = `[${label}: ${formatPrimitive(plain, primitive)}]`;
  if (tag !== '' && tag !== constructor) form.base += ` [${tag}]`;
  form.base = ctx.stylize(form.base, kind.toLowerCase() as 'number');
  if (form.keys.length === 0) form.whole = form.base;
  void level;
  return form;
}

function isModuleNamespace(value: object, constructor: string | null): boolean {
  if (constructor !== null) return false;
  const tag = Object.getOwnPropertyDescriptor(value, Symbol.toStringTag);
  return tag !== undefined && tag.value === 'Module' && !tag.configurable && !tag.writable && !Object.isExtensible(value);
}

function tagOf(ctx: Context, value: object, constructor: string | null): string {
  let tag: unknown;
  try {
    tag = (value as Record<symbol, unknown>)[Symbol.toStringTag];
  } catch {
    return '';
  }
  if (typeof tag !== 'string' || tag === '') return '';
  // An own one is shown among the properties.
  const own = Object.getOwnPropertyDescriptor(value, Symbol.toStringTag);
  if (own !== undefined && (ctx.showHidden || own.enumerable)) return '';
  return tag === constructor ? '' : tag;
}

function keysOf(ctx: Context, value: object): (string | symbol)[] {
  const symbols = Object.getOwnPropertySymbols(value);
  if (ctx.showHidden) return [...Object.getOwnPropertyNames(value), ...symbols];
  let keys: (string | symbol)[];
  try {
    keys = objectKeys(value);
  } catch {
    // A module namespace with bindings that have no value yet.
    keys = Object.getOwnPropertyNames(value);
  }
  for (const symbol of symbols) {
    if (Object.prototype.propertyIsEnumerable.call(value, symbol)) keys.push(symbol);
  }
  return keys;
}

/** Listing the keys of an array makes a string of every index: above this many elements it is not worth it. */
const keysListedMax = 20_000;

function keysBesideIndices(ctx: Context, value: object, length: number): (string | symbol)[] {
  if (length > keysListedMax) return [];
  return keysOf(ctx, value).filter((key) => typeof key === 'symbol' || !isIndex(key));
}

function isIndex(key: string): boolean {
  const first = key.charCodeAt(0);
  if (first < 48 || first > 57) return false;
  const number = Number(key);
  return number >= 0 && number < 2 ** 32 - 1 && `${number >>> 0}` === key;
}

/** Classes of the program whose properties are looked at. */
const inheritedLevels = 3;

/** What the prototypes of an object have that is no method: mostly getters of its class. Not those of built-in classes. */
function inheritedParts(ctx: Context, value: object, level: number): string[] {
  const parts: string[] = [];
  const shown = new Set<string | symbol>(['constructor']);
  let prototype = Object.getPrototypeOf(value) as object | null;
  for (let depth = 0; depth < inheritedLevels && prototype !== null && native.proxyDetails(prototype) === undefined; depth++) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof constructor !== 'function' || constructor === (globalThis as Record<string, unknown>)[functionName(constructor)]) break;
    for (const key of Reflect.ownKeys(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
      if (descriptor === undefined || shown.has(key) || Object.hasOwn(value, key) || typeof descriptor.value === 'function') continue;
      shown.add(key);
      const text = formatProperty(ctx, prototype, key, level, true, value);
      parts.push(ctx.colors ? `\u001b[2m${text}\u001b[22m` : text);
    }
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return parts;
}

/** `owner`: whose getters run, when that is not the object that has the property. */
function formatProperty(ctx: Context, value: object, key: string | symbol, level: number, ofObject: boolean, owner = value): string {
  let text: string;
  let space = ' ';
  let descriptor: PropertyDescriptor | undefined;
  try {
    descriptor = Object.getOwnPropertyDescriptor(value, key);
  } catch {
    // A binding of a module that has no value yet.
    return `${formatKey(ctx, key, true)}: ${ctx.stylize('<uninitialized>', 'special')}`;
  }
  descriptor ??= { value: readInherited(value, key), enumerable: true };
  const { get, set } = descriptor;
  if (get === undefined && set === undefined) {
    const indent = ctx.compact !== true || !ofObject ? 2 : 3;
    ctx.indentation += indent;
    text = formatValue(ctx, descriptor.value, level);
    if (indent === 3 && ctx.breakLength < text.length) space = `\n${' '.repeat(ctx.indentation)}`;
    ctx.indentation -= indent;
  } else if (get !== undefined) {
    text = formatGetter(ctx, owner, get, set !== undefined, level);
  } else {
    text = ctx.stylize('[Setter]', 'special');
  }
  const name = formatKey(ctx, key, descriptor.enumerable === true);
  ctx.budget -= name.length + 2;
  return `${name}:${space}${text}`;
}

function readInherited(value: object, key: string | symbol): unknown {
  try {
    return (value as Record<string | symbol, unknown>)[key];
  } catch {
    return undefined;
  }
}

function formatGetter(ctx: Context, value: object, get: () => unknown, settable: boolean, level: number): string {
  const label = settable ? 'Getter/Setter' : 'Getter';
  const asked = ctx.getters === true || (ctx.getters === 'get' && !settable) || (ctx.getters === 'set' && settable);
  if (!asked) return ctx.stylize(`[${label}]`, 'special');
  let result: unknown;
  try {
    result = get.call(value);
  } catch (error) {
    let why = '';
    try {
      why = ` (${(error as { message?: unknown }).message})`;
    } catch {
      // It has no text that could be shown.
    }
    return `${ctx.stylize(`[${label}:`, 'special')} <Inspection threw${why}>${ctx.stylize(']', 'special')}`;
  }
  ctx.indentation += 2;
  const text =
    typeof result === 'object' && result !== null
      ? `${ctx.stylize(`[${label}]`, 'special')} ${formatValue(ctx, result, level)}`
      : `${ctx.stylize(`[${label}:`, 'special')} ${formatValue(ctx, result, level)}${ctx.stylize(']', 'special')}`;
  ctx.indentation -= 2;
  return text;
}
