// Errors with Node's codes and messages, which programs compare.
//
// `codes` has a constructor for each code that modules here (and readable-stream, whose own table build.mjs
// replaces by this one) throw. The message is a text, or a function of the constructor's arguments.

import { defineHidden } from '../define';
import { inspect } from '../web/console/inspect';

type Base = new (message?: string, options?: { cause?: unknown }) => Error;

/** Adds a code to an error; its stack shows it beside the name, as in Node. */
export function coded<E extends Error>(error: E, code: string): E {
  const { name } = error;
  Object.defineProperty(error, 'code', { value: code, writable: true, configurable: true, enumerable: true });
  defineHidden(error, 'toString', function (this: Error) {
    return `${this.name} [${code}]: ${this.message}`;
  });
  // The engine's stack is a text made at once: its first line gets the code where it has a header.
  const { stack } = error;
  if (typeof stack === 'string' && stack.startsWith(`${name}:`)) defineHidden(error, 'stack', `${name} [${code}]${stack.slice(name.length)}`);
  return error;
}

/** An argument of the wrong type. `expected`: "of type string", "an instance of Buffer or Uint8Array". */
export function invalidArgument(name: string, expected: string, value: unknown): TypeError {
  return coded(new TypeError(`${nameOfArgument(name)} must be ${expected}.${received(value)}`), 'ERR_INVALID_ARG_TYPE');
}

/** An argument of the right type that makes no sense. */
export function invalidValue(name: string, value: unknown, reason = 'is invalid'): TypeError {
  return new codes.ERR_INVALID_ARG_VALUE!(name, value, reason) as TypeError;
}

/** A number out of its range. */
export function outOfRange(name: string, range: string, value: unknown): RangeError {
  return new codes.ERR_OUT_OF_RANGE!(name, range, value) as RangeError;
}

/** The end of a message: what there was instead. */
export function received(value: unknown): string {
  if (value === null || value === undefined) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    const name = value.constructor?.name;
    return name ? ` Received an instance of ${name}` : ` Received ${inspect(value, { depth: -1 })}`;
  }
  const text = inspect(value, { colors: false });
  return ` Received type ${typeof value} (${text.length > 28 ? `${text.slice(0, 25)}...` : text})`;
}

function nameOfArgument(name: string): string {
  if (name.endsWith(' argument')) return `The ${name}`;
  return `The "${name}" ${name.includes('.') ? 'property' : 'argument'}`;
}

/** What `typeof` can say, by the names that messages use. */
const TYPES = new Set(['string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol']);

/** "a", "a or b", "a, b, or c". */
function orList(words: string[]): string {
  if (words.length <= 2) return words.join(' or ');
  return `${words.slice(0, -1).join(', ')}, or ${words.at(-1)}`;
}

function argumentType(name: string, expected: string | string[], value: unknown): string {
  const all = Array.isArray(expected) ? expected : [expected];
  const types: string[] = [];
  const instances: string[] = [];
  const others: string[] = [];
  for (const each of all) {
    if (TYPES.has(each)) types.push(each.toLowerCase());
    else if (/^([A-Z][a-z0-9]*)+$/.test(each)) instances.push(each);
    else others.push(each);
  }
  // "of type object or an instance of X" would say the same twice.
  if (instances.length > 0) {
    const at = types.indexOf('object');
    if (at >= 0) {
      types.splice(at, 1);
      instances.push('Object');
    }
  }
  const parts: string[] = [];
  if (types.length > 0) parts.push(`${types.length > 1 ? 'one of type' : 'of type'} ${orList(types)}`);
  if (instances.length > 0) parts.push(`an instance of ${orList(instances)}`);
  if (others.length > 1) parts.push(`one of ${orList(others)}`);
  else if (others.length === 1) parts.push(`${others[0]!.toLowerCase() === others[0] ? '' : 'an '}${others[0]}`.replace(/^an (?=\W)/, ''));
  return `${nameOfArgument(name)} must be ${parts.join(' or ')}.${received(value)}`;
}

/** 1234567 as 1_234_567. */
function separated(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, '_');
}

