// node:util

import { parseArgs } from '@pkgjs/parseargs';

import { builtinExports, registerBuiltin } from '../../runtime/builtin_modules';
import { EffectKind, Stream } from '../../abi';
import { native } from '../../native';
import { format, formatWithOptions } from '../../web/console/format';
import { inspect } from '../../web/console/inspect';
import { invalidArgument } from '../errors';
import { callbackify, promisify } from './callbacks';
import { getCallSites } from './call_sites';
import { isDeepEqual } from './deep_equal';
import { parseEnv } from './env';
import { MIMEParams, MIMEType } from './mime';
import { stripVTControlCharacters, styleText } from './style';
import { getSystemErrorMap, getSystemErrorMessage, getSystemErrorName } from './system_errors';
import { types } from './types';
import { AbortController } from '../../web/events';
import { addAbortSteps } from '../../web/events/abort';
import { validateAbortSignal, validateString } from '../validators';
import { codes } from '../errors';

type AnyFunction = (...args: any[]) => any;

function inherits(constructor: Function, superConstructor: Function): void {
  if (typeof constructor !== 'function') throw invalidArgument('ctor', 'of type function', constructor);
  if (superConstructor === undefined || superConstructor === null) throw invalidArgument('superCtor', 'of type function', superConstructor);
  if (superConstructor.prototype === undefined) throw new codes.ERR_INVALID_ARG_TYPE!('superCtor.prototype', 'Object', undefined);
  Object.defineProperty(constructor, 'super_', { value: superConstructor, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype as object, superConstructor.prototype as object);
}

const warned = new Set<string>();

/** The function, which warns in the log at its first call; once for each code. */
function deprecate(original: AnyFunction, message: string, code?: string): AnyFunction {
  if (code !== undefined) validateString(code, 'code');
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
    getCallSites,
    getSystemErrorMap,
    getSystemErrorMessage,
    getSystemErrorName,
    inherits,
    inspect,
    isDeepStrictEqual: (a: unknown, b: unknown, skipPrototype?: boolean) => isDeepEqual(a, b, 'strict', skipPrototype !== true),
    MIMEParams,
    MIMEType,
    parseArgs,
    parseEnv,
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
