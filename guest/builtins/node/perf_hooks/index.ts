// node:perf_hooks: the globals around performance, and histograms.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { coded } from '../errors';
import { Performance } from '../../web/performance';
import { createHistogram, RecordableHistogram } from './histogram';
import { eventLoopUtilization, nodeTiming } from './loop';
import { timerify } from './timerify';

const CONSTANTS = {
  NODE_PERFORMANCE_GC_MAJOR: 4,
  NODE_PERFORMANCE_GC_MINOR: 1,
  NODE_PERFORMANCE_GC_INCREMENTAL: 8,
  NODE_PERFORMANCE_GC_WEAKCB: 16,
  NODE_PERFORMANCE_GC_FLAGS_NO: 0,
  NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2,
  NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
  NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8,
  NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
  NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32,
  NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
};

const GLOBALS = ['Performance', 'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure', 'PerformanceObserver', 'PerformanceObserverEntryList', 'PerformanceResourceTiming', 'performance'];

// Node's own, beside what the standards have.
const OWN = { eventLoopUtilization, nodeTiming, timerify };
for (const [name, value] of Object.entries(OWN)) {
  Object.defineProperty(Performance.prototype, name, { value, writable: true, configurable: true, enumerable: true });
}

registerBuiltin('perf_hooks', () => {
  const globals = globalThis as unknown as Record<string, unknown>;
  return {
    ...Object.fromEntries(GLOBALS.filter((name) => name in globals).map((name) => [name, globals[name]])),
    constants: Object.freeze(CONSTANTS),
    createHistogram,
    eventLoopUtilization,
    timerify,
    monitorEventLoopDelay(): never {
      throw coded(new Error('perf_hooks.monitorEventLoopDelay() does not exist in holm: the clock stands still within a turn'), 'ERR_HOLM_UNSUPPORTED');
    },
    RecordableHistogram,
  };
});
