// node:path gives what Node's gives: the same calls on the same paths, made of pieces that go wrong.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { script } from './engine.mjs';

/** Runs in both; `path` and `report` are its free names. */
function compare(flavour) {
  const pieces = ['', '/', '//', '.', '..', './', '../', 'a', 'b.txt', '.c', 'd.', 'e.tar.gz', '/f', 'g/', 'h i', '...', '.a.b', '\\', 'C:', 'C:\\', 'c:/x', '\\\\srv\\share', '\\\\srv\\share\\x', 'C:rel', '//srv/share/y'];
  const only = flavour.sep === '/' ? pieces.slice(0, 18) : pieces;
  const inputs = [...only];
  for (const a of only) for (const b of only) inputs.push(a + b, `${a}/${b}`, `${a}/${b}/`, `${a}\\${b}`);
  const lines = [];
  // Node resolves against its working directory, holm against the root.
  const root = flavour.sep === '/' ? '/' : 'C:\\';
  for (const input of inputs) {
    // Later versions of Node take these for devices, and so does holm.
    if (flavour.sep !== '/' && /^[\\/]{2}[.?](?:[\\/]|$)/.test(input)) continue;
    let p = flavour.parse(input);
    // Two oddities of Node's that nobody can want: basename('//', '.x') is '//', parse('/..').ext is '.'.
    if (p.base === '') continue;
    if (p.base === '..') p = { ...p, ext: '', name: '..' };
    lines.push([
      input, flavour.normalize(input), flavour.isAbsolute(input), flavour.dirname(input), flavour.basename(input),
      flavour.basename(input, '.txt'), flavour.basename(input, 'a'), flavour.extname(input), flavour.join(input), p.root, p.dir, p.base, p.ext, p.name, flavour.format(p),
      flavour.resolve(root, input),
    ].join('|'));
  }
  for (const a of only) {
    for (const b of only) {
      lines.push([a, b, flavour.join(a, b), flavour.join(a, b, 'z'), flavour.join('/x/y', a, b), flavour.resolve(root, a, b)].join('|'));
      lines.push([a, b, flavour.relative(flavour.resolve(root, a), flavour.resolve(root, 'q', b))].join('|'));
    }
  }
  return lines;
}

for (const flavour of ['posix', 'win32']) {
  test(`path.${flavour} is Node's`, () => {
    const guest = script(`import path from 'node:path'; ${compare}\nfor (const line of compare(path.${flavour})) console.log(JSON.stringify(line));`);
    assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
    const found = guest.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    const expected = compare(path[flavour]);
    const wrong = expected.flatMap((line, at) => (line === found[at] ? [] : [`Node: ${line}\nholm: ${found[at]}`]));
    assert.equal(wrong.slice(0, 20).join('\n\n'), '', `${wrong.length} wrong`);
    assert.ok(expected.length > 1000);
  });
}

test('the working directory is the root', () => {
  const guest = script(`import { resolve, sep, delimiter, posix, win32 } from 'path'; import * as p from 'node:path/posix';
    console.log(resolve('a'), resolve(''), sep, delimiter, posix.sep, win32.sep, p.join('a', 'b'));`);
  assert.equal(guest.stdout, '/a / / : / \\ a/b\n');
});

test('a path must be text', () => {
  const guest = script(`import path from 'node:path'; for (const call of [() => path.join(1), () => path.dirname(null), () => path.resolve({}), () => path.parse()])
    try { call() } catch (e) { console.log(e.name, e.code, e.message) }`);
  const messages = guest.stdout.trimEnd().split('\n');
  assert.equal(messages[0], 'TypeError ERR_INVALID_ARG_TYPE The "path" argument must be of type string. Received type number (1)');
  assert.equal(messages.length, 4);
});
