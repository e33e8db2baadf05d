// Events, abort signals and DOMException, in the real engine.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Effect, script } from './engine.mjs';

function lines(source) {
  const guest = script(source);
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  return guest.stdout.trimEnd().split('\n');
}

test('listeners are called in order, once each, and can be taken away', () => {
  assert.deepEqual(
    lines(`const t = new EventTarget(); const log = (s) => console.log(s);
    const f = (e) => log('f ' + e.type + ' ' + (e.target === t) + ' ' + (e.currentTarget === t) + ' ' + e.eventPhase);
    t.addEventListener('x', f); t.addEventListener('x', f); t.addEventListener('x', () => log('second'));
    t.addEventListener('x', () => log('capture'), true); t.addEventListener('x', () => log('once'), { once: true });
    t.addEventListener('x', { handleEvent(e) { log('object ' + (this !== t)) } }); t.addEventListener('x', null);
    const e = new Event('x'); log(t.dispatchEvent(e)); log(e.eventPhase + ' ' + e.currentTarget + ' ' + (e.target === t));
    log('again'); t.removeEventListener('x', f); t.dispatchEvent(new Event('x'));`),
    ['capture', 'f x true true 2', 'second', 'once', 'object true', 'true', '0 null true', 'again', 'capture', 'second', 'object true'],
  );
});

test('a listener that throws is reported and the others are called', () => {
  const guest = script(`const t = new EventTarget();
    addEventListener('error', (e) => { console.log('reported', e.message, e.error.message, e.lineno > 0, e.filename); e.preventDefault() });
    t.addEventListener('x', () => { throw new TypeError('first') }); t.addEventListener('x', () => console.log('second'));
    t.dispatchEvent(new Event('x')); console.log('after');`);
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), ['reported Uncaught TypeError: first first true /bundle/main.mjs', 'second', 'after']);
  assert.equal(guest.exitCode, 0);
});

test('an error that nobody prevents ends a script', () => {
  const guest = script(`const t = new EventTarget(); t.addEventListener('x', () => { throw new Error('loose') }); t.dispatchEvent(new Event('x')); console.log('no');`);
  assert.equal(guest.exitCode, 1);
  assert.equal(guest.effect(Effect.Threw)[3], 'loose');
  assert.equal(guest.stdout, '');
});

test('what listeners do to the event shows', () => {
  assert.deepEqual(
    lines(`const t = new EventTarget(); const go = (init, ...fs) => { const t = new EventTarget(); for (const [f, o] of fs) t.addEventListener('x', f, o); const e = new Event('x', init); console.log(t.dispatchEvent(e), e.defaultPrevented, e.returnValue) };
    go({ cancelable: true }, [(e) => e.preventDefault()]); go({}, [(e) => e.preventDefault()]); go({ cancelable: true }, [(e) => e.preventDefault(), { passive: true }]);
    go({ cancelable: true }, [(e) => { e.returnValue = false }]);
    go({}, [(e) => e.stopImmediatePropagation()], [() => console.log('not reached')]); go({}, [(e) => e.stopPropagation()], [() => console.log('reached')]);
    go({}, [(e) => e.stopPropagation(), true], [() => console.log('not reached')]);
    try { const e = new Event('x'); t.addEventListener('x', () => t.dispatchEvent(e)); addEventListener('error', (r) => { console.log(r.error.name); r.preventDefault() }); t.dispatchEvent(e) } catch (e) { console.log('thrown') }`),
    ['false true false', 'true false true', 'true false true', 'false true false', 'true false true', 'reached', 'true false true', 'true false true', 'InvalidStateError'],
  );
});

test('a signal takes a listener away', () => {
  assert.deepEqual(
    lines(`const t = new EventTarget(); const c = new AbortController(); t.addEventListener('x', () => console.log('heard'), { signal: c.signal });
    t.dispatchEvent(new Event('x')); c.abort(); t.dispatchEvent(new Event('x')); t.addEventListener('x', () => console.log('late'), { signal: c.signal }); t.dispatchEvent(new Event('x')); console.log('end')`),
    ['heard', 'end'],
  );
});

