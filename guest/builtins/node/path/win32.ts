// node:path.win32: for programs that handle Windows paths as text; there is no such file system here.

import { globMatcher } from './glob';
import { checkString, collapse, extensionOf, formatParsed, withoutSuffix, type ParsedPath, type Path } from './normalize';

const separator = /[\\/]+/;
const RESERVED = /^(?:CON|PRN|AUX|NUL|(?:COM|LPT)[1-9\u00b9\u00b2\u00b3]):./i;

interface Root {
  /** "C:" or "\\server\share", or ''. */
  device: string;
  /** Whether the path is absolute on its device. */
  rooted: boolean;
  /** Characters of the path that belong to the root, separators included. */
  length: number;
}

function isSeparator(char: string | undefined): boolean {
  return char === '\\' || char === '/';
}

function rootOf(path: string): Root {
  if (isSeparator(path[0])) {
    const share = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)/.exec(path);
    if (share !== null && isSeparator(path[1])) {
      const length = share[0].length;
      return {
        device: `\\\\${share[1]}\\${share[2]}`,
        rooted: true,
        length: isSeparator(path[length]) ? length + 1 : length,
      };
    }
    return { device: '', rooted: true, length: 1 };
  }
  if (/^[A-Za-z]:/.test(path)) {
    const rooted = isSeparator(path[2]);
    return { device: path.slice(0, 2), rooted, length: rooted ? 3 : 2 };
  }
  return { device: '', rooted: false, length: 0 };
}

function normalize(path: string): string {
  checkString(path, 'path');
  if (path === '') return '.';
  // "\\\\.\\" and "\\\\?\\": a device, or a path that is taken as it is.
  const named = /^[\\/]{2}([.?])[\\/]/.exec(path);
  const { device, rooted, length } = named === null ? rootOf(path) : { device: `\\\\${named[1]}`, rooted: true, length: 4 };
  const rest = path.slice(length);
  let tail = collapse(rest.split(separator), !rooted).join('\\');
  if (tail === '' && !rooted) tail = '.';
  if (tail !== '' && rest !== '' && isSeparator(path[path.length - 1])) tail += '\\';
  if (device === '') {
    if (rooted) return `\\${tail}`;
    // What was no drive must not become one: ".\\C:" stays below the working directory.
    return /^[A-Za-z]:/.test(tail) || /:(?:[\\/]|$)/.test(path) ? `.\\${tail}` : tail;
  }
  return rooted ? `${device}\\${tail}` : `${device}${tail}`;
}

function resolve(...paths: string[]): string {
  let device = '';
  let tail = '';
  let rooted = false;
  for (let at = paths.length - 1; at >= 0; at--) {
    const path = paths[at];
    checkString(path, `paths[${at}]`);
    if (path === '') continue;
    const root = rootOf(path);
    if (root.device !== '') {
      if (device === '') device = root.device;
      else if (device.toLowerCase() !== root.device.toLowerCase()) continue;
    }
    if (!rooted) {
      tail = `${path.slice(root.length)}\\${tail}`;
      rooted = root.rooted;
    }
    if (rooted && device !== '') break;
  }
  // The working directory is the root, as everywhere here.
  const text = collapse(tail.split(separator), false).join('\\');
  return `${device}\\${text}`;
}

function lastSegment(path: string, from: number): [start: number, end: number] {
  let end = path.length;
  while (end > from && isSeparator(path[end - 1])) end--;
  let start = end;
  while (start > from && !isSeparator(path[start - 1])) start--;
  return [start, end];
}

function basename(path: string, suffix?: string): string {
  if (suffix !== undefined) checkString(suffix, 'suffix');
  checkString(path, 'path');
  if (suffix !== undefined && suffix === path) return '';
  const drive = /^[A-Za-z]:/.test(path) ? 2 : 0;
  const [start, end] = lastSegment(path, drive);
  return withoutSuffix(path.slice(start, end), suffix);
}

function dirname(path: string): string {
  checkString(path, 'path');
  if (path === '') return '.';
  const root = rootOf(path);
  const [start, end] = lastSegment(path, root.length);
  if (end === root.length) return path.slice(0, root.length);
  if (start === root.length) return root.length === 0 ? '.' : path.slice(0, root.length);
  return path.slice(0, Math.max(start - 1, root.length));
}

export const win32 = {
  sep: '\\',
  delimiter: ';',
  resolve,
  normalize,
  isAbsolute(path: string): boolean {
    checkString(path, 'path');
    return rootOf(path).rooted;
  },
  join(...paths: string[]): string {
    for (const path of paths) checkString(path, 'path');
    const parts = paths.filter((path) => path !== '');
    if (parts.length === 0) return '.';
    let joined = parts.join('\\');
    // Two separators at the start would mean a server, unless the first part itself says so.
    if (!/^[\\/]{2}[^\\/]/.test(parts[0]!) || parts[0]!.length < 3) joined = joined.replace(/^[\\/]{2,}/, '\\');
    // A name that Windows keeps for a device is none to go up from.
    if (joined.split(separator).some((part) => RESERVED.test(part))) return joined.replaceAll('/', '\\');
    return normalize(joined);
  },
  relative(from: string, to: string): string {
    checkString(from, 'from');
    checkString(to, 'to');
    const [a, b] = [resolve(from), resolve(to)];
    if (a.toLowerCase() === b.toLowerCase()) return '';
    // A server, a share and a drive are compared as what is below them.
    const source = a.split('\\').filter(Boolean);
    const target = b.split('\\').filter(Boolean);
    let shared = 0;
    while (shared < source.length && shared < target.length && source[shared]!.toLowerCase() === target[shared]!.toLowerCase()) shared++;
    if (shared === 0) return b;
    return [...source.slice(shared).map(() => '..'), ...target.slice(shared)].join('\\');
  },
  toNamespacedPath(path: string): string {
    if (typeof path !== 'string' || path === '') return path;
    const full = resolve(path);
    if (/^[\\/]{2}[?.][\\/]/.test(path)) return normalize(path);
    if (/^\\\\[^\\?.]/.test(full)) return `\\\\?\\UNC\\${full.slice(2)}`;
    return /^[A-Za-z]:\\/.test(full) ? `\\\\?\\${full}` : path;
  },
  dirname,
  matchesGlob(path: string, pattern: string): boolean {
    checkString(path, 'path');
    checkString(pattern, 'pattern');
    return globMatcher(pattern.replaceAll('\\', '/'))(path.replaceAll('\\', '/'));
  },
  basename,
  extname(path: string): string {
    checkString(path, 'path');
    return extensionOf(basename(path));
  },
  format: (parsed: Partial<ParsedPath>): string => formatParsed('\\', parsed),
  parse(path: string): ParsedPath {
    checkString(path, 'path');
    const { length } = rootOf(path);
    const root = path.slice(0, length);
    const [start, end] = lastSegment(path, length);
    const base = path.slice(start, end);
    const ext = extensionOf(base);
    const dir = start > length ? path.slice(0, start - 1) : root;
    return { root, dir, base, ext, name: ext === '' ? base : base.slice(0, -ext.length) };
  },
} as Path;
