// Runs programs in the real guest (guest/prebuilt/guest.wasm with the bundle beside it) without the Rust
// host: a host of a few lines that encodes events, decodes effects, and fires timers at once on a clock of
// its own. No network and no files: for those there are the tests of the binary.

import { readFileSync } from 'node:fs';
import { pure } from './pure.mjs';

const prebuilt = new URL('../../prebuilt/', import.meta.url);
const module = new WebAssembly.Module(readFileSync(process.env.HOLM_GUEST ?? new URL('guest.wasm', prebuilt)));
const builtins = readFileSync(process.env.HOLM_BUILTINS ?? new URL('builtins.js', prebuilt));

export const Kind = { Load: 1, Request: 2, Scheduled: 3, Done: 4, Wake: 5, Cancel: 6 };
export const Effect = { Fetch: 1, Read: 2, Write: 3, Close: 4, Abort: 5, WakeAt: 6, Log: 7, Respond: 8, Loaded: 9, Finish: 10, Threw: 11 };
export const Mode = { Image: 0, Script: 1, Inline: 2 };
export const Format = { Esm: 0, CommonJs: 1, Json: 2, Text: 3, Bytes: 4 };
const FROZEN = -1;
const MALFORMED = -4;
const ENOSYS = 52;

/** A number that must travel as an f64. */
export class F64 {
  constructor(value) {
    this.value = value;
  }
}

function field(value) {
  if (value === null) return Buffer.from([0]);
  if (typeof value === 'number' && value >>> 0 !== value) return field(new F64(value));
  if (typeof value === 'number') {
    const out = Buffer.alloc(5);
    out[0] = 1;
    out.writeUInt32LE(value, 1);
    return out;
  }
  if (value instanceof F64) {
    const out = Buffer.alloc(9);
    out[0] = 2;
    out.writeDoubleLE(value.value, 1);
    return out;
  }
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(5);
  head[0] = typeof value === 'string' ? 3 : 4;
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function fields(bytes) {
  const list = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at++];
    if (tag === 0) list.push(null);
    else if (tag === 1) (list.push(bytes.readUInt32LE(at)), (at += 4));
    else if (tag === 2) (list.push(bytes.readDoubleLE(at)), (at += 8));
    else {
      const len = bytes.readUInt32LE(at);
      const piece = Buffer.from(bytes.subarray(at + 4, at + 4 + len));
      list.push(tag === 3 ? piece.toString('utf8') : piece);
      at += 4 + len;
    }
  }
  return list;
}

/** One instance of the guest. `effects` collects what it says, in order, as [kind, op, ...fields]. */
export class Guest {
  effects = [];
  stdout = '';
  stderr = '';
  monoUs = 0;
  wakeAt = null;
  halted = false;
  frozen = true;
  /** Answers operations: gets (kind, op, fields) and returns the completion's fields, or undefined for never. */
  answer = () => undefined;
  /** Whether an effect is refused: a negative Refusal, or 0. */
  refuse = () => 0;
  #answers = [];
  #kept = Buffer.alloc(0);

  /** `wasi`: the files, an instance of node:wasi; none by default. */
  constructor({ wasi } = {}) {
    const imports = { holm: {}, wasi_snapshot_preview1: {} };
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      if (from === 'wasi_snapshot_preview1') imports[from][name] = wasi?.wasiImport[name] ?? (() => ENOSYS);
    }
    imports.holm.effect = (at, len) => this.#effect(this.#bytes(at, len));
    imports.holm.pure = (fn, at, len) => this.#pure(fn, fields(this.#bytes(at, len)));
    imports.holm.take = (at) => this.#kept.copy(this.#bytes(at, this.#kept.length));
    const instance = new WebAssembly.Instance(module, imports);
    this.exports = instance.exports;
    if (wasi === undefined) this.exports._initialize?.();
    else wasi.initialize(instance);
    const at = this.exports.holm_alloc(builtins.length + 1);
    builtins.copy(this.#bytes(at, builtins.length));
    this.#bytes(at + builtins.length, 1)[0] = 0;
    if (this.exports.holm_boot(at, builtins.length, 0) !== 0) throw new Error(`boot failed: ${JSON.stringify(this.effects)}`);
  }

