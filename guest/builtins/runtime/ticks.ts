// process.nextTick: callbacks that run after the code that is running, before promise jobs where the
// built-ins can see its end, and at the latest when no promise job is left.

import { currentFrame, enterFrame, type Frame } from '../node/async_hooks/frame';
import { uncaught } from './uncaught';

interface Tick {
  callback: (...args: unknown[]) => void;
  args: unknown[];
  frame: Frame;
}

let queue: Tick[] = [];

/** Adds a callback. */
export function nextTick(callback: (...args: unknown[]) => void, args: unknown[]): void {
  queue.push({ callback, args, frame: currentFrame() });
}

/** Runs what is queued, and what that queues. True when there was anything. Whoever calls user code from an
 *  event (a completed operation, a timer) calls this right after. */
export function drainTicks(): boolean {
  if (queue.length === 0) return false;
  // The queue grows while it is walked.
  for (let at = 0; at < queue.length; at++) {
    const { callback, args, frame } = queue[at]!;
    try {
      enterFrame(frame);
      callback(...args);
    } catch (error) {
      uncaught(error);
    }
  }
  enterFrame(undefined);
  queue = [];
  return true;
}
