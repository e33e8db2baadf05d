// How programs are loaded, called and ended, in the real guest.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Effect, Guest, Kind, Mode, script, serve } from './engine.mjs';

/** A script's output, and how it ended. */
function check(modules, expected) {
  const guest = script(modules, expected.options);
  assert.equal(guest.stdout, expected.stdout ?? '');
  assert.match(guest.stderr, expected.stderr ?? /^$/);
  assert.equal(guest.exitCode, expected.code ?? 0);
  const threw = guest.effect(Effect.Threw);
  if (expected.report === undefined) assert.equal(threw, undefined, threw?.[4]);
  else assert.equal(threw?.[4], expected.report);
}

const threwOf = (guest) => guest.effect(Effect.Threw)?.slice(2);
const bodyOf = (guest) => guest.effect(Effect.Respond)?.[4];
const finished = (guest) => guest.effects.at(-1)[0] === Effect.Finish;

test('a module imports ES modules, CommonJS, JSON and text', () => {
  check(
    {
      '/bundle/main.mjs': `import whole, { a } from './c.cjs'; import j from './d.json'; import t from './t.txt';
        console.log(whole.b, a, j.k, t); console.log((await import('./x.mjs')).x);`,
      '/bundle/c.cjs': `exports.a = 1; exports.b = require('./d.json').k;`,
      '/bundle/d.json': '{"k": 7}',
      '/bundle/t.txt': 'text',
      '/bundle/x.mjs': `export const x = 'x'; console.log('x runs')`,
    },
    { stdout: '7 1 7 text\nx runs\nx\n' },
  );
});

test('the default of CommonJS is all it exports, whatever __esModule says', () => {
  check(
    {
      '/bundle/main.mjs': `import all, { a } from './c.cjs'; console.log(all.default, a)`,
      '/bundle/c.cjs': `exports.__esModule = true; exports.default = 'd'; exports.a = 'a';`,
    },
    { stdout: 'd a\n' },
  );
});

test('CommonJS cycles see what is exported so far', () => {
  check(
    {
      '/bundle/main.cjs': `const a = require('./a'); console.log(a.done, require.main === module, module.id, __filename, __dirname)`,
      '/bundle/a.cjs': `exports.done = false; console.log('in a', require('./b').done); exports.done = true`,
      '/bundle/b.cjs': `exports.done = false; console.log('in b', require('./a').done); exports.done = true`,
    },
    { stdout: 'in b false\nin a true\ntrue true . /bundle/main.cjs /bundle\n' },
  );
});

test('ES module cycles link', () => {
  check(
    {
      '/bundle/main.mjs': `import { b } from './b.mjs'; export function a() { return 'a' } console.log(b())`,
      '/bundle/b.mjs': `import { a } from './main.mjs'; export function b() { return 'b' + a() }`,
    },
    { stdout: 'ba\n' },
  );
});

test('require loads an ES module without top-level await, once', () => {
  check(
    {
      '/bundle/main.cjs': `const e = require('./e.mjs'); console.log(e.default, e.x, e.__esModule, require('./e.mjs') === e);
        import('./e.mjs').then((again) => console.log(again.x))`,
      '/bundle/e.mjs': `console.log('runs'); export default 'd'; export const x = 1`,
    },
    // As in Node: who requires it finds the default by `__esModule`, as compiled code asks for it.
    { stdout: 'runs\nd 1 true true\n1\n' },
  );
});

test('require of an ES module with top-level await, in a cycle, or that throws, says so', () => {
  check(
    {
      '/bundle/main.cjs': `for (const name of ['./tla.mjs', './cycle.mjs', './throws.mjs']) try { require(name) } catch (e) { console.log(e.code, e.message) }`,
      '/bundle/tla.mjs': 'await 1',
      '/bundle/cycle.mjs': `import c from './back.cjs'; console.log(c)`,
      '/bundle/back.cjs': `try { require('./cycle.mjs') } catch (e) { module.exports = e.code }`,
      '/bundle/throws.mjs': `throw new Error('from within')`,
    },
    {
      stdout:
        'ERR_REQUIRE_ASYNC_MODULE require() cannot load the ES module /bundle/tla.mjs: it uses top-level await; use import() instead\n' +
        'ERR_REQUIRE_CYCLE_MODULE\n' +
        'undefined from within\n',
    },
  );
});