  #bytes(at, len) {
    return Buffer.from(this.exports.memory.buffer, at, len);
  }

  #effect(bytes) {
    const kind = bytes.readUInt32LE(0);
    const op = bytes.readUInt32LE(4);
    const list = fields(bytes.subarray(8));
    if (this.frozen && (kind <= Effect.Read || kind === Effect.WakeAt)) return FROZEN;
    const refusal = this.refuse(kind, op, list);
    if (refusal < 0) return refusal;
    this.effects.push([kind, op, ...list]);
    if (kind === Effect.WakeAt) this.wakeAt = list[0];
    else if (kind === Effect.Log) {
      const [stream, text] = list;
      if (stream <= 1) this.stdout += `${text}\n`;
      else if (stream <= 3) this.stderr += `${text}\n`;
      else if (stream === 4) this.stdout += text;
      else this.stderr += text;
    } else if (kind <= Effect.Write) {
      const completion = this.answer(kind, op, list);
      if (completion !== undefined) this.#answers.push([op, completion]);
    }
    return 0;
  }

  #pure(fn, list) {
    if (fn > 2) {
      if (pure[fn] === undefined) return MALFORMED;
      this.#kept = Buffer.concat(pure[fn](...list).map(field));
      return this.#kept.length;
    }
    let url;
    try {
      url = new URL(list[0], fn === 1 ? (list[1] ?? undefined) : undefined);
      if (fn === 2) url[urlParts[list[1]]] = list[2];
    } catch {
      this.#kept = Buffer.alloc(0);
      return 0;
    }
    this.#kept = Buffer.concat(offsetsOf(url).map(field));
    return this.#kept.length;
  }

  /** One turn. */
  turn(kind, op, ...list) {
    const head = Buffer.alloc(24);
    head.writeUInt32LE(kind, 0);
    head.writeUInt32LE(op, 4);
    head.writeDoubleLE(1_700_000_000_000 + Math.floor(this.monoUs / 1000), 8);
    head.writeDoubleLE(this.monoUs, 16);
    const event = Buffer.concat([head, ...list.map(field)]);
    const at = this.exports.holm_alloc(event.length);
    event.copy(this.#bytes(at, event.length));
    try {
      this.exports.holm_turn(at, event.length);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError) || !this.over) throw error;
      this.halted = true;
    }
  }

  /** True once the last effect was sent. */
  get over() {
    return this.effects.some(([kind]) => kind === Effect.Finish || kind === Effect.Threw);
  }

  /** Turns until nothing can come any more. */
  run() {
    while (!this.over) {
      if (this.#answers.length > 0) {
        const [op, completion] = this.#answers.shift();
        this.turn(Kind.Done, op, ...completion);
      } else if (this.wakeAt !== null) {
        this.monoUs = Math.max(this.monoUs, this.wakeAt);
        this.wakeAt = null;
        this.turn(Kind.Wake, 0);
      } else break;
    }
    return this;
  }

  /** `modules`: path to source, or to { format, source, links, exports }; the first is the entry. */
  load(mode, modules, { args = [], env = {}, preopens = [] } = {}) {
    this.frozen = mode === Mode.Image;
    const list = Object.entries(modules).map(([path, given]) => [path, typeof given === 'string' ? { source: given } : given]);
    const paths = new Set(list.map(([path]) => path));
    const encoded = list.flatMap(([path, given]) => {
      const format = given.format ?? formatOf(path);
      return [path, format, given.source, JSON.stringify(given.links ?? linksOf(path, given.source, paths)), JSON.stringify(given.exports ?? namesOf(format, given.source))];
    });
    this.turn(Kind.Load, 0, mode, Buffer.alloc(32, 7), list[0][0], JSON.stringify(args), JSON.stringify(env), JSON.stringify(preopens), null, ...encoded);
    this.frozen = false;
    return this;
  }

  request({ method = 'GET', url = 'http://example.test/', headers = '', body = 0 } = {}) {
    this.turn(Kind.Request, 0, Buffer.alloc(32, 9), 'id-1', method, url, headers, body);
    return this;
  }

  effect(kind) {
    return this.effects.find(([found]) => found === kind);
  }

  /** Exit code as the host makes it. */
  get exitCode() {
    if (this.effect(Effect.Threw) !== undefined) return 1;
    return this.effect(Effect.Finish)?.[2];
  }
}

const urlParts = ['href', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'];

function offsetsOf(url) {
  const { href } = url;
  const NONE = 0xffffffff;
  let at = url.protocol.length;
  const protocolEnd = at;
  let usernameEnd = at;
  let hostStart = at;
  let hostEnd = at;
  if (href.startsWith('//', at) && (url.host !== '' || url.protocol === 'file:')) {
    at += 2;
    usernameEnd = at + url.username.length;
    hostStart = usernameEnd + (url.password === '' ? 0 : 1 + url.password.length);
    if (url.username !== '' || url.password !== '') hostStart++;
    hostEnd = hostStart + url.hostname.length;
  }
  const searchStart = url.search === '' ? NONE : href.length - url.hash.length - url.search.length;
  const hashStart = url.hash === '' ? NONE : href.length - url.hash.length;
  const pathnameStart = href.length - url.hash.length - url.search.length - url.pathname.length;
  return [href, protocolEnd, usernameEnd, hostStart, hostEnd, url.port === '' ? NONE : Number(url.port), pathnameStart, searchStart, hashStart];
}

function formatOf(path) {
  if (path.endsWith('.cjs')) return Format.CommonJs;
  if (path.endsWith('.json')) return Format.Json;
  if (path.endsWith('.txt')) return Format.Text;
  return Format.Esm;
}

/** The literal specifiers of a module; what the bundler does properly. */
function linksOf(path, source, paths) {
  const links = {};
  if (typeof source !== 'string') return links;
  for (const [, specifier] of source.matchAll(/(?:from\s*|import\s*\(?\s*|require\(\s*)['"]([^'"]+)['"]/g)) {
    if (/^\.\.?\//.test(specifier)) {
      const target = new URL(specifier, `file://${path}`).pathname;
      if (paths.has(target)) links[specifier] = target;
    }
  }
  return links;
}

function namesOf(format, source) {
  if (format !== Format.CommonJs) return [];
  return [...new Set([...source.matchAll(/\bexports\.(\w+)\s*=/g)].map(([, name]) => name))];
}

/** Runs a script to its end. */
export function script(modules, options) {
  return new Guest().load(Mode.Script, typeof modules === 'string' ? { '/bundle/main.mjs': modules } : modules, options).run();
}

/** Loads a function as for its image, then answers one request. */
export function serve(modules, request, prepare) {
  const guest = new Guest().load(Mode.Image, typeof modules === 'string' ? { '/bundle/main.mjs': modules } : modules);
  prepare?.(guest);
  return guest.request(request).run();
}
