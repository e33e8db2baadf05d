// node:path as on Linux. The working directory is the root: a function has no other.

import { globMatcher } from './glob';
import { checkString, collapse, extensionOf, formatParsed, withoutSuffix, type ParsedPath, type Path } from './normalize';

function normalize(path: string): string {
  checkString(path, 'path');
  if (path === '') return '.';
  const absolute = path.startsWith('/');
  let text = collapse(path.split('/'), !absolute).join('/');
  if (text === '') {
    if (absolute) return '/';
    return path.endsWith('/') ? './' : '.';
  }
  if (path.endsWith('/')) text += '/';
  return absolute ? `/${text}` : text;
}

function resolve(...paths: string[]): string {
  let joined = '';
  for (let at = paths.length - 1; at >= 0 && !joined.startsWith('/'); at--) {
    const path = paths[at];
    checkString(path, `paths[${at}]`);
    if (path !== '') joined = joined === '' ? path : `${path}/${joined}`;
  }
  return `/${collapse(joined.split('/'), false).join('/')}`;
}

/** Where the last segment begins and ends; trailing slashes do not count. */
function lastSegment(path: string): [start: number, end: number] {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return [path.lastIndexOf('/', end - 1) + 1, end];
}

function dirname(path: string): string {
  checkString(path, 'path');
  if (path === '') return '.';
  const [start, end] = lastSegment(path);
  if (end === 0) return '/';
  if (start === 0) return '.';
  if (start === 1) return '/';
  // As in Node: "//a" lies in "//".
  if (start === 2 && path.startsWith('//')) return '//';
  return path.slice(0, start - 1);
}

function basename(path: string, suffix?: string): string {
  if (suffix !== undefined) checkString(suffix, 'suffix');
  checkString(path, 'path');
  if (suffix !== undefined && suffix === path) return '';
  const [start, end] = lastSegment(path);
  return withoutSuffix(path.slice(start, end), suffix);
}

function parse(path: string): ParsedPath {
  checkString(path, 'path');
  const root = path.startsWith('/') ? '/' : '';
  const base = basename(path);
  const ext = extensionOf(base);
  const [start, end] = lastSegment(path);
  let dir = '';
  if (end > 0) dir = start <= 1 ? root : path.slice(0, start - 1);
  else dir = root;
  return { root, dir, base, ext, name: ext === '' ? base : base.slice(0, -ext.length) };
}

export const posix = {
  sep: '/',
  delimiter: ':',
  resolve,
  normalize,
  isAbsolute(path: string): boolean {
    checkString(path, 'path');
    return path.startsWith('/');
  },
  join(...paths: string[]): string {
    for (const path of paths) checkString(path, 'path');
    const joined = paths.filter((path) => path !== '').join('/');
    return joined === '' ? '.' : normalize(joined);
  },
  relative(from: string, to: string): string {
    checkString(from, 'from');
    checkString(to, 'to');
    const [a, b] = [resolve(from), resolve(to)];
    if (a === b) return '';
    const source = a === '/' ? [] : a.slice(1).split('/');
    const target = b === '/' ? [] : b.slice(1).split('/');
    let shared = 0;
    while (shared < source.length && shared < target.length && source[shared] === target[shared]) shared++;
    return [...source.slice(shared).map(() => '..'), ...target.slice(shared)].join('/');
  },
  toNamespacedPath: (path: string): string => path,
  dirname,
  matchesGlob(path: string, pattern: string): boolean {
    checkString(path, 'path');
    checkString(pattern, 'pattern');
    return globMatcher(pattern)(path);
  },
  basename,
  extname(path: string): string {
    checkString(path, 'path');
    return extensionOf(basename(path));
  },
  format: (parsed: Partial<ParsedPath>): string => formatParsed('/', parsed),
  parse,
} as Path;