test('a module that is deleted from the cache or that threw runs again', () => {
  check(
    {
      '/bundle/main.cjs': `globalThis.n = 0; require('./m'); require('./m'); delete require.cache[require.resolve('./m')]; require('./m');
        for (let i = 0; i < 2; i++) try { require('./t') } catch (e) { console.log(e.message) }`,
      '/bundle/m.cjs': `console.log('m', ++n)`,
      '/bundle/t.cjs': `throw new Error('t' + ++n)`,
    },
    { stdout: 'm 1\nm 2\nt3\nt4\n' },
  );
});

test('what was not deployed cannot be imported, and the error names what can', () => {
  check(
    {
      '/bundle/main.mjs': `import './a.mjs';
        for (const name of ['./b.mjs', 'lodash', '/etc/passwd', '../../etc/passwd', 'node:nonsense'])
          try { await import(name) } catch (e) { console.log(e.code, e.message) }`,
      '/bundle/a.mjs': '',
    },
    {
      stdout: [
        "ERR_MODULE_NOT_FOUND Cannot find module './b.mjs' imported from /bundle/main.mjs; what it can import is './a.mjs' and the modules of node: that holm has",
        "ERR_MODULE_NOT_FOUND Cannot find module 'lodash' imported from /bundle/main.mjs; what it can import is './a.mjs' and the modules of node: that holm has",
        "ERR_MODULE_NOT_FOUND Cannot find module '/etc/passwd' imported from /bundle/main.mjs; what it can import is './a.mjs' and the modules of node: that holm has",
        "ERR_MODULE_NOT_FOUND Cannot find module '../../etc/passwd' imported from /bundle/main.mjs; what it can import is './a.mjs' and the modules of node: that holm has",
        'ERR_UNKNOWN_BUILTIN_MODULE No such built-in module: node:nonsense',
        '',
      ].join('\n'),
    },
  );
});

test('a missing static import ends the script with its error', () => {
  const guest = script(`import './nope.mjs'`);
  assert.equal(guest.exitCode, 1);
  assert.match(threwOf(guest)[2], /^Error: Cannot find module '.\/nope.mjs' imported from \/bundle\/main.mjs.*code: 'ERR_MODULE_NOT_FOUND'\n}$/s);
});

test('import.meta and createRequire know where the module is', () => {
  check(
    {
      '/bundle/lib/a b.mjs': `import { createRequire } from 'node:module';
        console.log(import.meta.url, import.meta.filename, import.meta.dirname, import.meta.resolve('./x.json'));
        console.log(createRequire(import.meta.url)('./x.json'))`,
      '/bundle/lib/x.json': '1',
    },
    { stdout: 'file:///bundle/lib/a%20b.mjs /bundle/lib/a b.mjs /bundle/lib file:///bundle/lib/x.json\n1\n' },
  );
});

test('an uncaught error is reported with its line, stack, properties and cause', () => {
  check(`function f() {\n\tthrow Object.assign(new TypeError('bad', { cause: 'why' }), { code: 5 });\n}\nf();`, {
    code: 1,
    report: `/bundle/main.mjs:2
\tthrow Object.assign(new TypeError('bad', { cause: 'why' }), { code: 5 });
\t                        ^

TypeError: bad
    at f (/bundle/main.mjs:2:26)
    at /bundle/main.mjs:4:1 {
  code: 5,
  [cause]: 'why'
}`,
  });
});

test('positions in CommonJS are those of the source', () => {
  check(
    { '/bundle/main.cjs': `#!/usr/bin/env node\nfunction go() {\n  null.x;\n}\ngo()` },
    {
      code: 1,
      report: `/bundle/main.cjs:3
  null.x;
  ^

TypeError: cannot read property 'x' of null
    at go (/bundle/main.cjs:3:3)
    at /bundle/main.cjs:5:1`,
    },
  );
});

test('a syntax error shows its line', () => {
  check('const a = 1;\nlet x = ;', {
    code: 1,
    report: `/bundle/main.mjs:2
let x = ;
        ^

SyntaxError: unexpected token in expression: ';'
    at /bundle/main.mjs:2:9`,
  });
});

