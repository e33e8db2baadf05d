// The asynchronous context: an immutable map from each AsyncLocalStorage to its value, or undefined. The engine
// remembers it for promise reactions (quickjs.patch); timers, ticks and AsyncResources take it along themselves.

import { native } from '../../native';

export type Frame = ReadonlyMap<object, unknown> | undefined;

/** The frame of the running code. */
export function currentFrame(): Frame {
  return native.asyncFrame() as Frame;
}

/** Makes this the frame of the running code. */
export function enterFrame(frame: Frame): void {
  native.setAsyncFrame(frame);
}

/** Calls with a frame, and comes back to the one before. */
export function runInFrame<R>(frame: Frame, call: () => R): R {
  const before = currentFrame();
  if (before === frame) return call();
  enterFrame(frame);
  try {
    return call();
  } finally {
    enterFrame(before);
  }
}
