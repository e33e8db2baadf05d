// process.nextTick: callbacks that run after the code that is running, before promise jobs where the
// built-ins can see its end, and at the latest when no promise job is left.

import { begin, end, enter, leave, type Execution } from '../node/async_hooks/execution';
import { currentFrame, enterFrame, type Frame } from '../node/async_hooks/frame';
import { uncaught } from './uncaught';

interface Tick {
  callback: (...args: unknown[]) => void;
  args: unknown[];
  frame: Frame;
  type: string;
  /** None for what the program did not ask for. */
  execution: Execution | undefined;
}

/** What process.nextTick makes. */
const TICK = 'TickObject';

let queue: Tick[] = [];
/** How much of the queue has run already. */
let done = 0;

/** Adds a callback. `type` is what async_hooks call it: the answer of a request that was served at once has a name of
 *  its own. */
export function nextTick(callback: (...args: unknown[]) => void, args: unknown[], type = TICK): void {
  const tick: Tick = { callback, args, frame: currentFrame(), type, execution: undefined };
  queue.push(tick);
  tick.execution = begin(type, tick);
}

/** Adds a callback of the built-ins' own, of which no hook hears. */
export function queueInternal(callback: () => void): void {
  queue.push({ callback, args: [], frame: undefined, type: TICK, execution: undefined });
}

/** Names of the requests whose answers are waiting. */
export function pendingRequests(): string[] {
  const names: string[] = [];
  for (let at = done; at < queue.length; at++) if (queue[at]!.type !== TICK) names.push(queue[at]!.type);
  return names;
}

/** Runs what is queued, and what that queues. True when there was anything. Whoever calls user code from an
 *  event (a completed operation, a timer) calls this right after. */
export function drainTicks(): boolean {
  if (queue.length === 0) return false;
  // The queue grows while it is walked.
  for (let at = 0; at < queue.length; at++) {
    done = at + 1;
    const { callback, args, frame, execution } = queue[at]!;
    if (execution !== undefined) enter(execution);
    try {
      enterFrame(frame);
      callback(...args);
    } catch (error) {
      uncaught(error);
    }
    if (execution !== undefined) {
      leave(execution);
      end(execution);
    }
  }
  enterFrame(undefined);
  queue = [];
  done = 0;
  return true;
}