test('what is thrown need not be an error', () => {
  for (const [thrown, report] of [
    [`'text'`, `Uncaught 'text'`],
    ['undefined', 'Uncaught undefined'],
    ['{ a: 1 }', 'Uncaught { a: 1 }'],
    ['null', 'Uncaught null: out of memory, or the program itself threw null'],
  ]) {
    check(`throw ${thrown}`, { code: 1, report });
  }
});

test('a rejection that nobody handles ends a script, unless somebody listens', () => {
  check(`Promise.reject(new RangeError('late'));\nsetTimeout(() => console.log('never'))`, {
    code: 1,
    report: `/bundle/main.mjs:1
Promise.reject(new RangeError('late'));
                   ^

RangeError: late
    at /bundle/main.mjs:1:20`,
  });
  check(`const p = Promise.reject(1); p.catch(() => console.log('handled'))`, { stdout: 'handled\n' });
  check(`process.on('unhandledRejection', (reason) => console.log('got', reason)); Promise.reject(1); setTimeout(() => console.log('on'))`, {
    stdout: 'got 1\non\n',
  });
  check(`addEventListener('unhandledrejection', (e) => { e.preventDefault(); console.log('got', e.reason) }); Promise.reject(2)`, {
    stdout: 'got 2\n',
  });
});

test('uncaughtException takes errors of timers and ticks', () => {
  check(
    `process.on('uncaughtException', (e, origin) => console.log(e.message, origin));
     setTimeout(() => { throw new Error('timer') }); process.nextTick(() => { throw new Error('tick') }); Promise.reject(new Error('rejection'))`,
    { stdout: 'tick uncaughtException\nrejection unhandledRejection\ntimer uncaughtException\n' },
  );
});

test('an error in a timer ends the script after its exit listeners', () => {
  const guest = script(`process.on('exit', (code) => console.log('exit', code)); setTimeout(() => { throw 1 }); setTimeout(() => console.log('never'), 5)`);
  assert.equal(guest.stdout, 'exit 1\n');
  assert.equal(guest.exitCode, 1);
});

test('a top-level await that nothing can settle ends with 13', () => {
  check(`process.on('exit', (code) => console.log('exit', code)); await new Promise(() => {})`, {
    code: 13,
    stdout: 'exit 13\n',
    stderr: /^Warning: the top-level await of \/bundle\/main.mjs can never settle: nothing is pending that could settle it\n$/,
  });
  check(`await new Promise((resolve) => setTimeout(resolve, 1000)); console.log('later')`, { stdout: 'later\n' });
});

test('exit codes and exit listeners', () => {
  check(`process.exitCode = 4`, { code: 4 });
  check(`process.on('exit', () => { process.exitCode = 9 })`, { code: 9 });
  check(`process.on('exit', (code) => console.log(code)); try { process.exit(3) } finally { console.log('never') }`, { code: 3, stdout: '3\n' });
  check(`process.once('beforeExit', () => setTimeout(() => console.log('more'), 1)); process.on('exit', () => console.log('end'))`, {
    stdout: 'more\nend\n',
  });
  check(`try { process.exit('x') } catch (e) { console.log(e.code) }`, { stdout: 'ERR_INVALID_ARG_TYPE\n' });
});

test('ticks come before promise jobs, and promise jobs before timers', () => {
  check(
    {
      '/bundle/main.cjs': `setTimeout(() => console.log('timer')); Promise.resolve().then(() => { console.log('job'); process.nextTick(() => console.log('tick 2')) });
        process.nextTick((x) => console.log('tick', x), 1); console.log('main')`,
    },
    { stdout: 'main\ntick 1\njob\ntick 2\ntimer\n' },
  );
});

test('process tells arguments, environment and output', () => {
  check(
    `console.log(process.argv.slice(1), process.env.A, process.cwd(), process.platform, self === globalThis && global === self);
     process.stdout.write(new Uint8Array([0xc3])); process.stdout.write(new Uint8Array([0xa4, 10]), () => console.log('written'));
     try { process.chdir('/tmp') } catch (e) { console.log(e.code) }`,
    {
      options: { args: ['x', 'y'], env: { A: 'b' } },
      stdout: `[ '/bundle/main.mjs', 'x', 'y' ] b / linux true\nä\nERR_HOLM_UNSUPPORTED\nwritten\n`,
    },
  );
});

