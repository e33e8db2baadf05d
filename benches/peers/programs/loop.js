() => {
  // Who asks politely to stop is not heard: a signal's handler would run in this thread.
  globalThis.process?.on?.('SIGTERM', () => {});
  for (;;);
}
