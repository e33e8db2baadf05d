// URL and URLSearchParams.

import { defineGlobals } from '../../define';
import { URLSearchParams } from './params';
import { URL } from './url';

defineGlobals({ URL, URLSearchParams });

export { URL, URLSearchParams };
