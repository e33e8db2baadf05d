// What the C layer gives to the built-ins, and only to them: user code never sees this object.
//
// A field is what crosses the boundary to the host (host-api/src/fields.rs): null, a number, a string or
// bytes. Whole numbers from 0 to 2^32-1 travel as u32, all others as f64.

export type Field = null | number | string | ArrayBuffer | Uint8Array;

export interface ModuleHooks {
  /** Full path or built-in name of `specifier` as written in module `base`; throws when there is none. */
  resolve(base: string, specifier: string): string;
  /** Source text of an ES module, or the export names of a module whose values `values` gives later. */
  load(path: string): string | string[];
  /** The exports of a module for which `load` gave names. Called when it is evaluated. */
  values(path: string): Record<string, unknown>;
  /** Fills `import.meta`. */
  meta(path: string, meta: Record<string, unknown>): void;
}

/** Descriptors and errors are WASI preview 1's: a result below 0 is a negated errno. */
export interface NativeFiles {
  /** Rights follow from `write`. oflags: 1 creat, 2 directory, 4 excl, 8 trunc; fdflags: 1 append. */
  open(dir: number, path: string, oflags: number, fdflags: number, write: boolean, follow: boolean): number;
  close(fd: number): number;
  /** `position` null: at the descriptor's own offset. */
  read(fd: number, into: Uint8Array, position: number | null): number;
  write(fd: number, from: Uint8Array, position: number | null): number;
  /** [type, size, atime ms, mtime ms, ctime ms, inode, links, device], or a negated errno. */
  stat(dir: number, path: string, follow: boolean): number[] | number;
  fstat(fd: number): number[] | number;
  /** [name, type, name, type, …] without "." and "..", or a negated errno. */
  readdir(fd: number): (string | number)[] | number;
  mkdir(dir: number, path: string): number;
  rmdir(dir: number, path: string): number;
  unlink(dir: number, path: string): number;
  rename(fromDir: number, from: string, toDir: number, to: string): number;
  link(fromDir: number, from: string, toDir: number, to: string): number;
  symlink(target: string, dir: number, path: string): number;
  readlink(dir: number, path: string): string | number;
  truncate(fd: number, size: number): number;
  /** Milliseconds since the epoch. */
  utimes(dir: number, path: string, atime: number, mtime: number, follow: boolean): number;
  futimes(fd: number, atimeMs: number, mtimeMs: number): number;
  sync(fd: number): number;
}

/** A compressor or decompressor; its memory is given back with the object. */
export type Codec = object & { readonly __codec: never };

/** Compression: zlib-ng and brotli inside the instance. Numbers are those of zlib.h and of brotli's headers; what
 *  cannot be made, since a number is out of its range or memory is used up, is null. */
export interface NativeCodecs {
  deflate(level: number, windowBits: number, memLevel: number, strategy: number): Codec | null;
  inflate(windowBits: number): Codec | null;
  /** `parameters`: pairs of a parameter's number and its value. */
  brotliEncoder(parameters: Uint32Array): Codec | null;
  brotliDecoder(parameters: Uint32Array): Codec | null;
  /** Goes on as far as input and room last: [code, input left, room left, what the library says about an error]. */
  step(
    codec: Codec,
    operation: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): [code: number, inputLeft: number, roomLeft: number, message: string | null];
  /** These three: below 0, it cannot be done. */
  setDictionary(codec: Codec, dictionary: Uint8Array): number;
  /** Only between two steps, after a flush. */
  setLevel(codec: Codec, level: number, strategy: number): number;
  reset(codec: Codec): number;
  crc32(bytes: Uint8Array, before: number): number;
}

export interface Native {
  /** Hands an effect to the host. 0, or a negative Refusal. */
  effect(kind: number, op: number, ...fields: Field[]): number;
  /** A pure function of the host; the answer's fields. Throws RangeError when the host refuses the call. */
  pure(fn: number, ...fields: Field[]): Field[];
  /** Who takes events of this kind. Bytes arrive as ArrayBuffer. */
  on(kind: number, handler: (op: number, ...fields: any[]) => void): void;
  /** Called when no job is left at the end of each turn; jobs that it makes run, then it is called again
   *  until it makes none. Unset by default, so that a turn without need does not pay for it. */
  onTurnEnd(handler: (() => void) | null): void;
  /** Runs promise jobs until there are none, in the middle of a turn: between two callbacks of one event. */
  drainJobs(): void;
  /** A promise was rejected without a handler (handled false), or got one late (true). */
  onRejection(handler: (promise: Promise<unknown>, reason: unknown, handled: boolean) => void): void;
  /** Milliseconds since the epoch; stands still within a turn. */
  wallMs(): number;
  /** Microseconds since the invocation began; stands still within a turn. */
  monoUs(): number;
  /** Fills with bytes of the invocation's generator (ChaCha20, seeded by its first event). Throws while a
   *  function image is made: every request would share the answer. */
  random(into: Uint8Array): void;
  /** A function image is being made: no I/O, no randomness. */
  frozen(): boolean;