function range(name: string, wanted: string, value: unknown, replaceDefault = false): string {
  let shown: string;
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) > 2 ** 32) shown = separated(String(value));
  else if (typeof value === 'bigint') {
    const big = value > 2n ** 32n || value < -(2n ** 32n);
    shown = `${big ? separated(String(value)) : value}n`;
  } else shown = inspect(value);
  const start = replaceDefault ? name : `The value of "${name}" is out of range.`;
  return `${start} It must be ${wanted}. Received ${shown}`;
}

function argumentValue(name: string, value: unknown, reason = 'is invalid'): string {
  const text = inspect(value);
  const what = name.includes('.') ? 'property' : 'argument';
  return `The ${what} '${name}' ${reason}. Received ${text.length > 128 ? `${text.slice(0, 128)}...` : text}`;
}

function missing(...names: (string | string[])[]): string {
  const shown = names.map((name) => (Array.isArray(name) ? name.map((each) => `"${each}"`).join(' or ') : `"${name}"`));
  if (shown.length === 1) return `The ${shown[0]} argument must be specified`;
  if (shown.length === 2) return `The ${shown[0]} and ${shown[1]} arguments must be specified`;
  return `The ${shown.slice(0, -1).join(', ')}, and ${shown.at(-1)} arguments must be specified`;
}

function returned(wanted: string, name: string, value: any): string {
  const named = value !== null && typeof value === 'object' && value.constructor?.name;
  const what = named ? `an instance of ${value.constructor.name}` : value === undefined || value === null ? `${value}` : `type ${typeof value}`;
  return `Expected ${wanted} to be returned from the "${name}" function but got ${what}.`;
}

type Message = string | ((...args: any[]) => string);

