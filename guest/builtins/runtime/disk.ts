// Modules that lie in folders which the program was given (/tmp, those of --dir) and are no part of it: found by Node's rules when
// they are asked for, and read then. What the program was deployed with comes first; this is asked where it has no answer.

import { ModuleFormat } from '../abi';
import { native } from '../native';
import { builtinExports } from './builtin_modules';
import { folderOf, normal } from './paths';
import { program, type ModuleEntry } from './program';

interface Files {
  statSync(path: string, options: { throwIfNoEntry: false }): { isFile(): boolean; isDirectory(): boolean } | undefined;
  realpathSync(path: string): string;
  readFileSync(path: string, encoding: string): string;
}

function files(): Files {
  return builtinExports('fs') as unknown as Files;
}

/** 0 a file, 1 a folder, negative neither; as Node's `Module._stat`. */
export function statOf(path: string): number {
  // Nothing is read while an image is made: every request would share the answer.
  if (native.frozen() && !path.startsWith('/bundle/')) return -2;
  try {
    const stats = files().statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? -2 : stats.isDirectory() ? 1 : 0;
  } catch {
    // A folder that may not be looked into.
    return -2;
  }
}

function real(path: string): string {
  try {
    return files().realpathSync(path);
  } catch {
    return path;
  }
}

export interface Package {
  /** The path of its package.json. */
  readonly file: string;
  readonly fields: Record<string, unknown>;
}

/** The package.json in a folder. Only its own fields count, whatever Object.prototype has. */
function packageIn(folder: string): Package | undefined {
  const file = folder === '/' ? '/package.json' : `${folder}/package.json`;
  if (statOf(file) !== 0) return undefined;
  let fields: unknown;
  try {
    fields = JSON.parse(files().readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    const message = `Invalid package config ${file}: ${(error as Error).message}`;
    throw Object.assign(new Error(message), { code: 'ERR_INVALID_PACKAGE_CONFIG' });
  }
  const own = typeof fields === 'object' && fields !== null ? fields : {};
  return { file, fields: Object.assign(Object.create(null) as Record<string, unknown>, own) };
}

/** The package that a path belongs to: the nearest package.json, not looked for above node_modules. */
export function packageOf(path: string): Package | undefined {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (folder.endsWith('/node_modules')) return undefined;
    const found = packageIn(folder);
    if (found !== undefined || folder === '/') return found;
  }
}

/** Where packages are looked for from a folder, the nearest first. */
export function packageFolders(from: string): string[] {
  const folders: string[] = [];
  for (let folder = normal(from); ; folder = folderOf(folder)) {
    if (!folder.endsWith('/node_modules')) folders.push(folder === '/' ? '/node_modules' : `${folder}/node_modules`);
    if (folder === '/') return folders;
  }
}

export interface Search {
  /** What is tried behind a path, in order; empty for `import`, which needs whole names. */
  extensions: readonly string[];
  conditions: readonly string[];
  /** Folders besides those of node_modules. */
  more?: readonly string[];
  /** Told when a package's `main` leads nowhere and its index is taken instead. */
  onBadMain?: (pkg: Package, main: string) => void;
}

export const REQUIRE_CONDITIONS = ['holm', 'workerd', 'worker', 'node', 'require', 'module-sync', 'default'];
export const IMPORT_CONDITIONS = ['holm', 'workerd', 'worker', 'node', 'import', 'module-sync', 'default'];

/** The file that `specifier` means in the module at `base`, or undefined. */
export function resolveOnDisk(base: string, specifier: string, search: Search): string | undefined {
  if (specifier === '' || specifier.includes('\0')) return undefined;
  if (specifier.startsWith('/')) return fileOrFolder(specifier, search);
  if (/^\.\.?(?:\/|$)/.test(specifier)) return fileOrFolder(`${folderOf(base)}/${specifier}`, search);
  if (specifier.startsWith('#')) return resolveImports(base, specifier, search);
  return resolveSelf(base, specifier, search) ?? resolvePackage([...packageFolders(folderOf(base)), ...(search.more ?? [])], specifier, search);
}

/** A path as `require` takes it: a file, one with an extension, or a folder. */
export function fileOrFolder(path: string, search: Search): string | undefined {
  const plain = normal(path);
  // Only a folder is meant by `x/`, `.` and `..`.
  const folderOnly = /(?:^|\/)(?:\.{1,2})?$/.test(path);
  if (!folderOnly) {
    const file = asFile(plain, search);
    if (file !== undefined) return file;
  }
  return search.extensions.length > 0 && statOf(plain) === 1 ? asFolder(plain, search) : undefined;
}

