import { Hono } from 'hono';
const app = new Hono();
app.get('/users/:id', (c) => c.json({ id: c.req.param('id'), q: c.req.query('q') }));
app.post('/echo', async (c) => c.text((await c.req.text()).toUpperCase(), 201));
app.notFound((c) => c.text('nothing here', 404));
const show = async (path, init) => {
  const response = await app.request(path, init);
  console.log(response.status, response.headers.get('content-type'), await response.text());
};
await show('/users/7?q=a%20b');
await show('/echo', { method: 'POST', body: 'hello' });
await show('/nope');
