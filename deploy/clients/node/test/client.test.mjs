// The client against the real server: `holm serve --api`, which each run starts.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';

import * as esm from '../dist/index.js';
import { serve } from './server.mjs';

const { HybridExecutor, BackendError, BusyError, ConnectionError, ExecutionError, InvalidRequestError, ProgramError, ServerError } = esm;

let server, executor, origin, url;

before(async () => {
  server = await serve();
  url = server.url;
  executor = new HybridExecutor({ url });
  origin = createServer((request, response) => {
    if (request.url !== '/held') response.end('from the origin');
  }).listen(0, '127.0.0.1');
  await once(origin, 'listening');
});

after(async () => {
  executor.close();
  origin.closeAllConnections();
  origin.close();
  await server.stop();
});

const rule = () => `private http://127.0.0.1:${origin.address().port}`;
const held = () => `await fetch('http://127.0.0.1:${origin.address().port}/held')`;

/** A server that answers as it is told, and keeps what it was asked. */
async function fake(answers) {
  const asked = [];
  const fake = createServer((request, response) => {
    asked.push({ method: request.method, headers: request.headers });
    request.resume().on('end', () => answers[Math.min(asked.length, answers.length) - 1](request, response));
  }).listen(0, '127.0.0.1');
  await once(fake, 'listening');
  const close = () => (fake.closeAllConnections(), fake.close());
  return { asked, close, url: `http://127.0.0.1:${fake.address().port}` };
}

const RESULT = { id: 'x', outcome: 'answered', result: 1, exit_code: 0, error: null, usage: {} };
const answers = (status, body, headers) => (_, response) => response.writeHead(status, headers).end(JSON.stringify(body));
const busy = answers(429, { error: { code: 'busy', message: 'too many' } }, { 'retry-after': '0' });

describe('what comes of an execution', () => {
  test('value, output and usage', async () => {
    const result = await executor.execute("console.log('one'); console.error('two'); ({ a: [1] })");
    assert.deepEqual(result.result, { a: [1] });
    assert.deepEqual([result.outcome, result.exitCode, result.stdout, result.stderr], ['answered', 0, 'one\n', 'two\n']);
    assert.deepEqual(result.logs[0], { level: 'info', text: 'one' });
    assert.equal(result.backend, 'wasm');
    assert.match(result.why, /WebAssembly/);
    assert.ok(result.usage.fuel > 0 && result.usage.memoryPeakBytes > 0 && result.usage.wallMs > 0);
  });

  test('input, arguments, environment and files are what was given', async () => {
    const code = 'export default (input) => [input, process.argv.slice(2), process.env.NAME]';
    const options = { input: { x: null }, args: ['a'], env: { NAME: 'ada' } };
    assert.deepEqual(await executor.evaluate(code, options), [{ x: null }, ['a'], 'ada']);
    const files = { 'lib/twice.ts': 'export const twice = (n: number) => n * 2' };
    const main = "import { twice } from './lib/twice.ts'; export default twice";
    assert.equal(await executor.evaluate(main, { files, input: 21 }), 42);
    assert.equal(await executor.evaluate(null, { files: { ...files, 'main.ts': main }, entry: 'main.ts', input: 4 }), 8);
  });

  test('a program that fails has a result that says how, and `evaluate` rejects with it', async () => {
    const threw = await executor.execute("throw new RangeError('no')");
    assert.deepEqual([threw.outcome, threw.exitCode, threw.error.name], ['threw', 1, 'RangeError']);
    assert.match(threw.error.report, /snippet\.js:1/);
    const exceeded = await executor.execute('for (;;) {}', { cpuMs: 20 });
    assert.deepEqual([exceeded.error.limit, exceeded.error.value], ['cpu_ms', 20]);
    const slow = await executor.execute('await new Promise((done) => setTimeout(done, 60_000))', { timeoutMs: 50 });
    assert.equal(slow.error.limit, 'wall_ms');
    const large = await executor.execute("const a = []; for (;;) a.push('x'.repeat(1e6))", { memoryMb: 8 });
    assert.equal(large.result, null);
    assert.notEqual(large.outcome, 'answered');
    await assert.rejects(executor.evaluate('for (;;) {}', { cpuMs: 20 }), (error) => {
      assert.ok(error instanceof ExecutionError && error instanceof esm.HolmError);
      assert.deepEqual([error.name, error.code, error.result.outcome], ['ExecutionError', 'exceeded', 'exceeded']);
      return /limits\.cpu_ms/.test(error.hint);
    });
  });

  test('the network is closed but for the rules', async () => {
    const code = `export default async () => (await fetch('http://127.0.0.1:${origin.address().port}/')).text()`;
    const denied = await executor.execute(code);
    assert.deepEqual([denied.outcome, denied.network[0].outcome, denied.network[0].rule], ['threw', 'denied', null]);
    const allowed = await executor.execute(code, { allowNetwork: [rule()] });
    assert.equal(allowed.result, 'from the origin');
    assert.deepEqual([allowed.network[0].status, allowed.network[0].bytes], [200, 15]);
    // Every public host is still no private one.
    const open = await executor.execute(code, { allowNetwork: true });
    assert.deepEqual([open.outcome, open.network[0].outcome], ['threw', 'denied']);
  });

  test('a journal is kept for who asks', async () => {
    const { journal, id } = await executor.execute('1', { record: true });
    assert.equal(journal, `${id}.holm`);
    assert.equal((await executor.execute('1')).journal, null);
  });
});

