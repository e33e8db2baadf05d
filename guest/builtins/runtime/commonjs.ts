// CommonJS: `require`, `module`, their cache and cycles. What programs and packages put in the place of Node's own functions
// (Module._load, Module._resolveFilename, Module._extensions, module._compile) is called in their place here as well.

import { ModuleFormat } from '../abi';
import { native } from '../native';
import { builtinExports, hasBuiltin, isNodeName, needsPrefix } from './builtin_modules';
import { warnedExports, withoutWarning } from './cycles';
import { fileOrFolder, moduleAt, packageFolders, readModule, REQUIRE_CONDITIONS, resolveOnDisk, statOf, type Package, type Search } from './disk';
import { AS_REQUIRED, notFound, REQUIRED, resolveInProgram, takeSource } from './modules';
import { folderOf, normal } from './paths';
import { program, type ModuleEntry } from './program';
import { warn } from './warning';

export interface Require {
  (specifier: string): unknown;
  resolve: { (specifier: string, options?: unknown): string; paths(specifier: string): string[] | null };
  cache: Record<string, Module>;
  main: Module | undefined;
  extensions: Record<string, Extension>;
}

type Extension = (module: Module, filename: string) => void;

type Wrapper = (
  this: unknown,
  exports: unknown,
  require: Require,
  module: Module,
  __filename: string,
  __dirname: string,
) => unknown;

/** `module` inside a CommonJS module. */
export class Module {
  id: string;
  path: string;
  exports: unknown = {};
  filename: string | null = null;
  loaded = false;
  children: Module[] = [];
  paths: string[] = [];
  declare parent: Module | null | undefined;

  static _cache: Record<string, Module> = Object.create(null);
  static _pathCache: Record<string, string> = Object.create(null);
  static _extensions: Record<string, Extension> = Object.create(null);
  static globalPaths: string[] = [];
  static wrapper = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'];
  static wrap(script: string): string {
    return `${Module.wrapper[0]}${script}${Module.wrapper[1]}`;
  }

  constructor(id = '', parent?: Module | null) {
    this.id = id;
    this.path = folderOf(id);
    Object.defineProperty(this, 'parent', { value: parent, writable: true, configurable: true, enumerable: false });
    if (parent !== undefined && parent !== null && !parent.children.includes(this)) parent.children.push(this);
  }

  require(specifier: string): unknown {
    checkSpecifier(specifier);
    return Module._load(specifier, this, false);
  }

  load(filename: string): void {
    this.filename ??= filename;
    this.paths = Module._nodeModulePaths(folderOf(filename));
    Module._extensions[extensionOf(filename)]!(this, filename);
    this.loaded = true;
  }

  /** Runs a text as this module's. */
  _compile(content: string, filename: string): unknown {
    return runWrapper(compile(`${content}`, filename), this, filename);
  }

  static _load(request: string, parent: Module | undefined | null, isMain = false): unknown {
    if (request.startsWith('node:')) {
      // Throws when there is none.
      return builtinExports(Module._resolveFilename(request, parent));
    }
    const filename = Module._resolveFilename(request, parent, isMain);
    const cached = Module._cache[filename];
    if (cached !== undefined) {
      if (parent && !parent.children?.includes(cached)) parent.children?.push(cached);
      return cached.loaded === false ? inCycle(cached) : cached.exports;
    }
    if (hasBuiltin(filename)) return builtinExports(filename);
    const module = new Module(filename, parent);
    if (isMain) {
      main = module;
      module.id = '.';
    }
    Module._cache[filename] = module;
    let complete = false;
    try {
      module.load(filename);
      complete = true;
    } finally {
      // A module that threw runs again when it is required again.
      if (complete) withoutWarning(module.exports);
      else {
        delete Module._cache[filename];
        if (parent) parent.children = parent.children?.filter((child) => child !== module);
      }
    }
    return module.exports;
  }

  static _resolveFilename(request: string, parent: Module | undefined | null, _isMain = false, options?: { paths?: unknown }): string {
    if (isBuiltinName(request)) return request;
    const base = parent?.filename ?? (parent?.paths !== undefined && parent?.id ? parent.id : program.entry);
    let found: string | undefined;
    if (options !== undefined && options !== null && typeof options === 'object' && options.paths !== undefined) {
      found = resolveFromPaths(request, options.paths);
    } else {
      found = resolveInProgram(base, request, REQUIRED) ?? resolveOnDisk(base, request, search());
    }
    if (found !== undefined) return found;
    throw notFound('MODULE_NOT_FOUND', request, base);
  }

  /** The file of a request in one of these folders, or false. */
  static _findPath(request: string, paths: string[] | null): string | false {
    const folders = request.startsWith('/') ? [''] : (paths ?? []);
    for (const folder of folders) {
      const found = fileOrFolder(folder === '' ? request : `${folder}/${request}`, search());
      if (found !== undefined) return found;
    }
    return false;
  }

