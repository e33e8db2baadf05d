// Keys of public-key algorithms and the forms they travel in: SubjectPublicKeyInfo, PKCS #8, PKCS #1, SEC 1 (all DER), JWK.
// What does not hold together is null or a DerError, never a key.

import { bits, DerError, DerReader, element, integer, nullElement, octets, oid, sequence, Tag } from './der';
import { fromBase64Url, fromNumber, toBase64Url, toNumber } from './bytes';
import { curvePoint, curvePublic, curveSizes, type Curve, type Hash } from './host';
import { publicOf, type DhKey } from './groups';
import { isConsistent, type PssLimits, type RsaKey } from './rsa';

/** A point of a Weierstrass curve, uncompressed, or the bytes of the others; the secret where there is one. */
export interface CurveKey {
  type: 'ec' | 'okp';
  curve: Curve;
  point: Uint8Array;
  secret: Uint8Array | null;
}

export type PublicKeyMaterial = RsaKey | CurveKey;

/** What only node:crypto has, too. */
export type AnyKey = PublicKeyMaterial | DhKey;

const oids = {
  rsa: '1.2.840.113549.1.1.1',
  rsaPss: '1.2.840.113549.1.1.10',
  ec: '1.2.840.10045.2.1',
  dh: '1.2.840.113549.1.3.1',
  mgf1: '1.2.840.113549.1.1.8',
} as const;

const curveOids: Record<Curve, string> = {
  'P-256': '1.2.840.10045.3.1.7',
  'P-384': '1.3.132.0.34',
  'P-521': '1.3.132.0.35',
  secp256k1: '1.3.132.0.10',
  Ed25519: '1.3.101.112',
  X25519: '1.3.101.110',
  X448: '1.3.101.111',
  Ed448: '1.3.101.113',
};
const curveByOid = new Map(Object.entries(curveOids).map(([name, dotted]) => [dotted, name as Curve]));

export function isOkp(curve: Curve): boolean {
  return curve === 'Ed25519' || curve === 'X25519' || curve === 'Ed448' || curve === 'X448';
}

/** From a point in any form; null when it is none. */
export function publicCurveKey(curve: Curve, point: Uint8Array): CurveKey | null {
  if (isOkp(curve)) return point.length === curveSizes[curve] ? { type: 'okp', curve, point: point.slice(), secret: null } : null;
  const whole = curvePoint(curve, point);
  return whole && { type: 'ec', curve, point: whole, secret: null };
}

export function secretCurveKey(curve: Curve, secret: Uint8Array): CurveKey | null {
  if (secret.length !== curveSizes[curve]) return null;
  const point = curvePublic(curve, secret);
  return point && { type: isOkp(curve) ? 'okp' : 'ec', curve, point, secret: secret.slice() };
}

const hashOids: Partial<Record<Hash, string>> = {
  'SHA-1': '1.3.14.3.2.26', 'SHA-224': '2.16.840.1.101.3.4.2.4', 'SHA-256': '2.16.840.1.101.3.4.2.1', 'SHA-384': '2.16.840.1.101.3.4.2.2',
  'SHA-512': '2.16.840.1.101.3.4.2.3',
};

function hashOf(reader: DerReader): Hash {
  const name = reader.oid();
  const found = (Object.keys(hashOids) as Hash[]).find((hash) => hashOids[hash] === name);
  if (found === undefined) throw new DerError('the key is for a digest that is not known');
  return found;
}

/** RSASSA-PSS-params; what is absent is SHA-1 and 20 bytes. */
function pssLimits(reader: DerReader): PssLimits {
  const within = (tag: number) => {
    const found = reader.optional(tag);
    return found === null ? null : new DerReader(found);
  };
  const hash = within(0xa0)?.sequence();
  const mask = within(0xa1)?.sequence();
  if (mask !== undefined && mask.oid() !== oids.mgf1) throw new DerError('the key has a mask that is not known');
  const salt = within(0xa2);
  const limits = {
    hash: hash === undefined ? 'SHA-1' : hashOf(hash), maskHash: mask === undefined ? 'SHA-1' : hashOf(mask.sequence()), saltLength: salt === null ? 20 : Number(salt.integer()),
  } as const;
  reader.optional(0xa3);
  reader.end();
  return limits;
}

function writePssLimits({ hash, maskHash, saltLength }: PssLimits): Uint8Array {
  const digest = (name: Hash) => sequence(oid(hashOids[name]!), nullElement);
  return sequence(
    ...(hash === 'SHA-1' ? [] : [element(0xa0, digest(hash))]),
    ...(maskHash === 'SHA-1' ? [] : [element(0xa1, sequence(oid(oids.mgf1), digest(maskHash)))]),
    ...(saltLength === 20 ? [] : [element(0xa2, integer(BigInt(saltLength)))]),
  );
}

type KeyAlgorithm = { curve: Curve } | { pss?: PssLimits | null } | { p: bigint; g: bigint };

