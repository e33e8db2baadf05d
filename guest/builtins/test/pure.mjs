// The pure functions of the host (host-api, codes::Pure), answered by node's own: for tests without the Rust host. An
// answer is a list of fields; none at all where the host has nothing to say.

import * as crypto from 'node:crypto';
import { pureIntl } from './pure_intl.mjs';

const digests = {
  'RIPEMD-160': 'ripemd160', 'SHA-1': 'sha1', 'SHA-224': 'sha224', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512',
  'SHA-512/224': 'sha512-224', 'SHA-512/256': 'sha512-256', 'BLAKE2B-512': 'blake2b512', 'BLAKE2S-256': 'blake2s256',
};
const digestName = (name) => digests[name] ?? name.toLowerCase();
const digest = (name, bytes) => crypto.createHash(digestName(name)).update(bytes).digest();
const hmac = (name, key, bytes) => crypto.createHmac(digestName(name), key).update(bytes).digest();

function pbkdf2(name, password, salt, iterations, state) {
  let code = hmac(name, password, state.length === 0 ? salt : state.subarray(0, state.length / 2));
  const sum = Buffer.from(code);
  const add = (bytes) => sum.forEach((byte, at) => (sum[at] = byte ^ bytes[at]));
  if (state.length > 0) add(state.subarray(state.length / 2));
  for (let left = iterations - 1; left > 0; left--) add((code = hmac(name, password, code)));
  return [code, sum];
}

function cipher(mode, key, initial, bytes, place) {
  const aes = (kind, iv, encrypts) => {
    const work = (encrypts ? crypto.createCipheriv : crypto.createDecipheriv)(`aes-${key.length * 8}-${kind}`, key, iv);
    return [Buffer.concat([work.setAutoPadding(false).update(bytes), work.final()])];
  };
  switch (mode) {
    case 0:
    case 1:
      return aes('ecb', null, mode === 0);
    case 2:
    case 3:
      return aes('cbc', initial, mode === 2);
    case 4:
      return aes('ctr', initial, true);
    case 5:
    case 6: {
      const iv = Buffer.alloc(8, 0xa6);
      try {
        const work = (mode === 5 ? crypto.createCipheriv : crypto.createDecipheriv)(`id-aes${key.length * 8}-wrap`, key, iv);
        return [Buffer.concat([work.update(bytes), work.final()])];
      } catch {
        return [];
      }
    }
    case 8:
    case 9: {
      const work = (mode === 8 ? crypto.createCipheriv : crypto.createDecipheriv)('des-ede3-cbc', key, initial);
      return [Buffer.concat([work.setAutoPadding(false).update(bytes), work.final()])];
    }
    default: {
      const counter = Buffer.alloc(16);
      counter.writeUInt32LE(Math.floor(place / 64));
      initial.copy(counter, 4);
      const skip = place % 64;
      return [crypto.createCipheriv('chacha20', key, counter).update(Buffer.concat([Buffer.alloc(skip), bytes])).subarray(skip)];
    }
  }
}

function ghash(key, state, bytes) {
  const number = (block) => BigInt(`0x${block.toString('hex')}`);
  const h = number(key);
  let y = number(state);
  for (let at = 0; at < bytes.length; at += 16) {
    const block = Buffer.alloc(16);
    bytes.copy(block, 0, at);
    let x = y ^ number(block);
    y = 0n;
    for (let bit = 127n, v = h; bit >= 0n; bit--) {
      if ((x >> bit) & 1n) y ^= v;
      v = v & 1n ? (v >> 1n) ^ (0xe1n << 120n) : v >> 1n;
    }
  }
  return Buffer.from(y.toString(16).padStart(32, '0'), 'hex');
}

