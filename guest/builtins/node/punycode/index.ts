// node:punycode, by the package of that name.

import punycode from 'punycode/punycode.es6.js';

import { registerBuiltin } from '../../runtime/builtin_modules';

registerBuiltin('punycode', () => punycode as Record<string, unknown>);
