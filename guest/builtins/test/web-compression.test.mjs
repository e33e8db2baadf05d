// Compression streams, run in the guest. web-platform-tests have more: cargo xtask wpt.
import { inGuest } from './web.mjs';

const helpers = `
const bytes = new Uint8Array(300_000).map((_, at) => (at * at) >> 7);
const through = async (stream, ...chunks) => {
  const writer = stream.writable.getWriter();
  const written = Promise.all([...chunks.map((chunk) => writer.write(chunk)), writer.close()]);
  const [read] = await Promise.all([new Response(stream.readable).bytes(), written]);
  return read;
};
`.replaceAll('\n', ' ');

inGuest('what a format compresses it decompresses, in any pieces', `${helpers}
  for (const format of ['gzip', 'deflate', 'deflate-raw', 'brotli']) {
    const packed = await through(new CompressionStream(format), bytes.subarray(0, 1000), bytes.buffer.slice(1000, 1000), bytes.subarray(1000));
    const again = await through(new CompressionStream(format), bytes.subarray(0, 1000), bytes.subarray(1000));
    eq(packed.length < bytes.length / 2 && String(packed) === String(again), true, format + ' ' + packed.length);
    const pieces = [];
    for (let at = 0; at < packed.length; at += 777) pieces.push(packed.subarray(at, at + 777));
    const unpacked = await through(new DecompressionStream(format), ...pieces);
    eq(unpacked.length === bytes.length && unpacked.every((byte, at) => byte === bytes[at]), true, format);
  }
  eq(Array.from(await through(new CompressionStream('deflate'))), [120, 156, 3, 0, 0, 0, 0, 1]);
  eq((await through(new DecompressionStream('deflate'), Uint8Array.of(120, 156, 3, 0, 0, 0, 0, 1))).length, 0);
`);

inGuest('damaged, cut off and overlong data and what is no data are TypeErrors', `${helpers}
  for (const format of ['gzip', 'deflate', 'deflate-raw', 'brotli']) {
    const packed = await through(new CompressionStream(format), bytes);
    await rejects('TypeError', through(new DecompressionStream(format), packed.subarray(0, -1)), 'ends too early');
    await rejects('TypeError', through(new DecompressionStream(format), packed, new Uint8Array(1)), 'after the end');
    await rejects('TypeError', through(new DecompressionStream(format), Uint8Array.of(...packed, 0)), 'after the end');
    await rejects('TypeError', through(new DecompressionStream(format)), 'ends too early');
    await rejects('TypeError', through(new CompressionStream(format), 'text'), 'ArrayBuffer');
    await rejects('TypeError', through(new DecompressionStream(format), null), 'ArrayBuffer');
  }
  await rejects('TypeError', through(new DecompressionStream('gzip'), new Uint8Array(20)), 'incorrect header check');
  throws('TypeError', () => new CompressionStream('zip'), "'zip'");
  throws('TypeError', () => new CompressionStream(), '1 argument');
`);

inGuest('a chunk that expands a thousandfold is decompressed as it is read, and no further', `${helpers}
  const zeros = new Uint8Array(1 << 20);
  const packed = await through(new CompressionStream('deflate'), ...Array(200).fill(zeros));
  eq(packed.length < 300_000, true, 'found ' + packed.length);
  const stream = new DecompressionStream('deflate');
  const writer = stream.writable.getWriter();
  const written = writer.write(packed);
  // What the program does to its chunk after the write does not matter.
  let seen = 0;
  const reader = stream.readable.getReader();
  for (let i = 0; i < 5; i++) seen += (await reader.read()).value.length;
  packed.fill(255);
  for (let i = 0; i < 5; i++) seen += (await reader.read()).value.length;
  eq(seen, 10 * 65536);
  await reader.cancel('enough');
  await written;
  await writer.closed.then(() => { throw new Error('closed') }, (reason) => eq(reason, 'enough'));
`);
