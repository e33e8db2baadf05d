// Blob and File: bytes that never change, with a type. They are in memory as a whole; slices share it.

import { defineTag, makeEnumerable } from '../../define';
import { native } from '../../native';
import { inspectable } from '../console/inspectable';
import { ReadableStream } from '../streams';
import { bytesOf, concatBytes, dictionary, isBufferSource, needArguments, toText, usvString } from '../webidl/convert';

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
    const { endings, type } = dictionary(options, 'The options of Blob') as BlobOptions;
    if (endings !== undefined && endings !== 'transparent' && endings !== 'native') {
      throw new TypeError("The option 'endings' of Blob must be 'transparent' or 'native'");
    }
    this.#bytes = joinParts(parts, endings === 'native');
    this.#type = type === undefined ? '' : normalizeType(toText(type));
  }

  get size(): number {
    return this.#bytes.byteLength;
  }

  get type(): string {
    return this.#type;
  }

  slice(start?: number, end?: number, contentType?: string): Blob {
    const piece = this.#bytes.subarray(clamp(start, 0), clamp(end, this.size));
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

function joinParts(parts: Iterable<Part> | undefined, nativeEndings: boolean): Uint8Array {
  if (parts === undefined) return new Uint8Array(0);
  if ((typeof parts !== 'object' && typeof parts !== 'function') || parts === null || !(Symbol.iterator in parts)) {
    throw new TypeError('The parts of a Blob must be iterable');
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (const part of parts) {
    let chunk: Uint8Array;
    if (typeof part === 'object' && part !== null && part instanceof Blob) chunk = blobBytes(part);
    else if (isBufferSource(part)) chunk = bytesOf(part);
    else {
      const text = toText(part);
      chunk = new Uint8Array(native.utf8Encode(nativeEndings ? text.replace(/\r\n?/g, '\n') : text));
    }
    chunks.push(chunk);
    length += chunk.byteLength;
  }
  // A single part is copied as well: its buffer belongs to whoever gave it.
  return chunks.length === 1 ? chunks[0]!.slice() : concatBytes(chunks, length);
}

/** A type outside of printable ASCII is dropped; all others are in lower case. */
function normalizeType(type: string): string {
  return /[^\x20-\x7e]/.test(type) ? '' : type.toLowerCase();
}

/** A bound of `slice` as Web IDL's [Clamp] long long gives it; negative ones count from the end by subarray. */
function clamp(value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  return Number.isNaN(number) ? 0 : Math.round(number);
}

defineTag(Blob.prototype, 'Blob');
makeEnumerable(Blob.prototype, ['size', 'type', 'slice', 'text', 'arrayBuffer', 'bytes', 'stream']);
inspectable(Blob, (blob) => ({ size: blob.size, type: blob.type }));
defineTag(File.prototype, 'File');
makeEnumerable(File.prototype, ['name', 'lastModified', 'webkitRelativePath']);
inspectable(File, (file) => ({
  size: file.size,
  type: file.type,
  name: file.name,
  lastModified: file.lastModified,
}));
