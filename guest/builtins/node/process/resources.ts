// What keeps the program alive, by the names that Node gives such things.

import { pendingKinds } from '../../ops';
import { EffectKind } from '../../abi';
import { pendingRequests } from '../../runtime/ticks';
import { activeTimers } from '../../web/timers/queue';

const NAMES: Partial<Record<EffectKind, string>> = {
  [EffectKind.Fetch]: 'HTTPClientRequest',
  [EffectKind.Read]: 'PipeWrap',
  [EffectKind.Write]: 'PipeWrap',
};

/** One name for each operation, timer and immediate that the program waits for. */
export function getActiveResourcesInfo(): string[] {
  const { timers, immediates } = activeTimers();
  return [
    ...pendingRequests(),
    ...pendingKinds().map((kind) => NAMES[kind] ?? 'Operation'),
    ...new Array<string>(timers).fill('Timeout'),
    ...new Array<string>(immediates).fill('Immediate'),
  ];
}

const methods = { ref: Symbol.for('nodejs.ref'), unref: Symbol.for('nodejs.unref') };

/** Calls the object's own way to keep the program alive, or to let it end. */
function callMethod(name: 'ref' | 'unref'): (object: any) => void {
  return (object) => {
    const method: unknown = object?.[methods[name]] ?? object?.[name];
    if (typeof method === 'function') Reflect.apply(method, object, []);
  };
}
export const ref = callMethod('ref');
export const unref = callMethod('unref');
