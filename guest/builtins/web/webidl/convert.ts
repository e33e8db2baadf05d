// Conversions of Web IDL that several interfaces share. Each takes what a caller handed in and gives the
// type that the standard names, or throws the TypeError that it demands.

declare global {
  interface String {
    isWellFormed(): boolean;
    toWellFormed(): string;
  }
}

/** A string of Unicode scalar values: lone surrogates become U+FFFD. */
export function usvString(value: unknown): string {
  return (typeof value === 'string' ? value : toText(value)).toWellFormed();
}

/** A string, for `DOMString`. */
export function toText(value: unknown): string {
  // String(symbol) would give a description where the standard demands a TypeError.
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  return String(value);
}

/** A TypeError with one of Node's codes, which programs compare. */
export function codedTypeError(message: string, code: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}

/** Throws unless at least `count` arguments were given. */
export function needArguments(given: number, count: number, where: string): void {
  if (given < count) {
    const message = `${where} needs ${count} argument${count === 1 ? '' : 's'}, but ${given} ${given === 1 ? 'was' : 'were'} given`;
    throw codedTypeError(message, 'ERR_MISSING_ARGS');
  }
}

/** The same in Node's words. */
export function needNamed(given: number, ...names: string[]): void {
  if (given >= names.length) return;
  const shown = names.map((name) => `"${name}"`).join(' and ');
  throw codedTypeError(`The ${shown} argument${names.length === 1 ? '' : 's'} must be specified`, 'ERR_MISSING_ARGS');
}

/** What a method throws that was called on something else. */
export function invalidThis(type: string): TypeError {
  return codedTypeError(`Value of "this" must be of type ${type}`, 'ERR_INVALID_THIS');
}

/** A dictionary argument: an object, or nothing. */
export function dictionary<T>(value: T | null | undefined, where: string): Partial<T> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' && typeof value !== 'function') throw new TypeError(`${where} must be an object`);
  return value;
}

/** True for what the standards call a BufferSource. */
export function isBufferSource(value: unknown): value is ArrayBuffer | ArrayBufferView {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** A view of the bytes of a BufferSource, not a copy. */
export function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (source instanceof Uint8Array) return source;
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return new Uint8Array(source);
}

/** A copy of the bytes of a BufferSource, which later changes of the source do not reach. */
export function copyBytes(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  // Not by slice: a Buffer's is no copy.
  return new Uint8Array(bytesOf(source));
}

/** The pairs of a `record` or of a `sequence` of pairs, flat: name, value, name, value. */
export function flatPairs(
  init: object,
  where: { pair: string; pairs: string },
  name: (value: unknown) => string,
  value: (value: unknown) => string,
): string[] {
  const iterate = (init as any)[Symbol.iterator];
  if (iterate === undefined || iterate === null) {
    return recordPairs(init, name, value);
  }
  if (typeof iterate !== 'function') throw codedTypeError(`${where.pairs} must be iterable`, 'ERR_ARG_NOT_ITERABLE');
  const list: string[] = [];
  for (const item of init as Iterable<unknown>) {
    const isIterable = typeof item === 'object' ? item !== null : typeof item === 'function';
    const pair = isIterable && typeof (item as any)[Symbol.iterator] === 'function' ? [...(item as Iterable<unknown>)] : [];
    if (pair.length !== 2) throw codedTypeError(`Each ${where.pair} must be an iterable [name, value] tuple`, 'ERR_INVALID_TUPLE');
    list.push(name(pair[0]), value(pair[1]));
  }
  return list;
}

/** The pairs of a `record`, flat. */
export function recordPairs(init: object, name: (value: unknown) => string, value: (value: unknown) => string): string[] {
  const list: string[] = [];
  for (const key of Reflect.ownKeys(init)) {
    const property = Reflect.getOwnPropertyDescriptor(init, key);
    if (property === undefined || !property.enumerable) continue;
    const converted = name(key);
    // Of two keys that become the same, the second gives the value and the first the place.
    const same = converted === key ? -1 : list.findIndex((item, at) => at % 2 === 0 && item === converted);
    if (same < 0) list.push(converted, value((init as any)[key]));
    else list[same + 1] = value((init as any)[key]);
  }
  return list;
}

/** The bytes of `chunks`, one after the other. */
export function concatBytes(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** Flat pairs as an object for consoles; a name that occurs again has an array. */
export function shownPairs(list: readonly unknown[]): Record<string, unknown> {
  const shown: Record<string, unknown> = Object.create(null);
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at] as string;
    const before = shown[name];
    if (before === undefined) shown[name] = list[at + 1];
    else if (Array.isArray(before)) before.push(list[at + 1]);
    else shown[name] = [before, list[at + 1]];
  }
  return Object.setPrototypeOf(shown, Object.prototype);
}
