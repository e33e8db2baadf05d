// node:http and node:https: the client on top of fetch, and a server whose listeners answer the function's requests.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { EventEmitter } from '../events/emitter';
import { validateInteger } from '../validators';
import { ClientRequest, type Protocol } from './client';
import { validateHeaderName, validateHeaderValue } from './headers';
import { IncomingMessage } from './incoming';
import { OutgoingMessage } from './outgoing';
import { Server, ServerResponse } from './server';
import { METHODS, STATUS_CODES } from './status';

/** Holds its options and no connections: those are the host's. */
class Agent extends (EventEmitter as unknown as new () => EventEmitter) {
  defaultPort = 80;
  protocol = 'http:';
  options: Record<string, unknown>;
  requests = {};
  sockets = {};
  freeSockets = {};
  keepAlive: boolean;
  keepAliveMsecs: number;
  maxSockets: number;
  maxFreeSockets: number;
  maxTotalSockets: number;
  scheduling: string;

  constructor(options: Record<string, any> = {}) {
    super();
    this.options = { ...options };
    this.keepAlive = options.keepAlive ?? false;
    this.keepAliveMsecs = options.keepAliveMsecs ?? 1000;
    this.maxSockets = options.maxSockets ?? Infinity;
    this.maxFreeSockets = options.maxFreeSockets ?? 256;
    this.maxTotalSockets = options.maxTotalSockets ?? Infinity;
    this.scheduling = options.scheduling ?? 'lifo';
  }
  static defaultMaxSockets = Infinity;
  addRequest(): void {}
  getName(options: Record<string, any> = {}): string {
    let name = `${options.host || 'localhost'}:${options.port || ''}:${options.localAddress || ''}`;
    if (options.family === 4 || options.family === 6) name += `:${options.family}`;
    if (options.socketPath) name += `:${options.socketPath}`;
    return name;
  }
  destroy(): void {}
}

class HttpsAgent extends Agent {
  override defaultPort = 443;
  override protocol = 'https:';
}

/** Node's classes can be called without `new`; so can these where programs do. */
function callable<C extends new (...args: any[]) => any>(Class: C): C {
  return new Proxy(Class, { apply: (target, _self, args) => Reflect.construct(target, args) as object });
}

function moduleOf(protocol: Protocol, AgentClass: typeof Agent): Record<string, unknown> {
  class Request extends ClientRequest {
    constructor(input: any, options?: any, callback?: any) {
      super(input, options, callback, protocol);
    }
  }
  Object.defineProperty(Request, 'name', { value: 'ClientRequest' });
  const request = (input: any, options?: any, callback?: any) => new Request(input, options, callback);
  return {
    Agent: callable(AgentClass),
    ClientRequest: callable(Request),
    createServer: (options?: any, listener?: any) => new Server(options, listener),
    get(input: any, options?: any, callback?: any) {
      const made = request(input, options, callback);
      made.end();
      return made;
    },
    globalAgent: new AgentClass({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
    request,
    Server: callable(Server),
  };
}

registerBuiltin('http', () => ({
  ...moduleOf({ defaultPort: 80, protocol: 'http:' }, Agent),
  IncomingMessage,
  maxHeaderSize: 16384,
  METHODS,
  OutgoingMessage,
  ServerResponse,
  setMaxIdleHTTPParsers: (max: number) => validateInteger(max, 'max', 1),
  STATUS_CODES,
  validateHeaderName,
  validateHeaderValue,
}));
registerBuiltin('https', () => {
  const { ClientRequest: _unused, ...rest } = moduleOf({ defaultPort: 443, protocol: 'https:' }, HttpsAgent);
  return rest;
});
