// Bundles main.ts into guest/prebuilt/builtins.js: the body of a function whose parameter is `__native`.
//
// Equal sources give equal bytes. Identifiers stay as written, since they are what a stack trace shows.

import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const check = process.argv.includes('--stdout');

// One version for all of holm: the workspace's.
const version = /^\[workspace\.package\]\s+version = "(.+)"$/m.exec(readFileSync(`${here}/../../Cargo.toml`, 'utf8'));
if (version === null) throw new Error('Cargo.toml names no version under [workspace.package]');

const result = await build({
  absWorkingDir: here,
  entryPoints: ['main.ts'],
  outfile: '../prebuilt/builtins.js',
  bundle: true,
  format: 'iife',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2023',
  charset: 'utf8',
  minifyWhitespace: true,
  minifySyntax: true,
  minifyIdentifiers: false,
  keepNames: false,
  legalComments: 'none',
  treeShaking: true,
  define: { HOLM_VERSION: JSON.stringify(version[1]) },
  write: !check,
  logLevel: 'warning',
});
if (check) process.stdout.write(result.outputFiles[0].text);
