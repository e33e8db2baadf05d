// One request over Node's own client, which waits as long as it takes: `fetch` gives up after five minutes without a byte.

import { Agent, request, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';

import { unreachable } from './errors.js';

/** What came back; the body is still to be read. */
export interface Answer {
  status: number;
  header(name: string): string | undefined;
  /** Rejects with a ConnectionError when it is broken off. */
  pieces(): AsyncGenerator<string>;
}

/** Connections to one server, kept open between requests. */
export class Connections {
  readonly #url: URL;
  readonly #agent: Agent;

  constructor(url: URL) {
    this.#url = url;
    this.#agent = url.protocol === 'https:' ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  }

  /** Rejects with a ConnectionError when no answer comes. */
  send(method: string, path: string, headers: Record<string, string>, body: string | undefined, signal: AbortSignal): Promise<Answer> {
    const url = new URL(path, this.#url);
    return new Promise((resolve, reject) => {
      const make = url.protocol === 'https:' ? secureRequest : request;
      const sent = make(url, { method, headers, agent: this.#agent, signal });
      sent.on('error', (error) => reject(unreachable(error)));
      sent.on('response', (response) => resolve(answer(response)));
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function answer(response: IncomingMessage): Answer {
  return {
    status: response.statusCode,
    header: (name) => response.headers[name],
    async *pieces() {
      const decoder = new TextDecoder();
      try {
        for await (const piece of response) yield decoder.decode(piece, { stream: true });
      } catch (error) {
        throw unreachable(error as Error);
      }
      yield decoder.decode();
    },
  };
}

/** All of a body. */
export async function whole(answer: Answer): Promise<string> {
  let text = '';
  for await (const piece of answer.pieces()) text += piece;
  return text;
}

/** The events of a body of server-sent events: name and data. */
export async function* events(answer: Answer): AsyncGenerator<[string, string]> {
  let text = '';
  for await (const piece of answer.pieces()) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string) => lines.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length));
      yield [field('event: ').join(''), field('data: ').join('\n')];
    }
  }
}
