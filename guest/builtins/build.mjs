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

// readable-stream brings small copies of Node's other modules; holm's own take their place, so that errors,
// emitters and buffers are the same everywhere.
const OWN = [
  [/\/ours\/errors$/, 'node/errors.ts'],
  [/\/ours\/util$/, 'node/stream/util.ts'],
  [/\/validators$/, 'node/validators.ts'],
  [/\/shims\/process$/, 'node/stream/process.ts'],
  [/^events$/, 'node/events/emitter.ts'],
  [/^buffer$/, 'node/buffer/index.ts'],
  [/^string_decoder\/$/, 'node/string_decoder/index.ts'],
  [/^abort-controller$/, 'web/events/index.ts'],
];
const ownModules = {
  name: 'own-modules',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, importer }) => {
      if (!importer.includes('/node_modules/readable-stream/')) return undefined;
      const own = OWN.find(([pattern]) => pattern.test(path));
      return own && { path: `${here}${own[1]}` };
    });
  },
};

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
  plugins: [ownModules],
  define: { HOLM_VERSION: JSON.stringify(version[1]) },
  write: !check,
  logLevel: 'warning',
});
if (check) process.stdout.write(result.outputFiles[0].text);
