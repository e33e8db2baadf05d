// process, its streams, and console when a program puts something in the way of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { script } from './engine.mjs';

const output = (source) => script({ '/bundle/main.mjs': source });

test('stdout is a Writable that writes at once, in order with console, and stays open', () => {
  const guest = output(`
    import { Writable, Readable } from 'node:stream';
    import { pipeline } from 'node:stream/promises';
    process.stdout.write('a\\n');
    console.log('b', process.stdout instanceof Writable, process.stdout.fd, process.stdout.isTTY);
    process.stdout.write(Buffer.from('c\\n'), () => console.log('written'));
    process.stdout.write('0a', 'hex');
    process.stdout.destroy();
    setImmediate(() => process.stdout.write('still here\\n'));
    await pipeline(Readable.from(['d', '\\n']), process.stderr, { end: false });
  `);
  assert.equal(guest.stdout, 'a\nb true 1 undefined\nc\n\nwritten\nstill here\n');
  assert.equal(guest.stderr, 'd\n');
  assert.equal(guest.exitCode, 0);
});

test('a program that replaces write gets what console writes, until it puts it back', () => {
  const guest = output(`
    const seen = [];
    const { write } = process.stdout;
    process.stdout.write = (text) => { seen.push(text); return true; };
    console.log('one %d', 1);
    console.group(); console.info('two'); console.groupEnd();
    process.stdout.write = write;
    console.log(JSON.stringify(seen));
  `);
  assert.equal(guest.stdout, '["one 1\\n","  two\\n"]\n');
});

test('console tells the channel of a method before it formats', () => {
  const guest = output(`
    import { subscribe } from 'node:diagnostics_channel';
    subscribe('console.log', (args) => { args[0].late = true; });
    console.log({});
  `);
  assert.equal(guest.stdout, '{ late: true }\n');
});

test('process.env holds texts and refuses what an environment cannot have', () => {
  const guest = output(`
    process.env.N = 1;
    console.log(process.env.N === '1', 'N' in process.env, Object.keys(process.env));
    for (const wrong of [() => { process.env[Symbol('s')] = 1; }, () => { process.env.S = Symbol('s'); },
      () => Object.defineProperty(process.env, 'G', { get() {} })]) {
      try { wrong(); console.log('taken'); } catch (error) { console.log(error.name, error.code); }
    }
  `);
  assert.equal(guest.stdout, "true true [ 'N' ]\nTypeError undefined\nTypeError undefined\nTypeError ERR_INVALID_OBJECT_DEFINE_PROPERTY\n");
});

test('an error that nobody caught goes to the capture callback, and only to it', () => {
  const guest = output(`
    process.on('uncaughtException', () => console.log('not me'));
    process.setUncaughtExceptionCaptureCallback((error) => console.log('captured', error.message));
    setTimeout(() => { throw new Error('x'); });
  `);
  assert.equal(guest.stdout, 'captured x\n');
  assert.equal(guest.exitCode, 0);
});

test('warnings are shown by a listener that can be taken away', () => {
  const shown = output(`process.emitWarning('w', { code: 'C', detail: 'more' }); setTimeout(() => {}, NaN);`);
  assert.equal(shown.stderr, '(holm) [C] Warning: w\nmore\n(holm) TimeoutNaNWarning: NaN is not a number.\nTimeout duration was set to 1.\n');
  assert.equal(output(`process.removeAllListeners('warning'); process.emitWarning('w');`).stderr, '');
});

test('what keeps a program alive is named', () => {
  const guest = output(`
    setTimeout(() => {}); setImmediate(() => {}); setTimeout(() => {}).unref();
    console.log(process.getActiveResourcesInfo());
  `);
  assert.equal(guest.stdout, "[ 'Timeout', 'Immediate' ]\n");
});
