// What Node's own code asks of web streams by well-known symbols: when one has ended, whoever reads it
// (stream.finished), and to end it with an error (stream.addAbortSignal).

import { defineHidden } from '../../define';

const isClosedPromise = Symbol.for('nodejs.webstream.isClosedPromise');
const controllerErrorFunction = Symbol.for('nodejs.webstream.controllerErrorFunction');

/** The state that the ponyfill keeps in each stream. */
interface Inside {
  _state: string;
  _storedError: unknown;
  _readableStreamController?: { error(reason: unknown): void };
  _writableStreamController?: { error(reason: unknown): void };
}

interface Closed {
  promise: Promise<void>;
}

const asked = new WeakMap<object, Closed>();

/** Made when it is first asked for: until then a stream is not watched, and costs nothing more. */
function closedOf(stream: Inside): Closed {
  const known = asked.get(stream);
  if (known !== undefined) return known;
  let state = stream._state;
  const promise = new Promise<void>((resolve, reject) => {
    const settle = () => {
      if (state === 'closed') resolve();
      // The error is stored after the state.
      else if (state === 'errored') void Promise.resolve().then(() => reject(stream._storedError));
    };
    settle();
    const set = (value: string) => {
      state = value;
      settle();
    };
    Object.defineProperty(stream, '_state', { configurable: true, enumerable: true, get: () => state, set });
  });
  // That nobody waits for it is no mistake.
  promise.catch(() => {});
  const closed = { promise };
  asked.set(stream, closed);
  return closed;
}

/** Gives a class of streams both. */
export function tellsOfItsEnd(prototype: object): void {
  Object.defineProperty(prototype, isClosedPromise, {
    configurable: true,
    get(this: Inside) {
      return closedOf(this);
    },
  });
  defineHidden(prototype, controllerErrorFunction, function (this: Inside, reason: unknown): void {
    (this._readableStreamController ?? this._writableStreamController)!.error(reason);
  });
}
