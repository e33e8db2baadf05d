// node:http in the guest: messages over streams print what Node prints, servers answer the function's requests, and
// clients go through fetch.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Effect, Guest, Mode, script, serve } from './engine.mjs';
import { fixture } from './fixtures.mjs';

// Completions, as host-api numbers them.
const Failed = 0;
const Head = 1;
const Chunk = 2;
const End = 3;
const Written = 4;

test('messages, headers and classes behave as in Node', () => {
  const file = fixture('node/http.mjs');
  const expected = execFileSync(process.execPath, ['--no-warnings', file], { encoding: 'utf8' });
  const guest = script(readFileSync(file, 'utf8'));
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  assert.deepEqual(guest.stdout.split('\n'), expected.split('\n'));
});

/** What a program answers to a request whose body has these pieces. */
function answer(program, request = {}, pieces = []) {
  const guest = serve(`import http from 'node:http'; ${program}`, { body: pieces.length > 0 ? 1 : 0, ...request }, (made) => {
    const left = [...pieces];
    made.answer = (kind) => (kind === Effect.Read ? (left.length > 0 ? [Chunk, Buffer.from(left.shift())] : [End]) : kind === Effect.Write ? [Written] : undefined);
  });
  const [, , status, headers, whole] = guest.effect(Effect.Respond) ?? [];
  const written = guest.effects.filter(([kind]) => kind === Effect.Write).map(([, , , bytes]) => String(bytes));
  return { guest, status, headers, whole: Buffer.isBuffer(whole) ? String(whole) : whole, written, finish: guest.effect(Effect.Finish), logs: guest.effects.filter(([kind]) => kind === Effect.Log).map((log) => log.at(-1)) };
}

test('a server that listens is the function: method, path, headers, address of the socket', () => {
  const { status, headers, whole } = answer(
    `http.createServer((req, res) => { res.setHeader('x-list', ['1', '2']); res.writeHead(201, { 'content-type': 'text/plain' });
      res.end([req.method, req.url, req.headers['x-in'], req.headers.host, req.httpVersion, req.rawHeaders.length, typeof req.socket.remoteAddress, req.socket.encrypted, req.complete].join(' ')) }).listen(3000);`,
    { method: 'GET', url: 'https://example.test/a?b=1', headers: 'x-in\nyes' },
  );
  assert.deepEqual([status, headers, whole], [201, 'x-list\n1\nx-list\n2\ncontent-type\ntext/plain', 'GET /a?b=1 yes example.test 1.1 4 undefined true true']);
});

test('a response is written piece by piece, and says when to wait and when to go on', () => {
  const { written, logs } = answer(`http.createServer((req, res) => { const events = []; for (const name of ['drain', 'prefinish', 'finish', 'close']) res.on(name, () => events.push(name));
    res.on('close', () => console.log(res.write('x'.repeat(1)), events.join())); res.write('first'); const room = res.write('y'.repeat(20000)); res.once('drain', () => res.end(String(room))); }).listen();`);
  assert.deepEqual(written.map((text) => text.slice(0, 6)), ['first', 'yyyyyy', 'false']);
  assert.deepEqual(logs, ['false drain,prefinish,finish,close']);
});

test('streams are piped in and out', () => {
  const { written } = answer(
    `import { Transform, pipeline } from 'node:stream';
    http.createServer((req, res) => pipeline(req, new Transform({ transform: (chunk, _e, done) => done(null, String(chunk).toUpperCase()) }), res, (error) => error && console.log(error))).listen();`,
    { method: 'POST' }, ['one ', 'two'],
  );
  assert.equal(written.join(''), 'ONE TWO');
});

test('HEAD, 204 and 304 have no body, whatever is written', () => {
  for (const [method, code] of [['HEAD', 200], ['GET', 204], ['GET', 304]]) {
    const { status, whole, written } = answer(`http.createServer((req, res) => { res.writeHead(${code}); res.write('never'); res.end('this') }).listen();`, { method });
    assert.deepEqual([status, whole, written], [code, null, []]);
  }
});

test('a body that nobody reads is thrown away, and the invocation ends', () => {
  const { whole, finish, logs } = answer(`http.createServer((req, res) => { req.on('close', () => console.log('closed', req.complete)); res.end('done') }).listen();`, { method: 'POST' }, ['unread']);
  assert.equal(whole, 'done');
  assert.ok(finish);
  assert.deepEqual(logs, ['closed true']);
});

test('a response that is destroyed before it began is a failure, after it began its body breaks off', () => {
  const before = answer(`http.createServer((req, res) => res.destroy(new Error('no more'))).listen();`);
  assert.match(String(before.guest.effect(Effect.Threw)), /no more/);
  const after = answer(`http.createServer((req, res) => { res.write('a'); setTimeout(() => res.destroy(new Error('no more')), 1) }).listen();`);
  assert.match(String(after.guest.effect(Effect.Close)), /no more/);
});

