// structuredClone.

import { defineGlobals } from '../../define';
import { Blob, blobBytes, blobOfBytes, File } from '../blob/blob';
import { registerCloneable, structuredClone } from './clone';

registerCloneable({
  is: (value) => value instanceof Blob,
  // The bytes of a blob never change, so the copy can share them.
  clone(value: Blob) {
    if (!(value instanceof File)) return blobOfBytes(blobBytes(value), value.type);
    return new File([value], value.name, { type: value.type, lastModified: value.lastModified });
  },
});

Object.defineProperty(structuredClone, 'length', { value: 1, configurable: true });
defineGlobals({ structuredClone });

export { registerCloneable, registerTransferable, structuredClone } from './clone';
