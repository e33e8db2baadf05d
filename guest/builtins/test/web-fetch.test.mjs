// Headers, requests, responses and fetch, run in the guest against a host that the test plays.
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Effect, serve } from './engine.mjs';
import { inGuest } from './web.mjs';

// Completions, as host-api numbers them.
const Failed = 0;
const Head = 1;
const Chunk = 2;
const End = 3;
const Written = 4;

inGuest('Headers: case, order, combination, cookies', `
  const headers = new Headers([['B', '1'], ['a', ' x '], ['b', '2'], ['Set-Cookie', 'c=1'], ['set-cookie', 'd=2']]);
  eq([...headers], [['a', 'x'], ['b', '1, 2'], ['set-cookie', 'c=1'], ['set-cookie', 'd=2']]);
  eq([headers.get('B'), headers.has('A'), headers.get('none'), headers.getSetCookie()], ['1, 2', true, null, ['c=1', 'd=2']]);
  headers.set('b', '3'); headers.append('A', 'y'); headers.delete('Set-Cookie');
  eq([...headers.entries()], [['a', 'x, y'], ['b', '3']]);
  eq([...new Headers(headers)], [...headers]); eq([...new Headers({ 'X-A': 1, 'Content-Type': 't' })], [['content-type', 't'], ['x-a', '1']]);
  eq(Object.prototype.toString.call(headers), '[object Headers]');
  const seen = []; headers.forEach((value, name) => seen.push(name + '=' + value)); eq(seen, ['a=x, y', 'b=3']);
`);

inGuest('Headers refuse what is no header', `
  for (const name of ['', 'a b', 'é', 'a:b', 'a\\n']) throws('TypeError', () => new Headers().append(name, 'x'), 'header name');
  for (const value of ['a\\nb', 'a\\0', '€', 'a\\r\\nb: c']) throws('TypeError', () => new Headers({ x: value }), "header 'x'");
  eq(new Headers({ x: '\\n a \\t' }).get('x'), 'a'); eq(new Headers({ x: 'é\\x01' }).get('x'), 'é\\x01'); eq(new Headers({ x: '' }).get('x'), '');
  throws('TypeError', () => new Headers([['a']])); throws('TypeError', () => new Headers('a')); throws('TypeError', () => new Headers(null));
  throws('TypeError', () => new Headers().set('a')); throws('TypeError', () => Headers());
  throws('TypeError', () => new Headers({ x: Symbol() }));
`);

inGuest('a Response has the defaults of the standard, and what init says', `
  const plain = new Response();
  eq([plain.status, plain.ok, plain.statusText, plain.type, plain.url, plain.redirected, plain.body, plain.bodyUsed, [...plain.headers]], [200, true, '', 'default', '', false, null, false, []]);
  const text = new Response('é', { status: 404, statusText: 'Nope', headers: { a: 'b' } });
  eq([text.status, text.ok, text.statusText, [...text.headers]], [404, false, 'Nope', [['a', 'b'], ['content-type', 'text/plain;charset=UTF-8']]]);
  eq(new Response('x', { headers: { 'Content-Type': 'text/html' } }).headers.get('content-type'), 'text/html');
  eq(new Response('x').headers.get('content-type'), 'text/plain;charset=UTF-8');
  eq(new Response(new URLSearchParams('a=b')).headers.get('content-type'), 'application/x-www-form-urlencoded;charset=UTF-8');
  eq(new Response(new Uint8Array(1)).headers.get('content-type'), null);
  eq(new Response(new Blob(['x'], { type: 'Text/X' })).headers.get('content-type'), 'text/x');
  eq([...new Response('y', text).headers], [...text.headers]); eq(new Response('y', text).status, 404);
  eq(await new Response(5).text(), '5'); eq(await new Response({ toString: () => 'o' }).text(), 'o');
`);

inGuest('a Response refuses bad init', `
  for (const status of [0, 100, 101, 199, 600, 1000, -1, NaN]) throws('RangeError', () => new Response('', { status }), '200 to 599');
  for (const status of [204, 205, 304]) { throws('TypeError', () => new Response('', { status }), 'cannot have a body'); eq(new Response(null, { status }).status, status); }
  throws('TypeError', () => new Response('', { statusText: 'a\\nb' })); throws('TypeError', () => new Response('', { headers: { 'a b': 'c' } }));
  throws('TypeError', () => new Response('', 5)); throws('TypeError', () => Response()); throws('TypeError', () => Response.prototype.status);
  eq(new Response('', { status: '201' }).status, 201);
`);

