// net.Socket and tls.TLSSocket: packages make and extend them when they are loaded, so that can be done; what would
// move a byte or reach a peer is refused.

import { builtinExports } from '../../runtime/builtin_modules';

type Refuse = (name: string) => Error;

interface DuplexLike {
  destroy(error?: Error): this;
}

/** `Socket` of net, or `TLSSocket` of tls around another stream. */
export function socketClass(name: 'Socket' | 'TLSSocket', refuse: Refuse): unknown {
  const { Duplex } = builtinExports('stream') as { Duplex: new (options?: object) => DuplexLike };
  class Wrapped {
    constructor() {
      throw refuse('JSStreamSocket');
    }
  }
  // Node's agents find the class that wraps a stream by a socket around one.
  const handle = { _parentWrap: Object.create(Wrapped.prototype) as object };

  const Socket = class extends Duplex {
    connecting = false;
    _handle = name === 'TLSSocket' ? handle : null;

    constructor() {
      super({ autoDestroy: true });
    }

    connect(): never {
      throw refuse(`${name}.connect`);
    }

    _read(): void {
      this.destroy(refuse(`${name}.read`));
    }

    _write(_chunk: unknown, _encoding: unknown, callback: (error: Error) => void): void {
      callback(refuse(`${name}.write`));
    }
  };
  Object.defineProperty(Socket, 'name', { value: name, configurable: true });
  return Socket;
}
