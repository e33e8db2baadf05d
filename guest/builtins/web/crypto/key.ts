// CryptoKey. The material lies in the guest's own memory: the instance is the boundary, not the key object. What is not
// extractable is kept from programs, not from somebody who reads the instance's memory.

import type { CurveKey } from '../../crypto/keys';
import type { RsaKey } from '../../crypto/rsa';
import { defineTag, makeEnumerable } from '../../define';
import { inspectable } from '../console/inspectable';

export type Usage = 'encrypt' | 'decrypt' | 'sign' | 'verify' | 'deriveKey' | 'deriveBits' | 'wrapKey' | 'unwrapKey';
export type KeyType = 'secret' | 'public' | 'private';

/** Bytes of a secret key, or a key of a public-key algorithm. */
export type Material = Uint8Array | RsaKey | CurveKey;

/** The usages in the order in which the standard lists them. */
export const usageNames: readonly Usage[] = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];

export interface KeyAlgorithm {
  name: string;
  [member: string]: unknown;
}

let making = false;
let material: (key: CryptoKey) => Material;
let algorithm: (key: CryptoKey) => KeyAlgorithm;
let usages: (key: CryptoKey) => readonly Usage[];
let isKey: (value: unknown) => value is CryptoKey;

export class CryptoKey {
  #type: KeyType;
  #extractable: boolean;
  #algorithm: KeyAlgorithm;
  #usages: Usage[];
  #material: Material;
  /** What scripts see; changes of it do not reach what is used. */
  #shownAlgorithm: KeyAlgorithm | null = null;
  #shownUsages: Usage[] | null = null;

  static {
    material = (key) => key.#material;
    algorithm = (key) => key.#algorithm;
    usages = (key) => key.#usages;
    isKey = (value): value is CryptoKey => typeof value === 'object' && value !== null && #material in value;
  }

  constructor();
  constructor(...given: [KeyType, boolean, KeyAlgorithm, Usage[], Material] | []) {
    if (!making || given.length === 0) throw Object.assign(new TypeError('Illegal constructor'), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
    [this.#type, this.#extractable, this.#algorithm, this.#usages, this.#material] = given;
  }

  get type(): KeyType {
    return this.#type;
  }

  get extractable(): boolean {
    return this.#extractable;
  }

  get algorithm(): KeyAlgorithm {
    return (this.#shownAlgorithm ??= shownAlgorithm(this.#algorithm));
  }

  get usages(): Usage[] {
    return (this.#shownUsages ??= [...this.#usages]);
  }
}

function shownAlgorithm(algorithm: KeyAlgorithm): KeyAlgorithm {
  const shown = { ...algorithm };
  if (shown.hash !== undefined) shown.hash = { ...(shown.hash as object) };
  if (shown.publicExponent !== undefined) shown.publicExponent = (shown.publicExponent as Uint8Array).slice();
  return shown;
}

defineTag(CryptoKey.prototype, 'CryptoKey');
makeEnumerable(CryptoKey.prototype, ['type', 'extractable', 'algorithm', 'usages']);
inspectable(CryptoKey, (key) => ({ type: key.type, extractable: key.extractable, algorithm: algorithm(key), usages: usages(key) }));

/** `usages` in any order, each any number of times. */
export function makeKey(type: KeyType, extractable: boolean, algorithm: KeyAlgorithm, usages: readonly Usage[], material: Material): CryptoKey {
  making = true;
  try {
    const sorted = usageNames.filter((usage) => usages.includes(usage));
    return new (CryptoKey as any)(type, extractable, algorithm, sorted, material);
  } finally {
    making = false;
  }
}

export const materialOf = material;
export const algorithmOf = algorithm;
export const usagesOf = usages;
export const isCryptoKey = isKey;
