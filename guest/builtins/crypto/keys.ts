// Keys of public-key algorithms and the forms they travel in: SubjectPublicKeyInfo, PKCS #8, PKCS #1, SEC 1 (all DER), JWK.
// What does not hold together is null or a DerError, never a key.

import { bits, DerError, DerReader, element, integer, nullElement, octets, oid, sequence, Tag } from './der';
import { fromBase64Url, fromNumber, toBase64Url, toNumber } from './bytes';
import { curvePoint, curvePublic, curveSizes, type Curve } from './host';
import { isConsistent, type RsaKey } from './rsa';

/** A point of a Weierstrass curve, uncompressed, or the 32 bytes of the others; the secret where there is one. */
export interface CurveKey {
  type: 'ec' | 'okp';
  curve: Curve;
  point: Uint8Array;
  secret: Uint8Array | null;
}

export type PublicKeyMaterial = RsaKey | CurveKey;

const oids = {
  rsa: '1.2.840.113549.1.1.1',
  rsaPss: '1.2.840.113549.1.1.10',
  ec: '1.2.840.10045.2.1',
} as const;

const curveOids: Record<Curve, string> = {
  'P-256': '1.2.840.10045.3.1.7',
  'P-384': '1.3.132.0.34',
  'P-521': '1.3.132.0.35',
  secp256k1: '1.3.132.0.10',
  Ed25519: '1.3.101.112',
  X25519: '1.3.101.110',
};
const curveByOid = new Map(Object.entries(curveOids).map(([name, dotted]) => [dotted, name as Curve]));

export function isOkp(curve: Curve): boolean {
  return curve === 'Ed25519' || curve === 'X25519';
}

/** From a point in any form; null when it is none. */
export function publicCurveKey(curve: Curve, point: Uint8Array): CurveKey | null {
  if (isOkp(curve)) return point.length === 32 ? { type: 'okp', curve, point: point.slice(), secret: null } : null;
  const whole = curvePoint(curve, point);
  return whole && { type: 'ec', curve, point: whole, secret: null };
}

export function secretCurveKey(curve: Curve, secret: Uint8Array): CurveKey | null {
  if (secret.length !== curveSizes[curve]) return null;
  const point = curvePublic(curve, secret);
  return point && { type: isOkp(curve) ? 'okp' : 'ec', curve, point, secret: secret.slice() };
}

function algorithmOf(reader: DerReader): { curve: Curve } | 'rsa' {
  const name = reader.oid();
  if (name === oids.rsa) {
    if (!reader.done) {
      reader.take(Tag.Null);
      reader.end();
    }
    return 'rsa';
  }
  // The restrictions that a key for PSS alone may carry are not looked at.
  if (name === oids.rsaPss) return 'rsa';
  const curve = curveByOid.get(name === oids.ec ? reader.oid() : name);
  if (curve === undefined || (name === oids.ec) === isOkp(curve)) throw new DerError('the key is of a kind that is not known');
  reader.end();
  return { curve };
}

function algorithmIdentifier(key: PublicKeyMaterial): Uint8Array {
  if (key.type === 'rsa') return sequence(oid(oids.rsa), nullElement);
  if (key.type === 'okp') return sequence(oid(curveOids[key.curve]));
  return sequence(oid(oids.ec), oid(curveOids[key.curve]));
}

function must<T>(key: T | null): T {
  if (key === null) throw new DerError('the key does not hold together');
  return key;
}

export function readSpki(bytes: Uint8Array): PublicKeyMaterial {
  const outer = new DerReader(bytes);
  const reader = outer.sequence();
  outer.end();
  const algorithm = algorithmOf(reader.sequence());
  const key = reader.bitString();
  reader.end();
  return algorithm === 'rsa' ? readPkcs1Public(key) : must(publicCurveKey(algorithm.curve, key));
}

export function writeSpki(key: PublicKeyMaterial): Uint8Array {
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

export function readPkcs8(bytes: Uint8Array): PublicKeyMaterial {
  const outer = new DerReader(bytes);
  const reader = outer.sequence();
  outer.end();
  if (reader.integer() > 1n) throw new DerError('the key has an unknown version');
  const algorithm = algorithmOf(reader.sequence());
  const key = reader.take(Tag.OctetString);
  reader.optional(0xa0);
  reader.optional(0x81);
  reader.end();
  if (algorithm === 'rsa') return readPkcs1Secret(key);
  if (!isOkp(algorithm.curve)) return readSec1(key, algorithm.curve);
  const inner = new DerReader(key);
  const secret = inner.take(Tag.OctetString);
  inner.end();
  return must(secretCurveKey(algorithm.curve, secret));
}

export function writePkcs8(key: PublicKeyMaterial): Uint8Array {
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
