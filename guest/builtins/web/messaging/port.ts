// MessageChannel and MessagePort: two ends in the same instance, for there is nobody else to talk to. A message is
// copied when it is sent, and delivered by a task of its own.

import { defineHandlerAttribute, dispatch, EventTarget, MessageEvent, trusted, Event } from '../events';
import { cloneError, cloneWithTransfer, registerTransferable, type Transferred } from '../clone/clone';
import { inspectable } from '../console/inspectable';
import { startImmediate } from '../timers/queue';
import { needArguments } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';

const token = Symbol();

/** What two ports have in common; it moves on when a port is transferred. */
interface End {
  other: End | null;
  /** The port that shows this end now. */
  owner: MessagePort | null;
  waiting: Transferred[];
  started: boolean;
}

/** The second argument of `postMessage`: a list, or an object that has it. */
export function transferList(options: unknown): object[] {
  if (options === undefined || options === null) return [];
  if (typeof options !== 'object' && typeof options !== 'function') throw new TypeError('The transfer list of postMessage must be an object');
  if (Symbol.iterator in options) return [...(options as Iterable<object>)];
  const { transfer } = options as { transfer?: Iterable<object> };
  if (transfer === undefined) return [];
  if (typeof transfer !== 'object' || transfer === null) throw new TypeError('The transfer list of postMessage must be iterable');
  return [...transfer];
}

let entangle: (a: MessagePort, b: MessagePort) => void;
let isPort: (value: object) => value is MessagePort;

export class MessagePort extends EventTarget {
  #end: End | null = null;

  static {
    isPort = (value): value is MessagePort => #end in value;
    entangle = (a, b) => {
      a.#end = { other: null, owner: a, waiting: [], started: false };
      b.#end = { other: a.#end, owner: b, waiting: [], started: false };
      a.#end.other = b.#end;
    };
    registerTransferable({
      is: isPort,
      isDetached: (port: MessagePort) => port.#end === null,
      transfer(port: MessagePort) {
        const copy = new MessagePort(token);
        copy.#end = port.#end;
        port.#end = null;
        copy.#end!.owner = copy;
        copy.#end!.started = false;
        return copy;
      },
    });
  }

  constructor(secret?: unknown) {
    if (secret !== token) throw new TypeError('Illegal constructor: use new MessageChannel()');
    super();
  }

  postMessage(message: unknown, options?: unknown): void {
    needArguments(arguments.length, 1, 'MessagePort.postMessage');
    const transfer = transferList(options);
    const end = this.#end;
    if (transfer.includes(this)) throw cloneError('A port cannot be transferred over itself');
    const other = end?.other ?? null;
    // Sending a port to itself through the other end loses the message, and the port with it.
    const lost = other?.owner != null && transfer.includes(other.owner);
    const sent = cloneWithTransfer(message, transfer);
    if (other === null || lost) return;
    other.waiting.push(sent);
    if (other.started) deliverLater(other);
  }

  start(): void {
    const end = this.#end;
    if (end === null || end.started) return;
    end.started = true;
    for (const _ of end.waiting) deliverLater(end);
  }

  close(): void {
    const end = this.#end;
    this.#end = null;
    if (end === null) return;
    const other = end.other;
    end.other = null;
    end.owner = null;
    end.waiting.length = 0;
    if (other === null) return;
    other.other = null;
    startImmediate(() => {
      if (other.owner !== null) dispatch(other.owner, trusted(new Event('close')));
    });
  }
}

function deliverLater(end: End): void {
  startImmediate(() => {
    // It may have been transferred or closed since; then what waits is for the next owner to start, or gone.
    if (!end.started || end.owner === null) return;
    const message = end.waiting.shift();
    if (message === undefined) return;
    const ports = message.transferred.filter((item) => isPort(item));
    dispatch(end.owner, trusted(new MessageEvent('message', { data: message.value, ports })));
  });
}

export class MessageChannel {
  #port1 = new MessagePort(token);
  #port2 = new MessagePort(token);

  constructor() {
    entangle(this.#port1, this.#port2);
  }

  get port1(): MessagePort {
    return this.#port1;
  }

  get port2(): MessagePort {
    return this.#port2;
  }
}

defineInterface(MessagePort, 'MessagePort', { constructor: 0, postMessage: 1 });
defineInterface(MessageChannel, 'MessageChannel');
for (const type of ['message', 'messageerror', 'close']) defineHandlerAttribute(MessagePort.prototype, type);

// Whoever sets `onmessage` wants messages: the port need not be started.
const { get, set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage')!;
Object.defineProperty(MessagePort.prototype, 'onmessage', {
  get,
  set: Object.getOwnPropertyDescriptor(
    {
      set onmessage(value: unknown) {
        set!.call(this, value);
        (this as unknown as MessagePort).start();
      },
    },
    'onmessage',
  )!.set,
  enumerable: true,
  configurable: true,
});
inspectable(MessagePort, () => ({}));
inspectable(MessageChannel, (channel) => ({ port1: channel.port1, port2: channel.port2 }));
