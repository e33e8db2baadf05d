// Servers that an approach needs: started, waited for, ended.

import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import net from 'node:net';

/** A port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a program, whose output goes to `log`, and waits until its port takes connections. */
export async function start(program, args, { port, log, env }) {
  const output = openSync(log, 'w');
  const child = spawn(program, args, { stdio: ['ignore', output, output], env });
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  for (;;) {
    const connected = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (connected) break;
    const gone = await Promise.race([ended.then((code) => ({ code })), new Promise((resolve) => setTimeout(resolve, 10))]);
    if (gone) throw new Error(`${program} ended with ${gone.code}; see ${log}`);
  }
  return { close: () => child.kill('SIGKILL') };
}
