// node:http and node:https: the client on top of fetch, and a server whose listeners answer the function's requests.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { validateInteger } from '../validators';
import { Agent, globalAgents, HttpsAgent } from './agent';
import { ClientRequest } from './client';
import { validateHeaderName, validateHeaderValue } from './headers';
import { IncomingMessage } from './incoming';
import { inherit } from './inherit';
import { OutgoingMessage } from './outgoing';
import { ServerResponse } from './response';
import { Server } from './server';
import { METHODS, STATUS_CODES } from './status';

const HttpsServer = inherit(
  'Server',
  function (this: any, options?: any, listener?: any): unknown {
    if (!(this instanceof HttpsServer)) return new HttpsServer(options, listener);
    Server.call(this, options, listener);
    this._isSecure = true;
    return undefined;
  },
  Server,
  { setSecureContext() {}, addContext() {} },
);

function functions(scheme: 'http' | 'https', ServerClass: typeof Server): Record<string, unknown> {
  const request = (input: any, options?: any, callback?: any): any => {
    if (scheme === 'http') return new ClientRequest(input, options, callback);
    // Options go before what the URL says, so the agent goes with them.
    const agent = { _defaultAgent: globalAgents.https };
    if (typeof input === 'string' || 'searchParams' in input) {
      return typeof options === 'function' ? new ClientRequest(input, agent, options) : new ClientRequest(input, { ...options, ...agent }, callback);
    }
    return new ClientRequest({ ...input, ...agent }, options, callback);
  };
  const exports = {
    createServer: (options?: any, listener?: any) => new ServerClass(options, listener),
    get(input: any, options?: any, callback?: any) {
      const made = request(input, options, callback);
      made.end();
      return made;
    },
    request,
    Server: ServerClass,
  };
  return Object.defineProperty(exports, 'globalAgent', {
    configurable: true,
    enumerable: true,
    get: () => globalAgents[scheme],
    set: (agent) => (globalAgents[scheme] = agent),
  });
}

registerBuiltin('http', () =>
  Object.assign(functions('http', Server), {
    Agent,
    ClientRequest,
    IncomingMessage,
    maxHeaderSize: 16384,
    METHODS,
    OutgoingMessage,
    ServerResponse,
    setMaxIdleHTTPParsers: (max: number) => validateInteger(max, 'max', 1),
    STATUS_CODES,
    validateHeaderName,
    validateHeaderValue,
  }),
);
registerBuiltin('https', () => Object.assign(functions('https', HttpsServer), { Agent: HttpsAgent }));
