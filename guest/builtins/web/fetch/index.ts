// fetch, Request, Response and Headers, and what the runtime needs of them to serve a request.

import { defineGlobals } from '../../define';
import { fetch } from './fetch';
import { Headers } from './headers';
import { Request } from './request';
import { Response } from './response';

defineGlobals({ fetch, Headers, Request, Response });

export { fetch, Headers, Request, Response };
export { prepareRequest, requestFromHost } from './request';
export { abandonResponse, isResponse, sendResponse } from './response';
