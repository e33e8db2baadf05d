// The table of pending operations: what the host was asked to do and has not answered yet, and the count
// of what keeps a script alive. Timers are not operations; they tell this file by retain and release
// that something is still to come.

import { Completion, EffectKind, EventKind, Refusal } from './abi';
import { native, type Field } from './native';

export type OnDone = (completion: Completion, ...fields: any[]) => void;

const pending = new Map<number, { kind: EffectKind; onDone: OnDone }>();
let lastOp = 0;
let retained = 0;

native.on(EventKind.Done, (op, completion: Completion, ...fields) => {
  const operation = pending.get(op);
  // None: it was aborted in the turn in which its completion was already on the way.
  if (operation === undefined) return;
  pending.delete(op);
  operation.onDone(completion, ...fields);
});

/** Starts an operation and returns its number. `onDone` is called once, with how it ended and the fields
 *  that `Completion` documents. Throws when the host refuses to start it. */
export function startOp(kind: EffectKind, onDone: OnDone, ...fields: Field[]): number {
  const op = lastOp + 1;
  const refusal = native.effect(kind, op, ...fields);
  if (refusal < 0) throw refused(refusal, pending.size);
  lastOp = op;
  pending.set(op, { kind, onDone });
  return op;
}

/** Tells the host that nobody waits for this operation any more. Of a fetch whose head has come, its body
 *  is dropped. `onDone` will not be called. */
export function abortOp(op: number): void {
  pending.delete(op);
  native.effect(EffectKind.Abort, op);
}

/** How many operations have been started and not ended. */
export function pendingOps(): number {
  return pending.size;
}

/** What each operation that has been started and not ended is, the oldest first. */
export function pendingKinds(): EffectKind[] {
  return Array.from(pending.values(), ({ kind }) => kind);
}

/** Something other than an operation (a timer) keeps a script alive from now on. */
export function retain(): void {
  retained++;
}

/** Takes one `retain` back. */
export function release(): void {
  retained--;
}

/** True when an event can still come that the program waits for. */
export function somethingPending(): boolean {
  return pending.size > 0 || retained > 0;
}

/** The error of an effect that the host refused; `count` is how many operations or timers there are, which is what is
 *  allowed when one more is refused. The form is that of the host's own messages about limits. */
export function refused(refusal: number, count = 0): Error {
  switch (refusal) {
    case Refusal.Frozen:
      return coded(
        'ERR_HOLM_FROZEN',
        'This is not possible while the function is being loaded: its top level runs once, at deploy, without I/O; do it inside the handler',
      );
    case Refusal.TooManyOperations:
      return coded(
        'ERR_HOLM_LIMIT',
        `the program started too many operations at once: ${count + 1} of ${count} operations allowed (limit \`operations_pending\`); await some before starting more`,
      );
    case Refusal.TooManyTimers:
      return coded(
        'ERR_HOLM_LIMIT',
        `the program set too many timers: ${count + 1} of ${count} timers allowed (limit \`timers\`); clear some before setting more`,
      );
    case Refusal.State:
      return coded('ERR_HOLM_STATE', 'There is already a response, or its body is closed');
    default:
      return coded('ERR_HOLM_MALFORMED', 'The host could not read what it was asked to do');
  }
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
