// What Node tells of its event loop, in holm's time: the clock moves only between turns, so all the time that passes
// is time in which the program waits.

import { defineMilestone, entryKey, now, PerformanceEntry } from '../../web/performance/entries';

interface Utilization {
  idle: number;
  active: number;
  utilization: number;
}

/** All of it, or what came between two earlier answers. */
export function eventLoopUtilization(first?: Utilization, second?: Utilization): Utilization {
  const later = second === undefined ? now() : first!.idle;
  const earlier = second === undefined ? (first?.idle ?? 0) : second.idle;
  return { idle: later - earlier, active: 0, utilization: 0 };
}

/** The instant from which the clock counts is also that at which everything before the program was done. */
const MILESTONES = ['nodeStart', 'v8Start', 'environment', 'bootstrapComplete', 'loopStart'] as const;

class PerformanceNodeTiming extends PerformanceEntry {
  constructor() {
    super(entryKey, 'node', 'node', 0, 0);
  }
  override get duration(): number {
    return now();
  }
  get loopExit(): number {
    return -1;
  }
  get idleTime(): number {
    return now();
  }
  override toJSON(): Record<string, unknown> {
    const times = Object.fromEntries(MILESTONES.map((name) => [name, 0]));
    return { ...super.toJSON(), ...times, loopExit: this.loopExit, idleTime: this.idleTime };
  }
}
for (const name of MILESTONES) {
  Object.defineProperty(PerformanceNodeTiming.prototype, name, { get: () => 0, enumerable: true, configurable: true });
  defineMilestone(name, () => 0);
}

export const nodeTiming: PerformanceEntry = new PerformanceNodeTiming();
