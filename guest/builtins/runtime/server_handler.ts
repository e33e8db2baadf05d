// The server of node:http whose listeners answer this program's requests: an exported handler goes before it.

type Answer = (request: unknown) => Promise<unknown>;

let answer: Answer | undefined;

/** Requests go here from now on; undefined for nobody. */
export function serveWith(to: Answer | undefined): void {
  answer = to;
}

/** The server that listens, or undefined. */
export function servingAnswer(): Answer | undefined {
  return answer;
}
