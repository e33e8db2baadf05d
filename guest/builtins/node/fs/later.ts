// Calls that a signal can abort are made in a later turn: while the program waits for one, it may be aborted.

/** Waits, if the options have a signal. */
export function turnsLater(options: unknown): Promise<void> | undefined {
  if (typeof options !== 'object' || options === null || (options as { signal?: unknown }).signal === undefined) return undefined;
  const { setImmediate } = globalThis as unknown as { setImmediate(run: () => void): void };
  return new Promise((resolve) => setImmediate(resolve));
}