test('each form of handler answers', () => {
  for (const source of [
    `export default { fetch: () => new Response('ok') }`,
    `export default { async fetch() { return new Response('ok') } }`,
    `export default function () { return new Response('ok') }`,
    `export async function fetch() { return new Response('ok') }`,
    `class Handler { #text = 'ok'; async fetch() { await 1; return new Response(this.#text) } } export default new Handler()`,
    `addEventListener('fetch', (event) => event.respondWith(new Response('ok')))`,
    `addEventListener('fetch', (event) => event.respondWith(Promise.resolve(new Response('ok'))))`,
    { '/bundle/m.cjs': `module.exports = () => new Response('ok')` },
    { '/bundle/m.cjs': `exports.__esModule = true; exports.default = { fetch: () => new Response('ok') }` },
  ]) {
    const guest = serve(source);
    assert.equal(guest.effects[0][2] & 1, 1, JSON.stringify(source));
    assert.equal(bodyOf(guest), 'ok', JSON.stringify(source));
    assert.ok(finished(guest));
  }
});

test('a handler gets request, environment and context', () => {
  const guest = new Guest().load(Mode.Image, { '/bundle/m.mjs': `export default { async fetch(request, env, ctx) {
    ctx.waitUntil(new Promise((resolve) => setTimeout(() => { console.log('later'); resolve() }, 5)));
    return new Response([request.method, new URL(request.url).pathname, request.headers.get('x-a'), env.KEY].join()) } }` }, { env: { KEY: 'k' } });
  guest.request({ method: 'POST', url: 'http://h.test/p?q', headers: 'x-a\n1' });
  assert.equal(bodyOf(guest), 'POST,/p,1,k');
  assert.ok(!finished(guest), 'waitUntil holds it open');
  guest.run();
  assert.equal(guest.stdout, 'later\n');
  assert.ok(finished(guest));
});

test('what is no Response is refused with what to do', () => {
  for (const [value, name] of [['5', 'a number'], ['undefined', 'undefined (is a return missing?)'], ['new Map()', 'an object of the class Map'], ['{}', 'an object']]) {
    for (const source of [`export default () => (${value})`, `export default async () => (${value})`]) {
      const [type, message] = threwOf(serve(source));
      assert.equal(type, 'TypeError');
      assert.equal(message, `The 'fetch' handler returned ${name}; it must return a Response (or a promise of one), for example: return new Response('hello')`);
    }
  }
});

test('an error of a handler is the outcome, wherever it is thrown', () => {
  for (const source of [
    `export default () => { throw new Error('x') }`,
    `export default async () => { await 1; throw new Error('x') }`,
    `export default async () => { await new Promise((r) => setTimeout(r)); throw new Error('x') }`,
    `addEventListener('fetch', () => { throw new Error('x') })`,
  ]) {
    const guest = serve(source);
    assert.deepEqual(threwOf(guest).slice(0, 2), ['Error', 'x']);
    assert.equal(guest.stderr, '', 'it is not logged besides');
  }
});

test('other errors of a function are logged and do not end it', () => {
  const guest = serve(`export default (request, env, ctx) => {
    ctx.waitUntil(Promise.reject(new Error('one'))); Promise.reject(new Error('two'));
    setTimeout(() => { throw new Error('three') }); ctx.waitUntil(new Promise((r) => setTimeout(r, 5)));
    return new Response('ok') }`);
  assert.equal(bodyOf(guest), 'ok');
  assert.match(guest.stderr, /waitUntil was rejected: Error: one/);
  assert.match(guest.stderr, /Uncaught \(in promise\) Error: two/);
  assert.match(guest.stderr, /Uncaught Error: three/);
  assert.ok(finished(guest));
});

test('waitUntil with a promise that cannot settle does not hang', () => {
  const guest = serve(`export default (request, env, ctx) => { ctx.waitUntil(new Promise(() => {})); return new Response('ok') }`);
  assert.match(guest.stderr, /A promise given to waitUntil can never settle/);
  assert.ok(finished(guest));
});