inGuest('the statics of Response', `
  const json = Response.json({ a: [1] }, { status: 201, headers: { x: 'y' } });
  eq([json.status, [...json.headers], await json.json()], [201, [['content-type', 'application/json'], ['x', 'y']], { a: [1] }]);
  eq(Response.json(1, { headers: { 'content-type': 'application/x' } }).headers.get('content-type'), 'application/x');
  throws('TypeError', () => Response.json(undefined)); throws('TypeError', () => Response.json(() => 1));
  const redirect = Response.redirect('http://a.test/b c', 301);
  eq([redirect.status, redirect.headers.get('location'), redirect.body], [301, 'http://a.test/b%20c', null]);
  eq(Response.redirect('http://a.test').status, 302);
  throws('RangeError', () => Response.redirect('http://a.test', 200)); throws('TypeError', () => Response.redirect('nope'));
  throws('TypeError', () => redirect.headers.set('a', 'b'), 'immutable');
  const error = Response.error(); eq([error.type, error.status, error.ok], ['error', 0, false]);
`);

inGuest('each body can be read in each way, once', `
  const bodies = {
    string: () => 'a€', bytes: () => new TextEncoder().encode('a€'), buffer: () => new TextEncoder().encode('a€').buffer, blob: () => new Blob(['a', '€']),
    stream: () => new ReadableStream({ start(c) { const b = new TextEncoder().encode('a€'); c.enqueue(b.subarray(0, 2)); c.enqueue(b.subarray(2)); c.close(); } }),
    iterable: () => (async function* () { yield new TextEncoder().encode('a€'); })(),
  };
  for (const [name, make] of Object.entries(bodies)) {
    for (const Type of [Response, class extends Request { constructor(body) { super('http://a.test', { method: 'POST', body }); } }]) {
      eq(await new Type(make()).text(), 'a€', name);
      eq([...new Uint8Array(await new Type(make()).arrayBuffer())], [97, 226, 130, 172], name);
      eq([...await new Type(make()).bytes()], [97, 226, 130, 172], name);
      eq((await new Type(make()).blob()).size, 4, name);
      const once = new Type(make());
      eq(once.bodyUsed, false, name);
      const text = once.text();
      eq(once.bodyUsed, true, name);
      await rejects('TypeError', once.text(), 'read already');
      await rejects('TypeError', once.json());
      eq(await text, 'a€');
      throws('TypeError', () => once.clone());
      eq(once.body.locked || once.bodyUsed, true);
      const touched = new Type(make());
      touched.body;
      eq(await touched.text(), 'a€', name + ' after a look at body');
      let pieces = ''; for await (const piece of new Type(make()).body) pieces += new TextDecoder('latin1').decode(piece);
      eq(pieces.length, 4, name);
    }
  }
  const locked = new Response('x'); locked.body.getReader();
  await rejects('TypeError', locked.text()); eq(locked.bodyUsed, false);
  const cancelled = new Response('x'); await cancelled.body.cancel(); eq(cancelled.bodyUsed, true);
  eq([await new Response().text(), (await new Response().arrayBuffer()).byteLength, new Response().bodyUsed], ['', 0, false]);
  await rejects('SyntaxError', new Response('{').json()); await rejects('SyntaxError', new Response().json());
  eq(await new Response('\\ufeff1').json(), 1); eq(await new Response('\\ud800').text(), '\\ufffd');
  await rejects('TypeError', Response.prototype.text.call({}));
  await rejects('TypeError', new Response(new ReadableStream({ start(c) { c.enqueue('text'); c.close(); } })).text(), 'Uint8Array');
  const source = new Uint8Array([1]); const copied = new Response(source); source[0] = 2; eq([...await copied.bytes()], [1]);
`);

inGuest('a body can be read through a reader with buffers of the caller', `
  const reader = new Response('hello').body.getReader({ mode: 'byob' });
  const first = await reader.read(new Uint8Array(3)); eq(new TextDecoder().decode(first.value), 'hel');
  const second = await reader.read(new Uint8Array(3)); eq(new TextDecoder().decode(second.value), 'lo');
  eq((await reader.read(new Uint8Array(3))).done, true);
`);

