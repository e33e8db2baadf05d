// What console prints is what Node prints, and it survives hostile values.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Effect, script } from './engine.mjs';
import { fixture } from './fixtures.mjs';

/** The outputs by the number of the case, so that a difference shows the case alone. */
function cases(text) {
  return text.split(/^--- /m);
}

const random = fileURLToPath(new URL('console_random.mjs', import.meta.url));
for (const [name, file] of [['chosen', fixture('console/values.mjs')], ['random', random]]) {
  test(`${name} values print as in Node`, () => {
    const expected = cases(execFileSync(process.execPath, [file], { encoding: 'utf8', maxBuffer: 2 ** 26 }));
    const guest = script(readFileSync(file, 'utf8'));
    assert.equal(guest.exitCode, 0, guest.stderr);
    const found = cases(guest.stdout);
    assert.ok(expected.length > 100);
    expected.forEach((text, at) => assert.equal(found[at], text));
    assert.equal(found.length, expected.length);
  });
}

function out(source) {
  const guest = script(source);
  assert.equal(guest.exitCode, 0, JSON.stringify(guest.effects.at(-1)));
  return guest;
}

/** Without columns: which of a statement's columns the engine names is its own affair. */
function lines(text) {
  return text.trimEnd().replace(/(\.mjs:\d+):\d+/g, '$1').split('\n');
}

test('each method writes at its level', () => {
  const guest = out(`console.debug('0'); console.log('1'); console.info('1'); console.warn('2'); console.error('3'); console.assert(0, 'a');
    console.assert(false); console.assert(true, 'no'); console.assert(false, { a: 1 });`);
  const logs = guest.effects.filter(([kind]) => kind === Effect.Log).map(([, , level, text]) => [level, text]);
  assert.deepEqual(logs, [
    [0, '0'], [1, '1'], [1, '1'], [2, '2'], [3, '3'], [2, 'Assertion failed: a'], [2, 'Assertion failed'], [2, 'Assertion failed: { a: 1 }'],
  ]);
});

test('a line keeps its form: one effect however many lines', () => {
  const guest = out(`console.group('g'); console.log('a\\nb'); console.groupEnd(); console.log('c');`);
  assert.equal(guest.stdout, 'g\n  a\n  b\nc\n');
});

test('values that throw do not break the log', () => {
  const guest = out(`
    console.log({ get a() { throw 1 } }, new Proxy({}, { get() { throw 2 }, getPrototypeOf() { throw 3 }, ownKeys() { throw 4 } }));
    console.log(Object.defineProperty({}, Symbol.toStringTag, { get() { throw 5 } }));
    console.log({ [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('mine') } });
    console.log(Object.defineProperty({}, 'constructor', { get() { throw 6 } }));
    const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); console.log(proxy);
    console.log(Object.defineProperty(new Error('m'), 'stack', { get() { throw 7 } }));
    console.log('%s', { toString() { throw 8 } });
    class F { static get name() { throw 9 } } console.log(new F());`);
  const found = lines(guest.stdout);
  assert.equal(found[0], '{ a: [Getter] } {}');
  assert.equal(found[2], '[Object: its inspect function threw: mine]');
  assert.equal(found[4], '<Revoked Proxy>');
  assert.equal(found.length, 8);
});

test('one huge value makes a bounded line', () => {
  const guest = out(`
    const big = {}; for (let i = 0; i < 100000; i++) big['key' + i] = 'value number ' + i;
    console.log(big);
    console.log('x'.repeat(3000000));
    console.log(new Array(1000000).fill('y'.repeat(9000)));`);
  for (const [kind, , , text] of guest.effects) if (kind === Effect.Log) assert.ok(text.length < 1_500_000, `${text.length}`);
  assert.match(guest.stdout, /cut: the value is too large to show/);
  assert.match(guest.stdout, /\.\.\. 2737856 more characters/);
});

test('trace shows where it was called', () => {
  const guest = out(`function here() { console.trace('at %d', 1) }\nhere();`);
  assert.deepEqual(lines(guest.stdout), ['Trace: at 1', '    at here (/bundle/main.mjs:1)', '    at /bundle/main.mjs:2']);
});

test('timers of console count the time of the invocation', () => {
  const guest = out(`console.time('t'); await new Promise((r) => setTimeout(r, 1500)); console.timeLog('t', 'x', 1); console.timeEnd('t');
    console.timeEnd('t'); console.time('u'); console.time('u'); console.countReset('none');
    console.time('long'); await new Promise((r) => setTimeout(r, 61000)); console.timeEnd('long');`);
  assert.equal(guest.stdout, 't: 1.500s x 1\nt: 1.500s\nlong: 1:01.000 (m:ss.mmm)\n');
  assert.equal(
    guest.stderr,
    "Warning: No such label 't' for console.timeEnd()\nWarning: Label 'u' already exists for console.time()\nWarning: Count for 'none' does not exist\n",
  );
});

test('methods work without their object', () => {
  assert.equal(out(`const { log } = console; log('a'); [1].forEach(console.log);`).stdout, 'a\n1 0 [ 1 ]\n');
});

test('stacks have a header, and no frames of the built-ins', () => {
  const guest = out(`
class Mine extends Error { constructor(m) { super(m); Error.captureStackTrace(this, Mine); this.name = 'Mine' } }
try { structuredClone(() => {}) } catch (e) { console.log(e.stack) }
const e = new Mine('m'); console.log(e.stack.split('\\n')[0], e.stack.includes('holm:'));
const o = {}; Error.captureStackTrace(o); console.log(o.stack.split('\\n').length > 1, Object.keys(o));
const t = new TypeError('t'); t.stack = 'mine'; console.log(t.stack, Object.keys(t));
[1].forEach(() => { console.log(new Error('x').stack.split('\\n').slice(0, 3).join('|')) });`);
  assert.deepEqual(lines(guest.stdout), [
    'DataCloneError: () => {} could not be cloned.',
    '    at /bundle/main.mjs:3',
    'Error: m false',
    'true []',
    'mine []',
    'Error: x|    at /bundle/main.mjs:7|    at forEach (native)',
  ]);
});

test('an error shows its cause with the frames of both', () => {
  const guest = out(`function a() { return new Error('inner') } function b() { return new Error('outer', { cause: a() }) }
console.log(b());`);
  assert.deepEqual(lines(guest.stdout), [
    'Error: outer',
    '    at b (/bundle/main.mjs:1)',
    '    at /bundle/main.mjs:2 {',
    '  [cause]: Error: inner',
    '      at a (/bundle/main.mjs:1)',
    '      at b (/bundle/main.mjs:1)',
    '      at /bundle/main.mjs:2',
    '}',
  ]);
});
