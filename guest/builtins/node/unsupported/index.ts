// Modules that cannot exist in a WebAssembly instance: processes, threads, sockets of one's own. Packages import
// them for cases that never come, so importing gives the usual names; using one throws.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { coded } from '../errors';
import { http2Constants } from './http2_constants';
import { socketClass } from './sockets';

/** The usual names of each. Those that begin with a capital are classes. */
const NAMES: Record<string, string> = {
  child_process: 'ChildProcess exec execFile execFileSync execSync fork spawn spawnSync',
  cluster: 'Worker fork disconnect setupPrimary setupMaster',
  dgram: 'Socket createSocket',
  dns:
    'Resolver lookup lookupService resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx resolveNaptr resolveNs resolvePtr ' +
    'resolveSoa resolveSrv resolveTxt reverse getServers setServers getDefaultResultOrder setDefaultResultOrder',
  http2: 'Http2ServerRequest Http2ServerResponse connect createServer createSecureServer getDefaultSettings getPackedSettings getUnpackedSettings performServerHandshake',
  inspector: 'Session open close url waitForDebugger',
  net: 'Socket Stream Server SocketAddress BlockList connect createConnection createServer',
  repl: 'REPLServer Recoverable start',
  tls: 'TLSSocket Server SecureContext connect createServer createSecureContext createSecurePair checkServerIdentity getCiphers',
  worker_threads: 'Worker MessageChannel MessagePort BroadcastChannel moveMessagePortToContext receiveMessageOnPort',
};

/** What is true here without any of it: constants and answers that programs look at. */
const FACTS: Record<string, Record<string, unknown>> = {
  cluster: { isMaster: true, isPrimary: true, isWorker: false, workers: {}, settings: {} },
  dns: {
    ADDRCONFIG: 32,
    ALL: 16,
    V4MAPPED: 8,
    ...Object.fromEntries(
      ('NODATA FORMERR SERVFAIL NOTFOUND NOTIMP REFUSED BADQUERY BADNAME BADFAMILY BADRESP CONNREFUSED TIMEOUT EOF FILE NOMEM DESTRUCTION BADSTR ' +
        'BADFLAGS NONAME BADHINTS NOTINITIALIZED LOADIPHLPAPI ADDRGETNETWORKPARAMS CANCELLED')
        .split(' ')
        .map((name) => [name, name === 'EOF' ? name : `E${name}`]),
    ),
  },
  http2: { sensitiveHeaders: Symbol('nodejs.http2.sensitiveHeaders') },
  inspector: { console: globalThis.console },
  tls: { DEFAULT_MAX_VERSION: 'TLSv1.3', DEFAULT_MIN_VERSION: 'TLSv1.2', DEFAULT_ECDH_CURVE: 'auto', rootCertificates: Object.freeze([]) },
  worker_threads: {
    isMainThread: true,
    parentPort: null,
    resourceLimits: {},
    SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
    threadId: 0,
    workerData: null,
    getEnvironmentData: () => undefined,
    setEnvironmentData: () => {},
    markAsUntransferable: () => {},
    isMarkedAsUntransferable: () => false,
  },
};

declare const globalThis: { console: unknown; MessageChannel?: unknown; MessagePort?: unknown; BroadcastChannel?: unknown };

function refusal(module: string, name: string): Error {
  const message =
    `node:${module} cannot work in holm's wasm backend: ${name} was used. A function is one WebAssembly instance, without processes, threads ` +
    'or sockets of its own; programs that need all of Node are what the docker backend is for';
  return coded(new Error(message), 'ERR_HOLM_UNSUPPORTED');
}

function absent(module: string, name: string): unknown {
  const refuse = function (): never {
    throw refusal(module, name);
  };
  Object.defineProperty(refuse, 'name', { value: name, configurable: true });
  return refuse;
}

function exportsOf(module: string): Record<string, unknown> {
  const exports: Record<string, unknown> = {};
  const [family] = module.split('/') as [string];
  for (const name of NAMES[family]!.split(' ')) {
    const own = module === 'worker_threads' ? globalThis[name as 'MessagePort'] : undefined;
    exports[name] = own ?? absent(module, name);
  }
  Object.assign(exports, FACTS[family]);
  if (module === 'dns') exports.promises = exportsOf('dns/promises');
  if (module === 'http2') exports.constants = http2Constants();
  if (module === 'tls') exports.TLSSocket = socketClass('TLSSocket', (name) => refusal(module, name));
  if (module === 'net') exports.Socket = exports.Stream = socketClass('Socket', (name) => refusal(module, name));
  if (module === 'net') Object.assign(exports, { isIP, isIPv4: (text: unknown) => isIP(text) === 4, isIPv6: (text: unknown) => isIP(text) === 6 });
  return exports;
}

const IPV4 = /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;

/** 4, 6, or 0 for what is no address: text only, so it works here too. */
export function isIP(value: unknown): number {
  const text = `${value as string}`;
  if (IPV4.test(text)) return 4;
  return isIPv6(text.replace(/%[0-9a-zA-Z-.:]+$/, '')) ? 6 : 0;
}

function isIPv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  let count = groups.length;
  if (last?.includes('.')) {
    if (!IPV4.test(last)) return false;
    groups.pop();
    count++;
  }
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? count < 8 : count === 8;
}

for (const module of Object.keys(NAMES)) registerBuiltin(module, () => exportsOf(module));
registerBuiltin('dns/promises', () => exportsOf('dns/promises'));
registerBuiltin('inspector/promises', () => exportsOf('inspector/promises'));