inGuest('a clone has the same body and headers of its own', `
  for (const body of ['text', new TextEncoder().encode('text'), new Response('text').body, new Blob(['text'])]) {
    const first = new Response(body, { headers: { a: 'b' }, status: 201 });
    const second = first.clone();
    second.headers.set('a', 'c');
    eq([await first.text(), await second.text(), first.headers.get('a'), second.headers.get('a'), second.status], ['text', 'text', 'b', 'c', 201]);
  }
  const bytes = await new Response(new Uint8Array([1])).clone().bytes();
  const shared = new Response(new Uint8Array([1])); const other = shared.clone(); (await shared.bytes())[0] = 9; eq([...await other.bytes()], [1]);
  const request = new Request('http://a.test', { method: 'POST', body: 'x' }); eq([await request.clone().text(), await request.text()], ['x', 'x']);
`);

inGuest('forms: multipart and urlencoded, there and back', `
  const form = new FormData();
  form.append('a', 'x\\ny'); form.append('a', 'é'); form.append('quote"d', ''); form.append('file', new Blob([new Uint8Array([0, 13, 10, 45, 45, 255])], { type: 'a/b' }), 'n"ä.bin');
  const response = new Response(form);
  eq(/^multipart\\/form-data; boundary=----holmformboundary[0-9a-f]{32}$/.test(response.headers.get('content-type')), true);
  const back = await response.formData();
  eq([...back.keys()], ['a', 'a', 'quote"d', 'file']); eq(back.getAll('a'), ['x\\r\\ny', 'é']);
  const file = back.get('file'); eq([file instanceof File, file.name, file.type, [...await file.bytes()]], [true, 'n"ä.bin', 'a/b', [0, 13, 10, 45, 45, 255]]);
  const parse = (type, body) => new Response(body, { headers: { 'content-type': type } }).formData();
  eq([...await parse('application/x-www-form-urlencoded', 'a=1&b=%20+')], [['a', '1'], ['b', '  ']]);
  eq([...await parse('multipart/form-data; boundary="b c"', 'preamble\\r\\n--b c  \\r\\nContent-Disposition: form-data; name=x\\r\\n\\r\\n\\r\\n--b c--')], [['x', '']]);
  eq([...await parse('multipart/form-data; boundary=b', '--b--\\r\\n')], []);
  for (const body of ['', 'x', '--b', '--b\\r\\n', '--b\\r\\nContent-Disposition: form-data; name="x"\\r\\n\\r\\nabc', '--b\\r\\n\\r\\nx\\r\\n--b--', '--b\\r\\nContent-Disposition: attachment; name=x\\r\\n\\r\\nx\\r\\n--b--']) {
    await rejects('TypeError', parse('multipart/form-data; boundary=b', body), 'not valid multipart');
  }
  await rejects('TypeError', parse('multipart/form-data', 'x'), 'boundary'); await rejects('TypeError', parse('text/plain', 'x'), 'text/plain');
`);

inGuest('FormData keeps order, replaces and deletes', `
  const form = new FormData();
  form.append('a', 1); form.append('b', 'x'); form.append('a', '2'); form.set('a', '3'); eq([...form], [['a', '3'], ['b', 'x']]);
  form.delete('a'); eq([form.has('a'), form.get('a'), form.getAll('b')], [false, null, ['x']]);
  form.set('f', new Blob(['y'])); eq([form.get('f').name, form.get('f') instanceof File], ['blob', true]);
  throws('TypeError', () => form.append('a')); throws('TypeError', () => form.append('a', 'text', 'name')); throws('TypeError', () => new FormData({}));
`);

