import { Elysia, t } from 'elysia';
const app = new Elysia().get('/', () => 'hello').get('/u/:id', ({ params, query }) => ({ ...params, ...query }), { params: t.Object({ id: t.Numeric() }) }).post('/p', ({ body, set }) => { set.status = 201; set.headers['x-a'] = 'b'; return body; }, { body: t.Object({ n: t.Number() }) }).onError(({ code }) => new Response(String(code), { status: 400 }));
const call = async (path, init) => { const response = await app.handle(new Request(`http://x${path}`, init)); console.log(response.status, response.headers.get('x-a'), await response.text()); };
await call('/');
await call('/u/5?q=1');
await call('/u/x');
await call('/p', { method: 'POST', body: '{"n":1}', headers: { 'content-type': 'application/json' } });
await call('/p', { method: 'POST', body: '{"n":"z"}', headers: { 'content-type': 'application/json' } });
await call('/none');
