// stream.duplexPair: two streams of which each reads what is written to the other.

import CustomStream from 'readable-stream/lib/stream.js';

const callback = Symbol('Callback');
const other = Symbol('Other');

const { Duplex } = CustomStream as { Duplex: new (options?: object) => any };

class Side extends Duplex {
  declare push: (chunk: unknown) => boolean;
  [callback]: (() => void) | null = null;
  [other]: Side | undefined = undefined;

  _read(): void {
    const done = this[callback];
    if (done !== null) {
      this[callback] = null;
      done();
    }
  }
  _write(chunk: { length: number }, _encoding: string, done: () => void): void {
    const to = this[other]!;
    if (chunk.length === 0) {
      queueMicrotask(done);
    } else {
      to.push(chunk);
      to[callback] = done;
    }
  }
  _final(done: () => void): void {
    this[other]!.on('end', done);
    this[other]!.push(null);
  }
  _destroy(error: unknown, done: (error?: unknown) => void): void {
    const to = this[other]!;
    if (!to.destroyed) queueMicrotask(() => (error ? to.destroy() : to.push(null)));
    done(error);
  }
  declare on: (name: string, listener: () => void) => void;
  declare destroy: (error?: unknown) => void;
  declare destroyed: boolean;
}

declare function queueMicrotask(callback: () => void): void;

export function duplexPair(options?: object): [Side, Side] {
  const one = new Side(options);
  const two = new Side(options);
  one[other] = two;
  two[other] = one;
  return [one, two];
}
