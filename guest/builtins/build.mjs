// Bundles main.ts into guest/prebuilt/builtins.js: the body of a function whose parameter is `__native`.
//
// Equal sources give equal bytes. Identifiers stay as written, since they are what a stack trace shows.

import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const check = process.argv.includes('--stdout');

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
  write: !check,
  logLevel: 'warning',
});
if (check) process.stdout.write(result.outputFiles[0].text);
