// MessageChannel, BroadcastChannel, transfer, blob: URLs, observers and navigator, run in the guest.
import { inGuest } from './web.mjs';

inGuest('ports deliver copies, in order, once they are started', `
  const { port1, port2 } = new MessageChannel();
  const got = [];
  const done = new Promise((resolve) => {
    port2.onmessage = ({ data, isTrusted }) => { got.push([data, isTrusted]); if (got.length === 2) resolve(); };
  });
  const sent = { list: [1] };
  port1.postMessage(sent); sent.list.push(2); port1.postMessage('second');
  eq(got, [], 'not at once');
  await done;
  eq(got, [[{ list: [1] }, true], ['second', true]]);
  const closed = new Promise((resolve) => { port1.onclose = resolve; });
  port2.close();
  await closed;
  port1.postMessage('nobody hears it');
  throws('DataCloneError', () => port1.postMessage(() => {}));
  throws('DataCloneError', () => port1.postMessage(0, [port1]));
  throws('TypeError', () => port1.postMessage(), '1 argument');
  throws('TypeError', () => new MessagePort());
`);

inGuest('a port that listeners were added to waits for start; its messages move with it', `
  const first = new MessageChannel(), second = new MessageChannel();
  first.port1.postMessage('waits');
  second.port1.postMessage({ port: first.port2 }, { transfer: [first.port2] });
  const event = await new Promise((resolve) => { second.port2.onmessage = resolve; });
  eq(event.ports[0] === event.data.port, true);
  const data = await new Promise((resolve) => {
    event.ports[0].addEventListener('message', ({ data }) => resolve(data));
    event.ports[0].start();
  });
  eq(data, 'waits');
  throws('DataCloneError', () => second.port1.postMessage(0, [first.port2]), 'before');
`);

inGuest('channels of one name hear each other and not themselves', `
  const a = new BroadcastChannel('n'), b = new BroadcastChannel('n'), other = new BroadcastChannel('m');
  let heard = [];
  a.onmessage = () => heard.push('a'); other.onmessage = () => heard.push('other');
  await new Promise((resolve) => { b.onmessage = ({ data }) => { heard.push(data); resolve(); }; a.postMessage('x'); });
  eq(heard, ['x']);
  a.close();
  throws('InvalidStateError', () => a.postMessage(1), 'closed');
`);

inGuest('streams can be transferred: what was given is locked, chunks are copies', `
  const chunk = { n: 1 };
  const source = new ReadableStream({ start(c) { c.enqueue(chunk); c.close(); } });
  const moved = structuredClone(source, { transfer: [source] });
  eq([source.locked, moved instanceof ReadableStream], [true, true]);
  const [found] = await Array.fromAsync(moved);
  eq([found, found === chunk], [{ n: 1 }, false]);
  const through = new TransformStream({ transform(piece, c) { c.enqueue(piece.toUpperCase()); } });
  const { readable, writable } = structuredClone(through, { transfer: [through] });
  const writer = writable.getWriter(); writer.write('a'); writer.close();
  eq(await Array.fromAsync(readable), ['A']);
  throws('DataCloneError', () => structuredClone(source, { transfer: [source] }), 'locked');
  throws('DataCloneError', () => structuredClone(source));
`);

inGuest('blob: URLs name a blob until they are revoked', `
  const url = URL.createObjectURL(new Blob(['hello'], { type: 'text/x' }));
  if (!/^blob:null\\/[\\da-f-]{36}$/.test(url)) throw new Error(url);
  const response = await fetch(url + '#part');
  eq([response.status, response.headers.get('content-type'), response.headers.get('content-length'), await response.text()], [200, 'text/x', '5', 'hello']);
  const part = await fetch(url, { headers: { range: 'bytes=1-2' } });
  eq([part.status, part.headers.get('content-range'), await part.text()], [206, 'bytes 1-2/5', 'el']);
  await rejects('TypeError', fetch(url, { method: 'POST' }), 'GET');
  await rejects('TypeError', fetch(url, { headers: { range: 'bytes=9-' } }), 'outside');
  const kept = new Request(url);
  URL.revokeObjectURL(url);
  eq(await (await fetch(kept)).text(), 'hello', 'a request holds on to its blob');
  await rejects('TypeError', fetch(url), 'revoked');
  throws('TypeError', () => URL.createObjectURL('text'));
`);

inGuest('observers are told of marks and measures by a task', `
  const lists = [];
  const done = new Promise((resolve) => {
    new PerformanceObserver((list, observer) => { lists.push(list.getEntries().map((e) => e.name)); observer.disconnect(); resolve(); }).observe({ entryTypes: ['mark', 'measure'] });
  });
  performance.mark('m'); performance.measure('d', 'm');
  eq(lists, []);
  await done;
  eq(lists[0].sort(), ['d', 'm']);
  eq(PerformanceObserver.supportedEntryTypes, ['function', 'mark', 'measure', 'resource']);
  throws('TypeError', () => new PerformanceObserver(() => {}).observe({}), 'entryTypes');
  throws('TypeError', () => performance.mark('x', 'y'));
  throws('TypeError', () => performance.measure('x', { duration: 1 }), 'start or an end');
`);

inGuest('navigator says what runs the program', `
  eq([/^holm\\/\\d/.test(navigator.userAgent), navigator.hardwareConcurrency, String(navigator)], [true, 1, '[object Navigator]']);
  throws('TypeError', () => new Navigator());
`);

inGuest('functions of interfaces count the arguments that must be given, and reject other objects', `
  eq([Blob.length, URL.length, Request.length, Event.length, Headers.length, EventTarget.prototype.addEventListener.length, console.log.length], [0, 1, 1, 1, 0, 2, 0]);
  throws('TypeError', () => TextEncoder.prototype.encode.call({}));
  throws('TypeError', () => Object.create(Performance.prototype).now());
  throws('TypeError', () => new Event('x').initEvent(), '1 argument');
  eq(Object.keys(AbortSignal).sort(), ['abort', 'any', 'timeout']);
  eq([...new URLSearchParams({ 'x\\uD835': 1, xx: 2, 'x\\uD83D': 3 })], [['x\\uFFFD', '3'], ['xx', '2']]);
  eq(await new Blob(['abcd']).slice(1.5, 2.5).text(), '', 'halves go to the even number');
`);
