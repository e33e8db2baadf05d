// The types as a user's compiler reads them: from an ES module and from a CommonJS one, with what is wrong refused.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const here = dirname(import.meta.dirname);
const require = createRequire(join(here, '../../../guest/builtins/package.json'));
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');

const PROGRAM = `
import { ExecutionError, HybridExecutor, type ExecutionResult } from 'holm-client';

const executor = new HybridExecutor({ url: new URL('http://127.0.0.1:8081') });
export async function run(signal: AbortSignal): Promise<number | null> {
  const result: ExecutionResult<number> = await executor.execute<number>('1', {
    mode: 'auto', trustLevel: 'trusted', allowNetwork: ['https://*'], timeoutMs: 5, signal, onStdout: (text) => text.length,
  });
  // @ts-expect-error: a result is not text
  result.result satisfies string;
  // @ts-expect-error: there is no such option
  await executor.execute('1', { timeout: 5 });
  // @ts-expect-error: there is no such backend
  await executor.execute('1', { mode: 'jvm' });
  if (result.error?.limit === 'cpu_ms') throw new ExecutionError(result);
  return result.result;
}
`;
const CONFIG = {
  compilerOptions: { strict: true, noEmit: true, target: 'es2023', lib: ['es2023', 'dom'], types: [], module: 'nodenext', skipLibCheck: false },
};

test('a program that uses the client has the right types', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holm-client-types-'));
  try {
    const installed = join(folder, 'node_modules/holm-client');
    mkdirSync(installed, { recursive: true });
    cpSync(join(here, 'dist'), join(installed, 'dist'), { recursive: true });
    cpSync(join(here, 'package.json'), join(installed, 'package.json'));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG));
    for (const name of ['esm.mts', 'cjs.cts']) writeFileSync(join(folder, name), PROGRAM);
    execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  } catch (error) {
    throw new Error(error.stdout ?? error.message);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
