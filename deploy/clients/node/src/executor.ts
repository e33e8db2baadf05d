// The executor: from a call to a request, and from an answer to a result.

import { randomUUID } from 'node:crypto';

import { BusyError, ConnectionError, ExecutionError, HolmError, refusal } from './errors.js';
import { Connections, events, whole, type Answer } from './http.js';
import type { ExecuteOptions, ExecutionResult, ExecutorOptions, Level, NetworkRequest, Usage } from './types.js';

/** The longest wait before a request is sent again. */
const WAIT_MS_MAX = 30_000;

/** For how long a request that was aborted is looked for, in case that it has not yet begun. */
const CANCEL_WAIT_MS_MAX = 2_000;

/** Executes code in holm. */
export class HybridExecutor {
  readonly #connections: Connections;
  readonly #headers: Record<string, string>;
  readonly #retries: number;

  constructor({ url, retries = 3, headers = {} }: ExecutorOptions) {
    this.#connections = new Connections(new URL(url));
    this.#retries = retries;
    this.#headers = headers;
  }

  /**
   * Executes code once. Whatever the code does, there is a result, which says how it ended; the promise is rejected with a
   * HolmError where nothing was executed. `null` takes the code from `files`.
   */
  execute<T = unknown>(code: string | null, options: ExecuteOptions = {}): Promise<ExecutionResult<T>> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const run = new Run<T>(this.#connections, this.#headers, this.#retries, code, options);
      const abort = () => {
        reject(signal?.reason);
        void run.cancel();
      };
      signal?.addEventListener('abort', abort, { once: true });
      run.ended.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort));
    });
  }

  /** As `execute`, and gives the value alone; rejects with an ExecutionError where there is none because the code failed. */
  async evaluate<T = unknown>(code: string | null, options: ExecuteOptions = {}): Promise<T | null> {
    const result = await this.execute<T>(code, options);
    if (result.error !== null) throw new ExecutionError(result);
    return result.result;
  }

  /** Closes connections that wait for the next request; they keep no process alive. */
  close(): void {
    this.#connections.close();
  }
}

/** One execution, from its request to its result. */
class Run<T> {
  readonly ended: Promise<ExecutionResult<T>>;
  readonly #id = randomUUID();
  readonly #connections: Connections;
  readonly #headers: Record<string, string>;
  readonly #options: ExecuteOptions;
  readonly #cut = new AbortController();
  #isCancelled = false;
  #hasEnded = false;

  constructor(connections: Connections, headers: Record<string, string>, retries: number, code: string | null, options: ExecuteOptions) {
    this.#connections = connections;
    this.#headers = { ...headers, 'x-request-id': this.#id };
    this.#options = options;
    const body = JSON.stringify(requestOf(code, options));
    const headersOfPost: Record<string, string> = {
      ...this.#headers,
      'content-type': 'application/json',
      'content-length': String(new TextEncoder().encode(body).length),
    };
    // Events are told once, so what was begun is not sent again: a key makes sense for whole answers alone.
    if (this.#streams) headersOfPost['accept'] = 'text/event-stream, application/json';
    else headersOfPost['idempotency-key'] = options.idempotencyKey ?? randomUUID();
    this.ended = this.#post(body, headersOfPost, retries).finally(() => (this.#hasEnded = true));
  }

  get #streams(): boolean {
    const { onStdout, onStderr, onNetwork } = this.#options;
    return (onStdout ?? onStderr ?? onNetwork) !== undefined;
  }

  /** Ends it on the server. Never rejects. */
  async cancel(): Promise<void> {
    this.#isCancelled = true;
    // It may not have begun: it is asked for until it has, or until its request has ended.
    for (let wait = 10; !this.#hasEnded && wait < CANCEL_WAIT_MS_MAX; wait *= 2) {
      try {
        const answer = await this.#connections.send('DELETE', `/v1/executions/${this.#id}`, this.#headers, undefined, this.#cut.signal);
        await whole(answer);
        if (answer.status === 204) break;
      } catch {
        break;
      }
      await delay(wait);
    }
    this.#cut.abort();
  }