inGuest('Blob and File', `
  const blob = new Blob(['ab', new Uint8Array([99]), new Blob(['de'])], { type: 'Text/PLAIN' });
  eq([blob.size, blob.type, await blob.text()], [5, 'text/plain', 'abcde']);
  eq(await blob.slice(1, -1).text(), 'bcd'); eq(await blob.slice(-2).text(), 'de'); eq(await blob.slice(3, 1, 'x/y').text(), ''); eq(blob.slice(0, 1, 'x/y').type, 'x/y');
  eq(await blob.slice(1).slice(1, 2).text(), 'c'); eq((await blob.arrayBuffer()).byteLength, 5); eq([...await blob.slice(0, 1).bytes()], [97]);
  eq(new Blob([], { type: 'é' }).type, ''); eq(await new Blob(['a\\r\\nb\\rc'], { endings: 'native' }).text(), 'a\\nb\\nc');
  throws('TypeError', () => new Blob('text')); throws('TypeError', () => new Blob([], { endings: 'x' })); throws('TypeError', () => new Blob(5));
  const big = new Blob([new Uint8Array(150000)]); const sizes = []; for await (const piece of big.stream()) sizes.push(piece.length); eq(sizes, [65536, 65536, 18928]);
  const empty = []; for await (const piece of new Blob().stream()) empty.push(piece); eq(empty, []);
  const file = new File(['x'], 'n.txt', { type: 'a/b', lastModified: 5 });
  eq([file.name, file.type, file.lastModified, file.size, file instanceof Blob, String(file)], ['n.txt', 'a/b', 5, 1, true, '[object File]']);
  throws('TypeError', () => new File(['x']));
`);

inGuest('a Request has the defaults of the standard, and what init says', `
  const plain = new Request('http://a.test/x y#z');
  eq([plain.method, plain.url, plain.redirect, plain.mode, plain.credentials, plain.cache, plain.body, plain.duplex, plain.signal.aborted], ['GET', 'http://a.test/x%20y#z', 'follow', 'cors', 'same-origin', 'default', null, 'half', false]);
  const post = new Request(new URL('http://a.test'), { method: 'post', body: 'x', headers: { a: 'b' }, redirect: 'manual', keepalive: true });
  eq([post.method, [...post.headers], post.redirect, post.keepalive], ['POST', [['a', 'b'], ['content-type', 'text/plain;charset=UTF-8']], 'manual', true]);
  const changed = new Request(post, { method: 'patch', headers: { c: 'd' } });
  eq([changed.method, changed.url, [...changed.headers], await changed.text(), post.bodyUsed], ['patch', 'http://a.test/', [['c', 'd']], 'x', true]);
  await rejects('TypeError', post.text());
  throws('TypeError', () => new Request(post), 'read already');
  for (const method of ['GET', 'HEAD']) throws('TypeError', () => new Request('http://a.test', { method, body: '' }), 'cannot have a body');
  for (const method of ['', 'a b', 'TRACE', 'connect']) throws('TypeError', () => new Request('http://a.test', { method }));
  throws('TypeError', () => new Request('/relative'), 'Invalid URL'); throws('TypeError', () => new Request('http://u:p@a.test'), 'password'); throws('TypeError', () => new Request());
  throws('TypeError', () => new Request('http://a.test', { redirect: 'x' })); throws('TypeError', () => new Request('http://a.test', { mode: 'x' }), "'cors'");
  throws('TypeError', () => new Request('http://a.test', { signal: {} })); throws('TypeError', () => new Request('http://a.test', { duplex: 'full' }));
  const controller = new AbortController(); const watched = new Request('http://a.test', { signal: controller.signal }); const copy = watched.clone();
  controller.abort('why'); eq([watched.signal.aborted, watched.signal.reason, copy.signal.reason], [true, 'why', 'why']);
`);

const dataUrls = new URL('../../../../shared/conformance/fetch/data-urls.json', import.meta.url);
if (existsSync(dataUrls)) {
  inGuest('data: URLs follow the test data of the standard', `
    for (const [url, type, bytes] of ${readFileSync(dataUrls, 'utf8')}) {
      if (type === null) { await rejects('TypeError', fetch(url)); continue; }
      const response = await fetch(url);
      eq([response.status, response.headers.get('content-type'), [...await response.bytes()]], [200, type, bytes], url);
    }
  `);
  for (const file of ['mime-types.json', 'generated-mime-types.json']) {
    const cases = readFileSync(new URL(`../mimesniff/${file}`, dataUrls), 'utf8');
    inGuest(`MIME types follow the test data of the standard: ${file}`, `
      for (const { input, output } of ${cases}.filter((entry) => typeof entry === 'object')) {
        if (/[^\\x00-\\xff]|[\\0\\n\\r]/.test(input)) continue;
        eq((await new Response(new Uint8Array(), { headers: { 'content-type': input } }).blob()).type, output ?? '', JSON.stringify(input));
      }
    `);
  }
} else {
  test('data: URLs and MIME types follow the test data of the standard', { skip: 'the shared conformance data is not there' }, () => {});
}

// The host's side: what is asked of it, and what it answers.