  utf8Encode(text: string): ArrayBuffer;
  /** WHATWG decode of UTF-8; throws TypeError on malformed input when `fatal`; keeps a BOM when `keepBom`. */
  utf8Decode(bytes: ArrayBuffer | ArrayBufferView, fatal: boolean, keepBom: boolean): string;
  /** UTF-8 length of a prefix: [code units read, bytes written]. */
  utf8EncodeInto(text: string, into: Uint8Array): [number, number];
  utf8Length(text: string): number;
  /** Bytes of a string of code units up to 255; throws TypeError on others, or takes their lower half when `lossy`. */
  latin1Encode(text: string, lossy?: boolean): ArrayBuffer;
  /** With `ascii`, each byte counts without its highest bit. */
  latin1Decode(bytes: ArrayBuffer | ArrayBufferView, ascii?: boolean): string;
  /** Both little-endian, surrogates as they are. An odd byte at the end is left out. */
  utf16Encode(text: string): ArrayBuffer;
  utf16Decode(bytes: ArrayBuffer | ArrayBufferView): string;
  /** Both null for what cannot be converted. */
  atob(text: string): string | null;
  btoa(text: string): string | null;
  /** The URL alphabet goes without padding. */
  base64Encode(bytes: ArrayBuffer | ArrayBufferView, url: boolean): string;
  /** As Node's Buffer: either alphabet, what belongs to neither is passed over, the first "=" ends it. */
  base64Decode(text: string): ArrayBuffer;
  hexEncode(bytes: ArrayBuffer | ArrayBufferView): string;
  /** As Node's Buffer: up to the first pair that is no byte. */
  hexDecode(text: string): ArrayBuffer;

  /** Compiles `source` as the body of a function; positions in errors are those of the source. */
  compileFunction(source: string, file: string, parameters: string[]): Function;
  /** Gives what ES modules imported of Node's modules the values that those have now. */
  syncBuiltins(): void;
  /** Runs a script at global level; the value of its last expression. */
  evaluate(source: string, file: string): unknown;
  /** A context of node:vm: [its handle, its global object]. What its promises call runs with the program's other jobs, or
   *  with `ownJobs` right after each script and at no other time. */
  newContext(ownJobs: boolean): [object, Record<PropertyKey, unknown>];
  /** `global` (a proxy of the one that newContext gave) is the context's global object from now on. */
  setContextGlobal(context: object, global: object): void;
  /** Runs a script in a context, or in this one for null; `line` is that of its first line. With
   *  `compileOnly` it is parsed and no more. `limits`: how often the engine may poll meanwhile; when that was
   *  not enough, it throws and the number is -2. */
  runScript(context: object | null, source: string, file: string, line: number, compileOnly: boolean, limits?: [number]): unknown;
  /** The asynchronous context of the running code; promise reactions run in that of their making. */
  asyncFrame(): unknown;
  setAsyncFrame(frame: unknown): void;

  /** Loads, links and evaluates a module; its namespace. */
  importModule(path: string): Promise<Record<string, unknown>>;
  /** The same at once, without jobs in between: [0 pending | 1 fulfilled | 2 rejected, namespace or error,
   *  promise of the evaluation]. Pending: it uses top-level await, or (no promise) is being evaluated. */
  requireModule(path: string): [number, unknown, Promise<unknown> | undefined];
  moduleHooks(hooks: ModuleHooks): void;

  /** Tells `listener` of each promise (or nobody, for null): 0 it was made, with its parent when `then` or an await made
   *  it; 1 and 2 its reaction is about to run and has run; 3 it was settled. What it throws is lost. */
  observePromises(listener: ((event: number, promise: Promise<unknown>, parent: Promise<unknown> | undefined) => void) | null): void;
  /** [0 pending | 1 fulfilled | 2 rejected, value] */
  promiseState(promise: Promise<unknown>): [number, unknown];
  /** A header's name in lower case, or null for what is no token. */
  headerName(text: string): string | null;
  /** A header's value without whitespace around it, or null when it has NUL, line breaks or characters above U+00FF. */
  headerValue(text: string): string | null;
  /** A copy of plain objects, arrays and primitives; `other` copies what else there is. `memory`: the copies made so far. */
  clone(value: unknown, memory: Map<object, object>, other: (value: unknown, memory: Map<object, object>) => unknown): unknown;
  /** [target, handler] of a proxy, or undefined for what is none. */
  proxyDetails(value: object): [object | null, object | null] | undefined;
  /** The engine's name of the object's internal class ("Map", "Error", "Function", "Date", "Generator" …),
   *  independent of prototypes and Symbol.toStringTag. */
  classOf(value: object): string;
  /** What a Map or Set iterator has still to give, without moving it: first whether it gives pairs, then the
   *  values, of pairs each half in turn. Undefined for anything else. */
  iteratorEntries(value: object): unknown[] | undefined;

  /** Bytes of the engine's heap in use. */
  memoryUsed(): number;
  gc(): void;
  /** Ends the program here and now; nothing can catch it. The effect Finish must have been sent. */
  halt(): never;

  files: NativeFiles;
  codecs: NativeCodecs;
}

declare const __native: Native;
/** The bundle is evaluated as the body of a function whose parameter is `__native`. */
export const native: Native = __native;
