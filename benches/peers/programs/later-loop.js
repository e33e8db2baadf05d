async () => {
  // The call has returned a promise by then: a limit on the call alone is over.
  await null;
  for (;;);
}
