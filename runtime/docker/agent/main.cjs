'use strict';
// The agent: waits for a job, becomes the program's process, runs the program, and says how it ended.
//
// How it ended is written to standard output after the marker, so that it comes after all output and needs no event loop:
// `process.exit()` gives none. The program runs in this same process and could write it itself; it would only lie about
// itself.

const { ClientRequest, SOCKET } = require('./patch.cjs');
const { Handlers } = require('./handlers.cjs');
const { Modules } = require('./modules.cjs');
const { writeSync } = require('node:fs');
const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const childProcess = require('node:child_process');
const util = require('node:util');

/** Node's exit code for a top-level await that nothing settles. */
const EXIT_UNSETTLED = 13;

const emit = process.emit;
const { exit, execPath } = process;
const { stringify } = JSON;

const ending = { exit_code: 0, value: null, threw: null, children: false };
let marker;
let ended = false;
/** The entry is evaluated, and what is asked of it is done. */
let settled = false;
/** The entry is evaluated, and something is waited for: what is said when it never comes. */
let unsettled;
let entry = '';

for (const name of ['spawn', 'fork', 'exec', 'execFile', 'spawnSync', 'execSync', 'execFileSync']) {
  const own = childProcess[name];
  childProcess[name] = function (...args) {
    ending.children = true;
    return Reflect.apply(own, this, args);
  };
  // What `util.promisify` gives.
  for (const key of Reflect.ownKeys(own)) {
    if (typeof key === 'symbol') Object.defineProperty(childProcess[name], key, Object.getOwnPropertyDescriptor(own, key));
  }
}

function control(method, path, headers, answered) {
  return new ClientRequest({ method, path, headers, socketPath: SOCKET, agent: false }, answered);
}

