// Where an outgoing message goes when the host carries it: its head and the pieces of its body, never bytes of
// the protocol. A message without an exchange writes those to its socket, whatever stream that is.

export interface Exchange {
  /** The head is complete, and the body is still to come. Called once, unless `whole` is. */
  head(): void;
  /** The head is complete, and this is all of the body; null for none. */
  whole(body: Uint8Array | null): void;
  /** A piece of the body, which stays the caller's. False when it is time to wait for 'drain'. */
  write(chunk: Uint8Array, done: (error?: unknown) => void): boolean;
  /** No more pieces come. */
  end(): void;
}
