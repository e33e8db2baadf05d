// Runs in holm: `npm test`, or `holm run test/index.ts`.

import app from '../src/index.ts';

const ctx: Context = { waitUntil() {} };

async function expect(path: string, status: number, body: unknown): Promise<void> {
  const response = await app.fetch(new Request(`http://localhost${path}`), { NAME: 'Ada' }, ctx);
  const found = JSON.stringify([response.status, await response.json()]);
  const expected = JSON.stringify([status, body]);
  if (found !== expected) throw new Error(`${path}: expected ${expected}, found ${found}`);
  console.log(`ok ${path}`);
}

await expect('/', 200, { message: 'Hello, Ada!' });
await expect('/?name=Grace', 200, { message: 'Hello, Grace!' });
await expect('/nothing', 404, { error: 'not found' });
