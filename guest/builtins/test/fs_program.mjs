// What node:fs does on a folder, in holm and in Node alike: run by both on equal folders, with equal output.
// BASE is replaced by the folder.

import fs from 'node:fs';
import * as promises from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const base = 'BASE';
const at = (name) => path.join(base, name);
const say = (...values) => console.log(...values.map((value) => (typeof value === 'string' ? value.replaceAll(base, '$') : value)));
const fails = (call) => {
  try {
    say('no error:', call());
  } catch (error) {
    say(error.name, error.code, error.errno, error.syscall, error.message, error.path ?? '-', error.dest ?? '-');
  }
};
const rejects = async (promise) => {
  try {
    say('no error:', await promise);
  } catch (error) {
    say(error.code, error.errno, error.syscall, error.message);
  }
};

// Whole files
fs.writeFileSync(at('a.txt'), 'héllo');
say(fs.readFileSync(at('a.txt'), 'utf8'), fs.readFileSync(at('a.txt')), fs.readFileSync(at('a.txt'), { encoding: 'hex' }));
say(fs.readFileSync(at('a.txt'), 'base64'), fs.readFileSync(at('a.txt'), 'latin1'));
fs.appendFileSync(at('a.txt'), ' more');
fs.writeFileSync(at('b.bin'), new Uint8Array([0, 1, 254, 255]));
fs.writeFileSync(at('c.txt'), '68656c6c6f', 'hex');
fs.writeFileSync(at('empty'), '');
say(fs.readFileSync(at('a.txt'), 'utf8'), fs.readFileSync(at('b.bin')), fs.readFileSync(at('c.txt'), 'utf8'), fs.readFileSync(at('empty'), 'utf8') === '');
fs.writeFileSync(at('a.txt'), 'short');
say(fs.readFileSync(at('a.txt'), 'utf8'));
fs.writeFileSync(at('a.txt'), 'x', { flag: 'a' });
say(fs.readFileSync(at('a.txt'), 'utf8'));
const big = 'a line of text\n'.repeat(20000);
fs.writeFileSync(at('big.txt'), big);
say(fs.readFileSync(at('big.txt'), 'utf8') === big, fs.statSync(at('big.txt')).size);
fails(() => fs.readFileSync(at('none')));
fails(() => fs.readFileSync(base));
fails(() => fs.writeFileSync(at('no/dir'), ''));
fails(() => fs.writeFileSync(at('a.txt'), '', { flag: 'wx' }));
fails(() => fs.readFileSync(at('a.txt'), 'nonsense'));
fails(() => fs.readFileSync({}));
fails(() => fs.writeFileSync(at('a.txt'), 3));
fails(() => fs.readFileSync(at('a\0b')));
fails(() => fs.openSync(at('a.txt'), 'q'));
say(fs.readFileSync(Buffer.from(at('a.txt')), 'utf8'), fs.readFileSync(new URL(`file://${at('a.txt')}`), 'utf8'));

// Descriptors
const fd = fs.openSync(at('d.txt'), 'w+');
say(typeof fd, fs.writeSync(fd, 'hello world'), fs.writeSync(fd, Buffer.from('!!!'), 0, 2), fs.writeSync(fd, 'J', 0));
const buffer = Buffer.alloc(20);
say(fs.readSync(fd, buffer, 0, 5, 0), buffer.toString('utf8', 0, 5), fs.readSync(fd, buffer, { position: 6, length: 5 }), buffer.subarray(0, 5).toString());
say(fs.readSync(fd, buffer, 0, 20, 100), fs.fstatSync(fd).size, fs.fstatSync(fd).isFile());
fs.ftruncateSync(fd, 4);
fs.fsyncSync(fd);
fs.closeSync(fd);
say(fs.readFileSync(at('d.txt'), 'utf8'));
fails(() => fs.closeSync(fd));
fails(() => fs.readSync(fd, buffer));
fails(() => fs.readSync('x', buffer));
fails(() => fs.writeSync(fd, 'x'));
const appended = fs.openSync(at('d.txt'), 'a');
fs.writeSync(appended, 'end');
fs.writevSync(appended, [Buffer.from('1'), Buffer.from('2')]);
fs.closeSync(appended);
say(fs.readFileSync(at('d.txt'), 'utf8'));
const shared = fs.openSync(at('d.txt'));
say(fs.readFileSync(shared, 'utf8'), fs.readFileSync(shared, 'utf8') === '');
fs.closeSync(shared);

// Folders
say(fs.mkdirSync(at('dir')), fs.mkdirSync(at('x/y/z'), { recursive: true }), fs.mkdirSync(at('x/y'), { recursive: true }));
fails(() => fs.mkdirSync(at('dir')));
fails(() => fs.mkdirSync(at('p/q')));
fails(() => fs.mkdirSync(at('a.txt'), { recursive: true }));
fails(() => fs.mkdirSync(at('a.txt/sub')));
fs.writeFileSync(at('x/one'), '1');
fs.writeFileSync(at('x/y/two'), '2');
say(fs.readdirSync(base).sort().join(), fs.readdirSync(at('x')).sort().join(), fs.readdirSync(at('dir')).length);
say(fs.readdirSync(at('x'), { recursive: true }).sort().join());
say(fs.readdirSync(at('x'), { withFileTypes: true }).map((e) => `${e.name}:${e.isFile()}:${e.isDirectory()}:${e.path.replaceAll(base, '$')}`).sort().join());
say(fs.readdirSync(at('x'), 'buffer').map(String).sort().join());
fails(() => fs.readdirSync(at('none')));
fails(() => fs.readdirSync(at('a.txt')));
fails(() => fs.rmdirSync(at('x')));
fails(() => fs.rmdirSync(at('a.txt')));
fails(() => fs.unlinkSync(at('none')));
fails(() => fs.rmSync(at('none')));
say(fs.rmSync(at('none'), { force: true }));
fails(() => fs.rmSync(at('x')));
fs.rmSync(at('x'), { recursive: true });
fs.rmdirSync(at('dir'));
say(fs.existsSync(at('x')), fs.existsSync(at('a.txt')), fs.existsSync(base), fs.existsSync(at('a.txt/b')), fs.existsSync(3));
const made = fs.mkdtempSync(at('tmp-'));
say(made.length - at('tmp-').length, fs.statSync(made).isDirectory());
fs.rmdirSync(made);

