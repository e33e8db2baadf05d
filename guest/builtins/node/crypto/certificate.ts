// Certificate: signed public keys and challenges (SPKAC), which the HTML element <keygen> once sent.

import { fromBase64 } from '../../crypto/bytes';
import { DerError, DerReader, element, Tag } from '../../crypto/der';
import { createPublicKey } from './keyobject';
import { verify } from './sign';
import { toBuffer, toBytes } from './support';

const ia5String = 0x16;

/** Signatures that it may have: RSA's. */
const digests: Record<string, string> = {
  '1.2.840.113549.1.1.4': 'md5', '1.2.840.113549.1.1.5': 'sha1', '1.2.840.113549.1.1.11': 'sha256', '1.2.840.113549.1.1.12': 'sha384', '1.2.840.113549.1.1.13': 'sha512',
};

interface Spkac {
  signed: Uint8Array;
  publicKey: Uint8Array;
  challenge: Uint8Array;
  algorithm: string;
  signature: Uint8Array;
}

/** Null for what is none. */
function readSpkac(spkac: unknown, encoding: unknown): Spkac | null {
  const text = toBuffer(toBytes('spkac', spkac, encoding)).toString('latin1');
  const bytes = fromBase64(text.replace(/[\s\0]+$/, '').replace(/\r?\n/g, ''));
  if (bytes === null) return null;
  try {
    const reader = new DerReader(bytes).sequence();
    const content = reader.take(Tag.Sequence);
    const inner = new DerReader(content);
    return {
      signed: element(Tag.Sequence, content),
      publicKey: element(Tag.Sequence, inner.take(Tag.Sequence)),
      challenge: inner.take(ia5String),
      algorithm: reader.sequence().oid(),
      signature: reader.bitString(),
    };
  } catch (error) {
    if (error instanceof DerError) return null;
    throw error;
  }
}

function keyOf(publicKey: Uint8Array): ReturnType<typeof createPublicKey> {
  return createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
}

function verifySpkac(spkac: unknown, encoding?: unknown): boolean {
  const found = readSpkac(spkac, encoding);
  const digest = found && digests[found.algorithm];
  return digest ? (verify(digest, found.signed, keyOf(found.publicKey), found.signature) as boolean) : false;
}

function exportPublicKey(spkac: unknown, encoding?: unknown): unknown {
  const found = readSpkac(spkac, encoding);
  return found === null ? '' : toBuffer(toBytes('key', keyOf(found.publicKey).export({ type: 'spki', format: 'pem' })));
}

function exportChallenge(spkac: unknown, encoding?: unknown): unknown {
  const found = readSpkac(spkac, encoding);
  return found === null ? '' : toBuffer(found.challenge.slice());
}

/** Its functions are the class's as well as its instances'. */
export class Certificate {
  static verifySpkac = verifySpkac;
  static exportPublicKey = exportPublicKey;
  static exportChallenge = exportChallenge;
}
Object.assign(Certificate.prototype, { verifySpkac, exportPublicKey, exportChallenge });
