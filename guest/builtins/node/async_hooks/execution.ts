// What is running now, by the numbers of async_hooks: each thing that calls back later has one from its making, and
// while its callback runs it is the execution. Hooks hear of all of it; without hooks a number is all it costs.

export interface Execution {
  readonly id: number;
  /** The number of what was running when it was made. */
  readonly trigger: number;
  readonly resource: object;
}

/** Who hears; see hooks.ts. */
export interface Listener {
  init(id: number, type: string, trigger: number, resource: object): void;
  before(id: number): void;
  after(id: number): void;
  destroy(id: number): void;
}

let lastId = 1;
/** The text of the program's main module, and what the program did not ask for. */
const main: Execution = { id: 1, trigger: 0, resource: {} };
const none: Execution = { id: 0, trigger: 0, resource: {} };
let execution = main;
let listener: Listener | null = null;

export const executionAsyncId = (): number => execution.id;
export const triggerAsyncId = (): number => execution.trigger;
export const executionAsyncResource = (): object => execution.resource;

/** Tells `next` from now on, or nobody. */
export function listen(next: Listener | null): void {
  listener = next;
}

/** A new number, for something of which nobody hears. */
export function silently(resource: object, trigger = execution.id): Execution {
  return { id: ++lastId, trigger, resource };
}

/** Something that calls back later is made. `resource` is what the program sees of it; a new object by default. */
export function begin(type: string, resource: object = {}, trigger = execution.id): Execution {
  const made = { id: ++lastId, trigger, resource };
  if (listener !== null) listener.init(made.id, type, trigger, resource);
  return made;
}

/** Its callback is about to run; returns what was running. Errors of the callback are reported before `leave`. */
export function enter(next: Execution): Execution {
  const outer = execution;
  execution = next;
  if (listener !== null) listener.before(next.id);
  return outer;
}

/** Its callback has run. */
export function leave(left: Execution, outer: Execution = none): void {
  if (listener !== null) listener.after(left.id);
  execution = outer;
}

/** It will not call back any more. */
export function end(ended: Execution): void {
  if (listener !== null) listener.destroy(ended.id);
}

/** The main module has run: what comes now is jobs of promises, or belongs to something that began. */
export function leaveMain(): void {
  execution = none;
}
