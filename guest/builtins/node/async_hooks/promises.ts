// Who hears of promises: hooks of async_hooks and promiseHooks of v8. The engine tells one function, and only while
// there is somebody to tell.

import { native } from '../../native';

export interface PromiseListener {
  init?: ((promise: Promise<unknown>, parent: Promise<unknown> | undefined) => void) | undefined;
  before?: ((promise: Promise<unknown>) => void) | undefined;
  after?: ((promise: Promise<unknown>) => void) | undefined;
  settled?: ((promise: Promise<unknown>) => void) | undefined;
}

/** The engine's numbers of the events. */
const EVENTS = ['init', 'before', 'after', 'settled'] as const;

/** Always a new list: one that is being walked does not change. */
let listeners: { listener: PromiseListener; failed: (error: unknown) => void }[] = [];

function tell(kind: number, promise: Promise<unknown>, parent: Promise<unknown> | undefined): void {
  const event = EVENTS[kind]!;
  for (const { listener, failed } of listeners) {
    const call = listener[event];
    if (call === undefined) continue;
    try {
      call(promise, parent);
    } catch (error) {
      failed(error);
    }
  }
}

/** Tells `listener` from now on; `failed` takes what it throws. The result ends it. */
export function observePromises(listener: PromiseListener, failed: (error: unknown) => void): () => void {
  const entry = { listener, failed };
  listeners = [...listeners, entry];
  if (listeners.length === 1) native.observePromises(tell);
  return () => {
    if (!listeners.includes(entry)) return;
    listeners = listeners.filter((each) => each !== entry);
    if (listeners.length === 0) native.observePromises(null);
  };
}