test('an error that a listener throws is the failure of the request, and so is a server without listeners', () => {
  assert.match(String(answer(`http.createServer(() => { throw new Error('mine') }).listen();`).guest.effect(Effect.Threw)), /mine/);
  assert.match(String(answer(`http.createServer().listen();`).guest.effect(Effect.Threw)), /no listener for 'request'/);
});

test('a server may have classes of its own for messages', () => {
  const { whole } = answer(`class Req extends http.IncomingMessage { get mine() { return 'req' } } class Res extends http.ServerResponse { finishWith(text) { this.end(text) } }
    http.createServer({ IncomingMessage: Req, ServerResponse: Res }, (req, res) => res.finishWith(req.mine)).listen();`);
  assert.equal(whole, 'req');
});

/** What a script logs whose fetches are answered so. */
function client(program, answers) {
  const seen = [];
  const guest = new Guest();
  guest.answer = (kind, _op, fields) => {
    if (kind === Effect.Fetch) seen.push(fields);
    return answers(kind, fields);
  };
  guest.load(Mode.Script, { '/bundle/main.mjs': `import http from 'node:http'; import https from 'node:https'; ${program}` }).run();
  return { lines: guest.stdout.trimEnd().split('\n'), seen, guest };
}

test('a client sends what it was given, and hands out the answer as a stream', () => {
  const pieces = ['he', 'llo'];
  const { lines, seen } = client(
    `const events = []; const req = https.request('https://a.test/p?q', { method: 'PUT', headers: { 'X-A': ['1', '2'] }, auth: 'u:p' }, async (res) => { let text = ''; for await (const chunk of res.setEncoding('utf8')) text += chunk;
      console.log(res.statusCode, res.headers, res.rawHeaders.length, text, res.complete); }); for (const name of ['socket', 'finish', 'response', 'close']) req.on(name, () => events.push(name)); req.on('close', () => console.log(events.join()));
      req.write('bo'); req.end('dy');`,
    (kind) => (kind === Effect.Fetch ? [Head, 201, 'Made', 'https://a.test/p?q', 0, 'set-cookie\na\nset-cookie\nb', 1] : pieces.length > 0 ? [Chunk, Buffer.from(pieces.shift())] : [End]),
  );
  assert.deepEqual(lines, ['socket,finish,response,close', "201 { 'set-cookie': [ 'a', 'b' ] } 4 hello true"]);
  assert.deepEqual(seen.map((fields) => fields.map(String)), [['PUT', 'https://a.test/p?q', 'x-a\n1\nx-a\n2\nauthorization\nBasic dTpw', '2', 'body']]);
});

test('what fails has a code as in Node, and a request that is destroyed ends', () => {
  const { lines } = client(
    `for (const host of ['none.test', 'refused.test', 'denied.test']) { const error = await new Promise((done) => http.get({ host }).on('error', done)); console.log(error.code, error.message); }
     const req = http.get('http://slow.test/'); req.on('error', (error) => console.log(error.code, req.destroyed)).on('close', () => console.log('close')); req.on('socket', () => req.destroy());
     await new Promise((done) => req.on('close', done)); const body = http.request('http://a.test/'); body.on('error', (error) => console.log(error.code)); body.end('GET has none');`,
    (kind, [, url]) => (kind !== Effect.Fetch || url.includes('slow') ? undefined : [Failed, url.includes('denied') ? 1 : 3, url.includes('none') ? 'the name `none.test` could not be resolved' : url.includes('denied') ? 'not allowed' : '`refused.test` could not be reached: the connection was refused']),
  );
  assert.deepEqual(lines, ['ENOTFOUND getaddrinfo ENOTFOUND none.test', 'ECONNREFUSED `refused.test` could not be reached: the connection was refused', 'EACCES not allowed', 'ECONNRESET true', 'close', 'ERR_HOLM_UNSUPPORTED']);
});

test('an agent lets as many requests go at once as it was told', () => {
  let [open, most] = [0, 0];
  const { lines } = client(
    `const agent = new http.Agent({ maxSockets: 1 }); const all = [1, 2, 3].map((n) => new Promise((done) => http.get({ host: 'a.test', path: '/' + n, agent }, (res) => { console.log(n, Object.values(agent.requests).flat().length); res.resume(); res.on('end', done) })));
     await Promise.all(all); await new Promise((done) => setTimeout(done, 1)); console.log(Object.keys(agent.sockets).length, agent.totalSocketCount)`,
    (kind) => (kind === Effect.Fetch ? ((most = Math.max(most, ++open)), [Head, 200, 'OK', '', 0, '', 1]) : (open--, [End])),
  );
  assert.deepEqual([lines, most], [['1 2', '2 1', '3 0', '0 0'], 1]);
});
