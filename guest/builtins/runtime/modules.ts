// ES modules: gives the engine the source and the links of the program's modules. What the Load event did not bring is
// looked for in the folders that the program was given (disk.ts).

import { LoadMode, ModuleFormat } from '../abi';
import { native } from '../native';
import { builtinExports, hasBuiltin, isNodeName, unsupported } from './builtin_modules';
import { requirePath } from './commonjs';
import { IMPORT_CONDITIONS, keepModule, moduleAt, resolveOnDisk } from './disk';
import { folderOf, normal, pathOfUrl, urlOf } from './paths';
import { linkOf, linksOf, program, type ModuleEntry } from './program';

/** How many importable names an error lists. */
const NAMES_SHOWN = 12;

/** The names of scripts of node:vm, and whether their import() was to go by a callback, which there is not. */
export const scripts = new Map<string, boolean>();

native.moduleHooks({
  resolve(base, specifier) {
    if (specifier.endsWith(AS_REQUIRED)) return specifier;
    const callback = scripts.get(base);
    if (callback !== undefined && !program.modules.has(base)) {
      throw Object.assign(
        new TypeError(callback ? 'A dynamic import callback was invoked without --experimental-vm-modules' : 'A dynamic import callback was not specified.'),
        { code: callback ? 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG' : 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING' },
      );
    }
    const found = resolveImport(base, specifier);
    if (found === undefined) throw notFound('ERR_MODULE_NOT_FOUND', specifier, base);
    return found;
  },

  load(path) {
    if (!path.startsWith('/') && hasBuiltin(path)) return namesOf(builtinExports(path)!);
    if (path.endsWith(AS_REQUIRED)) return facadeOf(path.slice(0, -AS_REQUIRED.length));
    const entry = moduleAt(path);
    if (entry === undefined) {
      throw isNodeName(path) ? unsupported(path) : notFound('ERR_MODULE_NOT_FOUND', path, '');
    }
    keepModule(entry);
    switch (entry.format) {
      case ModuleFormat.Esm:
        return takeSource(entry);
      case ModuleFormat.CommonJs: {
        const names = new Set(JSON.parse(entry.exportsJson) as string[]);
        names.add('default');
        return [...names];
      }
      default:
        return ['default'];
    }
  },

  values(path) {
    const entry = path.startsWith('/') ? moduleAt(path) : undefined;
    if (entry === undefined) return withDefault(builtinExports(path)!);
    const exports = requirePath(entry);
    if (entry.format !== ModuleFormat.CommonJs) return { default: exports };
    const values: Record<string, unknown> = {};
    for (const name of JSON.parse(entry.exportsJson) as string[]) {
      if (exports !== null && exports !== undefined) values[name] = (exports as Record<string, unknown>)[name];
    }
    // As in Node: whatever the module says about itself by `__esModule`, the default is all it exports.
    values.default = exports;
    return values;
  },

  meta(path, meta) {
    meta.dirname = folderOf(path);
    meta.filename = path;
    meta.resolve = (specifier: string) => {
      // As in Node, a path need not lead anywhere.
      const found = resolveImport(path, `${specifier}`) ?? pathOf(path, `${specifier}`);
      if (found === undefined) throw notFound('ERR_MODULE_NOT_FOUND', `${specifier}`, path);
      return found.startsWith('/') ? urlOf(found) : found;
    };
    meta.url = urlOf(path);
  },
});

/** After the path of an ES module: what `require` gives of it when it has a default export. */
export const AS_REQUIRED = '?required';

/** As in Node: its exports, and `__esModule`, by which compiled CommonJS finds the default. */
function facadeOf(path: string): string {
  const from = JSON.stringify(path);
  return `export * from ${from}; export { default } from ${from}; export const __esModule = true;`;
}

