// Executes what is posted to it by one of the libraries: library-server.mjs SETTINGS.

import http from 'node:http';
import { approaches } from './approaches.mjs';

const settings = JSON.parse(process.argv[2]);
const { execute } = await approaches[settings.name](settings);

http
  .createServer((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', async () => {
      let answer;
      try {
        answer = await execute(JSON.parse(Buffer.concat(pieces)));
      } catch (error) {
        answer = { error: String(error) };
      }
      const text = JSON.stringify(answer);
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
    });
  })
  .listen(settings.port, '127.0.0.1');
