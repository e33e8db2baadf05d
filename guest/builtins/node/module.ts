// `node:module`: createRequire, and the list of built-in modules.

import { builtinNames, hasBuiltin, registerBuiltin } from '../runtime/builtin_modules';
import { makeRequire, Module } from '../runtime/commonjs';
import { pathOfUrl } from '../runtime/modules';

/** A `require` that resolves as in the module at this path or `file:` URL. */
function createRequire(filename: unknown): unknown {
  const text = typeof filename === 'string' ? filename : filename instanceof Object && 'href' in filename ? String(filename.href) : '';
  const path = text.startsWith('file://') ? pathOfUrl(text) : text;
  if (!path.startsWith('/')) {
    const error = new TypeError(`createRequire needs a file: URL or an absolute path, not ${text === '' ? typeof filename : `'${text}'`}`);
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_VALUE' });
  }
  return makeRequire(path);
}

registerBuiltin('module', () =>
  Object.assign(Module, {
    createRequire,
    builtinModules: builtinNames(),
    isBuiltin: (name: unknown) => typeof name === 'string' && hasBuiltin(name),
    Module,
  }) as unknown as Record<string, unknown>,
);
