// node:util

import { parseArgs } from '@pkgjs/parseargs';

import { builtinExports, registerBuiltin } from '../../runtime/builtin_modules';
import { EffectKind, Stream } from '../../abi';
import { native } from '../../native';
import { colors } from '../../web/console/context';
import { format, formatWithOptions } from '../../web/console/format';
import { inspect } from '../../web/console/inspect';
import { invalidArgument, invalidValue } from '../errors';
import { callbackify, promisify } from './callbacks';
import { isDeepEqual } from './deep_equal';
import { MIMEParams, MIMEType } from './mime';
import { getSystemErrorMap, getSystemErrorMessage, getSystemErrorName } from './system_errors';
import { types } from './types';
import { AbortController } from '../../web/events';
import { addAbortSteps } from '../../web/events/abort';
import { validateAbortSignal } from '../validators';
import { codes } from '../errors';

type AnyFunction = (...args: any[]) => any;

function inherits(constructor: Function, superConstructor: Function): void {
  if (typeof constructor !== 'function') throw invalidArgument('ctor', 'of type function', constructor);
  if (typeof superConstructor !== 'function') throw invalidArgument('superCtor', 'of type function', superConstructor);
  if (superConstructor.prototype === undefined) throw new codes.ERR_INVALID_ARG_TYPE!('superCtor.prototype', 'Object', undefined);
  Object.defineProperty(constructor, 'super_', { value: superConstructor, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype as object, superConstructor.prototype as object);
}

const warned = new Set<string>();

/** The function, which warns in the log at its first call; once for each code. */
function deprecate(original: AnyFunction, message: string, code?: string): AnyFunction {
  let done = false;
  function deprecated(this: unknown, ...args: unknown[]): unknown {
    if (!done) {
      done = true;
      if (code === undefined || !warned.has(code)) {
        if (code !== undefined) warned.add(code);
        native.effect(EffectKind.Log, 0, Stream.Warn, `${code === undefined ? '' : `[${code}] `}DeprecationWarning: ${message}`);
      }
    }
    return new.target ? Reflect.construct(original, args, new.target) : Reflect.apply(original, this, args);
  }
  Object.setPrototypeOf(deprecated, original);
  if (original.prototype) deprecated.prototype = original.prototype;
  return deprecated;
}

function styleText(style: string | string[], text: string): string {
  if (typeof text !== 'string') throw invalidArgument('text', 'of type string', text);
  let before = '';
  let after = '';
  for (const name of Array.isArray(style) ? style : [style]) {
    const code = colors[name];
    if (code === undefined) throw invalidValue('format', name, `must be one of: ${Object.keys(colors).join(', ')}`);
    before += `\u001b[${code[0]}m`;
    after = `\u001b[${code[1]}m${after}`;
  }
  return before + text + after;
}

function stripVTControlCharacters(text: string): string {
  if (typeof text !== 'string') throw invalidArgument('str', 'of type string', text);
  // CSI sequences (colours, cursor moves) and OSC ones (titles, links).
  return text.replace(/[\u001b\u009b](?:\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[[()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~])/g, '');
}

/** NODE_DEBUG has no effect here: the function is always silent. */
function debuglog(): AnyFunction {
  return Object.assign(() => {}, { enabled: false });
}

/** Resolves when the signal aborts. */
async function aborted(signal: unknown, resource: unknown): Promise<void> {
  if (signal === undefined) throw new codes.ERR_INVALID_ARG_TYPE!('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  if (resource === null || (typeof resource !== 'object' && typeof resource !== 'function')) throw new codes.ERR_INVALID_ARG_TYPE!('resource', 'Object', resource);
  if (signal!.aborted) return;
  await new Promise<void>((resolve) => addAbortSteps(signal!, resolve));
}

const legacyTypes = {
  isArray: Array.isArray,
  isBoolean: (value: unknown) => typeof value === 'boolean',
  isBuffer: (value: unknown) => value instanceof Uint8Array && value.constructor?.name === 'Buffer',
  isDate: types.isDate,
  isError: (value: unknown) => types.isNativeError(value) || value instanceof Error,
  isFunction: (value: unknown) => typeof value === 'function',
  isNull: (value: unknown) => value === null,
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  isNumber: (value: unknown) => typeof value === 'number',
  isObject: (value: unknown) => value !== null && typeof value === 'object',
  isPrimitive: (value: unknown) => value === null || (typeof value !== 'object' && typeof value !== 'function'),
  isRegExp: types.isRegExp,
  isString: (value: unknown) => typeof value === 'string',
  isSymbol: (value: unknown) => typeof value === 'symbol',
  isUndefined: (value: unknown) => value === undefined,
};

registerBuiltin('util', () => {
  const { TextDecoder, TextEncoder } = globalThis as unknown as Record<string, unknown>;
  return {
    ...legacyTypes,
    callbackify,
    debug: debuglog,
    debuglog,
    deprecate,
    format,
    formatWithOptions,
    aborted,
    getSystemErrorMap,
    getSystemErrorMessage,
    getSystemErrorName,
    inherits,
    inspect,
    isDeepStrictEqual: (a: unknown, b: unknown) => isDeepEqual(a, b, true),
    MIMEParams,
    MIMEType,
    parseArgs,
    promisify,
    transferableAbortController: () => new AbortController(),
    stripVTControlCharacters,
    styleText,
    TextDecoder,
    TextEncoder,
    toUSVString: (text: unknown) => (`${text as string}` as string & { toWellFormed(): string }).toWellFormed(),
    types,
  };
});
registerBuiltin('sys', () => builtinExports('util')!);
registerBuiltin('util/types', () => types);
