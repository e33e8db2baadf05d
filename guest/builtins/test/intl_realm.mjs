// The built-ins' Intl in a realm of its own under node, beside node's: for comparing many values quickly. The real engine
// runs it too (intl.test.mjs, at the end).

import { createContext, runInContext } from 'node:vm';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { pureIntl } from './pure_intl.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const { outputFiles } = buildSync({ absWorkingDir: here, entryPoints: ['../intl/index.ts'], bundle: true, format: 'iife', target: 'es2023', charset: 'utf8', write: false });

/** What crosses to the host comes back as the guest has it: bytes as ArrayBuffer. */
const toGuest = (value) => (Buffer.isBuffer(value) ? value.buffer.slice(value.byteOffset, value.byteOffset + value.length) : value);

export const realm = createContext({ __native: { pure: (fn, ...fields) => pureIntl[fn](...fields).map(toGuest), wallMs: () => 1_700_000_000_123 }, console });
runInContext(outputFiles[0].text, realm);
/** Runs code there. */
export const there = (code) => runInContext(code, realm);
