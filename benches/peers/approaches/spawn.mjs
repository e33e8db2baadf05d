// A temporary file and `spawn('node', [file])`: plain; with a patch that is required first; with the variable of a proxy.

import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeAnswer, nodeFile } from '../text.mjs';

const PATCH = fileURLToPath(new URL('../patch.cjs', import.meta.url));

/** A proxy that refuses everything: what the variable is set to. */
async function proxy() {
  const server = http.createServer((_, response) => response.writeHead(403).end('refused'));
  server.on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function open({ scratch, timeoutMs, memoryMb, name }) {
  const flags = [`--max-old-space-size=${memoryMb}`, ...(name === 'spawn-patch' ? ['--require', PATCH] : [])];
  const server = name === 'spawn-proxy' ? await proxy() : undefined;
  const url = server && `http://127.0.0.1:${server.address().port}`;
  const env = { PATH: process.env.PATH, ...(server ? { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url } : {}) };
  let files = 0;
  return {
    async execute(job) {
      const file = path.join(scratch, `${process.pid}-${files++}.cjs`);
      await writeFile(file, nodeFile(job));
      try {
        return nodeAnswer(await output(spawn(process.execPath, [...flags, file], { env, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] })));
      } finally {
        await rm(file);
      }
    },
  };
}

function output(child) {
  let [out, err] = ['', ''];
  child.stdout.on('data', (piece) => (out += piece));
  child.stderr.on('data', (piece) => (err += piece));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    // `exit` and not `close`: what the program started may hold the pipes for ever.
    child.on('exit', (code, signal) => {
      if (code === 0) setImmediate(() => drained(child.stdout, () => resolve(out)));
      else reject(new Error(`${signal ?? `exit ${code}`}: ${err.slice(0, 300)}`));
    });
  });
}

/** When a stream is read to its end, or soon. */
function drained(stream, done) {
  if (stream.readableEnded) return done();
  const timer = setTimeout(done, 500);
  stream.once('end', () => {
    clearTimeout(timer);
    done();
  });
}

export default open;
