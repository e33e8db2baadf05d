// The part of an event emitter that `process` and its streams need. It is not `node:events`.

type Listener = (...args: any[]) => void;

interface Entry {
  readonly listener: Listener;
  readonly once: boolean;
}

export class Emitter {
  #entries = new Map<string | symbol, Entry[]>();

  on(event: string | symbol, listener: Listener): this {
    return this.#add(event, { listener, once: false });
  }
  addListener(event: string | symbol, listener: Listener): this {
    return this.on(event, listener);
  }
  once(event: string | symbol, listener: Listener): this {
    return this.#add(event, { listener, once: true });
  }
  prependListener(event: string | symbol, listener: Listener): this {
    return this.#add(event, { listener, once: false }, true);
  }
  prependOnceListener(event: string | symbol, listener: Listener): this {
    return this.#add(event, { listener, once: true }, true);
  }

  off(event: string | symbol, listener: Listener): this {
    const entries = this.#entries.get(event) ?? [];
    const at = entries.findLastIndex((entry) => entry.listener === listener);
    // The list is replaced, not changed: it may be walked right now.
    if (at >= 0) this.#entries.set(event, entries.toSpliced(at, 1));
    return this;
  }
  removeListener(event: string | symbol, listener: Listener): this {
    return this.off(event, listener);
  }
  removeAllListeners(event?: string | symbol): this {
    if (event === undefined) this.#entries.clear();
    else this.#entries.delete(event);
    return this;
  }

  /** Calls the listeners of an event; false when there are none. */
  emit(event: string | symbol, ...args: unknown[]): boolean {
    const entries = this.#entries.get(event);
    if (entries === undefined || entries.length === 0) return false;
    for (const entry of entries) {
      if (entry.once) this.off(event, entry.listener);
      entry.listener.apply(this, args);
    }
    return true;
  }

  listeners(event: string | symbol): Listener[] {
    return (this.#entries.get(event) ?? []).map((entry) => entry.listener);
  }
  listenerCount(event: string | symbol): number {
    return this.#entries.get(event)?.length ?? 0;
  }
  eventNames(): (string | symbol)[] {
    return [...this.#entries].filter(([, entries]) => entries.length > 0).map(([event]) => event);
  }
  setMaxListeners(): this {
    return this;
  }
  getMaxListeners(): number {
    return 0;
  }

  #add(event: string | symbol, entry: Entry, first = false): this {
    const checked: unknown = entry.listener;
    if (typeof checked !== 'function') {
      const error = new TypeError(`A listener must be a function, not ${typeof checked}`);
      throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
    }
    const entries = this.#entries.get(event) ?? [];
    this.#entries.set(event, first ? [entry, ...entries] : [...entries, entry]);
    return this;
  }
}
