// HKDF and PBKDF2: keys that other keys are made of.

import { hkdf, pbkdf2 } from '../../crypto/host';
import { checkUsages, fail, type Family } from './algorithms';
import { makeKey, materialOf, type CryptoKey } from './key';

function family(name: string, deriveBits: NonNullable<Family['deriveBits']>): Family {
  return {
    deriveBits,
    importKey(format, data, _algorithm, extractable, usages) {
      if (format !== 'raw') fail('NotSupportedError', `A key of ${name} can only be imported as raw`);
      checkUsages(usages, ['deriveKey', 'deriveBits'], `a ${name} key`);
      if (extractable) fail('SyntaxError', `${name} keys are not extractable`);
      return makeKey('secret', false, { name }, usages, (data as Uint8Array).slice());
    },
    keyLength: () => null,
  };
}

function secret(key: CryptoKey): Uint8Array {
  return materialOf(key) as Uint8Array;
}

function bytesFor(name: string, length: number | null): number {
  if (length === null) fail('OperationError', 'length cannot be null');
  if (length % 8 !== 0) fail('OperationError', `${name} derives whole bytes: length must be a multiple of 8`);
  return length / 8;
}

export const derivations: Record<string, Family> = {
  HKDF: family('HKDF', ({ hash, salt, info }, key, length) => {
    const derived = hkdf(hash.name, secret(key), salt, info, bytesFor('HKDF', length));
    return derived ?? fail('OperationError', 'HKDF derives at most 255 times the length of its digest');
  }),
  PBKDF2: family('PBKDF2', ({ hash, salt, iterations }, key, length) => {
    const bytes = bytesFor('PBKDF2', length);
    if (iterations === 0) fail('OperationError', 'PBKDF2 needs at least one iteration');
    return pbkdf2(hash.name, secret(key), salt, iterations, bytes);
  }),
};
