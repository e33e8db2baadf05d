// Runs one test of web-platform-tests outside of a browser, and prints a line of JSON for each result.
// `wpt` is the table of files before this text. It is the same under every engine: what the engine lacks is not put
// in here, except for what a test file may take for granted about where it runs.

const print = console.log.bind(console);
const say = (value) => print(`wpt:${JSON.stringify(value)}`);
const exit = globalThis.Deno?.exit ?? globalThis.process?.exit?.bind(globalThis.process) ?? (() => {});
const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });

if (globalThis.self === undefined) define('self', globalThis);
define('GLOBAL', { isWindow: () => false, isWorker: () => false, isShadowRealm: () => false });
const here = new URL(`https://web-platform.test:8443/${wpt.id}`);
define('location', here);
if (wpt.title !== null) define('META_TITLE', wpt.title);

// idlharness asks which kind of global object this is.
if (wpt.scripts.some((script) => script.path === 'resources/idlharness.js') && globalThis.Window === undefined) {
  define('Window', Object.getPrototypeOf(globalThis)?.constructor ?? Object);
}

// Files of the suite are fetched by relative URLs; here they come from the table.
if (Object.keys(wpt.resources).length > 0 || wpt.scripts.some((script) => script.path === 'resources/idlharness.js')) {
  const original = globalThis.fetch;
  globalThis.fetch = function fetch(input, init) {
    if (typeof input === 'string') {
      let url;
      try {
        url = new URL(input, here);
      } catch {}
      if (url?.host === here.host) {
        const found = wpt.resources[url.pathname.slice(1)];
        if (found === undefined) return Promise.resolve(new Response('not found', { status: 404 }));
        return Promise.resolve(new Response(typeof found === 'string' ? found : new Uint8Array(found)));
      }
    }
    return original.call(this, input, init);
  };
}

// An error that nobody catches is the harness's to judge, and does not end the process.
globalThis.addEventListener?.('error', (event) => event.preventDefault());
globalThis.addEventListener?.('unhandledrejection', (event) => event.preventDefault());
if (globalThis.Deno === undefined && globalThis.process?.versions?.holm === undefined) {
  globalThis.process?.on('uncaughtException', (error) => say({ error: String(error?.stack ?? error) }));
  globalThis.process?.on('unhandledRejection', (error) => say({ error: String(error?.stack ?? error) }));
}

const run = (source, name) => {
  try {
    (0, eval)(`${source}\n//# sourceURL=${name}`);
  } catch (error) {
    say({ error: `${name}: ${error?.stack ?? error}` });
  }
};
// The suite takes SharedArrayBuffer from WebAssembly, as pages can where the global is hidden. It need not.
const sab = wpt.scripts.find((script) => script.path === 'common/sab.js');
if (sab !== undefined && globalThis.WebAssembly === undefined && globalThis.SharedArrayBuffer !== undefined) {
  sab.source = 'const createBuffer = (type, ...given) => new self[type](...given);';
}
const [harness, ...scripts] = wpt.scripts;
run(harness.source, harness.path);
add_result_callback((test) => {
  say({ name: test.name, status: test.status, message: test.status === 0 ? null : String(test.message).slice(0, 500) });
});
add_completion_callback((tests, status) => {
  say({ end: status.status, message: status.message ?? null });
  exit(0);
});
// All in one: what a script declares by const or let, those after it see. The semicolon takes the meaning from a
// "use strict" at the start, which would hide functions as well.
run(`;${scripts.map((script) => script.source).join('\n;\n')}`, wpt.id);
