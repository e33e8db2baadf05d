// node:events

import { registerBuiltin } from '../../runtime/builtin_modules';
import { EventEmitter } from './emitter';

registerBuiltin('events', () => EventEmitter as unknown as Record<string, unknown>);

export { EventEmitter };
