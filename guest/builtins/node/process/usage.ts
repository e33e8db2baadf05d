// What a program has used: time by the clock that stands still within a turn, and memory of the engine's heap.

import { native } from '../../native';
import { codes } from '../errors';
import { validateArray, validateNumber, validateObject } from '../validators';

interface CpuUsage {
  user: number;
  system: number;
}

function checkUsage(previous: unknown): asserts previous is CpuUsage {
  validateObject(previous, 'prevValue');
  for (const name of ['user', 'system'] as const) {
    const value: unknown = previous[name];
    validateNumber(value, `prevValue.${name}`);
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) {
      throw new (codes.ERR_INVALID_ARG_VALUE as any).RangeError(`prevValue.${name}`, value);
    }
  }
}

/** Microseconds since the program began, all of them its own; the difference to an earlier answer when one is given. */
export function cpuUsage(previous?: unknown): CpuUsage {
  const user = Math.round(native.monoUs());
  if (!previous) return { user, system: 0 };
  checkUsage(previous);
  return { user: user - previous.user, system: 0 - previous.system };
}

export function resourceUsage(): Record<string, number> {
  const none = [
    'sharedMemorySize', 'unsharedDataSize', 'unsharedStackSize', 'minorPageFault', 'majorPageFault', 'swappedOut', 'fsRead', 'fsWrite',
    'ipcSent', 'ipcReceived', 'signalsCount', 'voluntaryContextSwitches', 'involuntaryContextSwitches',
  ];
  return {
    userCPUTime: Math.round(native.monoUs()),
    systemCPUTime: 0,
    maxRSS: Math.ceil(native.memoryUsed() / 1024),
    ...Object.fromEntries(none.map((name) => [name, 0])),
  };
}

/** Seconds and nanoseconds since the program began, or since an earlier answer. */
export function hrtime(since?: unknown): [number, number] {
  const us = Math.round(native.monoUs());
  let seconds = Math.floor(us / 1e6);
  let nanos = (us % 1e6) * 1000;
  if (since !== undefined) {
    validateArray(since, 'time');
    if (since.length !== 2) throw new codes.ERR_OUT_OF_RANGE!('time', 2, since.length);
    seconds -= since[0];
    nanos -= since[1];
    if (nanos < 0) {
      seconds--;
      nanos += 1e9;
    }
  }
  return [seconds, nanos];
}
hrtime.bigint = (): bigint => BigInt(Math.round(native.monoUs())) * 1000n;

export function memoryUsage(): Record<string, number> {
  const used = native.memoryUsed();
  return { rss: used, heapTotal: used, heapUsed: used, external: 0, arrayBuffers: 0 };
}
memoryUsage.rss = (): number => native.memoryUsed();
