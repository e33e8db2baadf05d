// The registry of built-in modules (`node:path`), by name without the prefix.

type MakeExports = () => Record<string, unknown>;

interface Builtin {
  make: MakeExports | null;
  exports: Record<string, unknown> | null;
}

const builtins = new Map<string, Builtin>();

/** Registers a built-in module. `make` is called at the first import of it, once; its result is what
 *  `require` gives, the default export, and (its enumerable own properties) the named exports. */
export function registerBuiltin(name: string, make: MakeExports): void {
  builtins.set(name, { make, exports: null });
}

/** The exports of the built-in called `name` (with or without `node:`), or undefined when there is none. */
export function builtinExports(name: string): Record<string, unknown> | undefined {
  const builtin = builtins.get(bare(name));
  if (builtin === undefined) return undefined;
  if (builtin.exports === null) {
    builtin.exports = builtin.make!();
    builtin.make = null;
  }
  return builtin.exports;
}

/** True for a module that holm has. */
export function hasBuiltin(name: string): boolean {
  return builtins.has(bare(name));
}

/** Names of the modules that holm has, without the prefix, sorted. */
export function builtinNames(): string[] {
  return [...builtins.keys()].sort();
}

/** True for a name that means a built-in module with its prefix only. */
export function needsPrefix(name: string): boolean {
  return name === 'test' || name === 'sea' || name === 'sqlite';
}

/** True for a name that means a module of Node's own, whether holm has it or not. */
export function isNodeName(specifier: string): boolean {
  return specifier.startsWith('node:') || NODE_MODULES.has(specifier) || builtins.has(specifier);
}

/** The error for a module of Node's that holm does not have. */
export function unsupported(specifier: string): Error {
  const name = bare(specifier);
  const error = new Error(
    NODE_MODULES.has(name)
      ? `node:${name} is not supported by holm: it needs all of Node, which a WebAssembly instance cannot give`
      : `No such built-in module: node:${name}`,
  );
  return Object.assign(error, { code: NODE_MODULES.has(name) ? 'ERR_HOLM_UNSUPPORTED' : 'ERR_UNKNOWN_BUILTIN_MODULE' });
}

function bare(name: string): string {
  return name.startsWith('node:') ? name.slice(5) : name;
}

/** The modules that Node 20 has: tells a missing built-in from a missing package. */
const NODE_MODULES: ReadonlySet<string> = new Set(
  (
    'assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram ' +
    'diagnostics_channel dns dns/promises domain events fs fs/promises http http2 https inspector ' +
    'inspector/promises module net os path path/posix path/win32 perf_hooks process punycode querystring ' +
    'readline readline/promises repl stream stream/consumers stream/promises stream/web string_decoder sys ' +
    'test timers timers/promises tls trace_events tty url util util/types v8 vm wasi worker_threads zlib ' +
    'sea sqlite'
  ).split(' '),
);
