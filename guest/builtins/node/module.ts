// `node:module`: what loads modules (runtime/commonjs.ts), `createRequire`, source maps, and the list of built-in modules.

import { native } from '../native';
import { builtinNames, hasBuiltin, needsPrefix, registerBuiltin } from '../runtime/builtin_modules';
import { makeRequire, Module } from '../runtime/commonjs';
import { IMPORT_CONDITIONS, packageOf, resolveOnDisk } from '../runtime/disk';
import { folderOf, normal, pathOfUrl } from '../runtime/paths';
import { coded, codes } from './errors';
import { SourceMap } from './source_map';
import { validateBoolean, validateObject, validateString } from './validators';

function hrefOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'href' in value ? value.href : value;
}

/** A `require` that resolves as in the module at this path or `file:` URL. A folder ends in a slash. */
function createRequire(filename: unknown): unknown {
  const text = hrefOf(filename);
  const path = typeof text === 'string' ? (text.startsWith('file://') ? pathOfUrl(text) : text) : '';
  if (!path.startsWith('/')) {
    throw new codes.ERR_INVALID_ARG_VALUE!('filename', filename, 'must be a file URL object, file URL string, or absolute path string');
  }
  return makeRequire(path.endsWith('/') ? `${path}noop.js` : path);
}

function isBuiltin(name: unknown): boolean {
  return typeof name === 'string' && hasBuiltin(name) && (name.startsWith('node:') || !needsPrefix(name));
}

/** The path of the package.json that counts for a specifier, seen from a module. */
function findPackageJSON(specifier: unknown, base?: unknown): string | undefined {
  const wanted = hrefOf(specifier);
  validateString(wanted, 'specifier');
  const path = (text: string) => (text.startsWith('file://') ? pathOfUrl(text) : text);
  const from = hrefOf(base);
  if (from !== undefined) validateString(from, 'base');
  const home = from === undefined ? '/' : path(from);
  if (/^(?:\.\.?(?:\/|$)|\/|file:)/.test(wanted)) {
    const target = path(wanted);
    const whole = target.startsWith('/') ? normal(target) : normal(`${home.endsWith('/') ? home : folderOf(home)}/${target}`);
    return (packageOf(`${whole}/x`) ?? packageOf(whole))?.file;
  }
  const found = resolveOnDisk(home, wanted, { extensions: [], conditions: IMPORT_CONDITIONS });
  return found === undefined ? undefined : packageOf(found)?.file;
}

function unsupported(name: string): () => never {
  return () => {
    throw coded(new Error(`module.${name}() does not exist in holm: nothing can be added to how ES modules are loaded`), 'ERR_HOLM_UNSUPPORTED');
  };
}

/** Maps are applied to stacks whatever is asked for. */
function setSourceMapsSupport(enabled: unknown, options: unknown = {}): void {
  validateBoolean(enabled, 'enabled');
  validateObject(options, 'options');
  const { nodeModules = false, generatedCode = false } = options;
  validateBoolean(nodeModules, 'options.nodeModules');
  validateBoolean(generatedCode, 'options.generatedCode');
}

registerBuiltin('module', () =>
  Object.assign(Module, {
    Module,
    SourceMap,
    builtinModules: builtinNames().filter((name) => !needsPrefix(name)),
    createRequire,
    // Maps were applied when the modules were compiled, and are not kept.
    findSourceMap: () => undefined,
    findPackageJSON,
    getSourceMapsSupport: () => Object.freeze({ __proto__: null, enabled: true, nodeModules: false, generatedCode: false }),
    isBuiltin,
    register: unsupported('register'),
    registerHooks: unsupported('registerHooks'),
    setSourceMapsSupport,
    syncBuiltinESMExports: () => native.syncBuiltins(),
  }) as unknown as Record<string, unknown>,
);
