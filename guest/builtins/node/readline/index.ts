// node:readline and node:readline/promises

import { registerBuiltin } from '../../runtime/builtin_modules';
import { clearLine, clearScreenDown, cursorTo, moveCursor } from './cursor';
import { Interface } from './interface';
import { emitKeypressEvents } from './keys';
import { PromisesInterface, Readline } from './promises';

const promises = {
  createInterface: (input: any, output?: any, completer?: any, terminal?: boolean) => new PromisesInterface(input, output, completer, terminal),
  Interface: PromisesInterface,
  Readline,
};

/** Classes of Node's that programs call without `new`. */
const Callable = new Proxy(Interface, {
  apply: (target, _self, args) => Reflect.construct(target, args) as object,
});

Object.defineProperty(Interface.prototype.question, Symbol.for('nodejs.util.promisify.custom'), {
  value(this: Interface, query: string, options: any = {}) {
    return Reflect.apply(PromisesInterface.prototype.question, this, [query, options]) as unknown;
  },
});

registerBuiltin('readline', () => ({
  clearLine,
  clearScreenDown,
  createInterface: (input: any, output?: any, completer?: any, terminal?: boolean) => new Interface(input, output, completer, terminal),
  cursorTo,
  emitKeypressEvents,
  Interface: Callable,
  moveCursor,
  promises,
}));
registerBuiltin('readline/promises', () => promises);