function algorithmOf(reader: DerReader): KeyAlgorithm {
  const name = reader.oid();
  if (name === oids.rsa) {
    if (!reader.done) {
      reader.take(Tag.Null);
      reader.end();
    }
    return {};
  }
  if (name === oids.rsaPss) return { pss: reader.done ? null : pssLimits(reader.sequence()) };
  if (name === oids.dh) {
    const parameters = reader.sequence();
    const [p, g] = [parameters.integer(), parameters.integer()];
    if (p < 5n || p % 2n === 0n || g < 2n || g >= p) throw new DerError('the group of the key is none');
    return { p, g };
  }
  const curve = curveByOid.get(name === oids.ec ? reader.oid() : name);
  if (curve === undefined || (name === oids.ec) === isOkp(curve)) throw new DerError('the key is of a kind that is not known');
  reader.end();
  return { curve };
}

function algorithmIdentifier(key: AnyKey): Uint8Array {
  if (key.type === 'dh') return sequence(oid(oids.dh), sequence(integer(key.p), integer(key.g)));
  if (key.type === 'rsa') {
    if (key.pss === undefined) return sequence(oid(oids.rsa), nullElement);
    return key.pss === null ? sequence(oid(oids.rsaPss)) : sequence(oid(oids.rsaPss), writePssLimits(key.pss));
  }
  if (key.type === 'okp') return sequence(oid(curveOids[key.curve]));
  return sequence(oid(oids.ec), oid(curveOids[key.curve]));
}

function must<T>(key: T | null): T {
  if (key === null) throw new DerError('the key does not hold together');
  return key;
}

/** A key of a kind that Web Cryptography knows. */
function known(key: AnyKey): PublicKeyMaterial {
  if (key.type === 'dh') throw new DerError('the key is of a kind that is not known');
  return key;
}

export function readSpki(bytes: Uint8Array): PublicKeyMaterial {
  return known(readAnySpki(bytes));
}

export function readPkcs8(bytes: Uint8Array): PublicKeyMaterial {
  return known(readAnyPkcs8(bytes));
}

export function readAnySpki(bytes: Uint8Array): AnyKey {
  const outer = new DerReader(bytes);
  const reader = outer.sequence();
  outer.end();
  const algorithm = algorithmOf(reader.sequence());
  const key = reader.bitString();
  reader.end();
  if ('p' in algorithm) return { type: 'dh', ...algorithm, y: new DerReader(key).integer(), secret: null };
  return 'curve' in algorithm ? must(publicCurveKey(algorithm.curve, key)) : { ...readPkcs1Public(key), ...algorithm };
}

export function writeSpki(key: AnyKey): Uint8Array {
  if (key.type === 'dh') return sequence(algorithmIdentifier(key), bits(integer(key.y)));
  return sequence(algorithmIdentifier(key), bits(key.type === 'rsa' ? writePkcs1Public(key) : key.point));
}

export function readPkcs1Public(bytes: Uint8Array): RsaKey {
  const outer = new DerReader(bytes);
  const reader = outer.sequence();
  outer.end();
  const key: RsaKey = { type: 'rsa', n: reader.integer(), e: reader.integer(), secret: null };
  reader.end();
  return must(isConsistent(key) ? key : null);
}

export function writePkcs1Public(key: RsaKey): Uint8Array {
  return sequence(integer(key.n), integer(key.e));
}

export function readPkcs1Secret(bytes: Uint8Array): RsaKey {
  const outer = new DerReader(bytes);
  const reader = outer.sequence();
  outer.end();
  if (reader.integer() !== 0n) throw new DerError('the key has more than two primes');
  const [n, e] = [reader.integer(), reader.integer()];
  const secret = {
    d: reader.integer(), p: reader.integer(), q: reader.integer(), dp: reader.integer(), dq: reader.integer(), qi: reader.integer(),
  };
  reader.end();
  const key: RsaKey = { type: 'rsa', n, e, secret };
  return must(isConsistent(key) ? key : null);
}

export function writePkcs1Secret(key: RsaKey): Uint8Array {
  const { d, p, q, dp, dq, qi } = key.secret!;
  return sequence(...[0n, key.n, key.e, d, p, q, dp, dq, qi].map(integer));
}

/** `curve` is known from around it, or null when it must be inside. */
export function readSec1(bytes: Uint8Array, curve: Curve | null): CurveKey {
  const outer = new DerReader(bytes);
  const reader = outer.sequence();
  outer.end();
  if (reader.integer() !== 1n) throw new DerError('the key has an unknown version');
  const secret = reader.take(Tag.OctetString);
  const parameters = reader.optional(0xa0);
  const named = parameters === null ? curve : (curveByOid.get(new DerReader(parameters).oid()) ?? null);
  if (named === null || (curve !== null && named !== curve)) throw new DerError('the key names no curve that is known');
  const inside = reader.optional(0xa1);
  reader.end();
  const key = must(secretCurveKey(named, secret));
  if (inside !== null) {
    const point = must(publicCurveKey(named, new DerReader(inside).bitString()));
    if (toNumber(point.point) !== toNumber(key.point)) throw new DerError('the public key is not that of the secret key');
  }
  return key;
}

