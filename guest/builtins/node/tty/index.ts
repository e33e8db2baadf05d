// node:tty: there is no terminal.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { coded } from '../errors';

function noTerminal(name: string): new (fd: number) => never {
  return class {
    constructor(fd: number) {
      const message = `tty.${name}: descriptor ${fd} is no terminal; a program in holm has none`;
      throw coded(new Error(message), 'ERR_TTY_INIT_FAILED');
    }
  } as unknown as new (fd: number) => never;
}

registerBuiltin('tty', () => ({ isatty: () => false, ReadStream: noTerminal('ReadStream'), WriteStream: noTerminal('WriteStream') }));
