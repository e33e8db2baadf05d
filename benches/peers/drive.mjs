// The caller: opens one approach, says `ready`, and on a line of its input executes, then reports: drive.mjs SETTINGS.
//
// It stays until its input ends, so that whoever started it can look at what is left running.

import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { approaches } from './approaches.mjs';
import { deployed, fault, jobs } from './jobs.mjs';

const WARM = 5;
const settings = JSON.parse(process.argv[2]);
mkdirSync(settings.scratch, { recursive: true });

const here = new URL('programs/', import.meta.url);
const programs = { measured: deployed };
for (const file of readdirSync(here)) {
  programs[file.replace(/\.js$/, '')] = readFileSync(new URL(file, here), 'utf8').trim();
}
const approach = await approaches[settings.name]({ ...settings, programs });
const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');

async function answer(job) {
  const answer = await approach.execute({ program: 'measured', ...job });
  const wrong = fault(job, answer);
  if (wrong) throw new Error(`a wrong answer: ${wrong}`);
}

/** Executes all jobs, `atOnce` of them at any time. A time is from when the caller could have it done; pauses are in none. */
async function measure({ first, count, atOnce, pauseMs }) {
  const pause = () => new Promise((resolve) => setTimeout(resolve, pauseMs * atOnce));
  const left = jobs(first, count).reverse();
  const times = [];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      if (pauseMs) await pause();
      let before = performance.now();
      for (let job; (job = left.pop()); ) {
        await answer(job);
        const now = performance.now();
        times.push(now - before);
        if (pauseMs) await pause();
        before = pauseMs ? performance.now() : now;
      }
    }),
  );
  return { wallMs: performance.now() - start, times };
}

/** Executes one program that wants out, and says what a caller sees of it. */
async function attack({ program, input }) {
  const start = performance.now();
  let seen;
  try {
    seen = await approach.execute({ program, code: programs[program], input });
  } catch (error) {
    seen = { error: String(error).slice(0, 500) };
  }
  // What code in the caller's own realm could have changed.
  return { seen, ms: performance.now() - start, polluted: {}.polluted !== undefined };
}

for (const job of jobs(1_000_000, WARM)) await answer(job);
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    say(request.program ? await attack(request) : await measure(request));
  } catch (error) {
    say({ failed: String(error) });
  }
}
approach.close?.();
process.exit();