/** A host that answers fetches from a table of URLs, each: a head, then pieces of a body. */
function table(entries, seen = []) {
  const left = new Map();
  return (kind, op, fields) => {
    seen.push([kind, op, ...fields]);
    if (kind === Effect.Fetch) {
      const entry = entries[fields[1]];
      if (entry === undefined) return [Failed, 1, `denied: ${fields[1]}`];
      const { status = 200, headers = '', pieces = [] } = entry;
      left.set(op, [...pieces]);
      return [Head, status, 'OK', fields[1], 0, headers, pieces.length > 0 ? 1 : 0];
    }
    if (kind === Effect.Read) {
      const piece = left.get(fields[0]).shift();
      if (piece === undefined) return [End];
      return Array.isArray(piece) ? piece : [Chunk, Buffer.from(piece)];
    }
    return kind === Effect.Write ? [Written] : undefined;
  };
}

inGuest('fetch hands out status, headers and a body that is read on demand', `
  const response = await fetch('http://a.test/x#frag');
  eq([response.status, response.statusText, response.url, response.type, response.headers.get('b'), response.redirected], [201, 'OK', 'http://a.test/x', 'basic', 'c, d', false]);
  throws('TypeError', () => response.headers.set('a', 'b'), 'immutable');
  eq(await response.text(), 'one two');
  const again = await fetch(new Request('http://a.test/x'));
  const pieces = []; for await (const piece of again.body) pieces.push(new TextDecoder().decode(piece));
  eq(pieces, ['one ', 'two']);
  const copy = (await fetch('http://a.test/x')).clone(); eq(await copy.text(), 'one two');
  eq((await fetch('http://a.test/empty')).body, null);
`, table({ 'http://a.test/x': { status: 201, headers: 'b\nc\nb\nd', pieces: ['one ', 'two'] }, 'http://a.test/empty': {} }));

inGuest('a fetch that fails rejects with the message of the host and a code', `
  const error = await rejects('TypeError', fetch('http://denied.test/'), 'denied: http://denied.test/');
  eq([error.cause.code, error.cause.message], ['DENIED', error.message]);
  const broken = await fetch('http://a.test/');
  eq((await rejects('TypeError', broken.text(), 'broke off')).cause.code, 'NETWORK');
  await rejects('TypeError', fetch('ftp://a.test/'), "'ftp:'"); await rejects('TypeError', fetch('nope'), 'Invalid URL'); await rejects('TypeError', fetch());
  await rejects('TypeError', fetch('http://a.test/', { method: 'GET', body: 'x' }));
`, table({ 'http://a.test/': { pieces: ['x', [Failed, 3, 'the connection broke off']] } }));

test('what fetch sends: method, headers, redirect mode and each kind of body', () => {
  const seen = [];
  const guest = serve(
    `export default async () => {
      const url = 'http://a.test/';
      await fetch(url, { headers: { B: '1', a: '2' }, redirect: 'manual' });
      await fetch(url, { method: 'put', body: 'é' });
      await fetch(url, { method: 'POST', body: new Uint8Array([1, 2]).subarray(1) });
      await fetch(url, { method: 'POST', body: new URLSearchParams({ a: 'b' }) });
      await fetch(url, { method: 'POST', body: new Blob(['z'], { type: 't/u' }) });
      await fetch(url, { method: 'POST', body: new ReadableStream({ start(c) { c.enqueue(new Uint8Array([7])); c.enqueue(new Uint8Array(0)); c.enqueue(new Uint8Array([8, 9])); c.close(); } }) });
      await new Promise((done) => setTimeout(done, 5));
      return new Response(null, { status: 204 });
    }`,
    {},
    (guest) => (guest.answer = table({ 'http://a.test/': {} }, seen)),
  );
  const fetches = seen.filter(([kind]) => kind === Effect.Fetch).map(([, , method, , headers, redirect, body]) => [method, headers, redirect, body]);
  assert.deepEqual(fetches, [
    ['GET', 'b\n1\na\n2', 2, null],
    ['PUT', 'content-type\ntext/plain;charset=UTF-8', 0, Buffer.from('é')],
    ['POST', '', 0, Buffer.from([2])],
    ['POST', 'content-type\napplication/x-www-form-urlencoded;charset=UTF-8', 0, Buffer.from('a=b')],
    ['POST', 'content-type\nt/u', 0, Buffer.from('z')],
    ['POST', '', 0, 1],
  ]);
  const op = seen.filter(([kind]) => kind === Effect.Fetch).at(-1)[1];
  assert.deepEqual(seen.filter(([kind]) => kind === Effect.Write).map(([, , stream, bytes]) => [stream, [...bytes]]), [[op, [7]], [op, [8, 9]]]);
  assert.deepEqual(guest.effects.filter(([kind]) => kind === Effect.Close), [[Effect.Close, op, null]]);
  assert.deepEqual(guest.effect(Effect.Respond), [Effect.Respond, 0, 204, '', null]);
});