test('the kinds of events carry what they were made with', () => {
  assert.deepEqual(
    lines(`const c = new CustomEvent('c', { detail: { a: 1 }, bubbles: true }); console.log(c.detail.a, c.bubbles, c.composed, c instanceof Event, String(c));
    const e = new ErrorEvent('e', { message: 'm', filename: 'f', lineno: 1, colno: 2, error: 3 }); console.log(e.message, e.filename, e.lineno, e.colno, e.error);
    const p = Promise.resolve(); const r = new PromiseRejectionEvent('p', { promise: p, reason: 1 }); console.log(r.promise === p, r.reason);
    const m = new MessageEvent('m', { data: [1], origin: 'o' }); console.log(m.data, m.origin, m.ports, m.source);
    console.log(Event.AT_TARGET, new Event('x').isTrusted, new Event('x').timeStamp >= 0, new Event('x').composedPath());
    for (const bad of [() => new Event(), () => Event('x'), () => new Event('x', 1), () => new EventTarget().dispatchEvent({}), () => new EventTarget().addEventListener('x', 'no'), () => new PromiseRejectionEvent('x')]) try { bad(); console.log('no error') } catch (e) { console.log(e.name) }`),
    ['1 true false true [object CustomEvent]', 'm f 1 2 3', 'true 1', '[ 1 ] o [] null', '2 false true []', ...Array(6).fill('TypeError')],
  );
});

test('the global object is a target', () => {
  assert.deepEqual(
    lines(`addEventListener('mine', function (e) { console.log(e.target === globalThis, this === globalThis, e.currentTarget === globalThis) });
    dispatchEvent(new Event('mine')); globalThis.dispatchEvent(new Event('mine'));
    globalThis.onerror = (message, file, line, column, error) => { console.log(message, file, line, column > 0, error.message); return true };
    reportError(new Error('r')); console.log(typeof onerror); onerror = null; console.log(onerror);
    addEventListener('unhandledrejection', (e) => { console.log(e.reason, e.promise instanceof Promise); e.preventDefault() }); Promise.reject('why');`),
    ['true true true', 'true true true', 'Uncaught Error: r /bundle/main.mjs 4 true r', 'function', 'null', 'why true'],
  );
});

test('abort signals tell when and why', () => {
  assert.deepEqual(
    lines(`const c = new AbortController(); const s = c.signal; console.log(s.aborted, s.reason, String(s));
    s.onabort = (e) => console.log('on', e.type, e.target === s, e.isTrusted); s.addEventListener('abort', () => console.log('listener', s.reason.name), { once: true });
    c.abort(); c.abort('again'); console.log(s.aborted, s.reason.name, s.reason.code, s.reason.message, s.reason instanceof DOMException);
    try { s.throwIfAborted() } catch (e) { console.log(e === s.reason) }
    console.log(AbortSignal.abort('r').reason, AbortSignal.abort().aborted); const d = new AbortController(); d.abort(null); console.log(d.signal.reason);
    try { new AbortSignal() } catch (e) { console.log(e.name) }`),
    ['false undefined [object AbortSignal]', 'on abort true true', 'listener AbortError', 'true AbortError 20 This operation was aborted true', 'true', 'r true', 'null', 'TypeError'],
  );
});

test('AbortSignal.any follows the first, all at once', () => {
  assert.deepEqual(
    lines(`const a = new AbortController(), b = new AbortController(); const any = AbortSignal.any([a.signal, b.signal]); const two = AbortSignal.any([any]);
    a.signal.addEventListener('abort', () => console.log('a', any.aborted, two.aborted)); any.onabort = () => console.log('any', any.reason); two.onabort = () => console.log('two', two.reason);
    console.log(any.aborted); a.abort('A'); b.abort('B'); console.log(any.reason, two.reason, AbortSignal.any([a.signal]).reason, AbortSignal.any([]).aborted);
    try { AbortSignal.any([1]) } catch (e) { console.log(e.name) }`),
    ['false', 'a true true', 'any A', 'two A', 'A A A false', 'TypeError'],
  );
});

test('AbortSignal.timeout aborts in time and does not keep a script alive', () => {
  assert.deepEqual(
    lines(`const s = AbortSignal.timeout(20); s.onabort = () => console.log(s.reason.name, s.reason.code, performance.now()); await new Promise((r) => setTimeout(r, 30));
    AbortSignal.timeout(1e9); for (const bad of [-1, NaN, 'x', 2 ** 53]) try { AbortSignal.timeout(bad); console.log('no error') } catch (e) { console.log(e.name) }`),
    ['TimeoutError 23 20', 'TypeError', 'TypeError', 'TypeError', 'TypeError'],
  );
});

