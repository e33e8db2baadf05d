// What an execution is given, and what comes of it.

/** How an execution ended. */
export type Outcome = 'answered' | 'threw' | 'exceeded' | 'denied' | 'cancelled' | 'fault';

/** Where a piece of output comes from. */
export type Level = 'debug' | 'info' | 'warn' | 'error' | 'stdout' | 'stderr';

/** What the executor is made with. */
export interface ExecutorOptions {
  /** The address of `holm serve --api`, such as `http://127.0.0.1:8081`. */
  url: string | URL;
  /** How often a request is sent again where that is safe; 3 unless told. */
  retries?: number;
  /** Headers of every request. */
  headers?: Record<string, string>;
}

/** What an execution is given. */
export interface ExecuteOptions {
  /** In what it runs: `auto` (unless told) takes a container for what WebAssembly cannot run. */
  mode?: 'auto' | 'wasm' | 'docker';
  /** Whose code it is: how high limits may be. `untrusted` unless told. */
  trustLevel?: 'untrusted' | 'trusted';
  /** Rules such as `GET https://api.example.com/v1/*`; `true` for every public host. Nothing can be reached unless told. */
  allowNetwork?: boolean | readonly string[];
  /** Time from start to end, milliseconds. */
  timeoutMs?: number;
  /** CPU time, milliseconds. */
  cpuMs?: number;
  /** Memory, MiB. */
  memoryMb?: number;
  /** Any limit by its name, in its unit, such as `{ subrequests: 10 }`. */
  limits?: Record<string, number>;
  /** What the default export is called with, where it is a function; in a script the global `input`. Anything that JSON has a form for. */
  input?: unknown;
  /** `process.argv` from the third on. */
  args?: readonly string[];
  /** `process.env`; the program sees nothing of yours. */
  env?: Record<string, string>;
  /** Files by path. The code, if there is some, is one of them: `entry`. */
  files?: Record<string, string>;
  /** The file to start with; `main.js` unless told. */
  entry?: string;
  /** Keeps a journal, which `holm replay` takes. */
  record?: boolean;
  /** Ends the execution; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal;
  /** Names the request, so that it is executed once however often it is sent; made unless told. */
  idempotencyKey?: string;
  /** Standard output as it is written, lines with their ends. */
  onStdout?: (text: string) => void;
  /** Standard error as it is written. */
  onStderr?: (text: string) => void;
  /** Each request as it ends. */
  onNetwork?: (request: NetworkRequest) => void;
}

/** How an execution ended, and all that it said and did. */
export interface ExecutionResult<T = unknown> {
  /** Names it: in the server's logs, and for its journal. */
  id: string;
  outcome: Outcome;
  /** The default export, or what it returned; of a script the last value. `null` where there is none. */
  result: T | null;
  /** What a process would have ended with: 0, what `process.exit` was called with, 1 after an exception, 124 over a limit. */
  exitCode: number;
  /** Why there is no result; `null` where it answered. */
  error: Failure | null;
  stdout: string;
  stderr: string;
  /** The same, piece by piece. */
  logs: { level: Level; text: string }[];
  /** Each request that it made or tried to make. */
  network: NetworkRequest[];
  usage: Usage;
  backend: 'wasm' | 'docker';
  /** Why it ran there. */
  why: string;
  /** Where its journal is, if it was recorded. */
  journal: string | null;
  /** What works in another way than its author may think. */
  warnings: string[];
}

/** Why there is no result. */
export interface Failure {
  /** Of an exception: its class. */
  name: string | null;
  message: string;
  /** Of an exception: message, stack and causes, as people read them. */
  report: string | null;
  /** The limit that it went over, its value and what was used, in the limit's unit. */
  limit: string | null;
  value: number | null;
  used: number | null;
}

/** A request over the network. */
export interface NetworkRequest {
  outcome: 'completed' | 'denied' | 'failed' | 'abandoned';
  /** The rule that decided, counted from 1; `null` when none allowed it. */
  rule: number | null;
  method: string;
  url: string;
  status: number | null;
  /** Of bodies, both ways. */
  bytes: number;
  ms: number;
  /** Why it was refused, or failed. */
  error: string | null;
}

/** What an execution used. */
export interface Usage {
  wallMs: number;
  cpuMs: number;
  /** Instructions, exact and repeatable; 0 of containers. */
  fuel: number;
  memoryPeakBytes: number;
  egressBytes: number;
  subrequests: number;
  logBytes: number;
  turns: number;
}
