// node:fs does what Node's does, and stays inside the folders that it was given.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { WASI } from 'node:wasi';
import { Effect, Guest, Mode, script } from './engine.mjs';
import { fixture } from './fixtures.mjs';

const home = mkdtempSync(join(tmpdir(), 'holm-fs-'));
after(() => rmSync(home, { recursive: true }));

function folder(name) {
  const path = join(home, name);
  mkdirSync(path);
  return path;
}

/** Runs a script with folders: guest path to real one. */
function withFolders(source, preopens, mode = Mode.Script) {
  const wasi = new WASI({ version: 'preview1', preopens });
  return new Guest({ wasi }).load(mode, { '/bundle/main.mjs': source }, { preopens: Object.keys(preopens) }).run();
}

test('files behave as in Node', () => {
  const source = readFileSync(fixture('fs/files.mjs'), 'utf8');
  const real = folder('node');
  const file = join(home, 'program.mjs');
  writeFileSync(file, source.replace("'/tmp'", `'${real}'`));
  const expected = execFileSync(process.execPath, ['--no-warnings', file], { encoding: 'utf8' }).split('\n');
  const guest = withFolders(source, { '/tmp': folder('holm') });
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  const found = guest.stdout.split('\n');
  const wrong = expected.flatMap((line, at) => (line === found[at] ? [] : [`Node: ${line}\nholm: ${found[at]}`]));
  assert.equal(wrong.join('\n\n'), '');
});

test('a path that no folder has does not exist', () => {
  const guest = withFolders(
    `import fs from 'node:fs';
    for (const path of ['/etc/passwd', '/data/../etc/passwd', '/database/x', '', 'relative', '/data/../../proc/self/environ']) {
      try { console.log(fs.readFileSync(path)) } catch (e) { console.log(e.message) }
    }
    console.log(fs.existsSync('/data'), fs.existsSync('/'), fs.readdirSync('/'), fs.statSync('/').isDirectory(), fs.existsSync('/dat'));`,
    { '/data': folder('inside'), '/tmp': folder('tmp') },
  );
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), [
    "ENOENT: no such file or directory, open '/etc/passwd'",
    "ENOENT: no such file or directory, open '/data/../etc/passwd'",
    "ENOENT: no such file or directory, open '/database/x'",
    "ENOENT: no such file or directory, open ''",
    "ENOENT: no such file or directory, open 'relative'",
    "ENOENT: no such file or directory, open '/data/../../proc/self/environ'",
    "true true [ 'bundle', 'data', 'tmp' ] true false",
  ]);
});

test('the folder with the longest path wins', () => {
  const [outer, inner] = [folder('outer'), folder('inner')];
  const guest = withFolders(
    `import { writeFileSync } from 'node:fs'; writeFileSync('/a/x', 'outer'); writeFileSync('/a/b/x', 'inner'); writeFileSync('a/y', 'relative');`,
    { '/a': outer, '/a/b': inner },
  );
  assert.equal(guest.exitCode, 0);
  assert.deepEqual([join(outer, 'x'), join(inner, 'x'), join(outer, 'y')].map((file) => readFileSync(file, 'utf8')), ['outer', 'inner', 'relative']);
});

test('no files while the function is loaded, but in the handler', () => {
  const guest = withFolders(
    `import fs from 'node:fs'; const seen = [];
    for (const call of [() => fs.readFileSync('/data/x'), () => fs.existsSync('/data'), () => fs.statSync('/'), () => fs.writeSync(9, 'x')])
      try { call(); seen.push('allowed') } catch (e) { seen.push(e.message) }
    export default { fetch() { fs.writeFileSync('/data/x', 'later'); return new Response(JSON.stringify([...seen, fs.readFileSync('/data/x', 'utf8')])) } }`,
    { '/data': folder('frozen') },
    Mode.Image,
  ).request().run();
  const body = guest.effect(Effect.Respond)?.at(-1);
  const message = 'files cannot be used while the function is being loaded; use them inside the handler';
  assert.deepEqual(JSON.parse(body), [message, message, message, message, 'later']);
});

test('the standard streams can be written to by number', () => {
  const guest = script(`import fs from 'node:fs'; fs.writeSync(1, 'out'); fs.writeSync(2, 'err'); console.log(fs.readFileSync(0, 'utf8') === '');`);
  assert.equal(guest.stdout, 'outtrue\n');
  assert.equal(guest.stderr, 'err');
});
