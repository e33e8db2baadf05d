// CommonJS: `require`, `module`, their cache and cycles, on the closed graph of the program.

import { ModuleFormat } from '../abi';
import { native } from '../native';
import { builtinExports } from './builtin_modules';
import { folderOf, notFound, REQUIRED, resolveFrom, takeSource } from './modules';
import { program, type ModuleEntry } from './program';

export interface Require {
  (specifier: string): unknown;
  resolve: { (specifier: string): string; paths(specifier: string): null };
  cache: Record<string, Module>;
  main: Module | undefined;
  extensions: Record<string, unknown>;
}

type Wrapper = (
  this: unknown,
  exports: unknown,
  require: Require,
  module: Module,
  __filename: string,
  __dirname: string,
) => void;

/** `module` inside a CommonJS module. */
export class Module {
  readonly id: string;
  readonly path: string;
  exports: unknown = {};
  readonly filename: string;
  loaded = false;
  readonly children: Module[] = [];
  readonly paths: string[] = [];
  parent: Module | undefined;

  constructor(filename: string, parent: Module | undefined) {
    this.id = parent === undefined && filename === program.entry ? '.' : filename;
    this.path = folderOf(filename);
    this.filename = filename;
    this.parent = parent;
  }

  require(specifier: string): unknown {
    return requireFrom(this.filename, specifier, this);
  }
}

const cache: Record<string, Module> = Object.create(null);
/** Compiled wrappers stay, so that a module which a program deletes from `require.cache` can run again. */
const wrappers = new Map<string, Wrapper>();
let main: Module | undefined;

/** Runs the entry as the main module. */
export function runMain(entry: ModuleEntry): unknown {
  main = new Module(entry.path, undefined);
  run(entry, main);
  return main.exports;
}

/** What `require` of this module gives; runs it when it has not run yet. */
export function requirePath(entry: ModuleEntry, parent?: Module): unknown {
  const cached = cache[entry.path];
  if (cached !== undefined) {
    if (parent !== undefined && !parent.children.includes(cached)) parent.children.push(cached);
    // CommonJS in a cycle sees what is there so far; an ES module has nothing to show before its end.
    return cached.loaded || entry.format !== ModuleFormat.Esm ? cached.exports : namespaceOf(entry);
  }
  const module = new Module(entry.path, parent);
  parent?.children.push(module);
  run(entry, module);
  return module.exports;
}

/** The `require` of a module at `filename`. */
export function makeRequire(filename: string, module?: Module): Require {
  const require = ((specifier: string) => requireFrom(filename, specifier, module)) as Require;
  const resolve = (specifier: string) => resolveRequired(filename, specifier);
  require.resolve = Object.assign(resolve, { paths: () => null });
  require.cache = cache;
  require.main = main;
  require.extensions = EXTENSIONS;
  return require;
}

/** Exists because old packages look at its keys; nothing can be added to how modules are loaded. */
const EXTENSIONS: Record<string, unknown> = Object.freeze(
  Object.assign(Object.create(null), { '.js': undefined, '.json': undefined, '.node': undefined }),
);

function requireFrom(base: string, specifier: string, parent: Module | undefined): unknown {
  const target = resolveRequired(base, specifier);
  const entry = program.modules.get(target);
  return entry === undefined ? builtinExports(target) : requirePath(entry, parent);
}

function resolveRequired(base: string, specifier: string): string {
  if (typeof specifier !== 'string') {
    const error = new TypeError(`The argument of require must be a string, not ${typeof specifier}`);
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
  }
  const target = resolveFrom(base, specifier, REQUIRED);
  if (target === undefined) throw notFound('MODULE_NOT_FOUND', specifier, base);
  return target;
}

function run(entry: ModuleEntry, module: Module): void {
  cache[entry.path] = module;
  let complete = false;
  try {
    evaluate(entry, module);
    complete = true;
  } finally {
    // A module that threw runs again when it is required again.
    if (complete) module.loaded = true;
    else delete cache[entry.path];
  }
}

function evaluate(entry: ModuleEntry, module: Module): void {
  switch (entry.format) {
    case ModuleFormat.CommonJs: {
      let wrapper = wrappers.get(entry.path);
      if (wrapper === undefined) {
        wrapper = compile(entry);
        wrappers.set(entry.path, wrapper);
      }
      const require = makeRequire(entry.path, module);
      // `exports` may have become a property without a setter, so nothing is assigned to it afterwards.
      wrapper.call(module.exports, module.exports, require, module, module.filename, module.path);
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

function compile(entry: ModuleEntry): Wrapper {
  const names = ['exports', 'require', 'module', '__filename', '__dirname'];
  return native.compileFunction(withoutHashbang(takeSource(entry)), entry.path, names) as Wrapper;
}

/** A first line `#!…` is no JavaScript inside of a function; as a comment it keeps the positions. */
function withoutHashbang(source: string): string {
  return source.startsWith('#!') ? `//${source.slice(2)}` : source;
}

function namespaceOf(entry: ModuleEntry): unknown {
  const [state, value, promise] = native.requireModule(entry.path);
  if (state === 1) return value;
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
