// Requests over connections that are kept, as a caller makes them.

import http from 'node:http';

const agents = new Map();

/** Sends JSON to a port of this machine, or to a Unix socket, and gives the body of the answer as bytes. */
export function send({ port, socketPath, method = 'POST', path, body, headers }) {
  const key = port ?? socketPath;
  if (!agents.has(key)) agents.set(key, new http.Agent({ keepAlive: true, maxSockets: 64 }));
  const text = body === undefined ? undefined : JSON.stringify(body);
  const length = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  const to = socketPath ? { socketPath } : { host: '127.0.0.1', port };
  return new Promise((resolve, reject) => {
    const request = http.request({ ...to, method, path, headers: { ...length, ...headers }, agent: agents.get(key) }, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(pieces);
        if (response.statusCode < 300) resolve(bytes);
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${bytes.toString().slice(0, 300)}`));
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}