function asFile(path: string, search: Search): string | undefined {
  if (statOf(path) === 0) return real(path);
  for (const extension of search.extensions) if (statOf(path + extension) === 0) return real(path + extension);
  return undefined;
}

function asFolder(folder: string, search: Search): string | undefined {
  const pkg = packageIn(folder);
  const main = pkg?.fields.main;
  if (typeof main === 'string' && main !== '') {
    const path = normal(`${folder}/${main}`);
    const found = asFile(path, search) ?? asIndex(path, search);
    if (found !== undefined) return found;
    const index = asIndex(folder, search);
    if (index !== undefined) search.onBadMain?.(pkg!, main);
    return index;
  }
  return asIndex(folder, search);
}

function asIndex(folder: string, search: Search): string | undefined {
  const path = folder === '/' ? '/index' : `${folder}/index`;
  for (const extension of search.extensions.length > 0 ? search.extensions : ['.js']) {
    if (statOf(path + extension) === 0) return real(path + extension);
  }
  return undefined;
}

/** `name` or `@scope/name`, and what follows. */
function splitName(specifier: string): [string, string] | undefined {
  const found = /^((?:@[^/\\%]+\/)?[^./\\%@][^/\\%]*)(\/.*)?$/.exec(specifier);
  return found === null ? undefined : [found[1]!, found[2] ?? ''];
}

function resolvePackage(folders: readonly string[], specifier: string, search: Search): string | undefined {
  const name = splitName(specifier);
  for (const folder of folders) {
    if (statOf(folder) !== 1) continue;
    const pkg = name === undefined ? undefined : packageIn(`${folder}/${name[0]}`);
    if (pkg !== undefined && pkg.fields.exports !== undefined && pkg.fields.exports !== null) return exported(pkg, name![1], search);
    const found = fileOrFolder(`${folder}/${specifier}`, search.extensions.length > 0 ? search : { ...search, extensions: name?.[1] === '' ? ['.js'] : [] });
    if (found !== undefined) return found;
  }
  return undefined;
}

function resolveSelf(base: string, specifier: string, search: Search): string | undefined {
  const name = splitName(specifier);
  const pkg = name === undefined ? undefined : packageOf(base);
  if (pkg === undefined || pkg.fields.name !== name![0] || pkg.fields.exports === undefined) return undefined;
  return exported(pkg, name![1], search);
}

