// node:os: a machine that is the same everywhere, so that no answer tells where a function runs.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { native } from '../../native';
import { Buffer } from '../buffer';
import { codes } from '../errors';
import { process } from '../process';
import { validateInt32 } from '../validators';
import { dlopen, errno, priority, signals } from './constants';

/** What the engine's memory can grow to at most: 4 GiB of 32-bit addresses. The limit of the invocation,
 *  which is smaller, is not known to the guest. */
const addressable = 2 ** 32;
/** Seconds that the machine is up when a program begins. */
const UPTIME = 1;

const env = (name: string): string | undefined => process.env[name];

function tmpdir(): string {
  const path = env('TMPDIR') || env('TMP') || env('TEMP') || '/tmp';
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Each also answers when it is used as a value: `${os.type}`. */
const answers = {
  arch: () => 'wasm32',
  availableParallelism: () => 1,
  endianness: () => 'LE',
  freemem: () => Math.max(addressable - native.memoryUsed(), 0),
  homedir: () => env('HOME') ?? '/tmp',
  hostname: () => 'holm',
  machine: () => 'wasm32',
  platform: () => 'linux',
  release: () => '0.0.0',
  tmpdir,
  totalmem: () => addressable,
  type: () => 'Linux',
  uptime: () => UPTIME + native.monoUs() / 1e6,
  version: () => 'holm',
};
for (const answer of Object.values(answers)) {
  Object.defineProperty(answer, Symbol.toPrimitive, { value: answer, configurable: true, writable: true });
}

/** There is one process, so its priority has nobody to be compared with: it is kept, and that is all. */
let niceness = 0;

function checkProcess(pid: number, call: string): void {
  if (pid === 0 || pid === process.pid) return;
  const error = new codes.ERR_SYSTEM_ERROR!(`${call} returned ESRCH (no such process)`) as Error & { info?: object };
  error.name = 'SystemError';
  Object.assign(error, { info: { errno: -errno.ESRCH, code: 'ESRCH', message: 'no such process', syscall: call }, errno: -errno.ESRCH, syscall: call });
  throw error;
}

function getPriority(pid: number = 0): number {
  validateInt32(pid, 'pid');
  checkProcess(pid, 'uv_os_getpriority');
  return niceness;
}

function setPriority(pid: number, value?: number): void {
  if (value === undefined) {
    value = pid;
    pid = 0;
  }
  validateInt32(pid, 'pid');
  validateInt32(value, 'priority', priority.PRIORITY_HIGHEST, priority.PRIORITY_LOW);
  checkProcess(pid, 'uv_os_setpriority');
  niceness = value;
}

function userInfo(options?: { encoding?: string }): object {
  const text = (value: string): unknown => (options?.encoding === 'buffer' ? Buffer.from(value) : value);
  return { uid: 65534, gid: 65534, username: text('nobody'), homedir: text('/tmp'), shell: text('') };
}

const os = {
  ...answers,
  constants: Object.freeze({
    signals: Object.freeze(signals),
    errno: Object.freeze(errno),
    priority: Object.freeze(priority),
    dlopen: Object.freeze(dlopen),
    UV_UDP_REUSEADDR: 4,
  }),
  cpus: () => [{ model: 'wasm', speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }],
  getPriority,
  loadavg: () => [0, 0, 0],
  networkInterfaces: () => ({}),
  setPriority,
  userInfo,
};
Object.defineProperties(os, {
  EOL: { value: '\n', enumerable: true, configurable: true, writable: false },
  devNull: { value: '/dev/null', enumerable: true, configurable: true, writable: false },
});

registerBuiltin('os', () => os);
