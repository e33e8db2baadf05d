// Timers in the real engine, on a clock that only the timers move.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Effect, Guest, Mode, script, serve } from './engine.mjs';

function lines(source) {
  const guest = script(source);
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  return guest.stdout.trimEnd().split('\n');
}

test('timers fire by deadline, then in the order of their making', () => {
  assert.deepEqual(
    lines(`const log = (s) => () => console.log(s, performance.now());
    setTimeout(log('c'), 20); setTimeout(log('a'), 10); setTimeout(log('d'), 20); setTimeout(log('b'), 10); setTimeout(log('now'), 0); setTimeout(log('negative'), -5);
    setTimeout(log('no delay')); setTimeout(log('nan'), 'x'); setTimeout(log('text'), '5'); setTimeout(log('too long'), 2 ** 31); setTimeout(log('fraction'), 1.9);`),
    ['now 1', 'negative 1', 'no delay 1', 'nan 1', 'too long 1', 'fraction 1', 'text 5', 'a 10', 'b 10', 'c 20', 'd 20'],
  );
});

test('microtasks and ticks run between two callbacks', () => {
  assert.deepEqual(
    lines(`for (const n of [1, 2]) setTimeout(() => { console.log('timer', n); Promise.resolve().then(() => console.log('then', n)).then(() => console.log('then then', n)); queueMicrotask(() => console.log('microtask', n)); process.nextTick(() => console.log('tick', n)) }, 1);`),
    ['timer 1', 'tick 1', 'then 1', 'microtask 1', 'then then 1', 'timer 2', 'tick 2', 'then 2', 'microtask 2', 'then then 2'],
  );
});

test('arguments, this and the forms of a handle', () => {
  assert.deepEqual(
    lines(`const t = setTimeout(function (a, b) { console.log(a, b, this === t) }, 1, 'A', 'B'); console.log(typeof t, typeof +t, t.hasRef(), t.unref() === t, t.hasRef(), t.ref().hasRef(), +t === +t);
    const i = setInterval((x) => { console.log(x); clearInterval(i) }, 1, 'interval'); const n = Number(setTimeout(() => console.log('cleared'), 5)); clearTimeout(n);
    clearTimeout(\`\${+setTimeout(() => console.log('cleared'), 5)}\`); const o = setTimeout(() => console.log('cleared'), 5); clearInterval(o); clearTimeout(); clearTimeout(null); clearTimeout({}); clearTimeout(999); clearTimeout('x'); clearImmediate(3);
    for (const bad of [undefined, 'code', {}]) try { setTimeout(bad) } catch (e) { console.log(e.name, e.code) }
    const c = setTimeout(() => console.log('closed'), 1); c.close();`),
    ['object number true true false true true', ...Array(3).fill('TypeError ERR_INVALID_ARG_TYPE'), 'A B true', 'interval'],
  );
});

test('an interval repeats until it is cleared, also by itself or by another', () => {
  assert.deepEqual(
    lines(`let n = 0; const i = setInterval(() => { console.log(++n, performance.now()); if (n === 3) clearInterval(i) }, 10);
    const j = setInterval(() => console.log('j'), 4); setTimeout(() => clearInterval(j), 9);
    await new Promise((r) => setTimeout(r, 50)); console.log('end', n)`),
    ['j', 'j', '1 10', '2 20', '3 30', 'end 3'],
  );
});

test('a timer can be refreshed, and one that is cleared in its own turn does not fire', () => {
  assert.deepEqual(
    lines(`const t = setTimeout(() => console.log('t', performance.now()), 10); setTimeout(() => t.refresh(), 5);
    const a = setTimeout(() => { console.log('a'); clearTimeout(b) }, 1); const b = setTimeout(() => console.log('b'), 1);
    let again = 0; const r = setTimeout(() => { console.log('r', performance.now()); if (again++ < 2) r.refresh() }, 100);`),
    ['a', 't 15', 'r 100', 'r 200', 'r 300'],
  );
});

test('immediates run after what is due, and what they start comes later', () => {
  assert.deepEqual(
    lines(`setImmediate((x) => { console.log('immediate', x); setImmediate(() => console.log('next')); Promise.resolve().then(() => console.log('then')) }, 1); setImmediate(() => console.log('second'));
    const c = setImmediate(() => console.log('cleared')); clearImmediate(c); Promise.resolve().then(() => console.log('microtask')); setTimeout(() => console.log('timeout'), 1);`),
    ['microtask', 'immediate 1', 'then', 'second', 'next', 'timeout'],
  );
});

