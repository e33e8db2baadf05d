// URLPattern.

import { defineGlobals } from '../../define';
import { URLPattern } from './pattern';

defineGlobals({ URLPattern });

export { URLPattern };
