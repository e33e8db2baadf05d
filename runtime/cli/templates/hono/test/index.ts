// Runs in holm: `npm test`, or `holm run test/index.ts`.

import app from '../src/index.tsx';

async function expect(path: string, status: number, part: string): Promise<void> {
  const response = await app.request(path, {}, { NAME: 'Ada' });
  const body = await response.text();
  if (response.status !== status || !body.includes(part)) {
    throw new Error(`${path}: expected ${status} with ${part}, found ${response.status} with ${body}`);
  }
  console.log(`ok ${path}`);
}

await expect('/', 200, '<h1>Hello, Ada!</h1>');
await expect('/?name=%3CGrace%3E', 200, '<h1>Hello, &lt;Grace&gt;!</h1>');
await expect('/api/Alan', 200, '{"message":"Hello, Alan!"}');
await expect('/nothing', 404, 'not found');
