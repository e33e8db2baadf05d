// What the POSIX and the Windows flavour of node:path share.

import { invalidArgument } from '../errors';

export interface ParsedPath {
  root: string;
  dir: string;
  base: string;
  ext: string;
  name: string;
}

export interface Path {
  sep: string;
  delimiter: string;
  resolve(...paths: string[]): string;
  normalize(path: string): string;
  isAbsolute(path: string): boolean;
  join(...paths: string[]): string;
  relative(from: string, to: string): string;
  toNamespacedPath(path: string): string;
  dirname(path: string): string;
  basename(path: string, suffix?: string): string;
  extname(path: string): string;
  matchesGlob(path: string, pattern: string): boolean;
  format(parsed: Partial<ParsedPath>): string;
  parse(path: string): ParsedPath;
  posix: Path;
  win32: Path;
}

export function checkString(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw invalidArgument(name, 'of type string', value);
}

/** The segments without "." and with ".." taken back as far as possible. With `above`, ".." that lead out
 *  of the start are kept. */
export function collapse(segments: string[], above: boolean): string[] {
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop();
    else if (above) kept.push('..');
  }
  return kept;
}

/** The extension of a last segment, with its dot: none for ".profile", "." for "file.". */
export function extensionOf(base: string): string {
  const dot = base.lastIndexOf('.');
  if (dot <= 0 || base === '..') return '';
  return base.slice(dot);
}

/** The last segment less a suffix, unless the suffix is all of it. */
export function withoutSuffix(base: string, suffix: string | undefined): string {
  if (suffix === undefined || suffix === '' || base === suffix || !base.endsWith(suffix)) return base;
  return base.slice(0, -suffix.length);
}

export function formatParsed(separator: string, parsed: Partial<ParsedPath>): string {
  if (typeof parsed !== 'object' || parsed === null) throw invalidArgument('pathObject', 'of type object', parsed);
  const dir = parsed.dir || parsed.root;
  const ext = parsed.ext ? (parsed.ext.startsWith('.') ? parsed.ext : `.${parsed.ext}`) : '';
  const base = parsed.base || `${parsed.name ?? ''}${ext}`;
  if (!dir) return base;
  return dir === parsed.root ? `${dir}${base}` : `${dir}${separator}${base}`;
}
