// Types of what holm calls and gives, on top of the standard ones: tsconfig.json names the libraries ES2023 and WebWorker for
// fetch, Request, streams, crypto and the like. All names are global; nothing has to be imported.

/** The default export of a function's main module. At least one of the two is there.
 *
 *      export default {
 *        async fetch(request, env, ctx) {
 *          return new Response(`hello ${env.NAME}`);
 *        },
 *      } satisfies Handler<{ NAME: string }>;
 */
interface Handler<Env = Environment> {
  /** Answers a request. Each call has an instance of its own: what it writes to a variable, no other request sees. */
  fetch?(request: Request, env: Env, ctx: Context): Response | Promise<Response>;
  /** Runs at a set time. */
  scheduled?(controller: ScheduledController, env: Env, ctx: Context): void | Promise<void>;
}

/** A function alone may be exported as well. */
type FetchHandler<Env = Environment> = (request: Request, env: Env, ctx: Context) => Response | Promise<Response>;

/** What `--env` and `env` in holm.toml give; the same as `process.env`. */
type Environment = Readonly<Record<string, string | undefined>>;

/** The third argument of a handler. */
interface Context {
  /** The invocation does not end before this promise is settled; the response does not wait for it. */
  waitUntil(promise: Promise<unknown>): void;
}

/** The first argument of `scheduled`. */
interface ScheduledController {
  readonly type: 'scheduled';
  /** The rule by which it runs. */
  readonly cron: string;
  /** When it was to run, milliseconds since the epoch. */
  readonly scheduledTime: number;
}

/** Text and data that are imported, by the extension of the file. */
declare module '*.txt' {
  const text: string;
  export default text;
}
declare module '*.html' {
  const text: string;
  export default text;
}
declare module '*.css' {
  const text: string;
  export default text;
}
declare module '*.md' {
  const text: string;
  export default text;
}
declare module '*.csv' {
  const text: string;
  export default text;
}
declare module '*.sql' {
  const text: string;
  export default text;
}
declare module '*.svg' {
  const text: string;
  export default text;
}
declare module '*.bin' {
  const bytes: ArrayBuffer;
  export default bytes;
}
declare module '*.wasm' {
  const bytes: ArrayBuffer;
  export default bytes;
}
declare module '*.png' {
  const bytes: ArrayBuffer;
  export default bytes;
}