  async #post(body: string, headers: Record<string, string>, retries: number): Promise<ExecutionResult<T>> {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await this.#connections.send('POST', '/v1/executions', headers, body, this.#cut.signal);
        if (answer.status !== 200) throw await this.#refused(answer);
        return await (this.#streams ? this.#follow(answer) : this.#read(answer));
      } catch (error) {
        if (this.#isCancelled || attempt >= retries || !this.#isSafeToRepeat(error)) throw error;
        const wait = error instanceof BusyError ? error.retryAfterMs : 50 * 2 ** attempt;
        await delay(Math.min(wait, WAIT_MS_MAX));
      }
    }
  }

  /** What was not begun, and what has a key, may be sent again. */
  #isSafeToRepeat(error: unknown): boolean {
    if (error instanceof BusyError) return true;
    return error instanceof ConnectionError && (!this.#streams || error.code === 'ECONNREFUSED');
  }

  async #refused(answer: Answer): Promise<HolmError> {
    return refusal(answer.status, parsed(await whole(answer)), answer.header('retry-after'), this.#id);
  }

  async #read(answer: Answer): Promise<ExecutionResult<T>> {
    return resultOf(JSON.parse(await whole(answer)));
  }

  async #follow(answer: Answer): Promise<ExecutionResult<T>> {
    for await (const [name, data] of events(answer)) {
      const told = JSON.parse(data);
      if (name === 'result') return resultOf(told);
      if (name === 'error') throw refusal(told.code === 'busy' || told.code === 'busy_node' ? 429 : 500, { error: told }, undefined, this.#id);
      if (this.#isCancelled) continue;
      try {
        this.#tell(name, told);
      } catch (error) {
        // Of a callback: nobody waits for the result any more.
        void this.cancel();
        throw error;
      }
    }
    throw new ConnectionError('the connection ended before the result', {
      code: 'connection_failed',
      hint: "the server's log has the request id",
      requestId: this.#id,
    });
  }

  #tell(name: string, told: { level: Level; text: string } & NetworkRequest): void {
    const { onStdout, onStderr, onNetwork } = this.#options;
    if (name === 'network') return onNetwork?.(told);
    if (name !== 'output') return;
    const { level, text } = told;
    if (level === 'stdout') onStdout?.(text);
    else if (level === 'stderr') onStderr?.(text);
    else if (level === 'warn' || level === 'error') onStderr?.(`${text}\n`);
    else onStdout?.(`${text}\n`);
  }
}

function requestOf(code: string | null, options: ExecuteOptions): object {
  const { mode, trustLevel, allowNetwork, timeoutMs, cpuMs, memoryMb, input, args, env, entry = 'main.js', record } = options;
  const limits = {
    ...(timeoutMs !== undefined && { wall_ms: Math.ceil(timeoutMs) }),
    ...(cpuMs !== undefined && { cpu_ms: Math.ceil(cpuMs) }),
    ...(memoryMb !== undefined && { memory_bytes: Math.ceil(memoryMb * 1024 * 1024) }),
    ...options.limits,
  };
  const allow = allowNetwork === true ? ['https://*', 'http://*'] : allowNetwork || [];
  const files = options.files && (code === null ? options.files : { ...options.files, [entry]: code });
  // What is undefined is no part of JSON.
  return {
    ...(files ? { files, entry } : { code: code ?? undefined }),
    ...{ mode, trust: trustLevel, input, args, env, record },
    ...{ network: { allow }, limits },
  };
}

function resultOf<T>(told: any): ExecutionResult<T> {
  const { exit_code: exitCode, usage, ...rest } = told;
  const used: Usage = {
    wallMs: usage.wall_ms,
    cpuMs: usage.cpu_ms,
    fuel: usage.fuel,
    memoryPeakBytes: usage.memory_peak_bytes,
    egressBytes: usage.egress_bytes,
    subrequests: usage.subrequests,
    logBytes: usage.log_bytes,
    turns: usage.turns,
  };
  return { ...rest, exitCode, usage: used };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
