// What programs ask of the platform, one function a case. Each gives something that tells that the work was done.

import { Hono } from 'hono';

const MEBIBYTE = 1 << 20;

/** Bytes that look like text and repeat only after a while: neither all the same nor random. */
function sample(length) {
  const words = ['request', 'island', 'fuel', 'policy', 'journal', 'replay', 'turn', 'image', 'memory', 'limit'];
  let text = '';
  for (let i = 0; text.length < length; i++) text += `${words[(i * 7 + (i >> 3)) % 10]} ${i * 2654435761 % 1000} `;
  return text.slice(0, length);
}

const text = sample(MEBIBYTE);
const bytes = new TextEncoder().encode(text);
const base64 = btoa(text);
const record = (i) => ({ id: i, name: `record ${i}`, tags: ['one', 'two'], nested: { on: i % 2 === 0, at: i / 3 } });
const tenKilobytes = JSON.stringify(Array.from({ length: 115 }, (_, i) => record(i)));
const hundredKilobytes = Array.from({ length: 1150 }, (_, i) => record(i));
const twenty = Array.from({ length: 20 }, (_, i) => [`x-header-${i}`, `value ${i}`]);

const app = new Hono();
app.use(async (context, next) => {
  await next();
  context.header('x-app', 'surface');
});
app.get('/hello/:name', (context) => context.json({ hello: context.req.param('name') }));
app.post('/other', (context) => context.text('other'));

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');

export const cases = {
  'new URL': () => new URL('../c?d=e&f=%20g#h', 'https://user@example.com:8080/a/b/index.html').href,
  'Headers, 20 entries': () => {
    const headers = new Headers(twenty);
    let length = 0;
    for (const [name, value] of headers) length += name.length + value.length;
    return length;
  },
  'Request and Response, JSON of 10 KB': async () => {
    const request = new Request('https://example.com/', { method: 'POST', body: tenKilobytes });
    const response = Response.json(await request.json());
    return (await response.text()).length;
  },
  'TextEncoder, 1 MB': () => new TextEncoder().encode(text).length,
  'TextDecoder, 1 MB': () => new TextDecoder().decode(bytes).length,
  'btoa, 1 MB': () => btoa(text).length,
  'atob, 1 MB': () => atob(base64).length,
  'structuredClone, 100 KB': () => structuredClone(hundredKilobytes).length,
  'SHA-256, 1 MB': async () => hex(await crypto.subtle.digest('SHA-256', bytes)),
  // The compressed length is the library's own affair: what comes out again is compared.
  'gzip and gunzip, 1 MB': async () => {
    const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
    const unpacked = packed.pipeThrough(new DecompressionStream('gzip'));
    return (await new Response(unpacked).arrayBuffer()).byteLength;
  },
  'TransformStream, 10 MB': async () => {
    const chunk = bytes.subarray(0, 65536);
    let left = 160;
    const source = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    const through = new TransformStream({ transform: (piece, controller) => controller.enqueue(piece) });
    let length = 0;
    for await (const piece of source.pipeThrough(through)) length += piece.length;
    return length;
  },
  'hono, one route': async () => (await app.fetch(new Request('http://localhost/hello/you'))).text(),
};
