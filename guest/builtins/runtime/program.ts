// What the Load event brought: the program's modules, arguments, environment and folders. Data only;
// modules.ts and commonjs.ts give it meaning.

import { LoadMode, ModuleFormat } from '../abi';

/** One module of the closed graph. */
export interface ModuleEntry {
  readonly path: string;
  readonly format: ModuleFormat;
  /** Text as written (bytes for ModuleFormat.Bytes); null once it is compiled and no longer needed. */
  source: string | ArrayBuffer | null;
  /** JSON; parsed at the first lookup, since most modules of a big package are never asked. */
  linksJson: string;
  links: Record<string, string> | null;
  /** JSON array of the names a CommonJS module exports, as far as its text tells. */
  readonly exportsJson: string;
}

export interface Program {
  mode: LoadMode;
  entry: string;
  /** `process.argv` from the third on. */
  arguments: string[];
  env: Record<string, string>;
  /** Guest paths in the order of their descriptors, which start at 3. */
  preopens: string[];
  /** JSON: what an execution's default export is called with; null for nothing. */
  input: string | null;
  modules: Map<string, ModuleEntry>;
}

/** The program of this instance; empty until Load. */
export const program: Program = {
  mode: LoadMode.Image,
  entry: '',
  arguments: [],
  env: {},
  preopens: [],
  input: null,
  modules: new Map(),
};

/** Fields of one module in the Load event. */
const FIELDS_PER_MODULE = 5;

/** Takes over the fields of a Load event; see `EventKind.Load` in host-api for their order. */
export function takeProgram(fields: any[]): void {
  const [mode, , entry, argv, env, preopens, input] = fields;
  program.mode = mode;
  program.entry = entry;
  program.arguments = JSON.parse(argv);
  program.env = JSON.parse(env);
  program.preopens = JSON.parse(preopens);
  program.input = input;
  for (let at = 7; at + FIELDS_PER_MODULE <= fields.length; at += FIELDS_PER_MODULE) {
    const path: string = fields[at];
    program.modules.set(path, {
      path,
      format: fields[at + 1],
      source: fields[at + 2],
      linksJson: fields[at + 3],
      links: null,
      exportsJson: fields[at + 4],
    });
  }
}

/** What a specifier of this module stands for, or undefined. */
export function linkOf(entry: ModuleEntry, specifier: string): string | undefined {
  const links = linksOf(entry);
  return Object.hasOwn(links, specifier) ? links[specifier] : undefined;
}

/** Every specifier of this module that has a target. */
export function linksOf(entry: ModuleEntry): Record<string, string> {
  if (entry.links === null) {
    entry.links = JSON.parse(entry.linksJson) as Record<string, string>;
    entry.linksJson = '';
  }
  return entry.links;
}

/** True while the function image is made or the function answers: there is a handler, not a script. */
export function isFunction(): boolean {
  return program.mode !== LoadMode.Script && program.mode !== LoadMode.Execution;
}
