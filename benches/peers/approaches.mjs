// Every approach that is written in node, by name. Each gives `execute({ code, input }) -> { stdout, result }`, and `close`.

import docker from './approaches/docker.mjs';
import { deployed, oneOff } from './approaches/holm.mjs';
import { isolatedVm, quickjs, vm2, workerThreads } from './approaches/in-process.mjs';
import served from './approaches/served.mjs';
import spawn from './approaches/spawn.mjs';
import workerd from './approaches/workerd.mjs';

export const approaches = {
  spawn,
  'spawn-patch': spawn,
  'spawn-proxy': spawn,
  'worker-threads': workerThreads,
  vm2,
  'isolated-vm': isolatedVm,
  'isolated-vm-reused': isolatedVm,
  'isolated-vm-served': served,
  quickjs,
  'quickjs-served': served,
  workerd,
  docker,
  holm: (options) => oneOff({ ...options, mode: 'wasm' }),
  'holm-deployed': deployed,
  'holm-docker-pool': (options) => oneOff({ ...options, mode: 'docker', pool: 8 }),
  'holm-docker-cold': (options) => oneOff({ ...options, mode: 'docker', pool: 0 }),
};
