// Makes a project of each template of `holm new`, checks its types against holm.d.ts, and runs its test.
//
//   node templates.mjs HOLM              HOLM is the binary; `npm ci` before

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const holm = resolve(process.argv[2]);
const packages = join(import.meta.dirname, 'node_modules');
// Beside the packages, so that the projects find them.
const folder = mkdtempSync(join(import.meta.dirname, '.templates-'));
const run = (cwd, program, ...args) => execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
try {
  for (const [template, test] of [['ts', 'index.ts'], ['js', 'index.js'], ['hono', 'index.ts'], ['node-http', 'index.ts']]) {
    run(folder, holm, 'new', template, '--template', template);
    const project = join(folder, template);
    try {
      run(project, process.execPath, join(packages, 'typescript/bin/tsc'), '-p', '.');
      run(project, holm, 'run', `test/${test}`);
    } catch (error) {
      console.error(`FAIL template ${template}: ${error.stdout}${error.stderr}`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
