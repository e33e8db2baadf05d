// node:vm: scripts in this program's global scope, or in one of their own. A context is a second set of globals
// in the same instance: it separates names, not trust; what bounds a program is the instance.

import { digest } from '../../crypto/host';
import { native } from '../../native';
import { registerBuiltin } from '../../runtime/builtin_modules';
import { scripts } from '../../runtime/modules';
import { showStacks } from '../../web/events/stack';
import { Buffer } from '../buffer';
import { coded, codes } from '../errors';
import { validateArray, validateBoolean, validateInt32, validateObject, validateOneOf, validateString, validateStringArray, validateUint32 } from '../validators';

interface ScriptOptions {
  filename?: string;
  lineOffset?: number;
  columnOffset?: number;
}

/** The engine's context of each object that was made one. */
const contexts = new WeakMap<object, object>();
/** The proxies that are the global objects of contexts: `this` of a script that runs there. */
const globals = new WeakSet<object>();

function contextOf(value: unknown): object {
  validateObject(value, 'contextifiedObject', { allowArray: true, allowFunction: true, nullable: false });
  const context = contexts.get(value);
  if (context === undefined) throw new codes.ERR_INVALID_ARG_TYPE!('contextifiedObject', 'vm.Context', value);
  return context;
}

function newContext(ownJobs: boolean): ReturnType<typeof native.newContext> {
  const pair = native.newContext(ownJobs);
  showStacks(pair[1].Error as Parameters<typeof showStacks>[0]);
  return pair;
}

function contextify(sandbox: object, ownJobs: boolean): void {
  const [handle, real] = newContext(ownJobs);
  // What is final in the object must be so in the proxy's target as well.
  for (const key of native.proxyDetails(sandbox) === undefined ? Reflect.ownKeys(sandbox) : []) {
    const own = Reflect.getOwnPropertyDescriptor(sandbox, key);
    if (own !== undefined && own.configurable === false) Reflect.defineProperty(real, key, own);
  }
  // Names are looked for in the object first, then among the context's own built-ins; they are written to the object.
  const proxy: object = new Proxy(real, {
    get: (_target, key, receiver) => {
      if (!Reflect.has(sandbox, key)) return Reflect.get(real, key);
      const value = Reflect.get(sandbox, key, receiver === proxy ? sandbox : receiver) as unknown;
      // Inside, the object is the global object, whatever leads to it; a final property must give what it has.
      return value === sandbox && Reflect.getOwnPropertyDescriptor(real, key)?.configurable !== false ? proxy : value;
    },
    // As in Node, what the object inherits is read but is not there.
    has: (_target, key) => Object.hasOwn(sandbox, key) || Reflect.has(real, key),
    set(_target, key, value) {
      const own = Reflect.getOwnPropertyDescriptor(sandbox, key);
      if (own === undefined && Reflect.getOwnPropertyDescriptor(real, key)?.writable === false) return false;
      return Reflect.set(sandbox, key, value);
    },
    deleteProperty: (_target, key) => Reflect.deleteProperty(sandbox, key) && (Reflect.deleteProperty(real, key) || key in sandbox),
    defineProperty(_target, key, descriptor) {
      const defined = Reflect.defineProperty(sandbox, key, descriptor);
      if (defined && descriptor.configurable === false) Reflect.defineProperty(real, key, descriptor);
      return defined;
    },
    getOwnPropertyDescriptor(_target, key) {
      const own = Reflect.getOwnPropertyDescriptor(sandbox, key);
      const inner = Reflect.getOwnPropertyDescriptor(real, key);
      if (own === undefined) return inner;
      // A proxy may only call a property final that its target has as well.
      return inner?.configurable === false ? inner : { ...own, configurable: true };
    },
    ownKeys() {
      const own = new Set(Reflect.ownKeys(sandbox));
      return [...Reflect.ownKeys(real).filter((key) => !own.has(key) && !Reflect.getOwnPropertyDescriptor(real, key)!.enumerable), ...own];
    },
  });
  native.setContextGlobal(handle, proxy);
  contexts.set(sandbox, handle);
  contexts.set(proxy, handle);
  globals.add(proxy);
}

/** A context whose global object is an ordinary one. */
function plainContext(ownJobs: boolean): object {
  const [handle, real] = newContext(ownJobs);
  for (const key of Object.keys(real)) {
    const own = Reflect.getOwnPropertyDescriptor(real, key)!;
    if (own.configurable) Reflect.defineProperty(real, key, { ...own, enumerable: false });
  }
  contexts.set(real, handle);
  return real;
}

const DONT_CONTEXTIFY = Symbol('vm_context_no_contextify');
const USE_MAIN_CONTEXT_DEFAULT_LOADER = Symbol('vm_dynamic_import_main_context_default');

let contextsMade = 0;