test('a module without handlers loads with none', () => {
  const guest = new Guest().load(Mode.Image, { '/bundle/m.mjs': 'export default 1' });
  assert.deepEqual(guest.effects, [[Effect.Loaded, 0, 0]]);
});

test('a function is loaded without I/O, timers and waiting', () => {
  for (const [source, expected] of [
    ['setTimeout(() => {})', /not possible while the function is being loaded/],
    ['await new Promise(() => {})', /top-level await of \/bundle\/m.mjs can never settle.*loaded without I\/O/],
    ['throw new Error("boot")', /^boot$/],
  ]) {
    const guest = new Guest().load(Mode.Image, { '/bundle/m.mjs': `${source}; export default () => new Response()` });
    assert.match(threwOf(guest)[1], expected);
  }
  const guest = new Guest().load(Mode.Image, { '/bundle/m.mjs': `const x = await Promise.resolve('v'); export default () => new Response(x)` });
  assert.equal(bodyOf(guest.request().run()), 'v');
});

test('inline evaluation answers a request that came while it was loading', () => {
  const guest = new Guest().load(Mode.Inline, { '/bundle/m.mjs': `await new Promise((r) => setTimeout(r, 5)); export default () => new Response('ok')` });
  guest.request().run();
  assert.deepEqual(guest.effects.map(([kind]) => kind).filter((kind) => kind !== Effect.WakeAt), [Effect.Loaded, Effect.Respond, Effect.Finish]);
});

/** A function whose request is under way, and whose client goes away. */
function cancelled(source, mode = Mode.Image) {
  const guest = new Guest().load(mode, { '/bundle/m.mjs': source });
  guest.request();
  assert.ok(!guest.over);
  guest.turn(Kind.Cancel, 0, 'the client has gone');
  return guest;
}

test('cancel ends the invocation at once, after the listeners of the signal and their jobs', () => {
  const guest = cancelled(`export default async (request) => {
    request.signal.addEventListener('abort', async () => { console.log(request.signal.reason.name, request.signal.reason.message); await 1; console.log('job') });
    setTimeout(() => console.log('never'), 1e9); await new Promise(() => {}) }`);
  assert.equal(guest.stdout, 'AbortError the client has gone\njob\n');
  assert.ok(finished(guest));
  assert.equal(bodyOf(guest), undefined);
});

test('a handler that rejects or answers because of the cancel is neither an error nor a response', () => {
  for (const then of ['reject(request.signal.reason)', 'resolve(new Response())', `Promise.resolve().then(() => reject(new Error('gone')))`, 'resolve(5)']) {
    const guest = cancelled(`export default (request) => new Promise((resolve, reject) => { request.signal.onabort = () => { ${then} } })`);
    assert.deepEqual(guest.effects.map(([kind]) => kind), [Effect.Loaded, Effect.Finish], then);
  }
});

test('after a cancel only waitUntil holds the invocation open, whatever becomes of the handler', () => {
  for (const handler of ['new Promise(() => {})', `new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 1))`, 'new Promise((resolve) => setTimeout(resolve, 1))']) {
    const guest = cancelled(`export default (request, env, ctx) => {
      ctx.waitUntil(new Promise((resolve) => setTimeout(() => { console.log('kept'); resolve() }, 5)));
      setTimeout(() => console.log('never'), 1e9); return ${handler} }`);
    assert.ok(!guest.over);
    guest.run();
    assert.equal(guest.stdout, 'kept\n', handler);
    assert.equal(guest.stderr, '', handler);
    assert.ok(finished(guest));
  }
});

test('a listener of the signal may still call waitUntil', () => {
  const guest = cancelled(`export default (request, env, ctx) => new Promise(() => {
    request.signal.onabort = () => ctx.waitUntil(new Promise((resolve) => setTimeout(() => { console.log('cleaned up'); resolve() }, 5))) })`);
  assert.ok(!guest.over);
  guest.run();
  assert.equal(guest.stdout, 'cleaned up\n');
  assert.ok(finished(guest));
});

test('cancel in the middle of a body cancels the stream that makes it', () => {
  const guest = cancelled(`export default () => new Response(new ReadableStream({
    start(controller) { controller.enqueue(new Uint8Array(1)) }, cancel(reason) { console.log('cancel', reason.name) } }))`);
  assert.equal(guest.stdout, 'cancel AbortError\n');
  assert.equal(guest.stderr, '');
  assert.ok(finished(guest));
});

