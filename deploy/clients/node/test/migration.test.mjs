// docs/migration.md keeps its word: the programs after the change print what the page says, and so does the one before that
// needs no package.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { serve } from './server.mjs';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/migration.md'), 'utf8');
const client = new URL('../dist/index.js', import.meta.url).href;
const sections = page.split(/^## From /m).slice(1);
const block = (section, kind) => new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, 'ms').exec(section)?.[1];

let server, folder;
before(async () => {
  server = await serve();
  folder = mkdtempSync(join(tmpdir(), 'holm-migration-'));
});
after(async () => {
  rmSync(folder, { recursive: true });
  await server.stop();
});

async function output(program) {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, program.replaceAll("'holm-client'", `'${client}'`).replaceAll('http://127.0.0.1:8081', server.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  return stdout;
}

test('the page is about three ways', () => {
  assert.deepEqual(sections.map((section) => section.split('\n')[0]), ['spawn', 'vm2', 'isolated-vm']);
});

for (const section of sections) {
  const [name] = section.split('\n');
  test(`from ${name}: the program after prints what the page says`, async () => {
    assert.ok(block(section, 'js before'), 'there is one before');
    assert.equal(await output(block(section, 'js after')), block(section, 'text'));
  });
}

test('from spawn: the program before prints the same', async () => {
  assert.equal(await output(block(sections[0], 'js before')), block(sections[0], 'text'));
});