function write(descriptor, text) {
  const bytes = Buffer.from(text);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      // The pipe is full: the host takes what is in it.
      if (error.code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function end() {
  if (ended || marker === undefined) return;
  ended = true;
  write(2, marker);
  write(1, `${marker}${stringify(ending)}\n`);
  // What was used is looked at from outside now, and then the container is destroyed; should nobody do so, it ends itself.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
}

function describe(error) {
  if (!util.types.isNativeError(error)) {
    const message = typeof error === 'string' ? error : util.inspect(error);
    return { name: 'Error', message, report: `Uncaught ${message}` };
  }
  const report = util
    .inspect(error)
    .split('\n')
    .filter((line) => !/^\s+at .*(\/holm\/agent\/|node:internal\/)/.test(line))
    .join('\n');
  return { name: String(error.name), message: String(error.message), report };
}

// Called for every event of the process, also by Node itself.
process.emit = function (name, ...rest) {
  const heard = Reflect.apply(emit, this, [name, ...rest]);
  if (name === 'uncaughtException' && !heard) {
    ending.threw ??= describe(rest[0]);
    // Node would write it to standard error; here it is the outcome.
    end();
  } else if (name === 'exit') {
    ending.exit_code = Number(process.exitCode ?? rest[0] ?? 0) >>> 0;
    if (unsettled !== undefined && ending.threw === null && process.exitCode === undefined && !exited) {
      ending.threw = describe(new Error(unsettled));
    } else if (!settled && ending.threw === null && process.exitCode === undefined && !exited) {
      ending.exit_code = EXIT_UNSETTLED;
      process.exitCode = EXIT_UNSETTLED;
      write(2, `Warning: the top-level await of ${entry} can never settle: nothing is pending that could settle it\n`);
    }
    end();
  }
  return heard;
};

let exited = false;
process.exit = function (...args) {
  exited = true;
  // Who ends it so has no value.
  ending.value = null;
  return Reflect.apply(exit, process, args);
};

/** The request's body, or the script's standard input. */
function input() {
  const body = new Readable({ read() {} });
  let started = false;
  body._read = () => {
    if (started) return body.emit('room');
    started = true;
    const request = control('GET', '/body', {}, (response) => {
      response.on('data', (piece) => {
        if (body.push(piece)) return;
        response.pause();
        body.once('room', () => response.resume());
      });
      response.on('end', () => body.push(null));
      response.on('error', (error) => body.destroy(error));
    });
    request.on('error', (error) => body.destroy(error));
    request.end();
  };
  return body;
}

async function whole(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function become(job) {
  entry = job.entry;
  process.argv = [execPath, job.entry, ...job.arguments];
  for (const name of Object.keys(process.env)) if (name !== 'NODE_OPTIONS') delete process.env[name];
  Object.assign(process.env, job.env);
  // Warnings about what the agent uses are off; the program's are not the agent's to hide in its children.
  process.execArgv = [];
  process.chdir('/bundle');
  if (job.kind === 'script') {
    let stdin;
    Object.defineProperty(process, 'stdin', { configurable: true, enumerable: true, get: () => (stdin ??= input()) });
  }
}

/** Runs the program and takes its value: the default export, called with the input where it is a function, or a script's last
 * expression; a promise is waited for. Then it goes on as a script does, until nothing is pending. */
async function execution(modules, text) {
  const input = text === undefined ? undefined : JSON.parse(text);
  let { value } = await modules.run(input);
  unsettled = 'The promise of the result can never settle: nothing is pending that could settle it';
  if (typeof value === 'function') value = value(input);
  value = await value;
  unsettled = undefined;
  try {
    ending.value = stringify(value) ?? null;
  } catch (error) {
    throw new TypeError(`The result cannot be given as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function handler(modules, name) {
  const handlers = new Handlers(ClientRequest);
  const { value } = await modules.run();
  const found = handlers.find(value, name);
  unsettled = 'The promise of the handler can never settle: nothing is pending that could settle it';
  return found;
}

function context() {
  const waiting = [];
  return {
    waiting,
    given: {
      waitUntil(promise) {
        waiting.push(Promise.resolve(promise).catch((error) => console.error(error)));
      },
      passThroughOnException() {},
    },
  };
}

async function idle({ waiting }) {
  for (let at = 0; at < waiting.length; at += 1) await waiting[at];
}

async function request(modules, { method, url, headers, has_body }) {
  const handle = await handler(modules, 'fetch');
  const list = new Headers();
  const lines = headers === '' ? [] : headers.split('\n');
  for (let at = 0; at + 1 < lines.length; at += 2) list.append(lines[at], lines[at + 1]);
  const body = has_body && method !== 'GET' && method !== 'HEAD' ? Readable.toWeb(input()) : undefined;
  const around = context();
  const abort = new AbortController();
  const asked = control('GET', '/cancelled', {}, (answer) => {
    if (answer.statusCode !== 200) return answer.resume();
    whole(answer).then((reason) => abort.abort(new DOMException(reason, 'AbortError')), () => {});
  });
  // It is answered when nobody waits any more, or never: nothing is to wait for it.
  asked.on('socket', (socket) => socket.unref());
  asked.on('error', () => {});
  asked.end();
  const response = await handle(new Request(url, { method, headers: list, body, duplex: 'half', signal: abort.signal }), process.env, around.given);
  if (!(response instanceof Response)) throw new TypeError('the fetch handler must return a Response');
  await respond(response);
  await idle(around);
}

async function respond(response) {
  const head = stringify({ status: response.status, headers: [...response.headers], body: response.body !== null });
  const ascii = head.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  await new Promise((resolve, reject) => {
    const sent = control('POST', '/response', { 'x-holm-head': ascii }, (answer) => {
      answer.resume();
      answer.on('end', resolve);
      answer.on('error', reject);
    });
    sent.on('error', reject);
    if (response.body === null) sent.end();
    else pipeline(Readable.fromWeb(response.body), sent).catch(reject);
  });
}

async function scheduled(modules, { cron, time_ms }) {
  const handle = await handler(modules, 'scheduled');
  const around = context();
  await handle({ type: 'scheduled', cron, scheduledTime: time_ms }, process.env, around.given);
  await idle(around);
}

function start(job) {
  ({ marker } = job);
  become(job);
  const modules = new Modules(job.modules, job.entry);
  const run = {
    script: () => modules.run(),
    execution: () => execution(modules, job.input),
    request: () => request(modules, job.request),
    scheduled: () => scheduled(modules, job.scheduled),
  }[job.kind];
  run().then(
    () => {
      settled = true;
      // A script lives as long as something is pending; a function until it has answered.
      if (job.kind !== 'script' && job.kind !== 'execution') process.exit(0);
    },
    (error) => {
      settled = true;
      // Outside of the promise, so that a listener for uncaught exceptions hears it.
      process.nextTick(() => {
        throw error;
      });
    },
  );
}

// What most programs need is loaded while there is time: fetch and the loader of modules. Not the streams of the console:
// looking at them makes the descriptors non-blocking, which a program that writes to them directly would notice.
void globalThis.Response;
Modules.warmUp();

const waiting = control('GET', '/job', {}, (response) => {
  if (response.statusCode !== 200) exit(1);
  whole(response).then((text) => start(JSON.parse(text)));
});
waiting.on('error', () => exit(1));
waiting.end();
