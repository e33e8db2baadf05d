// TextEncoder, TextDecoder, atob and btoa.

import { defineGlobals, defineTag, makeEnumerable } from '../../define';
import { atob, btoa } from './base64';
import { TextDecoder } from './decoder';
import { TextEncoder } from './encoder';

defineTag(TextEncoder.prototype, 'TextEncoder');
makeEnumerable(TextEncoder.prototype, ['encoding', 'encode', 'encodeInto']);
defineTag(TextDecoder.prototype, 'TextDecoder');
makeEnumerable(TextDecoder.prototype, ['encoding', 'fatal', 'ignoreBOM', 'decode']);
defineGlobals({ TextEncoder, TextDecoder, atob, btoa });

export { atob, btoa, TextDecoder, TextEncoder };
