'use strict';
// Loaded before anything else, in the program's process and (by NODE_OPTIONS) in its children and workers: sends what
// node:http, node:https and fetch would send over the network through the container's one socket, as requests with an
// absolute URL in plain text. TLS, names and rules are at the other end. This is for compatibility: who goes around it
// finds a container without a network.

const http = require('node:http');
const https = require('node:https');
const { Readable } = require('node:stream');
const { syncBuiltinESMExports } = require('node:module');
const { urlToHttpOptions } = require('node:url');

const SOCKET = '/holm/run/s';
const FAILURE = 'x-holm-failure';

const { ClientRequest } = http;
const agent = new http.Agent({ keepAlive: true, maxSockets: 128 });

/** The other end refused or failed: its words, and `code` in the way of Node. */
function failure(kind, message) {
  const error = new Error(message);
  error.code = kind === 'timeout' ? 'ETIMEDOUT' : kind === 'network' ? 'ECONNREFUSED' : `HOLM_${kind.toUpperCase()}`;
  return error;
}

/** Turns an answer of holm's own into an error of the request. */
function watch(request) {
  const emit = request.emit;
  request.emit = function (name, response, ...rest) {
    const kind = name === 'response' || name === 'connect' ? response.headers[FAILURE] : undefined;
    if (kind === undefined) return Reflect.apply(emit, this, [name, response, ...rest]);
    if (name === 'connect') {
      request.destroy(failure(kind, 'CONNECT is not supported in containers'));
      return true;
    }
    let message = '';
    response.setEncoding('utf8');
    response.on('data', (piece) => (message += piece));
    response.on('error', () => {});
    response.on('close', () => Reflect.apply(emit, request, ['error', failure(kind, message || 'the request failed')]));
    return true;
  };
  return request;
}

function isUrl(value) {
  return value instanceof URL || (value !== null && typeof value === 'object' && typeof value.href === 'string' && 'searchParams' in value);
}

function requestOf(scheme) {
  return function request(input, options, callback) {
    let given = {};
    if (typeof input === 'string') given = urlToHttpOptions(new URL(input));
    else if (isUrl(input)) given = urlToHttpOptions(input);
    else {
      callback = options;
      options = input;
    }
    if (typeof options === 'function') {
      callback = options;
      options = undefined;
    }
    const wanted = { ...given, ...options };
    // A socket that the program made itself, within the container.
    if (wanted.socketPath) return new ClientRequest(wanted, callback);
    const protocol = wanted.protocol ?? scheme;
    let host = String(wanted.hostname || wanted.host || 'localhost');
    if (host.includes(':') && !host.startsWith('[')) host = `[${host}]`;
    const port = Number(wanted.port || wanted.defaultPort || 0);
    const authority = port === 0 || port === (protocol === 'https:' ? 443 : 80) ? host : `${host}:${port}`;
    const path = wanted.path || '/';
    const url = /^https?:\/\//i.test(path) ? path : `${protocol}//${authority}${path}`;
    for (const name of ['host', 'hostname', 'port', 'defaultPort', 'createConnection', 'lookup', 'localAddress', 'family', 'servername']) {
      delete wanted[name];
    }
    return watch(
      new ClientRequest({ ...wanted, protocol: 'http:', path: url, socketPath: SOCKET, agent, setHost: false }, callback),
    );
  };
}

for (const [module, scheme] of [[http, 'http:'], [https, 'https:']]) {
  const request = requestOf(scheme);
  module.request = request;
  module.get = function get(input, options, callback) {
    const started = request(input, options, callback);
    started.end();
    return started;
  };
}
syncBuiltinESMExports();

/** Names and values, in any of the forms in which undici hands them over. */
function* pairs(headers) {
  if (!headers) return;
  if (Array.isArray(headers) && !Array.isArray(headers[0])) {
    for (let at = 0; at + 1 < headers.length; at += 2) yield [String(headers[at]), headers[at + 1]];
  } else if (typeof headers[Symbol.iterator] === 'function') {
    for (const [name, value] of headers) yield [String(name), value];
  } else {
    yield* Object.entries(headers);
  }
}

function text(value) {
  return Array.isArray(value) ? value.map(String) : Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
}

/** undici's dispatcher: one request at a time through the socket. */
class Dispatcher {
  dispatch(options, handler) {
    const { origin, path, method, body } = options;
    const request = new ClientRequest({
      method,
      path: new URL(path, origin).href,
      socketPath: SOCKET,
      agent,
      setHost: false,
    });
    let over = false;
    const fail = (error) => {
      if (over) return;
      over = true;
      request.destroy();
      if (handler.onResponseError) handler.onResponseError(controller, error);
      else handler.onError(error);
    };
    let paused = null;
    // The form of newer undici, which hands over one controller.
    const controller = {
      abort: (reason) => fail(reason ?? new Error('aborted')),
      pause: () => paused?.pause(),
      resume: () => paused?.resume(),
      get paused() { return paused?.isPaused() ?? false; },
      get aborted() { return over; },
      get reason() { return null; },
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const kind = response.headers[FAILURE];
      if (kind !== undefined) {
        let message = '';
        response.setEncoding('utf8');
        response.on('data', (piece) => (message += piece));
        response.on('close', () => fail(failure(kind, message || 'the request failed')));
        return;
      }
      paused = response;
      const resume = () => response.resume();
      response.on('error', fail);
      response.on('close', () => fail(new Error('the other side broke off')));
      let go;
      if (handler.onResponseStart) {
        go = handler.onResponseStart(controller, response.statusCode, response.headers, response.statusMessage);
      } else {
        const raw = response.rawHeaders.map((part) => Buffer.from(part, 'latin1'));
        go = handler.onHeaders(response.statusCode, raw, resume, response.statusMessage);
      }
      response.on('data', (piece) => {
        if (over) return;
        const more = handler.onResponseData ? handler.onResponseData(controller, piece) : handler.onData(piece);
        if (more === false) response.pause();
      });
      response.on('end', () => {
        if (over) return;
        over = true;
        if (handler.onResponseEnd) handler.onResponseEnd(controller, {});
        else handler.onComplete([]);
      });
      if (go === false) response.pause();
    });
    try {
      if (handler.onRequestStart) handler.onRequestStart(controller, {});
      else handler.onConnect((reason) => fail(reason ?? new Error('aborted')));
      for (const [name, value] of pairs(options.headers)) request.setHeader(name, text(value));
      if (body === null || body === undefined) {
        request.end();
      } else if (typeof body === 'string' || ArrayBuffer.isView(body)) {
        request.end(body);
        handler.onBodySent?.(body);
        handler.onRequestSent?.();
      } else {
        send(body, request, handler).catch(fail);
      }
    } catch (error) {
      fail(error);
    }
    return true;
  }

  close() { return Promise.resolve(); }
  destroy() { return Promise.resolve(); }
}

async function send(body, request, handler) {
  const pieces = typeof body.stream === 'function' ? Readable.fromWeb(body.stream()) : body;
  for await (const piece of pieces) {
    if (request.destroyed) return;
    handler.onBodySent?.(piece);
    if (!request.write(piece)) {
      await new Promise((resolve) => {
        request.once('drain', resolve);
        request.once('close', resolve);
      });
    }
  }
  handler.onRequestSent?.();
  request.end();
}

Object.defineProperty(globalThis, Symbol.for('undici.globalDispatcher.1'), {
  value: new Dispatcher(),
  writable: true,
  enumerable: false,
  configurable: true,
});

module.exports = { ClientRequest, SOCKET };
