// node:os: a machine that is the same everywhere, so that no answer tells where a function runs.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { native } from '../../native';

/** What the engine's memory can grow to at most: 4 GiB of 32-bit addresses. The limit of the invocation,
 *  which is smaller, is not known to the guest. */
const addressable = 2 ** 32;

const signals = {
  SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9,
  SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15,
};
const errno = {
  E2BIG: 7, EACCES: 13, EAGAIN: 11, EBADF: 9, EBUSY: 16, EEXIST: 17, EFBIG: 27, EINVAL: 22, EIO: 5, EISDIR: 21,
  ELOOP: 40, EMFILE: 24, EMLINK: 31, ENAMETOOLONG: 36, ENFILE: 23, ENOENT: 2, ENOMEM: 12, ENOSPC: 28, ENOSYS: 38,
  ENOTDIR: 20, ENOTEMPTY: 39, EPERM: 1, EROFS: 30, ESPIPE: 29, EXDEV: 18,
};

registerBuiltin('os', () => ({
  EOL: '\n',
  devNull: '/dev/null',
  constants: { signals, errno, priority: {}, dlopen: {}, UV_UDP_REUSEADDR: 4 },
  arch: () => 'wasm32',
  availableParallelism: () => 1,
  cpus: () => [{ model: 'wasm', speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }],
  endianness: () => 'LE',
  freemem: () => Math.max(addressable - native.memoryUsed(), 0),
  getPriority: () => 0,
  homedir: () => '/tmp',
  hostname: () => 'holm',
  loadavg: () => [0, 0, 0],
  machine: () => 'wasm32',
  networkInterfaces: () => ({}),
  platform: () => 'linux',
  release: () => '0.0.0',
  setPriority: () => {},
  tmpdir: () => '/tmp',
  totalmem: () => addressable,
  type: () => 'Linux',
  uptime: () => native.monoUs() / 1e6,
  userInfo: () => ({ uid: 65534, gid: 65534, username: 'nobody', homedir: '/tmp', shell: null }),
  version: () => 'holm',
}));
