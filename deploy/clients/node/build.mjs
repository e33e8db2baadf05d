// Builds dist: an ES module, a CommonJS module, and the types of both. The compilers are those of the guest's built-ins, so that
// this folder has no dependencies of its own: `npm ci` in guest/builtins before.

import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const require = createRequire(join(here, '../../../guest/builtins/package.json'));
const { build } = require('esbuild');
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
const dist = join(here, 'dist');

rmSync(dist, { recursive: true, force: true });
try {
  execFileSync(process.execPath, [tsc, '-p', here], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
} catch (error) {
  process.stderr.write(error.stdout ?? '');
  process.exit(1);
}
const common = { absWorkingDir: here, entryPoints: ['src/index.ts'], bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
await build({ ...common, format: 'esm', outfile: 'dist/index.js' });
await build({ ...common, format: 'cjs', outfile: 'dist/index.cjs' });
// TypeScript reads the types of a CommonJS module from files of its own.
for (const name of readdirSync(dist).filter((name) => name.endsWith('.d.ts'))) {
  const text = readFileSync(join(dist, name), 'utf8');
  writeFileSync(join(dist, name.replace(/\.d\.ts$/, '.d.cts')), text.replaceAll(/'(\.\/\w+)\.js'/g, "'$1.cjs'"));
}
copyFileSync(join(here, '../../../LICENSE'), join(dist, 'LICENSE'));