export function writeSec1(key: CurveKey, named: boolean): Uint8Array {
  const parameters = named ? [element(0xa0, oid(curveOids[key.curve]))] : [];
  return sequence(integer(1n), octets(key.secret!), ...parameters, element(0xa1, bits(key.point)));
}

export function readAnyPkcs8(bytes: Uint8Array): AnyKey {
  const outer = new DerReader(bytes);
  const reader = outer.sequence();
  outer.end();
  if (reader.integer() > 1n) throw new DerError('the key has an unknown version');
  const algorithm = algorithmOf(reader.sequence());
  const key = reader.take(Tag.OctetString);
  reader.optional(0xa0);
  reader.optional(0x81);
  reader.end();
  if ('p' in algorithm) {
    const secret = new DerReader(key).integer();
    return { type: 'dh', ...algorithm, y: publicOf(algorithm.p, algorithm.g, secret), secret };
  }
  if (!('curve' in algorithm)) return { ...readPkcs1Secret(key), ...algorithm };
  if (!isOkp(algorithm.curve)) return readSec1(key, algorithm.curve);
  const inner = new DerReader(key);
  const secret = inner.take(Tag.OctetString);
  inner.end();
  return must(secretCurveKey(algorithm.curve, secret));
}

export function writePkcs8(key: AnyKey): Uint8Array {
  if (key.type === 'dh') return sequence(integer(0n), algorithmIdentifier(key), octets(integer(key.secret!)));
  const inner = key.type === 'rsa' ? writePkcs1Secret(key) : key.type === 'okp' ? octets(key.secret!) : writeSec1(key, false);
  return sequence(integer(0n), algorithmIdentifier(key), octets(inner));
}

export interface Jwk {
  kty?: unknown;
  crv?: unknown;
  x?: unknown;
  y?: unknown;
  d?: unknown;
  n?: unknown;
  e?: unknown;
  p?: unknown;
  q?: unknown;
  dp?: unknown;
  dq?: unknown;
  qi?: unknown;
  oth?: unknown;
  k?: unknown;
  alg?: unknown;
  use?: unknown;
  key_ops?: unknown;
  ext?: unknown;
}

/** A public or secret key; null when the members make none. */
export function readJwk(jwk: Jwk): PublicKeyMaterial | null {
  if (jwk.kty === 'RSA') return readRsaJwk(jwk);
  const { crv, d } = jwk;
  if (typeof crv !== 'string' || !Object.hasOwn(curveSizes, crv)) return null;
  const curve = crv as Curve;
  const size = curveSizes[curve];
  const x = fromBase64Url(jwk.x);
  if (x === null || x.length !== size || jwk.kty !== (isOkp(curve) ? 'OKP' : 'EC')) return null;
  let point = x;
  if (!isOkp(curve)) {
    const y = fromBase64Url(jwk.y);
    if (y === null || y.length !== size) return null;
    point = new Uint8Array([4, ...x, ...y]);
  }
  const open = publicCurveKey(curve, point);
  if (d === undefined || open === null) return open;
  const secret = fromBase64Url(d);
  const key = secret && secretCurveKey(curve, secret);
  return key !== null && toNumber(key.point) === toNumber(open.point) ? key : null;
}

function readRsaJwk(jwk: Jwk): RsaKey | null {
  const number = (value: unknown) => {
    const bytes = fromBase64Url(value);
    return bytes === null || bytes.length === 0 ? null : toNumber(bytes);
  };
  const [n, e] = [number(jwk.n), number(jwk.e)];
  if (n === null || e === null || jwk.oth !== undefined) return null;
  let secret = null;
  if (jwk.d !== undefined) {
    const [d, p, q, dp, dq, qi] = [jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map(number) as (bigint | null)[];
    if (d == null || p == null || q == null || dp == null || dq == null || qi == null) return null;
    secret = { d, p, q, dp, dq, qi };
  }
  const key: RsaKey = { type: 'rsa', n, e, secret };
  return isConsistent(key) ? key : null;
}

/** The members that describe the key itself. */
export function writeJwk(key: PublicKeyMaterial, withSecret: boolean): Record<string, string> {
  if (key.type === 'rsa') {
    const text = (value: bigint) => toBase64Url(fromNumber(value));
    const open = { kty: 'RSA', n: text(key.n), e: text(key.e) };
    if (!withSecret) return open;
    const { d, p, q, dp, dq, qi } = key.secret!;
    return { ...open, d: text(d), p: text(p), q: text(q), dp: text(dp), dq: text(dq), qi: text(qi) };
  }
  const jwk: Record<string, string> = { kty: key.type === 'okp' ? 'OKP' : 'EC', crv: key.curve };
  if (key.type === 'okp') {
    jwk.x = toBase64Url(key.point);
  } else {
    const size = curveSizes[key.curve];
    jwk.x = toBase64Url(key.point.subarray(1, 1 + size));
    jwk.y = toBase64Url(key.point.subarray(1 + size));
  }
  if (withSecret) jwk.d = toBase64Url(key.secret!);
  return jwk;
}
