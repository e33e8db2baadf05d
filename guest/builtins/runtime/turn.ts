// The end of a turn: when no promise job is left, ticks and unhandled rejections come first, and then the
// stage at which the invocation is looks whether it can go on.

import { native } from '../native';
import { drainTicks } from './ticks';
import { reportRejections } from './uncaught';
import { releaseKept } from './weak_refs';

/** Looks at what the invocation waits for; true when it went on and there may be more to do. */
export type Stage = () => boolean;

/** Nothing is to be done at the end of a turn. */
export const still: Stage = () => false;

let stage: Stage = still;

/** The invocation is at this stage from now on. */
export function enter(next: Stage): void {
  stage = next;
}

/** Runs ticks, reports rejections, and runs the jobs that they make, until there are none. */
export function settle(): void {
  while (drainTicks() || reportRejections()) native.drainJobs();
}

function turnEnd(): void {
  settle();
  while (stage()) {
    native.drainJobs();
    settle();
  }
  releaseKept();
}

/** From now on the end of each turn comes here. */
export function followTurns(): void {
  native.onTurnEnd(turnEnd);
}
