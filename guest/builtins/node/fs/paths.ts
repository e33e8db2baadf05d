// From a path as programs write it to a descriptor and a path below it. Only what lies below one of the
// folders that the invocation was given exists, and the program's own files, which can be read at /bundle.

import { BUNDLE, BUNDLE_FD } from '../../abi';
import { native } from '../../native';
import { program } from '../../runtime/program';
import { coded, invalidArgument, invalidValue } from '../errors';
import { posix } from '../path/posix';
import { fileURLToPath } from '../url';
import { decode } from '../buffer/encodings';
import { Errno, fsError } from './errors';

/** Where a path is: below the folder of this descriptor. */
export interface Place {
  dir: number;
  rel: string;
}

const firstPreopen = 3;

interface Preopen {
  path: string;
  fd: number;
}

let knownFor: string[] | undefined;
let preopens: Preopen[] = [];

/** The folders, those with longer paths first. */
function folders(): Preopen[] {
  if (native.frozen()) {
    throw coded(new Error('files cannot be used while the function is being loaded; use them inside the handler'), 'ERR_HOLM_FROZEN');
  }
  if (knownFor !== program.preopens) {
    knownFor = program.preopens;
    preopens = knownFor
      .map((path, at) => ({ path: posix.resolve(path), fd: firstPreopen + at }));
    // A folder of that name which the invocation was given is what is meant.
    if (!preopens.some(({ path }) => path === BUNDLE)) preopens.push({ path: BUNDLE, fd: BUNDLE_FD });
    preopens.sort((a, b) => b.path.length - a.path.length);
  }
  return preopens;
}

/** The path that was given as a string, bytes or a file: URL. */
export function pathOf(value: unknown, name = 'path'): string {
  let path: string;
  if (typeof value === 'string') path = value;
  else if (value instanceof Uint8Array) path = decode(value, 'utf8');
  else if (typeof value === 'object' && value !== null && 'href' in value && 'protocol' in value) path = fileURLToPath(value);
  else throw invalidArgument(name, 'of type string or an instance of Buffer or URL', value);
  if (path.includes('\0')) throw invalidValue(name, path, 'must be a string, Uint8Array, or URL without null bytes');
  return path;
}

/** Where the path is. Throws ENOENT when no folder has it. */
export function locate(path: string, syscall: string, shown = path, dest?: string): Place {
  const place = find(path);
  if (place === undefined) throw fsError(Errno.Noent, syscall, shown, dest);
  return place;
}

/** Where the path is, or undefined when no folder has it. */
export function find(path: string): Place | undefined {
  const all = folders();
  if (path === '') return undefined;
  const full = posix.resolve(path);
  for (const { path: folder, fd } of all) {
    if (full === folder) return { dir: fd, rel: '.' };
    const prefix = folder === '/' ? '/' : `${folder}/`;
    // A slash at the end stays: it says that a folder is meant.
    if (full.startsWith(prefix)) return { dir: fd, rel: full.slice(prefix.length) + (path.endsWith('/') ? '/' : '') };
  }
  return undefined;
}

/** The names in a folder that exists only because folders lie below it, such as "/"; undefined for others. */
export function virtualEntries(path: string): string[] | undefined {
  const full = posix.resolve(path);
  const prefix = full === '/' ? '/' : `${full}/`;
  const names = new Set<string>();
  for (const { path: folder } of folders()) {
    if (folder === full) return undefined;
    if (folder.startsWith(prefix)) names.add(folder.slice(prefix.length).split('/')[0]!);
  }
  return names.size === 0 ? undefined : [...names].sort();
}