test('a DOMException is an error with a name, a code and a stack', () => {
  assert.deepEqual(
    lines(`const e = new DOMException('m', 'NotFoundError'); console.log(e.name, e.message, e.code, DOMException.NOT_FOUND_ERR, e.NOT_FOUND_ERR, e instanceof Error, Error.isError(e), Object.prototype.toString.call(e));
    console.log(e.stack.split('\\n')[0], e.stack.includes('main.mjs'), String(e), Object.keys(e).length, new DOMException().name, new DOMException('x', 'Unknown').code);
    console.log(new DOMException('m', { name: 'DataError', cause: 1 }).cause, DOMException.length, DOMException.name, DOMException.DATA_CLONE_ERR);`),
    ['NotFoundError m 8 8 8 true true [object DOMException]', 'NotFoundError: m true NotFoundError: m 0 Error 0', '1 0 DOMException 25'],
  );
});

test('node:events is an EventEmitter', () => {
  assert.deepEqual(
    lines(`import EventEmitter, { once, on, EventEmitter as Same, listenerCount, errorMonitor, setMaxListeners } from 'node:events'; import { inherits } from 'node:util';
    console.log(EventEmitter === Same, EventEmitter.EventEmitter === Same, EventEmitter.name); const e = new EventEmitter(); const f = (...a) => console.log('f', ...a);
    console.log(e.on('x', f) === e, e.emit('x', 1, 2), e.emit('none'), e.listenerCount('x'), listenerCount(e, 'x')); e.prependListener('x', () => console.log('first')); e.once('x', () => console.log('once'));
    e.emit('x'); e.emit('x'); e.off('x', f); console.log(e.eventNames(), e.listeners('x').length, e.rawListeners('x').length);
    try { e.emit('error', new TypeError('te')) } catch (t) { console.log(t.name) } try { e.emit('error', 'text') } catch (t) { console.log(t.code, t.message) }
    e.on(errorMonitor, (m) => console.log('monitor', m)); e.on('error', (m) => console.log('handled', m)); e.emit('error', 1); e.removeAllListeners('error').removeAllListeners(errorMonitor);
    setTimeout(() => e.emit('later', 'a', 'b'), 1); console.log(await once(e, 'later')); setTimeout(() => e.emit('error', new Error('fails')), 1); await once(e, 'never').catch((t) => console.log(t.message));
    const ac = new AbortController(); const w = once(e, 'never', { signal: ac.signal }); ac.abort(); await w.catch((t) => console.log(t.name, t.code));
    setTimeout(() => { e.emit('n', 1); e.emit('n', 2) }, 1); for await (const [v] of on(e, 'n')) { console.log('it', v); if (v === 2) break } console.log(e.listenerCount('n'));
    function Old() { EventEmitter.call(this) } inherits(Old, EventEmitter); const o = new Old(); o.on('q', () => console.log('old')); o.emit('q'); console.log(o instanceof EventEmitter, Old.super_ === EventEmitter);
    class New extends EventEmitter { constructor() { super(); this.a = 1 } } console.log(new New().a); e.on('newListener', (n) => console.log('new', n)); e.on('zz', f); e.removeAllListeners(); console.log(e.eventNames());
    try { e.on('x', 1) } catch (t) { console.log(t.code) } const k = {}; const t = new EventTarget(); setTimeout(() => t.dispatchEvent(new Event('et')), 1); console.log((await once(t, 'et'))[0].type);
    const g = new EventEmitter(); g.on('a', function () { g.removeAllListeners('a'); console.log(this === g) }); g.on('a', () => console.log('still')); g.emit('a'); console.log(g.emit('a'), EventEmitter.defaultMaxListeners, g.getMaxListeners());`),
    [
      'true true EventEmitter', 'f 1 2', 'true true false 1 1', 'first', 'f', 'once', 'first', 'f', "[ 'x' ] 1 1", 'TypeError',
      "ERR_UNHANDLED_ERROR Unhandled error. ('text')", 'monitor 1', 'handled 1', "[ 'a', 'b' ]", 'fails', 'AbortError ABORT_ERR', 'it 1', 'it 2', '0',
      'old', 'true true', '1', 'new zz', '[]', 'ERR_INVALID_ARG_TYPE', 'et', 'true', 'still', 'false 10 10',
    ],
  );
});