inGuest('an abort rejects a fetch at any moment', `
  const before = AbortSignal.abort('early');
  try { await fetch('http://slow.test/', { signal: before }); eq(1, 2); } catch (error) { eq(error, 'early'); }
  const during = new AbortController();
  const pending = fetch('http://slow.test/', { signal: during.signal });
  during.abort();
  eq((await rejects('AbortError', pending)) === during.signal.reason, true);
  const middle = new AbortController();
  const response = await fetch('http://a.test/', { signal: middle.signal });
  const reader = response.body.getReader();
  eq(new TextDecoder().decode((await reader.read()).value), 'one');
  const next = reader.read();
  middle.abort();
  await rejects('AbortError', next);
  const text = new AbortController();
  const other = await fetch('http://a.test/', { signal: text.signal });
  const reading = other.text();
  text.abort(new Error('mine'));
  await rejects('Error', reading, 'mine');
  const late = new AbortController();
  const whole = await fetch('http://b.test/', { signal: late.signal });
  eq(await whole.text(), 'all'); late.abort();
  await rejects('AbortError', fetch(new Request('http://slow.test/', { signal: late.signal })));
`, (kind, op, fields, guest) => {
  guest.answers ??= table({ 'http://a.test/': { pieces: ['one', 'never'] }, 'http://b.test/': { pieces: ['all'] } });
  if (kind === Effect.Fetch && fields[1] === 'http://slow.test/') return undefined;
  const answer = guest.answers(kind, op, fields);
  return answer?.[0] === Chunk && answer[1].toString() === 'never' ? undefined : answer;
});

test('an abort in the middle of a body tells the host to drop it', () => {
  const seen = [];
  const guest = serve(
    `export default async () => {
      const response = await fetch('http://a.test/');
      await response.body.cancel();
      return new Response('done');
    }`,
    {},
    (guest) => (guest.answer = table({ 'http://a.test/': { pieces: ['x'] } }, seen)),
  );
  assert.deepEqual(guest.effects.filter(([kind]) => kind === Effect.Abort), [[Effect.Abort, seen[0][1]]]);
  assert.equal(guest.effect(Effect.Respond)[4], 'done');
});

// What a function is given and gives.

test('a string is sent whole with its content type', () => {
  const guest = serve(`export default () => new Response('hello')`);
  assert.deepEqual(guest.effect(Effect.Respond), [Effect.Respond, 0, 200, 'content-type\ntext/plain;charset=UTF-8', 'hello']);
});

test('headers that were looked at or changed are those that are sent', () => {
  const guest = serve(`export default () => {
    const response = new Response(new Uint8Array([1, 2]), { status: 201, headers: { 'X-A': 'b' } });
    response.headers.append('set-cookie', 'a=1'); response.headers.append('set-cookie', 'b=2');
    response.body;
    return response;
  }`);
  assert.deepEqual(guest.effect(Effect.Respond), [Effect.Respond, 0, 201, 'x-a\nb\nset-cookie\na=1\nset-cookie\nb=2', Buffer.from([1, 2])]);
});

test('the request has method, URL, headers and a body from stream 0', () => {
  const guest = serve(
    `export default async (request) => {
      const { method, url, headers } = request;
      let immutable = ''; try { headers.set('a', 'b'); } catch (error) { immutable = error.name; }
      const copy = request.clone();
      return Response.json([method, url, [...headers], immutable, await request.text(), await copy.json()]);
    }`,
    { method: 'POST', url: 'http://f.test/a?b', headers: 'b\n1\na\n2\nb\n3', body: 1 },
    (guest) => {
      const pieces = ['{"k"', ':1}'];
      guest.answer = (kind, _op, [stream]) => (kind === Effect.Read && stream === 0 ? (pieces.length > 0 ? [Chunk, Buffer.from(pieces.shift())] : [End]) : undefined);
    },
  );
  assert.deepEqual(JSON.parse(guest.effect(Effect.Respond)[4]), ['POST', 'http://f.test/a?b', [['a', '2'], ['b', '1, 3']], 'TypeError', '{"k":1}', { k: 1 }]);
});

