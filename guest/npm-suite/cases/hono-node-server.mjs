import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import inject from 'light-my-request';
const app = new Hono().get('/a/:id', (c) => c.json({ id: c.req.param('id'), header: c.req.header('x-a') })).post('/p', async (c) => c.text((await c.req.text()).toUpperCase(), 201, { 'x-b': 'c' })).get('/stream', () => new Response(new ReadableStream({ start(controller) { for (const part of ['a', 'b']) controller.enqueue(new TextEncoder().encode(part)); controller.close(); } })));
const listener = getRequestListener(app.fetch);
for (const request of [{ url: '/a/5', headers: { 'x-a': 'y' } }, { url: '/p', method: 'POST', payload: 'text' }, { url: '/stream' }, { url: '/none' }]) {
  const response = await inject(listener, request);
  console.log(response.statusCode, response.headers['content-type'], response.headers['x-b'], response.payload);
}
