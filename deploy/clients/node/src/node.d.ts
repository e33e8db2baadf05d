// What is used of Node's own modules: types for the build, so that it needs no packages. Not shipped.

declare module 'node:crypto' {
  export function randomUUID(): string;
}

declare module 'node:http' {
  export interface IncomingMessage extends AsyncIterable<Uint8Array> {
    readonly statusCode: number;
    readonly headers: Record<string, string | undefined>;
  }
  export interface ClientRequest {
    on(event: 'response', listener: (response: IncomingMessage) => void): this;
    on(event: 'error', listener: (error: Error & { code?: string }) => void): this;
    end(body?: string): void;
  }
  export interface RequestOptions {
    method: string;
    headers: Record<string, string>;
    agent: Agent;
    signal: AbortSignal;
  }
  export class Agent {
    constructor(options: { keepAlive: boolean; timeout?: number });
    destroy(): void;
  }
  export function request(url: URL, options: RequestOptions): ClientRequest;
}

declare module 'node:https' {
  export { Agent, request } from 'node:http';
}
