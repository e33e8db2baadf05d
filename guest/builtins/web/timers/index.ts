// setTimeout and its relatives, and queueMicrotask.

import { defineGlobals } from '../../define';
import { reportError } from '../events/report';
import { clearImmediate, clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from './timeout';

const settled = Promise.resolve();
const then = Promise.prototype.then;

export function queueMicrotask(callback: () => unknown): void {
  if (typeof callback !== 'function') {
    const error = new TypeError('The "callback" argument must be of type function');
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
  }
  then.call(settled, () => {
    try {
      callback();
    } catch (error) {
      reportError(error);
    }
  });
}

defineGlobals({ setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate, queueMicrotask });

export { clearImmediate, clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from './timeout';
