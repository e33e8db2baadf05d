// Runs every file in cases/ on node and on holm: both must print the same and end the same.
//
//   node run.mjs HOLM [NAME …]          HOLM is the binary; `npm ci` before
//
// A first line `// holm run --limit …` in a case gives options to holm. failing.json names the cases that do not, each with its reason. A case that is in it and passes is a failure too, so
// that the list stays true.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const [binary, ...only] = process.argv.slice(2);
if (binary === undefined) throw new Error('usage: node run.mjs HOLM [NAME …]');
const holm = resolve(binary);
process.chdir(import.meta.dirname);
const failing = JSON.parse(readFileSync('failing.json', 'utf8'));
const names = readdirSync('cases').map((file) => file.replace(/\.mjs$/, '')).sort();
for (const name of Object.keys(failing)) {
  if (!names.includes(name)) throw new Error(`failing.json names ${name}, which is no case`);
}

/** Exit code, output and complaints of a program. */
function run(program, ...args) {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000, env: { ...process.env, TZ: 'UTC', NO_COLOR: '1' } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

let [passed, known] = [0, 0];
const wrong = [];
for (const name of names) {
  if (only.length > 0 && !only.includes(name)) continue;
  const file = `cases/${name}.mjs`;
  const options = /^\/\/ holm run (.*)/.exec(readFileSync(file, 'utf8'))?.[1].split(' ') ?? [];
  const [ours, nodes] = await Promise.all([run(holm, 'run', ...options, file), run(process.execPath, file)]);
  if (nodes.code !== 0) {
    wrong.push(`${name}: node fails: ${nodes.stderr.trim().split('\n')[0]}`);
  } else if (ours.code === 0 && ours.stdout === nodes.stdout) {
    if (name in failing) wrong.push(`${name} passes now: take it out of failing.json`);
    else passed++;
  } else if (name in failing) {
    known++;
  } else {
    const why = ours.code === 0 ? `it prints\n${ours.stdout}instead of\n${nodes.stdout}` : ours.stderr.trim();
    wrong.push(`${name}: ${why}`);
  }
}
for (const text of wrong) console.error(`FAIL ${text}\n`);
console.log(`${passed} of ${passed + known + wrong.length} print what node prints, ${known} are known not to, ${wrong.length} wrong`);
process.exitCode = wrong.length === 0 ? 0 : 1;
