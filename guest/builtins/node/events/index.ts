// node:events

import { registerBuiltin } from '../../runtime/builtin_modules';
import { AsyncResource } from '../async_hooks/resource';
import { defineHidden } from '../../define';
import { EventEmitter, type Name } from './emitter';
import { addAbortListener, getEventListeners, getMaxListeners, listenerCount, on, once, setMaxListeners } from './functions';

/** An emitter whose listeners run in the asynchronous context in which it was made. */
class EventEmitterAsyncResource extends (EventEmitter as unknown as new (options?: object) => EventEmitter) {
  readonly asyncResource: AsyncResource;

  constructor(options?: { name?: string } | string) {
    const name = typeof options === 'string' ? options : options?.name;
    super(typeof options === 'object' ? options : undefined);
    this.asyncResource = new AsyncResource(name ?? new.target.name, typeof options === 'object' ? (options as object) : undefined);
    defineHidden(this.asyncResource, 'eventEmitter', this);
  }

  override emit(type: Name, ...args: unknown[]): boolean {
    return this.asyncResource.runInAsyncScope(super.emit as (...args: unknown[]) => boolean, this, type, ...args);
  }
  emitDestroy(): void {
    this.asyncResource.emitDestroy();
  }
  get asyncId(): number {
    return this.asyncResource.asyncId();
  }
  get triggerAsyncId(): number {
    return this.asyncResource.triggerAsyncId();
  }
}

Object.assign(EventEmitter, {
  addAbortListener,
  once,
  on,
  getEventListeners,
  getMaxListeners,
  EventEmitter,
  usingDomains: false,
  setMaxListeners,
  listenerCount,
  EventEmitterAsyncResource,
  init: EventEmitter.init,
});

registerBuiltin('events', () => EventEmitter as unknown as Record<string, unknown>);

export { EventEmitter };