const TABLE: Record<string, [Message, Base, ...Base[]]> = {
  ERR_AMBIGUOUS_ARGUMENT: [(name, reason) => `The "${name}" argument is ambiguous. ${reason}`, TypeError],
  ERR_ARG_NOT_ITERABLE: [(name) => `${name} must be iterable`, TypeError],
  ERR_ASYNC_CALLBACK: [(name) => `${name} must be a function`, TypeError],
  ERR_ASYNC_TYPE: [(name) => `Invalid name for async "type": ${name}`, TypeError],
  ERR_BROTLI_INVALID_PARAM: [(name) => `${name} is not a valid Brotli parameter`, RangeError],
  ERR_BUFFER_OUT_OF_BOUNDS: [(name) => (name ? `"${name}" is outside of buffer bounds` : 'Attempt to access memory outside buffer bounds'), RangeError],
  ERR_BUFFER_TOO_LARGE: [(max) => `Cannot create a Buffer larger than ${max} bytes`, RangeError],
  ERR_CONSOLE_WRITABLE_STREAM: [(name) => `Console expects a writable stream instance for ${name}`, TypeError],
  ERR_CONTEXT_NOT_INITIALIZED: ['context used is not initialized', Error],
  ERR_DIR_CLOSED: ['Directory handle was closed', Error],
  ERR_DIR_CONCURRENT_OPERATION: ['Cannot do synchronous work on directory handle with concurrent asynchronous operations', Error],
  ERR_CONSTRUCT_CALL_REQUIRED: [(name) => `Class constructor ${name} cannot be invoked without \`new\``, TypeError],
  ERR_EVENT_RECURSION: [(name) => `The event "${name}" is already being dispatched`, Error],
  ERR_FALSY_VALUE_REJECTION: ['Promise was rejected with falsy value', Error],
  ERR_FS_FILE_TOO_LARGE: [(size) => `File size (${size}) is greater than 2 GiB`, RangeError],
  ERR_HTTP_BODY_NOT_ALLOWED: ['Adding content for this request method or response status is not allowed.', Error],
  ERR_HTTP_CONTENT_LENGTH_MISMATCH: [(written, wanted) => `Response body's content-length of ${written} byte(s) does not match the content-length of ${wanted} byte(s) set in header`, Error],
  ERR_HTTP_HEADERS_SENT: [(what) => `Cannot ${what} headers after they are sent to the client`, Error],
  ERR_HTTP_INVALID_HEADER_VALUE: [(value, name) => `Invalid value "${value}" for header "${name}"`, TypeError],
  ERR_HTTP_INVALID_STATUS_CODE: [(code) => `Invalid status code: ${code}`, RangeError],
  ERR_HTTP_SOCKET_ASSIGNED: ['ServerResponse has an already assigned socket', Error],
  ERR_HTTP_TRAILER_INVALID: ['Trailers are invalid with this transfer encoding', Error],
  ERR_ILLEGAL_CONSTRUCTOR: ['Illegal constructor', TypeError],
  ERR_INVALID_ADDRESS_FAMILY: [(family, host, port) => `Invalid address family: ${family} ${host}:${port}`, RangeError],
  ERR_INVALID_ARG_TYPE: [argumentType, TypeError],
  ERR_INVALID_ARG_VALUE: [argumentValue, TypeError, RangeError],
  ERR_INVALID_ASYNC_ID: [(type, id) => `Invalid ${type} value: ${id}`, RangeError],
  ERR_INVALID_BUFFER_SIZE: [(size) => `Buffer size must be a multiple of ${size}`, RangeError],
  ERR_INVALID_CHAR: [(name, field) => `Invalid character in ${name}${field === undefined ? '' : ` ["${field}"]`}`, TypeError],
  ERR_INVALID_CURSOR_POS: ['Cannot set cursor row without setting its column', TypeError],
  ERR_INVALID_FILE_URL_HOST: [(platform) => `File URL host must be "localhost" or empty on ${platform}`, TypeError],
  ERR_INVALID_FILE_URL_PATH: [(why) => `File URL path ${why}`, TypeError],
  ERR_INVALID_HTTP_TOKEN: [(name, field) => `${name} must be a valid HTTP token ["${field}"]`, TypeError],
  ERR_INVALID_MIME_SYNTAX: [
    (production, text, at) => `The MIME syntax for a ${production} in ${JSON.stringify(text)} is invalid${at === -1 ? '' : ` at ${at}`}`,
    TypeError,
  ],
  ERR_INVALID_OBJECT_DEFINE_PROPERTY: ['%s', TypeError],
  ERR_INVALID_PROTOCOL: [(protocol, expected) => `Protocol "${protocol}" not supported. Expected "${expected}"`, TypeError],
  ERR_INVALID_RETURN_VALUE: [returned, TypeError],
  ERR_INVALID_STATE: [(what) => `Invalid state: ${what}`, Error, TypeError, RangeError],
  ERR_INVALID_THIS: [(type) => `Value of "this" must be of type ${type}`, TypeError],
  ERR_INVALID_TUPLE: [(name, tuple) => `${name} must be an iterable ${tuple} tuple`, TypeError],
  ERR_INVALID_URI: ['URI malformed', URIError],
  ERR_INVALID_URL: ['Invalid URL', TypeError],
  ERR_INVALID_URL_SCHEME: [(scheme) => `The URL must be of scheme ${scheme}`, TypeError],
  ERR_METHOD_NOT_IMPLEMENTED: [(name) => `The ${name} method is not implemented`, Error],
  ERR_MISSING_ARGS: [missing, TypeError],
  ERR_MULTIPLE_CALLBACK: ['Callback called multiple times', Error],
  ERR_NOT_BUILDING_SNAPSHOT: ['Operation cannot be invoked when not building startup snapshot', Error],
  ERR_OPERATION_FAILED: [(why) => `Operation failed: ${why}`, Error, TypeError],
  ERR_OUT_OF_RANGE: [range, RangeError],
  ERR_PARSE_ARGS_INVALID_OPTION_VALUE: ['%s', TypeError],
  ERR_PERFORMANCE_INVALID_TIMESTAMP: [(time) => `${time} is not a valid timestamp`, TypeError],
  ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS: ['%s', TypeError],
  ERR_SCRIPT_EXECUTION_TIMEOUT: [(ms) => `Script execution timed out after ${ms}ms`, Error],
  ERR_SOCKET_BAD_PORT: [
    (name, port, zero = true) => `${name} should be ${zero ? '>=' : '>'} 0 and < 65536.${received(port)}.`,
    RangeError,
  ],
  ERR_STREAM_ALREADY_FINISHED: [(call) => `Cannot call ${call} after a stream was finished`, Error],
  ERR_STREAM_CANNOT_PIPE: ['Cannot pipe, not readable', Error],
  ERR_STREAM_DESTROYED: [(call) => `Cannot call ${call} after a stream was destroyed`, Error],
  ERR_STREAM_NULL_VALUES: ['May not write null values to stream', TypeError],
  ERR_STREAM_PREMATURE_CLOSE: ['Premature close', Error],
  ERR_STREAM_PUSH_AFTER_EOF: ['stream.push() after EOF', Error],
  ERR_STREAM_UNABLE_TO_PIPE: ['Cannot pipe to a closed or destroyed stream', Error],
  ERR_STREAM_UNSHIFT_AFTER_END_EVENT: ['stream.unshift() after end event', Error],
  ERR_STREAM_WRAP: ['Stream has StringDecoder set or is in objectMode', Error],
  ERR_STREAM_WRITE_AFTER_END: ['write after end', Error],
  ERR_SYSTEM_ERROR: [(what) => `A system error occurred: ${what}`, Error],
  ERR_UNAVAILABLE_DURING_EXIT: ['Cannot call function in process exit handler', Error],
  ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET: [
    '`process.setupUncaughtExceptionCapture()` was called while a capture callback was already active',
    Error,
  ],
  ERR_UNESCAPED_CHARACTERS: [(name) => `${name} contains unescaped characters`, TypeError],
  ERR_UNHANDLED_ERROR: [(shown) => (shown === undefined ? 'Unhandled error.' : `Unhandled error. (${shown})`), Error],
  ERR_UNKNOWN_ENCODING: [(encoding) => `Unknown encoding: ${encoding}`, TypeError],
  ERR_UNKNOWN_SIGNAL: [(signal) => `Unknown signal: ${signal}`, TypeError],
  ERR_USE_AFTER_CLOSE: [(name) => `${name} was closed`, Error],
};

