// Private keys behind a passphrase: PBES2 (RFC 8018) around PKCS #8, and the older header of PEM (RFC 1421).

import { CipherMode } from '../abi';
import { concat } from './bytes';
import { DerError, DerReader, integer, nullElement, octets, oid, sequence, Tag } from './der';
import { cipher, digest, pbkdf2, randomBytes, type Hash } from './host';

export interface KeyCipher {
  name: string;
  oid: string;
  keyLength: number;
  block: number;
  /** Bytes of the initial value. */
  iv: number;
  encrypt: CipherMode;
  decrypt: CipherMode;
}

const aes = (bits: number, last: number): KeyCipher => ({
  name: `aes-${bits}-cbc`, oid: `2.16.840.1.101.3.4.1.${last}`, keyLength: bits / 8, block: 16, iv: 16, encrypt: CipherMode.CbcEncrypt, decrypt: CipherMode.CbcDecrypt,
});

/** Without an initial value, so that equal blocks stay equal: what OpenSSL writes when it is asked for. */
const ecb = (bits: number, last: number): KeyCipher => ({
  ...aes(bits, last), name: `aes-${bits}-ecb`, iv: 0, encrypt: CipherMode.EcbEncrypt, decrypt: CipherMode.EcbDecrypt,
});

const ciphers: readonly KeyCipher[] = [
  aes(128, 2),
  aes(192, 22),
  aes(256, 42),
  ecb(128, 1),
  ecb(192, 21),
  ecb(256, 41),
  {
    name: 'des-ede3-cbc', oid: '1.2.840.113549.3.7', keyLength: 24, block: 8, iv: 8, encrypt: CipherMode.TripleDesCbcEncrypt, decrypt: CipherMode.TripleDesCbcDecrypt,
  },
];

const pbes2 = '1.2.840.113549.1.5.13';
const kdf = '1.2.840.113549.1.5.12';
const codes: Record<string, Hash> = {
  '1.2.840.113549.2.7': 'SHA-1', '1.2.840.113549.2.8': 'SHA-224', '1.2.840.113549.2.9': 'SHA-256', '1.2.840.113549.2.10': 'SHA-384', '1.2.840.113549.2.11': 'SHA-512',
};
/** As OpenSSL does when nothing else is said. */
const iterations = 2048;

export function keyCipher(name: string): KeyCipher | undefined {
  const lower = name.toLowerCase();
  return ciphers.find((known) => known.name === lower || known.name.replace(/^aes-(\d+)-cbc$/, 'aes$1') === lower);
}

function seal(kind: KeyCipher, key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Uint8Array {
  const missing = kind.block - (bytes.length % kind.block);
  return cipher(kind.encrypt, key, iv, concat(bytes, new Uint8Array(missing).fill(missing)))!;
}

/** Null when the passphrase is another one. */
function open(kind: KeyCipher, key: Uint8Array, iv: Uint8Array, bytes: Uint8Array): Uint8Array | null {
  if (iv.length !== kind.iv || bytes.length === 0 || bytes.length % kind.block !== 0) throw new DerError('the encrypted key does not have whole blocks');
  const plain = cipher(kind.decrypt, key, iv, bytes)!;
  const count = plain.at(-1)!;
  const isPadding = count >= 1 && count <= kind.block && plain.subarray(plain.length - count).every((byte) => byte === count);
  return isPadding ? plain.subarray(0, plain.length - count) : null;
}

/** EncryptedPrivateKeyInfo. */
export function encryptPkcs8(bytes: Uint8Array, kind: KeyCipher, passphrase: Uint8Array): Uint8Array {
  const [salt, iv] = [randomBytes(16), kind.iv === 0 ? new Uint8Array(0) : randomBytes(kind.iv)];
  const key = pbkdf2('SHA-256', passphrase, salt, iterations, kind.keyLength);
  const derivation = sequence(oid(kdf), sequence(octets(salt), integer(BigInt(iterations)), sequence(oid('1.2.840.113549.2.9'), nullElement)));
  return sequence(sequence(oid(pbes2), sequence(derivation, sequence(oid(kind.oid), ...(kind.iv === 0 ? [] : [octets(iv)])))), octets(seal(kind, key, iv, bytes)));
}

/** Whether it is EncryptedPrivateKeyInfo and not the key itself, which begins with a version. */
export function isEncryptedPkcs8(bytes: Uint8Array): boolean {
  return new DerReader(bytes).sequence().tag === Tag.Sequence;
}

/** Null when the passphrase is another one. */
export function decryptPkcs8(bytes: Uint8Array, passphrase: Uint8Array): Uint8Array | null {
  const outer = new DerReader(bytes);
  const reader = outer.sequence();
  outer.end();
  const algorithm = reader.sequence();
  if (algorithm.oid() !== pbes2) throw new DerError('the key is encrypted in a way that is not known');
  const parameters = algorithm.sequence();
  const derivation = parameters.sequence();
  if (derivation.oid() !== kdf) throw new DerError('the key is encrypted in a way that is not known');
  const inputs = derivation.sequence();
  const salt = inputs.take(Tag.OctetString);
  const count = inputs.integer();
  if (inputs.tag === Tag.Integer) inputs.integer();
  const hash = inputs.done ? 'SHA-1' : codes[inputs.sequence().oid()];
  const scheme = parameters.sequence();
  const named = scheme.oid();
  const kind = ciphers.find((known) => known.oid === named);
  if (hash === undefined || kind === undefined || count < 1n || count > 0xffffffffn) throw new DerError('the key is encrypted in a way that is not known');
  const iv = kind.iv === 0 ? new Uint8Array(0) : scheme.take(Tag.OctetString);
  const sealed = reader.take(Tag.OctetString);
  return open(kind, pbkdf2(hash, passphrase, salt, Number(count), kind.keyLength), iv, sealed);
}

/** OpenSSL's own derivation: digests of digests, with the first bytes of the initial value as salt. */
function oldKey(kind: KeyCipher, passphrase: Uint8Array, iv: Uint8Array): Uint8Array {
  let key: Uint8Array = new Uint8Array(0);
  for (let last = key; key.length < kind.keyLength; key = concat(key, last)) last = digest('MD5', concat(last, passphrase, iv.subarray(0, 8)));
  return key.subarray(0, kind.keyLength);
}

/** The lines of the header, and the encrypted bytes. */
export function encryptOld(bytes: Uint8Array, kind: KeyCipher, passphrase: Uint8Array): [header: string, bytes: Uint8Array] {
  const iv = randomBytes(kind.block);
  const hex = Array.from(iv, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
  return [`Proc-Type: 4,ENCRYPTED\nDEK-Info: ${kind.name.toUpperCase()},${hex}\n\n`, seal(kind, oldKey(kind, passphrase, iv), iv, bytes)];
}

/** `named` and `hex` as the header has them. Null when the passphrase is another one. */
export function decryptOld(bytes: Uint8Array, named: string, hex: string, passphrase: Uint8Array): Uint8Array | null {
  const kind = keyCipher(named);
  const iv = new Uint8Array((hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
  if (kind === undefined || iv.length !== kind.iv) throw new DerError('the key is encrypted in a way that is not known');
  return open(kind, oldKey(kind, passphrase, iv), iv, bytes);
}