describe('events', () => {
  test('output comes as it is written, and the result last', async () => {
    const said = [];
    const code = `console.log('first'); process.stderr.write('raw'); await (await fetch('http://127.0.0.1:${origin.address().port}/')).text(); console.warn('zwölf'); 'value'`;
    const result = await executor.execute(code, {
      allowNetwork: [rule()],
      onStdout: (text) => said.push(['out', text]),
      onStderr: (text) => said.push(['err', text]),
      onNetwork: ({ status }) => said.push(['network', status]),
    });
    assert.deepEqual(said, [['out', 'first\n'], ['err', 'raw'], ['network', 200], ['err', 'zwölf\n']]);
    assert.deepEqual([result.outcome, result.stdout, result.stderr], ['answered', 'first\n', 'rawzwölf\n']);
  });

  test('output comes before the end, and a callback that throws ends the execution', async () => {
    await assert.rejects(
      executor.execute(`console.log('said'); ${held()}`, { allowNetwork: [rule()], onStdout: (text) => { throw new Error(`heard ${text}`); } }),
      /heard said/,
    );
  });

  test('a program that cannot be read is refused as without events', async () => {
    await assert.rejects(executor.execute('let x =', { onStdout: () => {} }), ProgramError);
  });
});

describe('an abort', () => {
  for (const [name, options] of [['of a whole answer', {}], ['of events', { onStdout: () => {} }]]) {
    test(`${name} rejects with its reason and ends the execution`, async () => {
      const abort = new AbortController();
      const asked = once(origin, 'request');
      const run = executor.execute(held(), { allowNetwork: [rule()], signal: abort.signal, ...options });
      const [request] = await asked;
      const closed = once(request.socket, 'close');
      abort.abort(new Error('enough'));
      await assert.rejects(run, /enough/);
      // What it waited for is let go: it is no more on the server.
      await closed;
    });
  }

  test('before the start sends nothing', async () => {
    const { asked, close, url } = await fake([answers(200, RESULT)]);
    await assert.rejects(new HybridExecutor({ url }).execute('1', { signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.equal(asked.length, 0);
    close();
  });

  test('is asked for again until the execution has begun', async () => {
    const { asked, close, url } = await fake([() => {}, answers(404, {}), (_, response) => response.writeHead(204).end()]);
    const client = new HybridExecutor({ url });
    const abort = new AbortController();
    const run = client.execute('1', { signal: abort.signal });
    while (asked.length === 0) await new Promise(setImmediate);
    abort.abort();
    await assert.rejects(run, { name: 'AbortError' });
    while (asked.length < 3) await new Promise(setImmediate);
    assert.deepEqual(asked.map(({ method }) => method), ['POST', 'DELETE', 'DELETE']);
    close();
    client.close();
  });
});

describe('a request that is sent again', () => {
  test('has the same key, and is executed once', async () => {
    const random = () => executor.evaluate('Math.random()', { idempotencyKey: 'one' });
    assert.equal(await random(), await random());
    assert.notEqual(await executor.evaluate('Math.random()'), await executor.evaluate('Math.random()'));
    await assert.rejects(executor.execute('1', { idempotencyKey: 'one' }), (error) => error instanceof InvalidRequestError && error.code === 'idempotency_key_reused');
  });

  test('comes after a connection that broke, and after a server that was busy', async () => {
    const { asked, close, url } = await fake([(request) => request.socket.destroy(), busy, answers(200, RESULT)]);
    const client = new HybridExecutor({ url });
    assert.equal((await client.execute('1')).result, 1);
    const keys = new Set(asked.map(({ headers }) => headers['idempotency-key']));
    assert.deepEqual([asked.length, keys.size, keys.has(undefined)], [3, 1, false]);
    client.close();
    close();
  });

  test('does not come for ever, nor for what was refused', async () => {
    const { asked, close, url } = await fake([busy]);
    const client = new HybridExecutor({ url, retries: 2 });
    await assert.rejects(client.execute('1'), (error) => error instanceof BusyError && error.retryAfterMs === 0 && error.code === 'busy');
    assert.equal(asked.length, 3);
    close();
    const failing = await fake([answers(500, { error: { code: 'internal', message: 'the server failed' } })]);
    const other = new HybridExecutor({ url: failing.url });
    await assert.rejects(other.execute('1'), (error) => error instanceof ServerError && error.requestId !== undefined);
    assert.equal(failing.asked.length, 1);
    failing.close();
    client.close();
    other.close();
  });

  test('does not come for events that broke off: they may have been executed', async () => {
    const { asked, close, url } = await fake([(request) => request.socket.destroy(), answers(200, RESULT)]);
    const client = new HybridExecutor({ url });
    await assert.rejects(client.execute('1', { onStdout: () => {} }), ConnectionError);
    assert.equal(asked.length, 1);
    client.close();
    close();
  });
});

describe('errors', () => {
  const cases = [
    [InvalidRequestError, 'bad_request', '1', { limits: { nonsense: 1 } }, /limits\.nonsense/],
    [InvalidRequestError, 'bad_request', '1', { cpuMs: 1e9 }, /most for untrusted code/],
    [InvalidRequestError, 'bad_request', null, {}, /nothing to execute/],
    [ProgramError, 'no_program', 'let x =', {}, /snippet\.js:1:8/],
    [BackendError, 'no_backend', "import 'node:child_process'", {}, /child_process/],
  ];
  for (const [kind, code, source, options, message] of cases) {
    test(`${code}: ${message}`, async () => {
      await assert.rejects(executor.execute(source, options), (error) => {
        assert.ok(error instanceof kind, `${error}`);
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.ok(error.hint.length > 10 && error.requestId);
        return true;
      });
    });
  }

  test('what no server answers is a ConnectionError', async () => {
    const { url, close } = await fake([]);
    close();
    const client = new HybridExecutor({ url, retries: 0 });
    await assert.rejects(client.execute('1'), (error) => error instanceof ConnectionError && error.code === 'ECONNREFUSED' && /--api/.test(error.hint));
  });
});

test('it can be required as well', async () => {
  const cjs = createRequire(import.meta.url)('../dist/index.cjs');
  assert.deepEqual(Object.keys(cjs).sort(), Object.keys(esm).sort());
  const client = new cjs.HybridExecutor({ url });
  assert.equal(await client.evaluate('1 + 1'), 2);
  client.close();
});
