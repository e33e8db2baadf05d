// Blob, File and FormData.

import { defineGlobals } from '../../define';
import { Blob, File } from './blob';
import { FormData } from './formdata';

defineGlobals({ Blob, File, FormData });

export { Blob, File, FormData };
export { blobBytes } from './blob';
export { encodeMultipart, parseMultipart } from './multipart';
export { resolveBlobUrl } from './url';
