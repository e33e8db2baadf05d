// An import of a name that its module does not export. The engine's error names that module only; who reads it looks for the
// line that has to be changed, so it is found here, once there is such an error.

import { linksOf, program, type ModuleEntry } from './program';

const ENGINE_MESSAGE = /^Could not find export '(.*)' in module '(.*)'$/s;

/** Adds to such an error where the import stands: to its message, and as the place of its report. */
export function explainMissingExport(error: unknown): void {
  if (!(error instanceof SyntaxError)) return;
  const found = ENGINE_MESSAGE.exec(error.message);
  if (found === null) return;
  const [, name, target] = found as unknown as [string, string, string];
  for (const entry of program.modules.values()) {
    const place = placeOfImport(entry, name, target);
    if (place === undefined) continue;
    error.message = `The module '${shown(target)}' has no export named '${name}', which ${shown(entry.path)} imports`;
    error.stack = `${error.name}: ${error.message}\n    at ${entry.path}:${place.line}:${place.column}`;
    return;
  }
  error.message = `The module '${shown(target)}' has no export named '${name}'`;
}

/** As it is called in the program's folder. */
function shown(path: string): string {
  return path.startsWith('/bundle/') ? path.slice('/bundle/'.length) : path;
}

/** Where a module imports, or exports again, `name` from `target`, as far as its text tells. */
function placeOfImport(entry: ModuleEntry, name: string, target: string): { line: number; column: number } | undefined {
  if (typeof entry.source !== 'string') return undefined;
  const specifiers = new Set([target]);
  for (const [specifier, path] of Object.entries(linksOf(entry))) {
    if (path === target) specifiers.add(specifier);
  }
  // Built-ins are imported with or without their prefix.
  if (target.startsWith('node:')) specifiers.add(target.slice('node:'.length));
  const statements = /\b(?:import|export)\b([^;'"]*?)\bfrom\s*(['"])(.*?)\2/g;
  for (let found = statements.exec(entry.source); found !== null; found = statements.exec(entry.source)) {
    if (!specifiers.has(found[3]!)) continue;
    const at = indexOfName(found[1]!, name);
    if (at < 0) continue;
    const start = found.index + found[0].indexOf(found[1]!) + at;
    const before = entry.source.slice(0, start);
    return { line: before.split('\n').length, column: start - before.lastIndexOf('\n') };
  }
  return undefined;
}

/** Where the clause of an import asks for `name`: `{ name }`, `{ name as other }`, and for the default also `other` alone. */
function indexOfName(clause: string, name: string): number {
  const open = clause.indexOf('{');
  if (name === 'default') {
    const alone = /[^\s,{}*]+/.exec(open < 0 ? clause : clause.slice(0, open));
    if (alone !== null && !clause.trimStart().startsWith('*')) return alone.index;
  }
  if (open < 0) return -1;
  const names = /(^|[{,])(\s*)([^\s,{}]+)/g;
  names.lastIndex = open;
  for (let found = names.exec(clause); found !== null; found = names.exec(clause)) {
    if (found[3] === name) return found.index + found[1]!.length + found[2]!.length;
  }
  return -1;
}
