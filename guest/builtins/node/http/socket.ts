// What stands in for a connection's socket: programs look at its address and set timeouts on it. There is no
// connection of the program's own behind it.

import { EventEmitter } from '../events/emitter';

export class ConnectionInfo extends (EventEmitter as unknown as new () => EventEmitter) {
  readonly encrypted: boolean;
  readonly remoteAddress: string | undefined;
  readonly remotePort = undefined;
  readonly remoteFamily = undefined;
  readonly localAddress = undefined;
  readonly localPort = undefined;
  readable = true;
  writable = true;
  destroyed = false;
  connecting = false;

  constructor(encrypted: boolean, remoteAddress?: string) {
    super();
    this.encrypted = encrypted;
    this.remoteAddress = remoteAddress;
  }
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  address(): object {
    return {};
  }
  cork(): void {}
  uncork(): void {}
  end(): this {
    return this;
  }
  destroy(): this {
    this.destroyed = true;
    this.readable = false;
    this.writable = false;
    return this;
  }
}
