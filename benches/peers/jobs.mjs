// What every approach executes, and what must come of it. Each job is another source text (a number in a comment) with
// another input, as one-off code is: nothing that was compiled for one can be used for the next.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const snippet = readFileSync(new URL('snippet.js', import.meta.url), 'utf8').trim();
const items = [
  { name: 'kettle', price: 31, count: 1 },
  { name: 'cup', price: 7, count: 6 },
  { name: 'spoon', price: 2, count: 12 },
];

/** The program of deployed functions, which is the same for all jobs. */
export const deployed = snippet;

/** Jobs from `first` on: code, input, and the expected result and output. */
export function jobs(first, count) {
  return Array.from({ length: count }, (_, i) => {
    const number = first + i;
    const code = `/* ${number} */ ${snippet}`;
    const input = { number, items };
    const result = { number, total: 97, discount: 0, dearest: 'KETTLE' };
    return { code, input, want: { result, stdout: `order ${number}: 3 items, 97\n` } };
  });
}

/** What is wrong with an answer, or nothing. */
export function fault(job, answer) {
  const found = JSON.stringify({ result: answer.result, stdout: answer.stdout });
  const wanted = JSON.stringify({ result: job.want.result, stdout: answer.stdout === undefined ? undefined : job.want.stdout });
  return found === wanted ? undefined : `${found.slice(0, 500)} instead of ${wanted}`;
}

// For callers that are not written in node: jobs.mjs FIRST COUNT.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first, count] = process.argv.slice(2).map(Number);
  process.stdout.write(JSON.stringify(jobs(first, count)));
}
