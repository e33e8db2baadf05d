// Serves main.mjs under node: node.mjs FILE PORT.

import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const [file, port] = process.argv.slice(2);
const { default: handler } = await import(pathToFileURL(file));

createServer(async (request, response) => {
  const answer = await handler.fetch(new Request(`http://localhost${request.url}`));
  response.writeHead(answer.status, { connection: 'close' });
  response.end(await answer.text());
}).listen(Number(port), '127.0.0.1');
