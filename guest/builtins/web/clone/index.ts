// structuredClone.

import { defineGlobals } from '../../define';
import { structuredClone } from './clone';

defineGlobals({ structuredClone });

export { registerCloneable, structuredClone } from './clone';
