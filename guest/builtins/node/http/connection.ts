// What stands in for the socket of a connection that the host holds: programs look at its address, set timeouts
// on it and destroy it. Messages do not pass through it as bytes; see exchange.ts.

import { nextTick } from '../../runtime/ticks';
import { EventEmitter } from '../events/emitter';
import { coded, codes } from '../errors';
import { validateFunction } from '../validators';
import { inherit } from './inherit';

declare const setTimeout: (callback: () => void, ms: number) => { unref(): void };
declare const clearTimeout: (timer: unknown) => void;

export interface ConnectionOptions {
  encrypted?: boolean;
  timeout?: number;
}

export const Connection = inherit(
  'Socket',
  function (this: any, options: ConnectionOptions = {}) {
    EventEmitter.call(this);
    this.readable = true;
    this.writable = true;
    this.destroyed = false;
    this.connecting = false;
    this.pending = false;
    this.timeout = undefined;
    this.bytesRead = 0;
    this.bytesWritten = 0;
    this.writableLength = 0;
    // The host tells no addresses: what a client's headers say of them is no substitute.
    this.remoteAddress = undefined;
    this.remotePort = undefined;
    this.remoteFamily = undefined;
    this.localAddress = undefined;
    this.localPort = undefined;
    this._httpMessage = null;
    this._timer = undefined;
    if (options.encrypted === true) {
      this.encrypted = true;
      this.authorized = true;
    }
    if (options.timeout) this.setTimeout(options.timeout);
  },
  EventEmitter,
  {
    /** Emits 'timeout' after this time without activity; 0 for never. */
    setTimeout(this: any, ms: number, callback?: () => void) {
      const time = timerDuration(ms, 'msecs');
      this.timeout = time;
      if (callback !== undefined) {
        validateFunction(callback, 'callback');
        if (time === 0) this.removeListener('timeout', callback);
        else this.once('timeout', callback);
      }
      this._refreshTimer();
      return this;
    },
    _refreshTimer(this: any) {
      if (this._timer !== undefined) clearTimeout(this._timer);
      this._timer = undefined;
      if (!this.timeout || this.destroyed) return;
      this._timer = setTimeout(() => this.emit('timeout'), this.timeout);
      this._timer.unref();
    },
    setNoDelay: self,
    setKeepAlive: self,
    setEncoding: self,
    ref: self,
    unref: self,
    pause: self,
    resume: self,
    cork() {},
    uncork() {},
    address: () => ({}),
    getPeerCertificate: () => ({}),
    /** A protocol of one's own over the connection is what the host does not give. */
    write(): never {
      const message = 'The socket of an HTTP message cannot be written to in holm: the host holds the connection';
      throw coded(new Error(message), 'ERR_HOLM_UNSUPPORTED');
    },
    end: destroySelf,
    destroySoon: destroySelf,
    destroy(this: any, error?: unknown) {
      if (this.destroyed) return this;
      this.destroyed = true;
      this.readable = false;
      this.writable = false;
      this._refreshTimer();
      nextTick(() => {
        if (error && this.listenerCount('error') > 0) this.emit('error', error);
        this.emit('close', Boolean(error));
      }, []);
      return this;
    },
  },
);

function self(this: unknown): unknown {
  return this;
}

function destroySelf(this: any): unknown {
  return this.destroy();
}

/** A time in milliseconds for a timer. */
export function timerDuration(ms: unknown, name: string): number {
  if (typeof ms !== 'number') throw new codes.ERR_INVALID_ARG_TYPE!(name, 'number', ms);
  if (ms < 0 || !Number.isFinite(ms)) throw new codes.ERR_OUT_OF_RANGE!(name, 'a non-negative finite number', ms);
  return Math.min(ms, 2 ** 31 - 1);
}

/** The error of a connection that ended before its time. */
export function connectionReset(message: string): Error {
  return coded(new Error(message), 'ECONNRESET');
}