  static _nodeModulePaths(from: string): string[] {
    return packageFolders(from);
  }

  static _resolveLookupPaths(request: string, parent?: Module | null): string[] | null {
    if (isBuiltinName(request)) return null;
    if (!/^\.\.?(?:\/|$)/.test(request)) return [...(parent?.paths ?? []), ...Module.globalPaths];
    return parent?.filename ? [folderOf(parent.filename)] : ['.'];
  }

  /** NODE_PATH, from the program's own environment. */
  static _initPaths(): void {
    const { env } = (globalThis as unknown as { process: { env: Record<string, string | undefined> } }).process;
    const { HOME, NODE_PATH } = env;
    const own = HOME === undefined ? [] : [`${HOME}/.node_modules`, `${HOME}/.node_libraries`];
    Module.globalPaths = [...(NODE_PATH ?? '').split(':').filter((path) => path !== ''), ...own];
  }

  static _preloadModules(): void {}
  static _stat(path: string): number {
    return statOf(`${path}`);
  }
  static runMain(): void {}
}

// The bundler calls the class `_Module`, as it mentions itself.
Object.defineProperty(Module, 'name', { value: 'Module', configurable: true });

let main: Module | undefined;

/** Compiled wrappers stay, so that a module which a program deletes from `require.cache` can run again. */
const wrappers = new Map<string, Wrapper>();

/** Runs the entry as the main module. What it exports, or the value of a script. */
export function runMain(entry: ModuleEntry): unknown {
  if (entry.format === ModuleFormat.Script) return runScript(entry);
  return Module._load(entry.path, null, true);
}

/** As `node --print` does it: at global level, where the names of a CommonJS module are globals. */
function runScript(entry: ModuleEntry): unknown {
  const filename = entry.path;
  const module = new Module(filename, null);
  module.filename = filename;
  module.paths = packageFolders(folderOf(filename));
  module.id = '.';
  main = module;
  Module._cache[filename] = module;
  const globals = {
    exports: module.exports,
    require: makeRequire(filename, module),
    module,
    __filename: filename,
    __dirname: module.path,
    input: program.input === null ? undefined : JSON.parse(program.input),
  };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
  const value = native.evaluate(withoutHashbang(takeSource(entry)), filename);
  module.loaded = true;
  return value;
}

/** What `require` of this module gives; runs it when it has not run yet. */
export function requirePath(entry: ModuleEntry): unknown {
  return Module._load(entry.path, undefined, false);
}

/** The `require` of a module at `filename`. */
export function makeRequire(filename: string, given?: Module): Require {
  const module = given ?? new Module(filename);
  if (given === undefined) {
    module.filename = filename;
    module.paths = packageFolders(folderOf(filename));
  }
  const require = ((specifier: string) => module.require(specifier)) as Require;
  const resolve = (specifier: string, options?: unknown): string => {
    if (typeof specifier !== 'string') throw invalidType('request', 'string', specifier);
    return Module._resolveFilename(specifier, module, false, options as { paths?: unknown });
  };
  const paths = (specifier: string): string[] | null => {
    if (typeof specifier !== 'string') throw invalidType('request', 'string', specifier);
    return Module._resolveLookupPaths(specifier, module);
  };
  const properties = { resolve: Object.assign(resolve, { paths }), cache: Module._cache, main, extensions: Module._extensions };
  // Defined and not assigned: Object.prototype may have a setter of the same name.
  for (const [key, value] of Object.entries(properties)) {
    Object.defineProperty(require, key, { __proto__: null, value, writable: true, configurable: true, enumerable: true } as PropertyDescriptor);
  }
  return require;
}

function invalidType(name: string, type: string, value: unknown): TypeError {
  const received = value === null || value === undefined ? `${value}` : typeof value === 'object' ? `an instance of ${value.constructor?.name}` : `type ${typeof value}`;
  return Object.assign(new TypeError(`The "${name}" argument must be of type ${type}. Received ${received}`), { code: 'ERR_INVALID_ARG_TYPE' });
}

function checkSpecifier(specifier: unknown): void {
  if (typeof specifier !== 'string') throw invalidType('id', 'string', specifier);
  if (specifier === '') {
    throw Object.assign(new TypeError("The argument 'id' must be a non-empty string. Received ''"), { code: 'ERR_INVALID_ARG_VALUE' });
  }
}

/** The names that mean a module of Node's own: with its prefix, or where there is one without. */
function isBuiltinName(request: string): boolean {
  return isNodeName(request) && hasBuiltin(request) && (request.startsWith('node:') || !needsPrefix(request));
}

