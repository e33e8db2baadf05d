// A library of in-process.mjs behind an HTTP server of node, in a process of its own, as holm is.

import { fileURLToPath } from 'node:url';
import { send } from '../http.mjs';
import { freePort, start } from '../servers.mjs';

const SERVER = fileURLToPath(new URL('../library-server.mjs', import.meta.url));

export default async function open(options) {
  const port = await freePort();
  const settings = JSON.stringify({ ...options, name: options.name.replace(/-served$/, ''), port });
  const server = await start(process.execPath, [SERVER, settings], { port, log: `${options.scratch}/served.log`, env: process.env });
  return {
    async execute(job) {
      const answer = JSON.parse(await send({ port, path: '/', body: job }));
      if (answer.error) throw new Error(answer.error);
      return answer;
    },
    close: server.close,
  };
}