// Stat
const stat = fs.statSync(at('a.txt'));
say(stat.isFile(), stat.isDirectory(), stat.isSymbolicLink(), stat.size, stat.mtime instanceof Date, Math.abs(stat.mtimeMs - stat.mtime.getTime()) < 1);
say(fs.statSync(at('none'), { throwIfNoEntry: false }), typeof fs.statSync(at('a.txt'), { bigint: true }).size, fs.lstatSync(base).isDirectory());
fails(() => fs.statSync(at('none')));
fails(() => fs.lstatSync(at('none')));
fs.utimesSync(at('a.txt'), 1000, new Date(2000000));
say(fs.statSync(at('a.txt')).atimeMs, fs.statSync(at('a.txt')).mtimeMs, fs.statSync(at('a.txt')).mtime);
say(fs.accessSync(at('a.txt')), fs.accessSync(at('a.txt'), fs.constants.R_OK | fs.constants.W_OK));
fails(() => fs.accessSync(at('none')));

// Moving and copying
fs.renameSync(at('c.txt'), at('moved.txt'));
fs.copyFileSync(at('moved.txt'), at('copy.txt'));
say(fs.existsSync(at('c.txt')), fs.readFileSync(at('copy.txt'), 'utf8'));
fails(() => fs.renameSync(at('none'), at('other')));
fails(() => fs.copyFileSync(at('none'), at('other')));
fails(() => fs.copyFileSync(at('moved.txt'), at('copy.txt'), fs.constants.COPYFILE_EXCL));
fs.truncateSync(at('copy.txt'), 2);
say(fs.readFileSync(at('copy.txt'), 'utf8'));
fs.linkSync(at('copy.txt'), at('hard.txt'));
say(fs.statSync(at('hard.txt')).nlink, fs.readFileSync(at('hard.txt'), 'utf8'));
fs.mkdirSync(at('tree/sub'), { recursive: true });
fs.writeFileSync(at('tree/sub/f'), 'f');
fs.cpSync(at('tree'), at('tree2'), { recursive: true });
say(fs.readdirSync(at('tree2'), { recursive: true }).sort().join());

// Links
fs.symlinkSync('a.txt', at('link'));
say(fs.readlinkSync(at('link')), fs.lstatSync(at('link')).isSymbolicLink(), fs.statSync(at('link')).isFile(), fs.readFileSync(at('link'), 'utf8'));
say(fs.realpathSync(at('link')), fs.realpathSync(at('tree/../tree/sub/./f')));
fails(() => fs.readlinkSync(at('a.txt')));
fails(() => fs.realpathSync(at('none')));
fs.unlinkSync(at('link'));
say(fs.existsSync(at('a.txt')));

// Promises
await promises.writeFile(at('p.txt'), 'promise');
say(await promises.readFile(at('p.txt'), 'utf8'), (await promises.stat(at('p.txt'))).size, (await promises.readdir(at('tree'))).join());
await rejects(promises.readFile(at('none')));
await rejects(promises.access(at('none')));
await rejects(promises.mkdir(at('p.txt')));
const handle = await promises.open(at('p.txt'), 'r+');
say(typeof handle.fd, await handle.readFile('utf8'), (await handle.write('XY', 0)).bytesWritten, (await handle.stat()).size);
const { bytesRead, buffer: got } = await handle.read(Buffer.alloc(4), 0, 4, 0);
say(bytesRead, got.toString());
await handle.truncate(3);
await handle.close();
say(await promises.readFile(at('p.txt'), 'utf8'));
await promises.writeFile(at('it.txt'), (async function* () { yield 'a'; yield 'b'; })());
say(await promises.readFile(at('it.txt'), 'utf8'));
const lines = [];
const read = await promises.open(at('lines'), 'w+');
await read.writeFile('one\ntwo\r\nthree');
await read.close();
const again = await promises.open(at('lines'));
for await (const line of again.readLines()) lines.push(line);
say(lines.join('|'));
const names = [];
for await (const entry of await promises.opendir(at('tree'))) names.push(entry.name);
say(names.join());
await promises.rm(at('tree'), { recursive: true });
say(fs.existsSync(at('tree')));
const controller = new AbortController();
controller.abort();
await promises.readFile(at('p.txt'), { signal: controller.signal }).catch((error) => say(error.name, error.code, error.message));

// Callbacks
await new Promise((resolve) => fs.readFile(at('p.txt'), 'utf8', (error, text) => { say(error, text); resolve(); }));
await new Promise((resolve) => fs.readFile(at('none'), (error, text) => { say(error.code, error.syscall, text); resolve(); }));
await new Promise((resolve) => fs.exists(at('p.txt'), (found) => { say(found); resolve(); }));
await new Promise((resolve) => fs.mkdir(at('cb'), (error) => { say(error); resolve(); }));
say(await promisify(fs.readFile)(at('p.txt'), 'utf8'), (await promisify(fs.stat)(at('p.txt'))).size);
fails(() => fs.readFile(at('p.txt')));
let order = '';
fs.stat(base, () => { order += 'callback '; });
order += 'sync ';
await new Promise((resolve) => setTimeout(resolve, 50));
say(order);
