// node:stream/consumers: all of a stream as one value.

import { Buffer } from '../buffer/buffer';

type Source = AsyncIterable<any>;

async function collect(stream: Source): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk));
    else if (ArrayBuffer.isView(chunk)) chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    else if (chunk instanceof ArrayBuffer) chunks.push(new Uint8Array(chunk));
    else chunks.push(Buffer.from(String(chunk)));
  }
  return Buffer.concat(chunks);
}

export const buffer = collect;

export async function bytes(stream: Source): Promise<Uint8Array> {
  return new Uint8Array(await arrayBuffer(stream));
}

export async function arrayBuffer(stream: Source): Promise<ArrayBuffer> {
  const all = await collect(stream);
  return all.buffer.slice(all.byteOffset, all.byteOffset + all.byteLength) as ArrayBuffer;
}

export async function blob(stream: Source): Promise<unknown> {
  const { Blob } = globalThis as unknown as { Blob: new (parts: unknown[]) => unknown };
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Blob(chunks);
}

export async function text(stream: Source): Promise<string> {
  const { TextDecoder } = globalThis as unknown as { TextDecoder: new () => { decode(bytes?: unknown, options?: object): string } };
  const decoder = new TextDecoder();
  let all = '';
  for await (const chunk of stream) all += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  return all + decoder.decode();
}

export async function json(stream: Source): Promise<unknown> {
  return JSON.parse(await text(stream));
}

