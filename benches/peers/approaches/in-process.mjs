// Libraries that execute code in the caller's own process.

import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { expression, parsed, withConsole } from '../text.mjs';

const from = (peers) => createRequire(`${peers}/package.json`);

async function vm2({ peers, timeoutMs }) {
  const { VM } = from(peers)('vm2');
  return {
    async execute(job) {
      let stdout = '';
      const sandbox = { print: (text) => void (stdout += text) };
      const vm = new VM({ timeout: timeoutMs, sandbox, eval: false, wasm: false });
      const json = await vm.run(withConsole(job));
      return { stdout, result: parsed(json) };
    },
  };
}

async function isolatedVm({ peers, timeoutMs, memoryMb, name }) {
  const ivm = from(peers)('isolated-vm');
  const make = () => new ivm.Isolate({ memoryLimit: memoryMb });
  const reuses = name === 'isolated-vm-reused';
  const kept = reuses ? make() : undefined;
  return {
    async execute(job) {
      let stdout = '';
      const isolate = kept ?? make();
      try {
        const context = await isolate.createContext();
        await context.global.set('print', new ivm.Callback((text) => void (stdout += text)));
        const json = await context.eval(withConsole(job), { timeout: timeoutMs, promise: true, copy: true });
        context.release();
        return { stdout, result: parsed(json) };
      } finally {
        if (!reuses && !isolate.isDisposed) isolate.dispose();
      }
    },
  };
}

async function quickjs({ peers, timeoutMs, memoryMb }) {
  const library = await from(peers)('quickjs-emscripten').getQuickJS();
  return {
    async execute(job) {
      let stdout = '';
      const runtime = library.newRuntime();
      runtime.setMemoryLimit(memoryMb << 20);
      const end = Date.now() + timeoutMs;
      runtime.setInterruptHandler(() => Date.now() > end);
      const context = runtime.newContext();
      try {
        const print = context.newFunction('print', (text) => void (stdout += context.getString(text)));
        context.setProp(context.global, 'print', print);
        print.dispose();
        let value = context.unwrapResult(context.evalCode(withConsole(job)));
        if (context.typeof(value) === 'object') {
          const promise = context.resolvePromise(value);
          value.dispose();
          context.unwrapResult(runtime.executePendingJobs());
          value = context.unwrapResult(await promise);
        }
        const json = context.typeof(value) === 'string' ? context.getString(value) : undefined;
        value.dispose();
        return { stdout, result: parsed(json) };
      } finally {
        context.dispose();
        runtime.dispose();
      }
    },
  };
}

async function workerThreads({ timeoutMs, memoryMb }) {
  return {
    execute(job) {
      const text = `Promise.resolve(${expression(job)}).then((json) => require('node:worker_threads').parentPort.postMessage(json));`;
      const resourceLimits = { maxOldGenerationSizeMb: memoryMb };
      const worker = new Worker(text, { eval: true, env: {}, stdout: true, stderr: true, resourceLimits });
      let stdout = '';
      worker.stdout.on('data', (piece) => (stdout += piece));
      return new Promise((resolve, reject) => {
        let json;
        const timer = setTimeout(() => worker.terminate(), timeoutMs);
        worker.on('message', (message) => (json = message));
        worker.on('error', reject);
        worker.on('exit', (code) => {
          clearTimeout(timer);
          if (code === 0) resolve({ stdout, result: parsed(json) });
          else reject(new Error(`the worker ended with ${code}`));
        });
      });
    },
  };
}

export { isolatedVm, quickjs, vm2, workerThreads };