function search(): Search {
  return { extensions: Object.keys(Module._extensions), conditions: REQUIRE_CONDITIONS, more: Module.globalPaths, onBadMain };
}

function onBadMain(pkg: Package, field: string): void {
  warn(`Invalid 'main' field in '${pkg.file}' of '${field}'. Please either fix that or report it to the module author`, 'DeprecationWarning', 'DEP0128');
}

function resolveFromPaths(request: string, paths: unknown): string | undefined {
  if (!Array.isArray(paths)) {
    throw Object.assign(new TypeError(`The property 'options.paths' is invalid. Received ${String(paths)}`), { code: 'ERR_INVALID_ARG_VALUE' });
  }
  for (const path of paths as unknown[]) {
    if (typeof path !== 'string') throw invalidType('paths', 'string', path);
    const base = `${normal(path)}/x`;
    const found = resolveInProgram(base, request, REQUIRED) ?? resolveOnDisk(base, request, search());
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The longest ending that there is a way to load; `.js` for all others. A leading dot begins a name. */
function extensionOf(filename: string): string {
  const name = filename.slice(filename.lastIndexOf('/') + 1);
  for (let at = name.indexOf('.', 1); at >= 0; at = name.indexOf('.', at + 1)) {
    const extension = name.slice(at);
    if (Module._extensions[extension] !== undefined) return extension;
  }
  return '.js';
}

/** CommonJS in a cycle sees what is there so far; an ES module has nothing to show before its end. */
function inCycle(module: Module): unknown {
  const entry = program.modules.get(module.filename ?? module.id);
  if (entry?.format === ModuleFormat.Esm) return namespaceOf(entry);
  return warnedExports(module.exports);
}

function evaluate(module: Module, filename: string): void {
  const entry = moduleAt(filename) ?? readModule(filename);
  switch (entry.format) {
    case ModuleFormat.CommonJs: {
      if (!program.modules.has(filename) || module._compile !== Module.prototype._compile) {
        module._compile(withoutHashbang(takeSource(entry)), filename);
        break;
      }
      let wrapper = wrappers.get(filename);
      if (wrapper === undefined) {
        wrapper = compile(withoutHashbang(takeSource(entry)), filename);
        wrappers.set(filename, wrapper);
      }
      runWrapper(wrapper, module, filename);
      break;
    }
    case ModuleFormat.Esm:
      module.exports = namespaceOf(entry);
      break;
    case ModuleFormat.Json:
      module.exports = parseJson(entry);
      break;
    default:
      module.exports = entry.source;
  }
}

Module._extensions['.js'] = evaluate;
Module._extensions['.json'] = function (module, filename) {
  evaluate(module, filename);
};
Module._extensions['.node'] = function (_module, filename) {
  throw Object.assign(new Error(`${filename} is a native addon, which cannot run in a sandbox`), { code: 'ERR_DLOPEN_FAILED' });
};

function runWrapper(wrapper: Wrapper, module: Module, filename: string): unknown {
  const require = makeRequire(filename, module);
  // `exports` may have become a property without a setter, so nothing is assigned to it afterwards.
  return wrapper.call(module.exports, module.exports, require, module, filename, folderOf(filename));
}

function compile(source: string, filename: string): Wrapper {
  return native.compileFunction(source, filename, ['exports', 'require', 'module', '__filename', '__dirname']) as Wrapper;
}

/** A first line `#!…` is no JavaScript inside of a function; as a comment it keeps the positions. */
function withoutHashbang(source: string): string {
  return source.startsWith('#!') ? `//${source.slice(2)}` : source;
}

function namespaceOf(entry: ModuleEntry): unknown {
  const [state, value, promise] = native.requireModule(entry.path);
  if (state === 1) {
    // As in Node: a module may say by this name what require() gives.
    const whole = Object.getOwnPropertyDescriptor(value as object, 'module.exports');
    if (whole !== undefined) return whole.value;
    const names = value as object;
    if (!Object.hasOwn(names, 'default') || Object.hasOwn(names, '__esModule')) return value;
    return native.requireModule(entry.path + AS_REQUIRED)[1];
  }
  // The error is thrown here, so the module's promise is not unhandled besides.
  promise?.catch(() => {});
  if (state === 2) throw value;
  const why = promise === undefined ? 'it is being evaluated already: there is a cycle between require() and import' : 'it uses top-level await';
  const error = new Error(`require() cannot load the ES module ${entry.path}: ${why}; use import() instead`);
  throw Object.assign(error, { code: promise === undefined ? 'ERR_REQUIRE_CYCLE_MODULE' : 'ERR_REQUIRE_ASYNC_MODULE' });
}

function parseJson(entry: ModuleEntry): unknown {
  const text = entry.source as string;
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    if (error instanceof Error) error.message = `${entry.path}: ${error.message}`;
    throw error;
  }
}
