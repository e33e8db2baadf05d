// A test case of web built-ins: a program in the real guest that asserts by itself.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Effect, Guest, Mode } from './engine.mjs';

const prelude = `
const show = (value) => JSON.stringify(value, (_, inner) => inner === undefined ? 'undefined' : inner);
function eq(found, expected, what = '') {
  if (show(found) !== show(expected)) throw new Error(what + ' found ' + show(found) + ', expected ' + show(expected));
}
function throws(name, run, part = '') {
  try { run(); } catch (error) {
    if (error.name !== name || !error.message.includes(part)) throw new Error('threw ' + error + ', expected ' + name + ' ' + part);
    return error;
  }
  throw new Error('did not throw ' + name);
}
async function rejects(name, promise, part = '') {
  try { await promise; } catch (error) {
    if (error?.name !== name || !error.message.includes(part)) throw new Error('rejected with ' + error + ', expected ' + name + ' ' + part);
    return error;
  }
  throw new Error('did not reject with ' + name);
}
`;

/** Runs `source` as a script. `answer` plays the host: see Guest. */
export function inGuest(rule, source, answer) {
  test(rule, () => {
    const guest = new Guest();
    if (answer !== undefined) guest.answer = (kind, op, fields) => answer(kind, op, fields, guest);
    // On one line, so that positions in the error are those of the source.
    guest.load(Mode.Script, { '/bundle/test.mjs': prelude.replaceAll('\n', ' ') + source }).run();
    const threw = guest.effect(Effect.Threw);
    if (threw !== undefined) assert.fail(threw.slice(2).join('\n'));
    assert.notEqual(guest.effect(Effect.Finish), undefined, `the program did not finish; it printed ${guest.stdout}${guest.stderr}`);
    assert.equal(guest.exitCode, 0, guest.stderr);
  });
}
