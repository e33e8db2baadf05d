// The guest's globals against those of Node 20 and the WinterTC minimum common API (2025), and docs/api-support.md
// against the guest. With UPDATE=1 the difference is written down, and the columns of the page that can be
// computed; whether something is whole, and the remarks, are written by people.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { script } from './engine.mjs';
import { enumeration } from './globals/enumerate.mjs';

const beside = (name) => new URL(`globals/${name}`, import.meta.url);
const page = new URL('../../../docs/api-support.md', import.meta.url);
const update = process.env.UPDATE === '1';
/** Names of the language that Node 20 is too old for, and one of the engine's. */
const newer = ['AsyncDisposableStack', 'DisposableStack', 'Float16Array', 'InternalError', 'Iterator', 'SuppressedError'];
const { language, globals: node } = JSON.parse(readFileSync(beside('node20.json'), 'utf8'));
const common = readFileSync(beside('wintertc-2025.txt'), 'utf8').trim().split('\n');

const guest = script(`console.log(JSON.stringify(${enumeration}))`);
assert.equal(guest.exitCode, 0, guest.stderr);
const here = JSON.parse(guest.stdout);

/** Members that Node 20 has and the guest has not. */
function missing(name) {
  return (node[name] ?? []).filter((member) => !(here[name] ?? []).includes(member));
}

test('what differs from Node 20 and WinterTC is written down', () => {
  const names = [...new Set([...Object.keys(node), ...common, ...Object.keys(here)])].sort();
  const lines = [];
  for (const name of names) {
    const sources = [common.includes(name) && 'WinterTC', name in node && 'Node 20'].filter(Boolean).join(', ');
    if (!(name in here)) lines.push(`absent ${name} (${sources})`);
    else if (sources === '') lines.push(`only here ${name}`);
    else for (const member of missing(name)) lines.push(`absent ${name}: ${member}`);
  }
  const found = lines.join('\n') + '\n';
  if (update) writeFileSync(beside('difference.txt'), found);
  assert.equal(readFileSync(beside('difference.txt'), 'utf8'), found, 'run with UPDATE=1 and look at what has changed');
});

test('docs/api-support.md says what the guest has', () => {
  const text = readFileSync(page, 'utf8');
  const [head, rest] = text.split('<!-- globals: start -->\n');
  const [table, tail] = rest.split('<!-- globals: end -->');
  const [title, line, ...rows] = table.trim().split('\n');
  const written = new Map(rows.map((row) => {
    const [, name, support, remark] = row.split('|').map((cell) => cell.trim());
    return [name.replaceAll('`', ''), { support, remark }];
  }));
  const names = [...new Set([...Object.keys(node), ...common, ...Object.keys(here)])]
    .filter((name) => !language.includes(name) && !newer.includes(name))
    .sort((a, b) => (a.toLowerCase() === b.toLowerCase() ? (a < b ? -1 : 1) : a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  const expected = names.map((name) => {
    const { support = '', remark = '' } = written.get(name) ?? {};
    const given = name in here ? (support === 'absent' || support === '' ? 'whole' : support) : 'absent';
    return `| \`${name}\` | ${given} | ${remark} | ${missing(name).filter(() => name in here).map((member) => `\`${member}\``).join(', ')} |`;
  });
  if (update) writeFileSync(page, `${head}<!-- globals: start -->\n${[title, line, ...expected].join('\n')}\n<!-- globals: end -->${tail}`);
  else assert.deepEqual(rows, expected, 'run with UPDATE=1 and look at what has changed');
  for (const [name, { support, remark }] of written) {
    assert.ok(['whole', 'partial', 'absent'].includes(support), `${name}: ${support}`);
    if (support !== 'whole') assert.notEqual(remark, '', `${name} is ${support}: the page must say what is missing`);
  }
});
