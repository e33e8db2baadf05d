// Answers requests, in Node and in holm alike.

import { createServer } from 'node:http';
import { route } from './route.ts';

// The handler of this server is what answers the function's requests; the port is of no account in holm.
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const { status, body } = route(url.pathname, url.searchParams.get('name') ?? process.env.NAME);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
});

server.listen(Number(process.env.PORT ?? 8080));
