// What the modules export, against the list of Node 20 (test/node_exports/node20.json, made by `node -p` on Node
// 20). The difference is checked in; UPDATE=1 writes it anew. docs/api-support.md must say the same.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { script } from './engine.mjs';

const folder = new URL('node_exports/', import.meta.url);
const node20 = Object.fromEntries(Object.entries(JSON.parse(readFileSync(new URL('node20.json', folder), 'utf8'))).map(([name, names]) => [name, names.split(' ').filter(Boolean)]));

function exportsInGuest() {
  const guest = script(`import { builtinModules, isBuiltin } from 'node:module'; const found = {};
    for (const name of ${JSON.stringify(Object.keys(node20))}) if (isBuiltin(name)) { const ns = await import('node:' + name); found[name] = Object.keys(ns).filter((key) => key !== 'default') }
    console.log(JSON.stringify(found));`);
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  return JSON.parse(guest.stdout);
}

const found = exportsInGuest();
const difference = Object.keys(node20).flatMap((name) => {
  if (found[name] === undefined) return [`${name}: absent`];
  const missing = node20[name].filter((key) => !found[name].includes(key));
  const more = found[name].filter((key) => !node20[name].includes(key)).sort();
  return [...(missing.length > 0 ? [`${name}: missing ${missing.join(' ')}`] : []), ...(more.length > 0 ? [`${name}: more ${more.join(' ')}`] : [])];
});

test('the difference to the exports of Node 20 is the one that is checked in', () => {
  const file = new URL('difference.txt', folder);
  const text = `${difference.join('\n')}\n`;
  if (process.env.UPDATE === '1') writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
});

test('docs/api-support.md names each module of Node 20, and calls none whole that misses an export', () => {
  const table = readFileSync(new URL('../../../docs/api-support.md', import.meta.url), 'utf8').split("## Node's modules")[1];
  for (const name of Object.keys(node20)) {
    const row = table.split('\n').find((line) => new RegExp(`^\\|.*\`${name.replaceAll('/', '\\/')}\``).test(line) && / (whole|partial|absent) \|/.test(line));
    assert.ok(row, `docs/api-support.md has no row for ${name}`);
    const state = / (whole|partial|absent) \|/.exec(row)[1];
    if (found[name] === undefined) assert.equal(state, 'absent', name);
    else if (state === 'whole') assert.ok(!difference.some((line) => line.startsWith(`${name}: missing`)), `${name} is called whole`);
  }
});