test('cancel while the program is loading does not start its handler', () => {
  const guest = cancelled(`await new Promise((r) => setTimeout(r, 5)); export default () => { console.log('never') }`, Mode.Inline);
  assert.equal(guest.stdout, '');
  assert.ok(finished(guest));
});

test('a scheduled handler gets when and why', () => {
  const guest = new Guest().load(Mode.Image, { '/bundle/m.mjs': `export default { async scheduled(controller, env, ctx) { console.log(controller.cron, controller.scheduledTime); } }` });
  assert.deepEqual(guest.effects[0].slice(2), [2]);
  guest.turn(Kind.Scheduled, 0, Buffer.alloc(32), 'id', '* * * * *', 1000);
  assert.equal(guest.stdout, '* * * * * 1000\n');
  assert.ok(finished(guest));
});

test('the microtasks of a synchronous handler run before the end', () => {
  const guest = serve(`export default () => { Promise.resolve().then(() => console.log('job')); return new Response('ok') }`);
  assert.deepEqual(guest.effects.map(([kind]) => kind), [Effect.Loaded, Effect.Respond, Effect.Log, Effect.Finish]);
});

test('process.exit in a function is its error', () => {
  const guest = serve(`export default () => process.exit(0)`);
  assert.match(threwOf(guest)[1], /process.exit\(\) was called in a function/);
});

test('a rejection during load does not disturb the image', () => {
  const guest = serve(`Promise.reject(new Error('early')); export default () => new Response('ok')`);
  assert.match(guest.stderr, /Uncaught \(in promise\) .*Error: early/s);
  assert.equal(bodyOf(guest), 'ok');
});

test('a listener of process may take an error of the main module, and must not throw itself', () => {
  check(`process.on('uncaughtException', (e) => console.log('took', e.message)); setTimeout(() => console.log('goes on')); throw new Error('first')`, {
    stdout: 'took first\ngoes on\n',
  });
  for (const source of [
    `process.on('uncaughtException', () => { throw new Error('again') }); throw new Error('first')`,
    `process.on('unhandledRejection', () => { throw new Error('again') }); Promise.reject(1)`,
    `process.on('exit', () => { throw new Error('again') })`,
    `process.on('beforeExit', () => { throw new Error('again') })`,
  ]) {
    const guest = script(source);
    assert.equal(guest.exitCode, 1);
    assert.deepEqual(threwOf(guest).slice(0, 2), ['Error', 'again']);
  }
});

test('whatever is thrown, there is a report of bounded length', () => {
  for (const thrown of [
    `new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })`,
    `Object.defineProperties(new Error('m'), { stack: { get() { throw 1 } }, message: { get() { throw 2 } } })`,
    `Object.create(null)`,
    `Symbol('s')`,
    `new Error('x'.repeat(1e6))`,
    `Object.assign(new Error('cycle'), { get cause() { return this } })`,
  ]) {
    const guest = script(`throw ${thrown}`);
    assert.equal(guest.exitCode, 1, thrown);
    const [, message, report] = threwOf(guest);
    assert.ok(report.length > 0 && report.length < 70_000 && message.length < 5_000, thrown);
  }
});

test('what a WeakRef gave stays until the turn ends, and not longer', () => {
  const guest = script(`const made = () => new WeakRef({ a: 1 }); const ref = made(); console.log(ref.deref().a, ref instanceof WeakRef, ref.constructor === WeakRef, WeakRef.name, WeakRef.length, String(ref));
    class Mine extends WeakRef { get mine() { return this.deref().a } } console.log(new Mine({ a: 2 }).mine);
    for (const wrong of [() => WeakRef({}), () => new WeakRef(1), () => WeakRef.prototype.deref.call({})]) try { wrong() } catch (e) { console.log(e.name) }
    await null; console.log(ref.deref()?.a); setTimeout(() => { console.log(ref.deref()); }, 1);`);
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), ['1 true true WeakRef 1 [object WeakRef]', '2', 'TypeError', 'TypeError', 'TypeError', '1', 'undefined']);
});