interface CodedError extends Error {
  code: string;
}

/** Constructs, with or without `new`, the error of a code from the parts of its message. */
export interface CodedConstructor {
  new (...args: any[]): CodedError;
  (...args: any[]): CodedError;
  TypeError: CodedConstructor;
  RangeError: CodedConstructor;
}

function constructorOf(code: string, message: Message, Class: Base): CodedConstructor {
  const make = function (...args: any[]): Error {
    const text = typeof message === 'function' ? message(...args) : message.replace('%s', () => String(args[0]));
    return coded(new Class(text), code);
  };
  return Object.assign(make, { HideStackFramesError: make }) as unknown as CodedConstructor;
}

export const codes: Record<string, CodedConstructor> = {};
for (const [code, [message, first, ...others]] of Object.entries(TABLE)) {
  const constructor = constructorOf(code, message, first);
  for (const Other of others) Object.defineProperty(constructor, Other.name, { value: constructorOf(code, message, Other) });
  codes[code] = constructor;
}

/** What an operation is rejected with that its signal ended. */
export class AbortError extends Error {
  readonly code = 'ABORT_ERR';

  constructor(message = 'The operation was aborted', options?: { cause?: unknown }) {
    if (options !== undefined && typeof options !== 'object') throw new codes.ERR_INVALID_ARG_TYPE!('options', 'Object', options);
    super(message, options);
    this.name = 'AbortError';
  }
}

/** The error of an operation that its signal aborted. */
export function abortError(signal: { reason: unknown }): AbortError {
  return new AbortError(undefined, { cause: signal.reason });
}

/** One error of two that happened in a row; the first one's message and code lead. */
export function aggregateTwoErrors(inner?: any, outer?: any): any {
  if (!inner || !outer || inner === outer) return inner || outer;
  if (Array.isArray(outer.errors)) {
    outer.errors.push(inner);
    return outer;
  }
  const error = new AggregateError([outer, inner], outer.message);
  return Object.assign(error, { code: outer.code });
}

/** For modules written for Node: frames of the engine's stack cannot be hidden. */
export function hideStackFrames<F extends (...args: any[]) => any>(fn: F): F {
  return Object.assign(fn, { withoutStackTrace: fn });
}
