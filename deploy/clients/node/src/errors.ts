// Why there is no result: one class for each kind of fault, each with a code that stays the same and a hint at what to do.

import type { ExecutionResult } from './types.js';

/** Every error of this client is one of these. */
export class HolmError extends Error {
  /** Stable: what programs look at. */
  readonly code: string;
  /** What to do about it. */
  readonly hint: string;
  /** Names the request in the server's log; `undefined` where no server answered. */
  readonly requestId: string | undefined;

  constructor(message: string, { code, hint, requestId, cause }: { code: string; hint: string; requestId?: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = hint;
    this.requestId = requestId;
  }
}

/** The request makes no sense, or is too large: the message begins with the field. */
export class InvalidRequestError extends HolmError {}

/** The code is no program: it cannot be parsed, or imports what is not there. */
export class ProgramError extends HolmError {}

/** What the code needs is not on the server: the message names the import. */
export class BackendError extends HolmError {}

/** Too much is under way; it was not executed. */
export class BusyError extends HolmError {
  /** When to try again. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, details: { code: string; hint: string; requestId?: string }) {
    super(message, details);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server failed, or lacks something that it needs. */
export class ServerError extends HolmError {}

/** No server answered, or not to the end. */
export class ConnectionError extends HolmError {}

/** The code was executed and has no result: what `evaluate` rejects with. `code` is the outcome. */
export class ExecutionError extends HolmError {
  readonly result: ExecutionResult;

  constructor(result: ExecutionResult) {
    const { error, outcome, id } = result;
    const limit = error?.limit;
    super(error === null ? outcome : error.name === null ? error.message : `${error.name}: ${error.message}`, {
      code: outcome,
      hint: limit ? `give it more by limits.${limit}, or give it less to do` : (OUTCOMES[outcome] ?? 'see result'),
      requestId: id,
    });
    this.result = result;
  }
}

const OUTCOMES: Record<string, string> = {
  threw: 'result.error.report has the stack',
  denied: 'result.network says what was refused',
  cancelled: 'it was cancelled by its id, or the server was shutting down',
  fault: "the server's log has the request id",
};

const HINTS: Record<string, string> = {
  bad_request: 'mend the option that the message names',
  request_body_too_large: 'send less: code, files and input come to at most 64 MiB',
  no_program: 'the message has file, line and column',
  no_backend: 'avoid the import, start Docker on the server, or ask for mode `wasm`, where it throws when it is used',
  idempotency_key_reused: 'a key stands for one request: make a new one',
  running: 'an id stands for one execution at a time',
  busy: 'send less at once, or raise the bounds of the server',
  busy_node: 'send less at once, or add another server',
  unavailable: "the server's log has the request id, and says what is missing",
  internal: "the server's log has the request id",
  not_found: 'the url is that of `holm serve --api`, without a path',
};

/** The error for an answer that is no result. `body` is what came, whatever it is. */
export function refusal(status: number, body: unknown, retryAfter: string | undefined, requestId: string): HolmError {
  const error = (body as { error?: { code?: unknown; message?: unknown } } | null)?.error;
  const code = typeof error?.code === 'string' ? error.code : `http_${status}`;
  const message = typeof error?.message === 'string' ? error.message : `the server answered ${status}`;
  const details = { code, hint: HINTS[code] ?? "the server's log has the request id", requestId };
  if (code === 'busy' || code === 'busy_node' || status === 429) {
    const seconds = Number(retryAfter ?? 1);
    return new BusyError(message, Number.isFinite(seconds) ? seconds * 1000 : 1000, details);
  }
  if (code === 'no_program') return new ProgramError(message, details);
  if (code === 'no_backend') return new BackendError(message, details);
  return status >= 500 ? new ServerError(message, details) : new InvalidRequestError(message, details);
}

/** The error for a connection that failed. */
export function unreachable(cause: Error & { code?: string }): ConnectionError {
  return new ConnectionError(`holm cannot be reached: ${cause.message || cause.code || 'the connection failed'}`, {
    code: cause.code ?? 'connection_failed',
    hint: 'is `holm serve --api` running at that url?',
    cause,
  });
}