function poly1305(key, bytes) {
  const little = (part) => toNumber(Buffer.from(part).reverse());
  const r = little(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  let sum = 0n;
  for (let at = 0; at < bytes.length; at += 16) sum = ((sum + little(Buffer.concat([bytes.subarray(at, at + 16), Buffer.from([1])]))) * r) % (2n ** 130n - 5n);
  return toBytes((sum + little(key.subarray(16))) % 2n ** 128n, 16).reverse();
}

const curves = { 'P-256': ['prime256v1', 32], 'P-384': ['secp384r1', 48], 'P-521': ['secp521r1', 66], secp256k1: ['secp256k1', 32] };
const okpPrefix = { Ed25519: '302e020100300506032b657004220420', X25519: '302e020100300506032b656e04220420' };
const b64 = (bytes) => bytes.toString('base64url');

function curvePublic(curve, secret) {
  if (okpPrefix[curve] !== undefined) return Buffer.from(crypto.createPublicKey(okpSecret(curve, secret)).export({ format: 'jwk' }).x, 'base64url');
  const agreement = crypto.createECDH(curves[curve][0]);
  agreement.setPrivateKey(secret);
  return agreement.getPublicKey();
}

const okpSecret = (curve, secret) => crypto.createPrivateKey({ key: Buffer.concat([Buffer.from(okpPrefix[curve], 'hex'), secret]), format: 'der', type: 'pkcs8' });
const okpPublic = (curve, point) => crypto.createPublicKey({ key: { kty: 'OKP', crv: curve, x: b64(point) }, format: 'jwk' });

// node signs digests of its own making only; ECDSA over a digest is spelled out.
const orders = {
  'P-256': 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  'P-384': 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  'P-521': 0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  secp256k1: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
};
const toNumber = (bytes) => BigInt(`0x${bytes.toString('hex') || '0'}`);
const toBytes = (value, size) => Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');
const mod = (value, n) => ((value % n) + n) % n;
function modPow(base, exponent, n) {
  let result = 1n;
  for (base %= n; exponent > 0n; exponent >>= 1n, base = (base * base) % n) if (exponent & 1n) result = (result * base) % n;
  return result;
}

function curveSign(curve, secret, digest) {
  if (curve === 'Ed25519') return crypto.sign(null, digest, okpSecret(curve, secret));
  const [, size] = curves[curve];
  const n = orders[curve];
  const bits = n.toString(2).length;
  let z = toNumber(digest);
  if (digest.length * 8 > bits) z >>= BigInt(digest.length * 8 - bits);
  for (;;) {
    const agreement = crypto.createECDH(curves[curve][0]);
    const r = mod(toNumber(agreement.generateKeys().subarray(1, 1 + size)), n);
    const k = toNumber(agreement.getPrivateKey());
    const s = mod(modPow(k, n - 2n, n) * (z + r * toNumber(secret)), n);
    if (r !== 0n && s !== 0n) return Buffer.concat([toBytes(r, size), toBytes(s, size)]);
  }
}

function curveVerify(curve, point, digest, signature) {
  try {
    if (curve === 'Ed25519') return crypto.verify(null, digest, okpPublic(curve, point), signature) ? 1 : 0;
    // By the key that the signature would recover would need curve arithmetic: the digest is looked for among node's own instead.
    throw new Error(`node cannot verify a digest over ${curve}: run this with the binary`);
  } catch (error) {
    if (curve !== 'Ed25519') throw error;
    return 0;
  }
}

function curveAgree(curve, secret, point) {
  if (curve === 'X25519') return crypto.diffieHellman({ privateKey: okpSecret(curve, secret), publicKey: okpPublic(curve, point) });
  const agreement = crypto.createECDH(curves[curve][0]);
  agreement.setPrivateKey(secret);
  return agreement.computeSecret(point);
}

function prime(start, tests, safe) {
  for (let candidate = toNumber(start) | 1n, tested = 0; ; candidate += 2n) {
    if (candidate.toString(2).length > toNumber(start).toString(2).length) return [];
    if (tested === tests * 40) return [0, toBytes(candidate, start.length)];
    tested++;
    if (crypto.checkPrimeSync(candidate) && (safe !== 1 || crypto.checkPrimeSync(candidate >> 1n))) return [1, toBytes(candidate, start.length)];
  }
}

/** No answer where node throws: the fields make no key. */
function orNothing(run) {
  try {
    return [run()];
  } catch {
    return [];
  }
}

export const pure = {
  3: (name, bytes, length) => [length === undefined ? digest(name, bytes) : crypto.createHash(name.toLowerCase(), { outputLength: length }).update(bytes).digest()],
  6: (name, key, bytes) => [hmac(name, key, bytes)],
  // States are what was digested so far: node hands out no others.
  4: (_name, state, bytes) => [Buffer.concat([state, bytes])],
  5: (name, state, bytes) => [digest(name, Buffer.concat([state, bytes]))],
  7: pbkdf2,
  8: (name, key, salt, info, length) => orNothing(() => Buffer.from(crypto.hkdfSync(digestName(name), key, salt, info, length))),
  9: (password, salt, log2n, r, p, length) => orNothing(() => crypto.scryptSync(password, salt, length, { N: 2 ** log2n, r, p, maxmem: 2 ** 30 })),
  10: cipher,
  11: (key, state, bytes) => [ghash(key, state, bytes)],
  12: (key, bytes) => [poly1305(key, bytes)],
  13: (curve, secret) => orNothing(() => curvePublic(curve, secret)),
  14: (curve, point, compressed) => orNothing(() => crypto.ECDH.convertKey(point, curves[curve][0], undefined, undefined, compressed ? 'compressed' : 'uncompressed')),
  15: (curve, secret, bytes) => orNothing(() => curveSign(curve, secret, bytes)),
  16: (curve, point, bytes, signature) => [curveVerify(curve, point, bytes, signature)],
  17: (curve, secret, point) => orNothing(() => curveAgree(curve, secret, point)),
  18: (base, exponent, modulus) => [toBytes(modPow(toNumber(base), toNumber(exponent), toNumber(modulus)), modulus.length)],
  19: prime,
  20: (candidate) => [crypto.checkPrimeSync(toNumber(candidate)) ? 1 : 0],
  21: (label) => orNothing(() => new TextDecoder(label).encoding),
  ...pureIntl,
};