function failed(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function exported(pkg: Package, subpath: string, search: Search): string {
  const { exports } = pkg.fields;
  const isMap = typeof exports === 'object' && exports !== null && !Array.isArray(exports) && Object.keys(exports).some((key) => key.startsWith('.'));
  const wanted = `.${subpath}`;
  const found = isMap ? fromMap(pkg, exports as Record<string, unknown>, wanted, search) : subpath === '' ? target(pkg, exports, '', search) : undefined;
  if (typeof found === 'string') return found;
  const what = subpath === '' ? 'No "exports" main defined' : `Package subpath '${wanted}' is not defined by "exports"`;
  throw failed('ERR_PACKAGE_PATH_NOT_EXPORTED', `${what} in ${pkg.file}`);
}

function resolveImports(base: string, specifier: string, search: Search): string | undefined {
  const pkg = packageOf(base);
  const imports = pkg?.fields.imports;
  if (typeof imports === 'object' && imports !== null) {
    const found = fromMap(pkg!, imports as Record<string, unknown>, specifier, search);
    if (typeof found === 'string') return found;
  }
  throw failed('ERR_PACKAGE_IMPORT_NOT_DEFINED', `Package import specifier "${specifier}" is not defined${pkg === undefined ? '' : ` in package ${pkg.file}`} imported from ${base}`);
}

/** The entry of a map that fits best: the name itself, then the pattern with the longest beginning. */
function fromMap(pkg: Package, map: Record<string, unknown>, wanted: string, search: Search): string | null | undefined {
  if (Object.hasOwn(map, wanted) && !wanted.includes('*')) return target(pkg, map[wanted], '', search);
  let best: string | undefined;
  for (const key of Object.keys(map)) {
    const [before, after] = key.split('*');
    if (after === undefined || wanted.length < key.length || !wanted.startsWith(before!) || !wanted.endsWith(after)) continue;
    if (best === undefined || before!.length > best.indexOf('*')) best = key;
  }
  if (best === undefined) return undefined;
  const [before, after] = best.split('*') as [string, string];
  return target(pkg, map[best], wanted.slice(before.length, wanted.length - after.length), search);
}

function target(pkg: Package, value: unknown, star: string, search: Search): string | null | undefined {
  if (value === null) return null;
  if (typeof value === 'string') {
    if (!value.startsWith('./')) return resolveOnDisk(pkg.file, value.replaceAll('*', star), search);
    const path = normal(`${folderOf(pkg.file)}/${value.replaceAll('*', star)}`);
    // A pattern must not lead out of the package.
    if (!path.startsWith(`${folderOf(pkg.file)}/`)) throw failed('ERR_INVALID_PACKAGE_TARGET', `Invalid target "${value}" in ${pkg.file}`);
    if (statOf(path) !== 0) throw failed('MODULE_NOT_FOUND', `Cannot find module '${path}'`);
    return real(path);
  }
  if (Array.isArray(value)) {
    for (const each of value as unknown[]) {
      const found = target(pkg, each, star, search);
      if (found !== undefined && found !== null) return found;
    }
    return undefined;
  }
  if (typeof value !== 'object') return undefined;
  for (const [condition, inner] of Object.entries(value)) {
    if (!search.conditions.includes(condition)) continue;
    const found = target(pkg, inner, star, search);
    if (found !== undefined) return found;
  }
  return undefined;
}

const TYPESCRIPT = /\.(?:[cm]?ts|[jt]sx)$/;
/** What only an ES module begins a statement with. */
const ESM_STATEMENT = /^[ \t]*(?:import\b[ \t]*(?:[\w$*{'"]|$)|export\b[ \t]*(?:[\w$*{]|$)|.*\bimport\.meta\b)/m;

/** The module at a path that `resolveOnDisk` gave. It is read anew each time: who keeps it is the cache of modules. */
export function readModule(path: string): ModuleEntry {
  if (TYPESCRIPT.test(path)) {
    throw failed('ERR_UNKNOWN_FILE_EXTENSION', `${path} is TypeScript or JSX, which is transpiled when the program is loaded; import it by a literal name, or compile it before`);
  }
  if (path.endsWith('.node')) throw failed('ERR_DLOPEN_FAILED', `${path} is a native addon, which cannot run in a sandbox`);
  const source = files().readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  const format = formatOf(path, source);
  const names = format === ModuleFormat.CommonJs ? exportNames(source) : [];
  return { path, format, source, linksJson: '', links: {}, exportsJson: JSON.stringify(names) };
}

function formatOf(path: string, source: string): ModuleFormat {
  if (path.endsWith('.mjs')) return ModuleFormat.Esm;
  if (path.endsWith('.cjs')) return ModuleFormat.CommonJs;
  if (path.endsWith('.json')) return ModuleFormat.Json;
  const type = packageOf(path)?.fields.type;
  if (type === 'module') return ModuleFormat.Esm;
  if (type === 'commonjs' || !ESM_STATEMENT.test(source)) return ModuleFormat.CommonJs;
  try {
    native.compileFunction(source, path, ['exports', 'require', 'module', '__filename', '__dirname']);
    return ModuleFormat.CommonJs;
  } catch {
    return ModuleFormat.Esm;
  }
}

/** Names that a CommonJS module assigns to its exports, as far as its text shows them plainly. */
function exportNames(source: string): string[] {
  const names = new Set<string>();
  for (const [, name] of source.matchAll(/(?<![\w$.])(?:module\.)?exports\.([\w$]+)\s*=(?!=)/g)) names.add(name!);
  for (const [, name] of source.matchAll(/Object\.defineProperty\(\s*(?:module\.)?exports\s*,\s*['"]([\w$]+)['"]/g)) names.add(name!);
  return [...names];
}

/** The module at a path: of the program, or from a folder. */
export function moduleAt(path: string): ModuleEntry | undefined {
  const entry = program.modules.get(path) ?? fromFolders.get(path);
  if (entry !== undefined) return entry;
  return statOf(path) === 0 ? readModule(path) : undefined;
}

/** ES modules of folders: like those of the program they are loaded once. */
const fromFolders = new Map<string, ModuleEntry>();

export function keepModule(entry: ModuleEntry): ModuleEntry {
  if (!program.modules.has(entry.path)) fromFolders.set(entry.path, entry);
  return entry;
}
