// holm: code that is sent over HTTP, and functions that were deployed before.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { send } from '../http.mjs';
import { freePort, start } from '../servers.mjs';

/** `POST /v1/executions`, in a WebAssembly instance or in a container. */
export async function oneOff({ holm, docker, scratch, timeoutMs, memoryMb, mode, pool }) {
  const [port, unused] = [await freePort(), await freePort()];
  const folder = functions(scratch, {});
  const args = ['serve', '--listen', `127.0.0.1:${unused}`, '--api', `127.0.0.1:${port}`, folder];
  if (mode === 'docker') args.push('--docker', docker.socket, '--docker-image', docker.image, '--docker-pool', String(pool), '--docker-state', path.join(scratch, 'docker'));
  const server = await start(holm, args, { port, log: path.join(scratch, 'holm.log'), env: process.env });
  // CPU time is bounded by fuel, which no other program's load makes longer or shorter.
  const limits = { cpu_ms: timeoutMs, wall_ms: timeoutMs, memory_bytes: memoryMb << 20 };
  return {
    async execute({ code, input }) {
      const body = { code: `export default ${code};`, input, mode, limits };
      const answer = JSON.parse(await send({ port, path: '/v1/executions', body }));
      if (answer.outcome !== 'answered') throw new Error(`${answer.outcome}: ${answer.error?.message ?? ''}`);
      return { stdout: answer.stdout, result: answer.result };
    },
    close: server.close,
  };
}

/** Each program is a function that was deployed at the start; an execution is a request to it. */
export async function deployed({ holm, scratch, timeoutMs, memoryMb, programs }) {
  const port = await freePort();
  const folder = functions(scratch, programs);
  const bounds = ['--cpu-ms', timeoutMs, '--wall-ms', timeoutMs, '--memory-mib', memoryMb].map(String);
  const log = path.join(scratch, 'holm.log');
  const server = await start(holm, ['serve', '--listen', `127.0.0.1:${port}`, ...bounds, folder], { port, log, env: process.env });
  return {
    async execute({ program, input }) {
      return { result: JSON.parse(await send({ port, path: `/${program}`, body: input })) };
    },
    // What functions print is in the server's log.
    printed: (line) => readFileSync(log, 'utf8').split(line).length - 1,
    close: server.close,
  };
}

function functions(scratch, programs) {
  const folder = path.join(scratch, 'functions');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'ready.js'), "export default { fetch: () => new Response('ready') };\n");
  for (const [name, code] of Object.entries(programs)) {
    const text = `const run = ${code};
export default {
  async fetch(request) {
    return Response.json((await run(await request.json())) ?? null);
  },
};
`;
    writeFileSync(path.join(folder, `${name}.js`), text);
  }
  return folder;
}
