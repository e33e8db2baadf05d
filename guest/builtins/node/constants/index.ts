// node:constants: those of os and fs in one object, for old programs.

import { builtinExports, registerBuiltin } from '../../runtime/builtin_modules';
import { constants as fs } from '../fs/flags';

registerBuiltin('constants', () => {
  const { constants = {} } = (builtinExports('os') ?? {}) as { constants?: Record<string, Record<string, number>> };
  return { ...constants.errno, ...constants.priority, ...constants.signals, ...fs };
});