function createContext(sandbox: any = {}, options: any = {}): object {
  const object = sandbox === DONT_CONTEXTIFY ? {} : sandbox;
  validateObject(object, 'contextObject', { allowArray: true, allowFunction: true });
  if (contexts.has(object)) return object;
  validateObject(options, 'options');
  contextsMade++;
  const { name = `VM Context ${contextsMade}`, origin, codeGeneration, microtaskMode } = options;
  validateString(name, 'options.name');
  if (origin !== undefined) validateString(origin, 'options.origin');
  if (codeGeneration !== undefined) {
    validateObject(codeGeneration, 'options.codeGeneration');
    const { strings = true, wasm = true } = codeGeneration;
    validateBoolean(strings, 'options.codeGeneration.strings');
    validateBoolean(wasm, 'options.codeGeneration.wasm');
  }
  if (microtaskMode !== undefined) validateOneOf(microtaskMode, 'options.microtaskMode', ['afterEvaluate', undefined]);
  const ownJobs = microtaskMode === 'afterEvaluate';
  if (sandbox === DONT_CONTEXTIFY) return plainContext(ownJobs);
  contextify(object, ownJobs);
  return object;
}

function isContext(value: unknown): boolean {
  validateObject(value, 'object', { allowArray: true, allowFunction: true });
  return contexts.has(value) && !globals.has(value);
}

/** How often the engine polls in a millisecond, about: each time after ten thousand loops and calls. The clock stands still
 *  while a script runs, so its time is counted in its own steps. */
const pollsPerMs = 4;

function timeoutOf(options: unknown): number | undefined {
  validateObject(options, 'options');
  const { timeout, displayErrors = true, breakOnSigint = false } = options as Record<string, unknown>;
  if (timeout !== undefined) validateUint32(timeout, 'options.timeout', true);
  validateBoolean(displayErrors, 'options.displayErrors');
  validateBoolean(breakOnSigint, 'options.breakOnSigint');
  return timeout as number | undefined;
}

function run(context: object | null, source: string, file: string, line: number, timeout: number | undefined): unknown {
  if (timeout === undefined) return native.runScript(context, source, file, line, false);
  const limits: [number] = [Math.ceil(timeout * pollsPerMs)];
  try {
    return native.runScript(context, source, file, line, false, limits);
  } catch (error) {
    if (limits[0] === -2) throw new codes.ERR_SCRIPT_EXECUTION_TIMEOUT!(timeout);
    throw error;
  }
}

export class Script {
  #source: string;
  #file: string;
  #line: number;
  cachedDataRejected: boolean | undefined;
  sourceMapURL: string | undefined;

