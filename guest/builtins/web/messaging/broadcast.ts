// BroadcastChannel: channels of one name hear each other, within the instance.

import { cloneWithTransfer } from '../clone/clone';
import { inspectable } from '../console/inspectable';
import { defineHandlerAttribute, dispatch, DOMException, EventTarget, MessageEvent, trusted } from '../events';
import { startImmediate } from '../timers/queue';
import { needArguments, toText } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';

/** Open channels by name, in the order of their making. */
const channels = new Map<string, Set<BroadcastChannel>>();

export class BroadcastChannel extends EventTarget {
  #name: string;
  #closed = false;

  constructor(name: string) {
    needArguments(arguments.length, 1, 'The constructor of BroadcastChannel');
    super();
    this.#name = toText(name);
    let open = channels.get(this.#name);
    if (open === undefined) channels.set(this.#name, (open = new Set()));
    open.add(this);
  }

  get name(): string {
    return this.#name;
  }

  postMessage(message: unknown): void {
    needArguments(arguments.length, 1, 'BroadcastChannel.postMessage');
    if (this.#closed) throw new DOMException('The channel is closed', 'InvalidStateError');
    const { value } = cloneWithTransfer(message, []);
    for (const channel of channels.get(this.#name) ?? []) {
      if (channel === this) continue;
      startImmediate(() => {
        if (channel.#closed) return;
        const copy = cloneWithTransfer(value, []).value;
        dispatch(channel, trusted(new MessageEvent('message', { data: copy })));
      });
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const open = channels.get(this.#name);
    open?.delete(this);
    if (open?.size === 0) channels.delete(this.#name);
  }
}

defineInterface(BroadcastChannel, 'BroadcastChannel');
for (const type of ['message', 'messageerror']) defineHandlerAttribute(BroadcastChannel.prototype, type);
inspectable(BroadcastChannel, (channel) => ({ name: channel.name }));
