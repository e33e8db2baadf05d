// Node's smaller modules say what Node's say.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { script } from './engine.mjs';
import { fixture } from './fixtures.mjs';

test('util, assert, buffer, querystring, url and os behave as in Node', () => {
  const file = fixture('node/modules.mjs');
  const env = { ...process.env, TMPDIR: '/tmp' };
  const expected = execFileSync(process.execPath, ['--no-warnings', '--no-deprecation', file], { encoding: 'utf8', env }).split('\n');
  const guest = script(readFileSync(file, 'utf8'));
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  const found = guest.stdout.split('\n');
  const wrong = expected.flatMap((line, at) => (line === found[at] ? [] : [`Node: ${line}\nholm: ${found[at]}`]));
  assert.equal(wrong.join('\n\n'), '');
});

test('performance has a clock, marks and measures', () => {
  const guest = script(`const { performance: p } = globalThis; console.log(p.now() === performance.now(), typeof p.timeOrigin, p instanceof EventTarget, String(p), Object.keys(p.toJSON()));
    p.mark('a'); await new Promise((r) => setTimeout(r, 10)); p.mark('b', { detail: { x: 1 } }); const m = p.measure('m', 'a', 'b'); console.log(m.duration, m.startTime, m.entryType, m instanceof PerformanceMeasure, p.measure('n', { start: 2, duration: 3 }).duration);
    console.log(p.getEntries().map((e) => e.name).join(), p.getEntriesByType('mark').length, p.getEntriesByName('b')[0].detail, p.mark('c') instanceof PerformanceMark); p.clearMarks('a'); p.clearMeasures(); console.log(p.getEntries().map((e) => e.name).join());
    try { p.measure('x', 'nope') } catch (e) { console.log(e.name, e.message) } try { new Performance() } catch (e) { console.log(e.name) } for (let i = 0; i < 5000; i++) p.mark('many'); console.log(p.getEntries().length, JSON.stringify(p.mark('j', { startTime: 5 })));`);
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), [
    "true number true [object Performance] [ 'timeOrigin' ]", '10 0 measure true 3', 'a,m,n,b 2 { x: 1 } true', 'b,c',
    'SyntaxError The "nope" performance mark has not been set', 'TypeError', '1000 {"name":"j","entryType":"mark","startTime":5,"duration":0,"detail":null}',
  ]);
});

test('every global class has its own name', () => {
  const guest = script(`for (const name of Object.getOwnPropertyNames(globalThis)) { const value = globalThis[name]; if (typeof value === 'function' && value.name !== name) console.log(name, value.name) }`);
  assert.equal(guest.stdout, '');
});
