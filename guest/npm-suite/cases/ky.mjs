import ky, { HTTPError } from 'ky';
let tries = 0;
const api = ky.create({ prefixUrl: 'https://api.example', retry: { limit: 2, delay: () => 1 }, fetch: async (request) => {
  if (request.url.endsWith('/flaky') && tries++ < 1) return new Response('', { status: 503 });
  if (request.url.endsWith('/none')) return new Response('no', { status: 404 });
  return Response.json({ method: request.method, url: request.url, body: await request.text(), type: request.headers.get('content-type') });
} });
console.log(await api.get('flaky').json(), tries);
console.log(await api.post('a', { json: { b: 1 }, searchParams: { c: 2 } }).json());
console.log(await api.get('none').catch((error) => [error instanceof HTTPError, error.response.status]));
