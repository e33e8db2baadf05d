// node:path, and its two flavours by name.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { posix } from './posix';
import { win32 } from './win32';

posix.posix = win32.posix = posix;
posix.win32 = win32.win32 = win32;

// The old name.
for (const flavour of [posix, win32]) Object.assign(flavour, { _makeLong: flavour.toNamespacedPath });

registerBuiltin('path', () => posix as unknown as Record<string, unknown>);
registerBuiltin('path/posix', () => posix as unknown as Record<string, unknown>);
registerBuiltin('path/win32', () => win32 as unknown as Record<string, unknown>);

export { posix, win32 };
