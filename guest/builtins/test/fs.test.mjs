// node:fs does what Node's does, and stays inside the folders that it was given.
// Node 20 crashes where it collects instances of WASI on several threads: run it with --single-threaded-gc, as `npm test` does.

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

test('modules of a folder are required and imported by the rules of Node', () => {
  const guest = withFolders(
    `import fs from 'node:fs'; import { createRequire } from 'node:module'; import Module from 'node:module';
    const write = (path, text) => { fs.mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true }); fs.writeFileSync(path, text); };
    write('/tmp/a.js', 'exports.b = require("./b"); exports.name = module.id; exports.main = require.main === module;');
    write('/tmp/b/package.json', '{ "main": "lib/index" }'); write('/tmp/b/lib/index.js', 'module.exports = "b";');
    write('/tmp/node_modules/pkg/package.json', '{ "name": "pkg", "exports": { ".": { "import": "./m.mjs", "require": "./c.cjs" }, "./x/*": "./x/*.js" }, "imports": { "#i": "./x/i.js" } }');
    write('/tmp/node_modules/pkg/m.mjs', 'export default "esm"; export { one } from "./other.mjs";'); write('/tmp/node_modules/pkg/other.mjs', 'export const one = 1;');
    write('/tmp/node_modules/pkg/c.cjs', 'exports.kind = "cjs"; exports.self = require("pkg/x/i"); exports.inner = require("#i");'); write('/tmp/node_modules/pkg/x/i.js', 'module.exports = "i";');
    write('/tmp/data.json', '{ "n": 1 }'); write('/tmp/bad.json', '{'); write('/tmp/t.ts', 'export const a: number = 1;'); write('/tmp/esm.js', 'export const here = import.meta.url;');
    const require = createRequire('/tmp/main.js');
    console.log(require('./a'), require('./a') === require('/tmp/a.js'), require('pkg'), require('./data').n, require('./esm.js').here);
    const ns = await import('file:///tmp/node_modules/pkg/m.mjs'); console.log(ns.default, ns.one, (await import('/tmp/node_modules/pkg/c.cjs')).kind);
    for (const name of ['./none', 'pkg/none', './bad.json', './t.ts', '/etc/passwd']) try { require(name) } catch (error) { console.log(error.code ?? error.name, error.message.split('\\n')[0].split(';')[0]) }
    Module._extensions['.txt'] = (module, filename) => { module.exports = fs.readFileSync(filename, 'utf8').toUpperCase() }; write('/tmp/note.txt', 'note'); console.log(require('./note'));
    const load = Module._load; Module._load = function (request, ...rest) { return request === 'faked' ? 'fake' : load.call(this, request, ...rest) }; console.log(require('faked'));
    console.log(require.resolve('./b'), require.resolve.paths('x')[0], Module.findPackageJSON('pkg', '/tmp/main.js'), Object.keys(require.cache).includes('/tmp/a.js'));`,
    { '/tmp': folder('modules') },
  );
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  assert.deepEqual(guest.stdout.trimEnd().split('\n'), [
    "{ b: 'b', name: '/tmp/a.js', main: false } true { kind: 'cjs', self: 'i', inner: 'i' } 1 file:///tmp/esm.js",
    'esm 1 cjs',
    "MODULE_NOT_FOUND Cannot find module './none' imported from /tmp/main.js",
    'ERR_PACKAGE_PATH_NOT_EXPORTED Package subpath \'./none\' is not defined by "exports" in /tmp/node_modules/pkg/package.json',
    guest.stdout.split('\n')[4],
    'ERR_UNKNOWN_FILE_EXTENSION /tmp/t.ts is TypeScript or JSX, which is transpiled when the program is loaded',
    "MODULE_NOT_FOUND Cannot find module '/etc/passwd' imported from /tmp/main.js",
    'NOTE',
    'fake',
    '/tmp/b/lib/index.js /tmp/node_modules /tmp/node_modules/pkg/package.json true',
  ]);
  assert.match(guest.stdout.split('\n')[4], /^SyntaxError \/tmp\/bad\.json: /);
});

test('reading what a module in a cycle has not exported yet warns', () => {
  const guest = withFolders(
    `import fs from 'node:fs'; import { createRequire } from 'node:module'; process.on('warning', (warning) => console.log(warning.message));
    fs.writeFileSync('/tmp/a.js', 'exports.early = 1; require("./b"); exports.late = 2;'); fs.writeFileSync('/tmp/b.js', 'const a = require("./a"); a.early; a.late; a.__esModule;');
    const a = createRequire('/tmp/x.js')('./a'); console.log(Object.getPrototypeOf(a) === Object.prototype, a.none);`,
    { '/tmp': folder('cycle') },
  );
  assert.equal(guest.stdout, "true undefined\nAccessing non-existent property 'late' of module exports inside circular dependency\n", guest.effects.at(-1)?.join('\n'));
});
