// workerd's worker loader: each execution is a worker of its own, loaded from its text, without a network.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { send } from '../http.mjs';
import { freePort, start } from '../servers.mjs';
import { expression, parsed } from '../text.mjs';

// `load` and not `get`: a worker that is named is kept.
const MAIN = `export default {
  async fetch(request, env) {
    const { code } = await request.json();
    const worker = env.LOADER.load({ compatibilityDate: '2025-11-01', mainModule: 'main.js', modules: { 'main.js': code }, env: {}, globalOutbound: null });
    return worker.getEntrypoint().fetch('http://worker/');
  },
};
`;

export default async function open({ workerd, scratch, timeoutMs }) {
  const port = await freePort();
  writeFileSync(path.join(scratch, 'main.js'), MAIN);
  const config = path.join(scratch, 'config.capnp');
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [(name = "main.js", esModule = embed "main.js")],
  compatibilityDate = "2025-11-01",
  bindings = [(name = "LOADER", workerLoader = (id = "loader"))]
);
`,
  );
  const log = path.join(scratch, 'workerd.log');
  const server = await start(workerd, ['serve', '--experimental', config], { port, log, env: {} });
  return {
    async execute(job) {
      // What a worker prints goes to the server's log: a console of the module's own collects it.
      const code = `let stdout = '';
const console = { log: (...parts) => void (stdout += parts.join(' ') + '\\n') };
export default {
  async fetch() {
    const json = await ${expression(job)};
    return new Response(JSON.stringify({ stdout, json }));
  },
};
`;
      // There is no limit of time in it: a caller can only stop waiting.
      const timeout = new Promise((_, reject) => setTimeout(reject, timeoutMs, new Error('no answer in time')).unref());
      const { stdout, json } = JSON.parse(await Promise.race([send({ port, path: '/', body: { code } }), timeout]));
      return { stdout, result: parsed(json) };
    },
    close: server.close,
  };
}