test('a callback that throws ends a script; listeners can take the error', () => {
  const guest = script(`setTimeout(() => { throw new Error('late') }, 1); setTimeout(() => console.log('no'), 2)`);
  assert.equal(guest.exitCode, 1);
  assert.equal(guest.effect(Effect.Threw)[3], 'late');
  assert.equal(guest.stdout, '');
  assert.deepEqual(
    lines(`addEventListener('error', (e) => { console.log(e.error.message); e.preventDefault() }); setTimeout(() => { throw new Error('late') }, 1); setTimeout(() => console.log('goes on'), 1);
    queueMicrotask(() => { throw new Error('micro') });`),
    ['micro', 'late', 'goes on'],
  );
});

test('unreferenced timers do not keep a script alive', () => {
  assert.deepEqual(lines(`setTimeout(() => console.log('no'), 100).unref(); setInterval(() => console.log('i'), 30).unref(); setTimeout(() => console.log('yes'), 50);`), ['i', 'yes']);
});

test('the host is asked to wake only when the earliest deadline changes', () => {
  const guest = script(`setTimeout(() => {}, 10); for (let i = 0; i < 5; i++) { const t = setTimeout(() => {}, 100 + i); clearTimeout(t); }`);
  const wakes = guest.effects.filter(([kind]) => kind === Effect.WakeAt).map(([, active, at]) => [active, at]);
  assert.deepEqual(wakes.slice(0, 2), [[1, 10000], [2, 10000]]);
  assert.ok(wakes.length <= 4, JSON.stringify(wakes));
});

test('a timer beyond the limit throws and leaves the others', () => {
  const guest = new Guest();
  const LIMIT = 20;
  guest.refuse = (kind, op) => (kind === Effect.WakeAt && op > LIMIT ? -3 : 0);
  guest.load(Mode.Script, {
    '/bundle/main.mjs': `let made = 0; const all = []; try { for (;;) { all.push(setTimeout(() => fired++, 10 + made)); made++ } } catch (e) { console.log(made, e.code, e.message) }
      let fired = 0; clearTimeout(all[3]); setTimeout(() => fired++, 1); try { setImmediate(() => {}) } catch (e) { console.log(e.code) } await new Promise((r) => { globalThis.r = r; setInterval; process.on('exit', () => console.log(fired)); r() });`,
  }).run();
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), ['20 ERR_HOLM_LIMIT the program set too many timers: 21 of 20 timers allowed (limit `timers`); clear some before setting more', 'ERR_HOLM_LIMIT', '20']);
});

test('no timers while the function is loaded', () => {
  const guest = serve(`let seen; try { setTimeout(() => {}, 1) } catch (e) { seen = e.message } let second; try { setImmediate(() => {}) } catch (e) { second = e.code }
    export default { async fetch() { await new Promise((r) => setTimeout(r, 5)); return new Response(seen + ' ' + second) } }`);
  assert.equal(guest.effect(Effect.Respond).at(-1), 'This is not possible while the function is being loaded: its top level runs once, at deploy, without I/O; do it inside the handler ERR_HOLM_FROZEN');
});

test('ten thousand timers in any order fire in order', () => {
  assert.deepEqual(
    lines(`let state = 1; const next = (n) => (state = (state * 16807) % 2147483647) % n; const fired = []; const all = [];
    for (let i = 0; i < 10000; i++) { const d = 1 + next(500); all.push(setTimeout(() => fired.push(d * 10000 + i), d)) }
    for (let i = 0; i < 10000; i += 3) clearTimeout(all[i]);
    await new Promise((r) => setTimeout(r, 600)); console.log(fired.length, fired.every((v, i) => i === 0 || fired[i - 1] < v))`),
    ['6666 true'],
  );
});

test('node:timers/promises waits, repeats and aborts', () => {
  assert.deepEqual(
    lines(`import { setTimeout as sleep, setInterval as every, setImmediate as soon, scheduler } from 'node:timers/promises'; import timers from 'node:timers';
    console.log(await sleep(10, 'value'), performance.now(), await soon('soon')); let n = 0; for await (const v of every(5, 'tick')) { console.log(v, performance.now()); if (++n === 3) break }
    const c = new AbortController(); setTimeout(() => c.abort(), 2); await sleep(100, 0, { signal: c.signal }).catch((e) => console.log(e.name, e.code, e.cause.name, performance.now()));
    await sleep(1, 0, { signal: AbortSignal.abort() }).catch((e) => console.log(e.code)); await scheduler.wait(3); console.log(performance.now(), timers.setTimeout === setTimeout, timers.promises.setTimeout === sleep);
    await sleep(1, 0, { signal: 1 }).catch((e) => console.log(e.code)); sleep(1e6, 0, { ref: false });`),
    ['value 10 soon', 'tick 15', 'tick 20', 'tick 25', 'AbortError ABORT_ERR AbortError 27', 'ABORT_ERR', '30 true true', 'ERR_INVALID_ARG_TYPE'],
  );
});
