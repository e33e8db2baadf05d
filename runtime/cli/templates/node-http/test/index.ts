// Runs in holm: `npm test`, or `holm run test/index.ts`.

import assert from 'node:assert/strict';
import { route } from '../src/route.ts';

assert.deepEqual(route('/', 'Ada'), { status: 200, body: { message: 'Hello, Ada!' } });
assert.deepEqual(route('/'), { status: 200, body: { message: 'Hello, world!' } });
assert.equal(route('/nothing').status, 404);
console.log('ok');
