// fs.glob: the files below a folder whose paths fit a pattern.

import { nextTick } from '../../runtime/ticks';
import { globMatcher } from '../path/glob';
import { validateArray, validateFunction, validateObject } from '../validators';
import { codes } from '../errors';
import { pathOf } from './paths';
import type { Dirent } from './stats';
import { existsSync, readdirSync } from './sync';

interface GlobOptions {
  cwd?: unknown;
  exclude?: string[] | ((entry: string | Dirent) => boolean);
  withFileTypes?: boolean;
}

function patternsOf(pattern: unknown): string[] {
  const all = Array.isArray(pattern) ? pattern : [pattern];
  for (const each of all) if (typeof each !== 'string') throw new codes.ERR_INVALID_ARG_TYPE!('patterns', ['string', 'string[]'], pattern);
  return (all as string[]).map((each) => each.replace(/^\.\//, ''));
}

function excludes(exclude: GlobOptions['exclude']): (entry: Dirent, path: string, whole: boolean) => boolean {
  if (exclude === undefined) return () => false;
  if (typeof exclude === 'function') return (entry, path, whole) => exclude(whole ? entry : path);
  validateArray(exclude, 'options.exclude');
  const matchers = exclude.map((pattern) => globMatcher(pattern));
  return (_entry, path) => matchers.some((matches) => matches(path));
}

export function globSync(pattern: unknown, options: GlobOptions = {}): (string | Dirent)[] {
  const patterns = patternsOf(pattern);
  validateObject(options, 'options');
  const { cwd, exclude, withFileTypes = false } = options;
  const root = cwd === undefined ? '.' : pathOf(cwd, 'options.cwd');
  const excluded = excludes(exclude);
  const matchers = patterns.map((each) => globMatcher(each.startsWith('/') ? each.slice(1) : each));
  const found: (string | Dirent)[] = [];
  const start = patterns.every((each) => each.startsWith('/')) ? '/' : root;
  const walk = (folder: string, below: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }) as Dirent[]) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (excluded(entry, path, withFileTypes)) continue;
      if (matchers.some((matches) => matches(path))) found.push(withFileTypes ? entry : start === '/' ? `/${path}` : path);
      if (entry.isDirectory()) walk(folder === '/' ? `/${entry.name}` : `${folder}/${entry.name}`, path);
    }
  };
  if (existsSync(start)) walk(start, '');
  return found;
}

export function glob(pattern: unknown, options: unknown, callback?: unknown): void {
  if (typeof options === 'function') [options, callback] = [{}, options];
  validateFunction(callback, 'callback');
  let result: unknown[];
  try {
    result = [null, globSync(pattern, options as GlobOptions)];
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('ERR_INVALID')) throw error;
    result = [error];
  }
  nextTick(callback as () => void, result);
}

export async function* globEach(pattern: unknown, options?: GlobOptions): AsyncGenerator<string | Dirent> {
  yield* globSync(pattern, options);
}
