'use strict';
// Finds what a program offers as a handler, in each form that people write, as it is in an instance: a default export, a
// listener for `fetch` or `scheduled`, or a server of node:http that listens. Installed before the program is evaluated.

const http = require('node:http');
const { once } = require('node:events');
const { Readable } = require('node:stream');

/** Headers of one connection, which the answer's next one does not have. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

class Handlers {
  #ClientRequest;
  /** Listeners of addEventListener, by type. */
  #listeners = new Map();
  #server;

  /** `ClientRequest` as it was before the patches: it can speak to this container's own servers. */
  constructor(ClientRequest) {
    this.#ClientRequest = ClientRequest;
    const listeners = this.#listeners;
    globalThis.addEventListener = function addEventListener(type, listener) {
      if (typeof listener?.handleEvent === 'function') listener = listener.handleEvent.bind(listener);
      if (typeof listener === 'function' && !listeners.has(String(type))) listeners.set(String(type), listener);
    };
    const { listen } = http.Server.prototype;
    const heard = (server) => (this.#server ??= server);
    http.Server.prototype.listen = function (...args) {
      heard(this);
      return Reflect.apply(listen, this, args);
    };
  }

  /** What is called; `given` is the default export. */
  find(given, name) {
    if (name === 'fetch' && typeof given === 'function' && !isClass(given)) return given;
    if (typeof given?.[name] === 'function') return given[name].bind(given);
    const server = this.#server;
    if (name === 'fetch' && server !== undefined) return (request) => this.#ask(server, request);
    const listener = this.#listeners.get(name);
    if (listener !== undefined) return name === 'fetch' ? fetched(listener) : scheduled(listener);
    throw new Error(`the program has no \`${name}\` handler: export one as \`export default { ${name}() {} }\``);
  }

  /** Hands a request to the program's own server, which listens in the container. */
  async #ask(server, request) {
    if (!server.listening) await once(server, 'listening');
    const { pathname, search, host } = new URL(request.url);
    const address = server.address();
    const place = typeof address === 'string' ? { socketPath: address } : { host: address.family === 'IPv6' ? '::1' : '127.0.0.1', port: address.port };
    const headers = { host, ...Object.fromEntries(request.headers) };
    const asked = new this.#ClientRequest({ ...place, method: request.method, path: pathname + search, headers, agent: false, signal: request.signal });
    const answered = once(asked, 'response');
    if (request.body === null) asked.end();
    else Readable.fromWeb(request.body).on('error', (error) => asked.destroy(error)).pipe(asked);
    const [answer] = await answered;
    const list = new Headers();
    for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
      if (!HOP_BY_HOP.has(answer.rawHeaders[at].toLowerCase())) list.append(answer.rawHeaders[at], answer.rawHeaders[at + 1]);
    }
    const bodyless = request.method === 'HEAD' || [204, 205, 304].includes(answer.statusCode);
    if (bodyless) answer.resume();
    return new Response(bodyless ? null : Readable.toWeb(answer), { status: answer.statusCode, statusText: answer.statusMessage, headers: list });
  }
}

function fetched(listener) {
  return (request, _env, { waitUntil }) =>
    new Promise((resolve, reject) => {
      let answered = false;
      listener({
        type: 'fetch',
        request,
        waitUntil,
        passThroughOnException() {},
        respondWith(response) {
          answered = true;
          Promise.resolve(response).then(resolve, reject);
        },
      });
      if (!answered) reject(new TypeError("the listener for 'fetch' did not call respondWith"));
    });
}

function scheduled(listener) {
  return (controller, _env, { waitUntil }) => listener({ ...controller, waitUntil });
}

function isClass(value) {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

module.exports = { Handlers };
