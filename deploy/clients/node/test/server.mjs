// `holm serve --api` in a folder of its own, for a test.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HOLM = process.env.HOLM ?? join(import.meta.dirname, '../../../../target/debug/holm');

/** Its url, and how to stop it. */
export async function serve() {
  const folder = mkdtempSync(join(tmpdir(), 'holm-client-'));
  writeFileSync(join(folder, 'hello.js'), "export default () => new Response('hello')");
  const options = ['serve', '--listen', '127.0.0.1:0', '--api', '127.0.0.1:0', '--api-allow-private', '--record-dir', 'journals', 'hello.js'];
  const server = spawn(HOLM, options, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  let url;
  for await (const piece of server.stdout) {
    said += piece;
    url = /executions on (http:\/\/[^/]+)\//.exec(said)?.[1];
    if (url) break;
  }
  if (!url) throw new Error(`holm does not serve; it said: ${said}`);
  const stop = async () => {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  };
  return { url, stop };
}
