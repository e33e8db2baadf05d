// Blob and File: bytes that never change, with a type. They are in memory as a whole; slices share it.

import { native } from '../../native';
import { inspectable } from '../console/inspectable';
import { ReadableStream } from '../streams';
import { bytesOf, concatBytes, dictionary, isBufferSource, needArguments, toText, usvString } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';

type Part = string | ArrayBuffer | ArrayBufferView | Blob;

interface BlobOptions {
  type?: string;
  endings?: 'transparent' | 'native';
}

/** The bytes of a blob, which must not be written to. */
export let blobBytes: (blob: Blob) => Uint8Array;
/** A blob of bytes that nobody else holds. */
export let blobOfBytes: (bytes: Uint8Array, type: string) => Blob;

export class Blob {
  #bytes: Uint8Array;
  #type: string;

  static {
    blobBytes = (blob) => blob.#bytes;
    blobOfBytes = (bytes, type) => {
      const blob = new Blob();
      blob.#bytes = bytes;
      blob.#type = type;
      return blob;
    };
  }

  constructor(parts?: Iterable<Part>, options?: BlobOptions) {
    const chunks = chunksOf(parts);
    const given = dictionary(options, 'The options of Blob') as BlobOptions;
    // One after the other, in the order of their names: their getters can be watched.
    let endings: unknown = given.endings;
    if (endings !== undefined && typeof endings !== 'string') endings = toText(endings);
    if (endings !== undefined && endings !== 'transparent' && endings !== 'native') {
      throw new TypeError("The option 'endings' of Blob must be 'transparent' or 'native'");
    }
    const type = given.type;
    this.#type = type === undefined ? '' : normalizeType(toText(type));
    this.#bytes = joinChunks(chunks, endings === 'native');
  }

  get size(): number {
    return this.#bytes.byteLength;
  }

  get type(): string {
    return this.#type;
  }

  slice(start?: number, end?: number, contentType?: string): Blob {
    const from = place(clamp(start, 0), this.size);
    const piece = this.#bytes.subarray(from, Math.max(from, place(clamp(end, this.size), this.size)));
    return blobOfBytes(piece, contentType === undefined ? '' : normalizeType(toText(contentType)));
  }

  async text(): Promise<string> {
    return native.utf8Decode(this.#bytes, false, false);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes.slice().buffer as ArrayBuffer;
  }

  async bytes(): Promise<Uint8Array> {
    return this.#bytes.slice();
  }

  stream(): ReadableStream<Uint8Array> {
    const bytes = this.#bytes;
    let at = 0;
    return new ReadableStream<Uint8Array>(
      {
        type: 'bytes',
        pull(controller) {
          if (at < bytes.length) {
            controller.enqueue(bytes.slice(at, at + streamChunk));
            at += streamChunk;
          }
          if (at >= bytes.length) {
            controller.close();
            controller.byobRequest?.respond(0);
          }
        },
      },
      { highWaterMark: 0 },
    );
  }
}

/** Bytes of one piece of a blob's stream. */
const streamChunk = 65536;

export class File extends Blob {
  #name: string;
  #lastModified: number;

  constructor(parts: Iterable<Part>, name: string, options?: BlobOptions & { lastModified?: number }) {
    needArguments(arguments.length, 2, 'The constructor of File');
    if (parts === undefined) throw new TypeError('The parts of a File must be iterable');
    super(parts, options);
    this.#name = usvString(name);
    const modified = dictionary(options, 'The options of File').lastModified;
    this.#lastModified = modified === undefined ? Math.floor(native.wallMs()) : Math.trunc(Number(modified)) || 0;
  }

  get name(): string {
    return this.#name;
  }

  get lastModified(): number {
    return this.#lastModified;
  }

  get webkitRelativePath(): string {
    return '';
  }
}

/** The parts, each as text or as bytes that belong to somebody else. */
function chunksOf(parts: Iterable<Part> | undefined): (string | Uint8Array)[] {
  if (parts === undefined) return [];
  if ((typeof parts !== 'object' && typeof parts !== 'function') || parts === null || !(Symbol.iterator in parts)) {
    throw new TypeError('The parts of a Blob must be iterable');
  }
  const chunks: (string | Uint8Array)[] = [];
  for (const part of parts) {
    if (typeof part === 'object' && part !== null && part instanceof Blob) chunks.push(blobBytes(part));
    else if (isBufferSource(part)) chunks.push(bytesOf(part));
    else chunks.push(toText(part));
  }
  return chunks;
}

function joinChunks(parts: (string | Uint8Array)[], nativeEndings: boolean): Uint8Array {
  let length = 0;
  const chunks = parts.map((part) => {
    const text = typeof part === 'string' && nativeEndings ? part.replace(/\r\n?/g, '\n') : part;
    const chunk = typeof text === 'string' ? new Uint8Array(native.utf8Encode(text)) : text;
    length += chunk.byteLength;
    return chunk;
  });
  // A single part is copied as well: its buffer belongs to whoever gave it.
  return chunks.length === 1 ? chunks[0]!.slice() : concatBytes(chunks, length);
}

/** A type outside of printable ASCII is dropped; all others are in lower case. */
function normalizeType(type: string): string {
  return /[^\x20-\x7e]/.test(type) ? '' : type.toLowerCase();
}

/** A bound counted from the end when it is negative, within the blob. */
function place(bound: number, size: number): number {
  return bound < 0 ? Math.max(size + bound, 0) : Math.min(bound, size);
}

/** A bound of `slice` as Web IDL's [Clamp] long long gives it: of two whole numbers as near, the even one. */
function clamp(value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (Number.isNaN(number)) return 0;
  const rounded = Math.round(number);
  return rounded - number === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

defineInterface(Blob, 'Blob', { constructor: 0, slice: 0 });
inspectable(Blob, (blob) => ({ size: blob.size, type: blob.type }));
defineInterface(File, 'File', { constructor: 2 });
inspectable(File, (file) => ({
  size: file.size,
  type: file.type,
  name: file.name,
  lastModified: file.lastModified,
}));