  constructor(code: unknown, options: ScriptOptions | string = {}) {
    const source = `${code as string}`;
    const given: any = typeof options === 'string' ? { filename: options } : options;
    validateObject(given, 'options');
    const { filename = 'evalmachine.<anonymous>', lineOffset = 0, columnOffset = 0, cachedData, produceCachedData = false, importModuleDynamically } = given;
    validateString(filename, 'options.filename');
    validateInt32(lineOffset, 'options.lineOffset');
    validateInt32(columnOffset, 'options.columnOffset');
    if (cachedData !== undefined && !ArrayBuffer.isView(cachedData)) {
      throw new codes.ERR_INVALID_ARG_TYPE!('options.cachedData', ['Buffer', 'TypedArray', 'DataView'], cachedData);
    }
    validateBoolean(produceCachedData, 'options.produceCachedData');
    this.#source = source;
    this.#file = filename;
    this.#line = lineOffset + 1;
    if (cachedData !== undefined) {
      const data = Buffer.from(cachedData.buffer, cachedData.byteOffset, cachedData.byteLength);
      this.cachedDataRejected = !data.equals(this.createCachedData());
    }
    noteScript(filename, importModuleDynamically);
    this.sourceMapURL = /\/\/[#@] sourceMappingURL=(\S+)\s*$/.exec(source)?.[1];
    native.runScript(null, source, filename, this.#line, true);
  }

  runInThisContext(options: unknown = {}): unknown {
    return run(null, this.#source, this.#file, this.#line, timeoutOf(options));
  }
  runInContext(contextified: unknown, options: unknown = {}): unknown {
    const context = contextOf(contextified);
    return run(context, this.#source, this.#file, this.#line, timeoutOf(options));
  }
  runInNewContext(sandbox?: unknown, options: unknown = {}): unknown {
    if (typeof (this as { runInContext?: unknown }).runInContext !== 'function') throw new TypeError('this.runInContext is not a function');
    return this.runInContext(createContext(sandbox, contextOptions(options)), options);
  }
  /** Compiled code is neither given to programs nor taken from them: this tells for which source it would be, and no more. */
  createCachedData(): Buffer {
    return Buffer.from(digest('SHA-256', new Uint8Array(native.utf8Encode(this.#source))));
  }
}

/** What `import()` in a script of this name does. */
function noteScript(filename: string, importModuleDynamically: unknown): void {
  if (importModuleDynamically !== undefined && typeof importModuleDynamically !== 'function' && importModuleDynamically !== USE_MAIN_CONTEXT_DEFAULT_LOADER) {
    throw new codes.ERR_INVALID_ARG_TYPE!('options.importModuleDynamically', 'function', importModuleDynamically);
  }
  if (importModuleDynamically === USE_MAIN_CONTEXT_DEFAULT_LOADER) scripts.delete(filename);
  else if (scripts.size < scriptsMax || scripts.has(filename)) scripts.set(filename, importModuleDynamically !== undefined);
}

/** Names of scripts that are remembered. */
const scriptsMax = 1000;

function contextOptions(options: any): object {
  if (typeof options !== 'object' || options === null) return {};
  const { contextName, contextOrigin, contextCodeGeneration, microtaskMode } = options;
  if (contextName !== undefined) validateString(contextName, 'options.contextName');
  if (contextOrigin !== undefined) validateString(contextOrigin, 'options.contextOrigin');
  if (contextCodeGeneration !== undefined) {
    validateObject(contextCodeGeneration, 'options.contextCodeGeneration');
    const { strings, wasm } = contextCodeGeneration;
    if (strings !== undefined) validateBoolean(strings, 'options.contextCodeGeneration.strings');
    if (wasm !== undefined) validateBoolean(wasm, 'options.contextCodeGeneration.wasm');
  }
  return { name: contextName, origin: contextOrigin, codeGeneration: contextCodeGeneration, microtaskMode };
}

function named(options: any): any {
  return typeof options === 'string' ? { filename: options } : options;
}

function runInContext(code: unknown, contextified: unknown, options: unknown = {}): unknown {
  validateString(code, 'code');
  contextOf(contextified);
  return new Script(code, named(options)).runInContext(contextified, named(options));
}

function runInNewContext(code: unknown, sandbox?: unknown, options: unknown = {}): unknown {
  validateString(code, 'code');
  return new Script(code, named(options)).runInNewContext(sandbox, named(options));
}

function runInThisContext(code: unknown, options: unknown = {}): unknown {
  validateString(code, 'code');
  return new Script(code, named(options)).runInThisContext(named(options));
}

function compileFunction(code: unknown, params?: unknown, options: any = {}): Function {
  validateString(code, 'code');
  if (params !== undefined) {
    validateArray(params, 'params');
    validateStringArray(params, 'params');
  }
  validateObject(options, 'options');
  const { filename = '', columnOffset = 0, lineOffset = 0, cachedData, produceCachedData = false, parsingContext, contextExtensions = [], importModuleDynamically } = options;
  validateString(filename, 'options.filename');
  noteScript(filename || 'evalmachine.<anonymous>', importModuleDynamically);
  validateInt32(columnOffset, 'options.columnOffset');
  validateInt32(lineOffset, 'options.lineOffset');
  if (cachedData !== undefined && !ArrayBuffer.isView(cachedData)) {
    throw new codes.ERR_INVALID_ARG_TYPE!('options.cachedData', ['Buffer', 'TypedArray', 'DataView'], cachedData);
  }
  validateBoolean(produceCachedData, 'options.produceCachedData');
  if (parsingContext !== undefined && (typeof parsingContext !== 'object' || parsingContext === null || !contexts.has(parsingContext))) {
    throw new codes.ERR_INVALID_ARG_TYPE!('options.parsingContext', 'Context', parsingContext);
  }
  validateArray(contextExtensions, 'options.contextExtensions');
  contextExtensions.forEach((extension, at) => validateObject(extension, `options.contextExtensions[${at}]`, { nullable: true }));
  const names = (params ?? []) as string[];
  // The body alone must be one: `}); …; (function() {` is not.
  native.compileFunction(code, filename, names);
  const head = contextExtensions.map((_each: object, at: number) => `with (extensions[${at}]) `).join('');
  const text = `(function (extensions) { ${head}{ return function (${names.join(', ')}) {\n${code}\n}; } })`;
  const make = native.runScript(parsingContext === undefined ? null : contextOf(parsingContext), text, filename || 'evalmachine.<anonymous>', lineOffset, false) as (
    extensions: object[],
  ) => Function;
  return make(contextExtensions as object[]);
}

function createScript(code: string, options: ScriptOptions): Script {
  return new Script(code, options);
}

function measureMemory(): never {
  throw coded(new Error('vm.measureMemory() does not exist in holm; process.memoryUsage() does'), 'ERR_HOLM_UNSUPPORTED');
}

registerBuiltin('vm', () => ({
  Script,
  compileFunction,
  constants: Object.freeze({ __proto__: null, USE_MAIN_CONTEXT_DEFAULT_LOADER, DONT_CONTEXTIFY }),
  createContext,
  createScript,
  isContext,
  measureMemory,
  runInContext,
  runInNewContext,
  runInThisContext,
}));
