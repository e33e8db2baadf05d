// What a program sees when an operation of the host has failed.

import { Failure } from '../../abi';
import { DOMException } from '../events';

const codes: Record<number, string> = {
  [Failure.Denied]: 'DENIED',
  [Failure.Limit]: 'LIMIT',
  [Failure.Network]: 'NETWORK',
  [Failure.Timeout]: 'TIMEOUT',
  [Failure.Invalid]: 'INVALID',
};

/** A TypeError with the host's message, as fetch demands; its cause has a code that programs can test. */
export function failureError(kind: Failure, message: string): Error {
  if (kind === Failure.Aborted) return new DOMException(message, 'AbortError');
  const cause = Object.assign(new Error(message), { code: codes[kind] ?? 'NETWORK' });
  return new TypeError(message, { cause });
}
