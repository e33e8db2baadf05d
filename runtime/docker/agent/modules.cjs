'use strict';
// Loads the program's modules from the closed graph that was made when it was bundled: what a specifier means was decided
// there, once for both backends. What the graph does not know (a computed `require`, a native addon) Node resolves itself.

const fs = require('node:fs');
const vm = require('node:vm');
const { createRequire, isBuiltin } = require('node:module');
const { pathToFileURL, fileURLToPath } = require('node:url');
const { dirname } = require('node:path');

class Modules {
  #modules;
  #entry;
  /** CommonJS by path. */
  #required = new Map();
  /** vm modules by path or built-in name. */
  #imported = new Map();
  /** Linking is one at a time: two at once could meet in a module that is half linked. */
  #linking = Promise.resolve();
  #main;

  constructor(modules, entry) {
    this.#modules = modules;
    this.#entry = entry;
  }

  /** Compiles what Node compiles at the first use of a loader. */
  static warmUp() {
    vm.compileFunction('', [], { importModuleDynamically: () => undefined });
    const module = new vm.SourceTextModule('');
    module.link(() => undefined).then(() => module.evaluate());
  }

  /** Evaluates the entry, and gives its default export, or the value of a script's last expression, in a box: it may be a promise. */
  async run(input) {
    const { format } = this.#modules[this.#entry];
    if (format === 'script') return { value: this.#script(this.#entry, input) };
    if (format === 'commonjs') return { value: defaultOf(this.#require(this.#entry)) };
    const module = await this.#load(this.#entry);
    await module.evaluate();
    return { value: module.namespace.default };
  }

  /** As `node --print` does it: at global level, where the names of a CommonJS module are globals. */
  #script(path, input) {
    const module = this.#newModule(path);
    this.#main = module;
    const globals = { exports: module.exports, require: this.#requireOf(path), module, __filename: path, __dirname: dirname(path), input };
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
    }
    const script = new vm.Script(this.#source(path), {
      filename: path,
      importModuleDynamically: (specifier) => this.#dynamic(path, specifier),
    });
    const value = script.runInThisContext();
    module.loaded = true;
    return value;
  }

  #source(path) {
    return fs.readFileSync(path, 'utf8');
  }

  /** What is no code. */
  #data(path, format) {
    if (format === 'json') return JSON.parse(this.#source(path));
    if (format === 'text') return this.#source(path);
    const bytes = fs.readFileSync(path);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  }

  #require(path) {
    const known = this.#required.get(path);
    if (known) return known.exports;
    const { format } = this.#modules[path];
    if (format === 'esm') {
      const error = new Error(`require() of the ES module ${path} is not supported; use import()`);
      error.code = 'ERR_REQUIRE_ESM';
      throw error;
    }
    const module = this.#newModule(path);
    this.#required.set(path, module);
    if (format !== 'commonjs') {
      module.exports = this.#data(path, format);
      module.loaded = true;
      return module.exports;
    }
    this.#main ??= module;
    const require = this.#requireOf(path);
    module.require = require;
    try {
      const run = vm.compileFunction(this.#source(path).replace(/^#!.*/, ''), ['exports', 'require', 'module', '__filename', '__dirname'], {
        filename: path,
        importModuleDynamically: (specifier) => this.#dynamic(path, specifier),
      });
      Reflect.apply(run, module.exports, [module.exports, require, module, path, dirname(path)]);
    } catch (error) {
      this.#required.delete(path);
      throw error;
    }
    module.loaded = true;
    return module.exports;
  }

  #newModule(path) {
    return { id: path, path: dirname(path), filename: path, exports: {}, loaded: false, children: [], paths: [] };
  }

  /** What `require` is in this module. */
  #requireOf(path) {
    const { links } = this.#modules[path];
    const native = createRequire(path);
    // Where a package has a version for each, the one for `require` has a link of its own.
    const linkOf = (specifier) => {
      const key = [`require:${specifier}`, specifier].find((name) => Object.hasOwn(links, name));
      return key === undefined ? undefined : links[key];
    };
    const require = (specifier) => {
      const target = linkOf(specifier) ?? specifier;
      return target in this.#modules && Object.hasOwn(this.#modules, target) ? this.#require(target) : native(target);
    };
    require.resolve = (specifier, options) => linkOf(specifier) ?? native.resolve(specifier, options);
    require.resolve.paths = native.resolve.paths;
    require.cache = native.cache;
    require.extensions = native.extensions;
    require.main = this.#main;
    return require;
  }

  async #dynamic(from, specifier) {
    const module = await this.#load(await this.#target(from, specifier));
    await module.evaluate();
    return module;
  }

  /** A linked module. */
  #load(target) {
    const linked = this.#linking.then(async () => {
      const module = await this.#module(target);
      if (module.status === 'unlinked') {
        await module.link(async (specifier, from) => this.#module(await this.#target(from.identifier, specifier)));
      }
      return module;
    });
    this.#linking = linked.catch(() => {});
    return linked;
  }

  #target(from, specifier) {
    const links = this.#modules[from]?.links;
    if (links && Object.hasOwn(links, specifier)) return links[specifier];
    if (isBuiltin(specifier) || Object.hasOwn(this.#modules, specifier)) return specifier;
    if (specifier.startsWith('file:')) return fileURLToPath(specifier);
    if (specifier.startsWith('data:')) return specifier;
    return createRequire(from).resolve(specifier);
  }

  async #module(target) {
    const known = this.#imported.get(target);
    if (known) return known;
    const made = this.#make(target);
    this.#imported.set(target, made);
    return made;
  }

  async #make(path) {
    const own = Object.hasOwn(this.#modules, path) ? this.#modules[path] : undefined;
    if (own === undefined) {
      const namespace = await import(isBuiltin(path) || path.startsWith('data:') ? path : pathToFileURL(path).href);
      return synthetic(path, Object.keys(namespace), (name) => namespace[name]);
    }
    if (own.format === 'esm') {
      return new vm.SourceTextModule(this.#source(path).replace(/^#!.*/, ''), {
        identifier: path,
        initializeImportMeta: (meta) => {
          meta.dirname = dirname(path);
          meta.filename = path;
          meta.url = pathToFileURL(path).href;
          meta.resolve = (specifier) => {
            const target = this.#target(path, specifier);
            return isBuiltin(target) ? target : pathToFileURL(target).href;
          };
        },
        importModuleDynamically: (specifier) => this.#dynamic(path, specifier),
      });
    }
    if (own.format !== 'commonjs') return synthetic(path, ['default'], () => this.#data(path, own.format));
    const names = [...new Set(['default', ...own.exports])];
    let exports;
    return synthetic(path, names, (name) => {
      exports ??= { value: this.#require(path) };
      return name === 'default' ? exports.value : exports.value?.[name];
    });
  }
}

/** The default export of an ES module that was compiled to CommonJS; else what `module.exports` is, unless nobody touched it. */
function defaultOf(exports) {
  if (typeof exports === 'object' && exports?.__esModule === true) return exports.default;
  const isPlain = typeof exports === 'object' && exports !== null && Object.getPrototypeOf(exports) === Object.prototype;
  return isPlain && Reflect.ownKeys(exports).length === 0 ? undefined : exports;
}

function synthetic(identifier, names, value) {
  return new vm.SyntheticModule(
    names,
    function () {
      for (const name of names) this.setExport(name, value(name));
    },
    { identifier },
  );
}

module.exports = { Modules };