test('a stream is sent head first, then piece by piece, then closed', () => {
  const guest = serve(
    `export default () => new Response(new ReadableStream({
      pull(c) { this.n = (this.n ?? 0) + 1; c.enqueue(new TextEncoder().encode('piece ' + this.n)); if (this.n === 3) c.close(); },
    }, { highWaterMark: 0 }))`,
    {},
    (guest) => (guest.answer = (kind) => (kind === Effect.Write ? [Written] : undefined)),
  );
  assert.deepEqual(
    guest.effects.filter(([kind]) => kind !== Effect.Loaded).map(([kind, , ...fields]) => [kind, ...fields.map((field) => (Buffer.isBuffer(field) ? field.toString() : field))]),
    [[Effect.Respond, 200, '', 1], [Effect.Write, 0, 'piece 1'], [Effect.Write, 0, 'piece 2'], [Effect.Write, 0, 'piece 3'], [Effect.Close, null], [Effect.Finish, 0, null]],
  );
});

test('no second piece is pulled before the first is taken', () => {
  const guest = serve(
    `export default () => new Response(new ReadableStream({
      pull(c) { console.log('pull'); c.enqueue(new Uint8Array(1)); },
    }, { highWaterMark: 0 }))`,
  );
  assert.equal(guest.stdout, 'pull\n');
  assert.equal(guest.effects.filter(([kind]) => kind === Effect.Write).length, 1);
});

test('a fetched body passes through without a stream, and an error of it closes the response with a message', () => {
  const run = (pieces, source) => {
    const guest = serve(`export default ${source}`, {}, (guest) => (guest.answer = table({ 'http://a.test/': { headers: 'x\ny', pieces } })));
    return guest.effects.filter(([kind]) => kind === Effect.Respond || kind === Effect.Write || kind === Effect.Close || kind === Effect.Finish).map(([kind, op, ...fields]) => [kind, ...(kind === Effect.Close ? [op] : []), ...fields.map(String)]);
  };
  const through = [[Effect.Respond, '200', 'x\ny', '1'], [Effect.Write, '0', 'one'], [Effect.Write, '0', 'two'], [Effect.Close, 0, 'null'], [Effect.Finish, '0', 'null']];
  assert.deepEqual(run(['one', 'two'], `() => fetch('http://a.test/')`), through);
  assert.deepEqual(run(['one', 'two'], `async () => { const r = await fetch('http://a.test/'); return new Response(r.body, r); }`), through);
  const broken = run(['one', [Failed, 3, 'broke off']], `() => fetch('http://a.test/')`);
  assert.deepEqual(broken.slice(1), [[Effect.Write, '0', 'one'], [Effect.Close, 0, 'TypeError: broke off'], [Effect.Finish, '0', 'null']]);
});

test('a response whose body was read, or that is an error, cannot be sent', () => {
  for (const source of [`const r = new Response('x'); await r.text(); return r;`, `const r = new Response('x'); r.body.getReader(); return r;`, `return Response.error();`]) {
    const guest = serve(`export default async () => { ${source} }`);
    assert.equal(guest.effect(Effect.Respond), undefined);
    assert.equal(guest.effect(Effect.Threw)[2], 'TypeError');
  }
});

test('when the host takes no more of a body, its stream is cancelled', () => {
  const guest = serve(
    `export default () => new Response(new ReadableStream({
      pull(c) { c.enqueue(new Uint8Array(1)); }, cancel(reason) { console.log('cancelled', reason.message); },
    }, { highWaterMark: 0 }))`,
    {},
    (guest) => (guest.answer = (kind) => (kind === Effect.Write ? [Failed, 6, 'the client has gone'] : undefined)),
  );
  assert.equal(guest.stdout, 'cancelled the client has gone\n');
});

test('a fetch while the function is loaded is refused with the reason', () => {
  const guest = serve(`let failure; fetch('http://a.test/').catch((error) => (failure = error)); export default () => new Response(failure.name + ' ' + failure.cause.code)`);
  assert.equal(guest.effect(Effect.Respond)[4], 'TypeError ERR_HOLM_FROZEN');
});
