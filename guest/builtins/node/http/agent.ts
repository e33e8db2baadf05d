// http.Agent and https.Agent: how many requests go to one place at once, and in which order. Connections are the
// host's, so none is kept.

import { nextTick } from '../../runtime/ticks';
import { EventEmitter } from '../events/emitter';
import { validateNumber, validateOneOf } from '../validators';
import { Connection } from './connection';
import { inherit } from './inherit';

type Created = (error: unknown, socket?: any) => void;

export const Agent = inherit(
  'Agent',
  function (this: any, options?: any): unknown {
    if (!(this instanceof Agent)) return new Agent(options);
    EventEmitter.call(this);
    this.options = { __proto__: null, ...options };
    if (this.options.noDelay === undefined) this.options.noDelay = true;
    this.options.path = null;
    this.defaultPort = this.options.defaultPort || 80;
    this.protocol = this.options.protocol || 'http:';
    this.requests = { __proto__: null };
    this.sockets = { __proto__: null };
    this.freeSockets = { __proto__: null };
    this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
    this.keepAlive = this.options.keepAlive || false;
    this.maxSockets = this.options.maxSockets || Agent.defaultMaxSockets;
    this.maxFreeSockets = this.options.maxFreeSockets || 256;
    this.scheduling = this.options.scheduling || 'lifo';
    this.maxTotalSockets = this.options.maxTotalSockets;
    this.totalSocketCount = 0;
    validateOneOf(this.scheduling, 'scheduling', ['fifo', 'lifo']);
    if (this.maxTotalSockets === undefined) this.maxTotalSockets = Infinity;
    else validateNumber(this.maxTotalSockets, 'maxTotalSockets', 1);
    return undefined;
  },
  EventEmitter,
  {
    createConnection(options: object, callback?: Created) {
      const socket = new Connection(options);
      if (callback !== undefined) nextTick(callback as () => void, [null, socket]);
      return socket;
    },
    /** The place that requests are counted for. */
    getName(options: any = {}) {
      let name = `${options.host || 'localhost'}:${options.port || ''}:${options.localAddress || ''}`;
      if (options.family === 4 || options.family === 6) name += `:${options.family}`;
      if (options.socketPath) name += `:${options.socketPath}`;
      return name;
    },
    addRequest(this: any, req: any, options: any, port?: unknown, localAddress?: unknown) {
      if (typeof options === 'string') options = { host: options, port, localAddress };
      options = { __proto__: null, ...options, ...this.options };
      if (options.socketPath) options.path = options.socketPath;
      const name = this.getName(options) as string;
      const active = this.sockets[name]?.length ?? 0;
      if (active < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
        this.createSocket(req, options, (error: unknown, socket: any) => give(this, req, error, socket));
      } else {
        // Whoever has waited longest is next; see removeSocket.
        (this.requests[name] ??= []).push(req);
        req._agentOptions = options;
      }
    },
    createSocket(this: any, req: any, options: any, callback: Created) {
      options = { __proto__: null, ...options, ...this.options };
      if (options.timeout === undefined && req.timeout !== undefined) options.timeout = req.timeout;
      const name = this.getName(options) as string;
      let isCalled = false;
      const created = (error: unknown, socket: any) => {
        if (isCalled) return;
        isCalled = true;
        if (error) return callback(error);
        (this.sockets[name] ??= []).push(socket);
        this.totalSocketCount++;
        socket.once('close', () => this.removeSocket(socket, options));
        socket.on('timeout', function agentTimeout() {});
        return callback(null, socket);
      };
      const socket = this.createConnection(options, created);
      if (socket) created(null, socket);
    },
    removeSocket(this: any, socket: any, options: any) {
      const name = this.getName(options) as string;
      const list = this.sockets[name] as unknown[] | undefined;
      const at = list?.indexOf(socket) ?? -1;
      if (at >= 0) {
        list!.splice(at, 1);
        if (list!.length === 0) delete this.sockets[name];
        this.totalSocketCount--;
      }
      this._next(name);
    },
    _next(this: any, name: string) {
      // A place that is over its own number leaves its turn to others, which the total may have held up.
      const place = this.requests[name] ? name : Object.keys(this.requests)[0];
      if (place === undefined || (this.sockets[place]?.length ?? 0) >= this.maxSockets) return;
      const queue = this.requests[place];
      const req = queue.shift();
      if (queue.length === 0) delete this.requests[place];
      if (req.destroyed) return this._next(name);
      this.createSocket(req, req._agentOptions, (error: unknown, socket: any) => give(this, req, error, socket));
    },
    keepSocketAlive: () => true,
    reuseSocket(_socket: unknown, req: any) {
      req.reusedSocket = true;
    },
    destroy(this: any) {
      for (const list of Object.values(this.sockets as Record<string, any[]>)) for (const socket of list) socket.destroy();
    },
  },
) as any;
Agent.defaultMaxSockets = Infinity;

function give(agent: any, req: any, error: unknown, socket: any): void {
  if (error) {
    req.onSocket(null, error);
    return;
  }
  req.onSocket(socket);
  const ofAgent = agent.options.timeout || 0;
  if (req.timeout !== undefined && req.timeout !== ofAgent) socket.setTimeout(req.timeout);
}

/** What of https' options tells two places apart, in the order in which names have it. */
const TLS_OPTIONS =
  'ca cert clientCertEngine ciphers key pfx rejectUnauthorized servername minVersion maxVersion secureProtocol crl honorCipherOrder ' +
  'ecdhCurve dhparam secureOptions sessionIdContext sigalgs privateKeyIdentifier privateKeyEngine';

export const HttpsAgent = inherit(
  'Agent',
  function (this: any, options?: any): unknown {
    if (!(this instanceof HttpsAgent)) return new HttpsAgent(options);
    Agent.call(this, options);
    this.defaultPort = this.options.defaultPort || 443;
    this.protocol = this.options.protocol || 'https:';
    this.maxCachedSessions = this.options.maxCachedSessions ?? 100;
    return undefined;
  },
  Agent,
  {
    createConnection(options: object, callback?: Created) {
      return Agent.prototype.createConnection({ ...options, encrypted: true }, callback);
    },
    getName(this: any, options: any = {}) {
      let name = Agent.prototype.getName(options) as string;
      for (const part of TLS_OPTIONS.split(' ')) {
        const value: unknown = options[part];
        name += ':';
        if (part === 'servername') name += value && value !== options.host ? value : '';
        else if (part === 'rejectUnauthorized' || part === 'honorCipherOrder' || part === 'secureOptions') name += value ?? '';
        else if (part === 'sigalgs') name += value ? JSON.stringify(value) : '';
        else name += value || '';
      }
      return name;
    },
  },
) as any;

/** The agents of requests that name none; programs may put others in their place. */
export const globalAgents: Record<'http' | 'https', any> = {
  http: new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
  https: new HttpsAgent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
};
