// TextEncoder, TextDecoder, atob and btoa.

import { defineGlobals } from '../../define';
import { defineInterface } from '../webidl/interface';
import { atob, btoa } from './base64';
import { TextDecoder } from './decoder';
import { TextEncoder } from './encoder';

defineInterface(TextEncoder, 'TextEncoder');
defineInterface(TextDecoder, 'TextDecoder', { decode: 0 });
defineGlobals({ TextEncoder, TextDecoder, atob, btoa });

export { atob, btoa, TextDecoder, TextEncoder };
