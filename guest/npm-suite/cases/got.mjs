import { Readable } from 'node:stream';
import got, { HTTPError } from 'got';
const client = got.extend({ prefixUrl: 'https://api.example', retry: { limit: 0 }, headers: { 'x-a': '1' }, hooks: { beforeRequest: [(options) => new Response(JSON.stringify({ url: String(options.url), method: options.method, type: options.headers['content-type'], a: options.headers['x-a'] })) && undefined] } });
console.log(client.defaults.options.prefixUrl, client.defaults.options.headers['x-a'], typeof got.stream, typeof HTTPError, Readable.name);
console.log(await got('nonsense').catch((error) => [error.name, error.code]), await client.get('/slash').catch((error) => error.message));