/** What `import` of a specifier in module `base` means: of the program, or from its folders. */
function resolveImport(base: string, specifier: string): string | undefined {
  const found = resolveInProgram(base, specifier, EXACT);
  if (found !== undefined) return found;
  const wanted = specifier.startsWith('file://') ? pathOfUrl(specifier) : specifier;
  return resolveOnDisk(base, wanted, { extensions: [], conditions: IMPORT_CONDITIONS });
}

/** Before a specifier that `require` takes elsewhere than `import`. */
const FOR_REQUIRE = 'require:';

/** What may be appended to a path to find a module: nothing for `import`, as in Node … */
const EXACT: readonly string[] = [''];
/** … and for `require` what it has always tried. */
export const REQUIRED: readonly string[] = ['', '.js', '.cjs', '.json', '.mjs', '.ts', '/index.js', '/index.cjs', '/index.json'];

/** The path of a module or the name of a built-in (`node:fs`) that `specifier` in module `base` stands for.
 *  Undefined when there is none; throws for a module of Node's that holm does not have. */
export function resolveInProgram(base: string, specifier: string, endings: readonly string[]): string | undefined {
  const asker = program.modules.get(base);
  let linked: string | undefined;
  if (asker !== undefined) {
    // A package that is both imported and required in one module may have a version for each.
    if (endings === REQUIRED) linked = linkOf(asker, FOR_REQUIRE + specifier);
    linked ??= linkOf(asker, specifier);
  }
  if (linked !== undefined) {
    if (program.modules.has(linked)) return linked;
    specifier = linked;
  }
  const path = pathOf(base, specifier);
  if (path !== undefined) {
    for (const ending of endings) {
      if (program.modules.has(path + ending)) return path + ending;
    }
    return undefined;
  }
  if (!isNodeName(specifier)) return undefined;
  if (!hasBuiltin(specifier)) throw unsupported(specifier);
  return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
}

/** The error of a specifier without a target: what was asked, by whom, and what it could ask for. */
export function notFound(code: string, specifier: string, base: string): Error {
  let message = `Cannot find module '${specifier}'`;
  if (base !== '') message += ` imported from ${base}`;
  const asker = program.modules.get(base);
  const names = asker === undefined ? [] : Object.keys(linksOf(asker)).filter((name) => !name.startsWith(FOR_REQUIRE));
  if (specifier.endsWith('.node')) {
    message += '; native addons cannot run in a sandbox: use a version of the package in plain JavaScript';
  } else if (names.length > 0) {
    const shown = names.slice(0, NAMES_SHOWN).map((name) => `'${name}'`);
    if (names.length > NAMES_SHOWN) shown.push(`${names.length - NAMES_SHOWN} more`);
    message += `; what it can import is ${shown.join(', ')} and the modules of node: that holm has`;
  } else {
    message += '; only modules that were deployed with the program can be imported';
  }
  return Object.assign(new Error(message), { code });
}

/** The source of a module that is about to be compiled. A function's image does not keep it; a script does,
 *  for the source line in an error's report. */
export function takeSource(entry: ModuleEntry): string {
  const source = entry.source as string;
  if (program.mode === LoadMode.Image) compiled.push(entry);
  return source;
}

const compiled: ModuleEntry[] = [];

/** Forgets the sources of everything that has been compiled. Called when the program is loaded, not at once:
 *  until then an error's report shows the line. */
export function forgetSources(): void {
  for (const entry of compiled) entry.source = null;
  compiled.length = 0;
}

/** The absolute path of a relative or absolute specifier or `file:` URL; undefined for a bare name. */
function pathOf(base: string, specifier: string): string | undefined {
  if (specifier.startsWith('file://')) return normal(pathOfUrl(specifier));
  if (specifier.startsWith('/')) return normal(specifier);
  if (/^\.\.?(\/|$)/.test(specifier)) return normal(`${folderOf(base)}/${specifier}`);
  return undefined;
}

function namesOf(exports: Record<string, unknown>): string[] {
  const names = new Set(Object.keys(exports));
  names.add('default');
  return [...names];
}

function withDefault(exports: Record<string, unknown>): Record<string, unknown> {
  return { ...exports, default: exports };
}
