// SubtleCrypto: checks what callers hand in, as the standard orders it, and leaves the work to the families of algorithms.
// Everything is done by the time a promise is given out.

import { customized, digest as digestOf, hashSizes, type Extended, type Hash } from '../../crypto/host';
import type { Jwk, PublicKeyMaterial } from '../../crypto/keys';
import { defineTag, makeEnumerable } from '../../define';
import { native } from '../../native';
import { DOMException } from '../events';
import { copyBytes, isBufferSource, needArguments, toText } from '../webidl/convert';
import { checkUsages, fail, type Family, type Format, type KeyPair } from './algorithms';
import { asymmetric, publicUsages } from './asymmetric';
import { derivations } from './derivation';
import { algorithmOf, isCryptoKey, makeKey, materialOf, usageNames, usagesOf, type CryptoKey, type Usage } from './key';
import { isKnown, normalize, type Algorithm, type Operation } from './normalize';
import { aes, chachaFamily, hmacFamily, kmacs } from './symmetric';

const families: Record<string, Family> = { ...aes, 'ChaCha20-Poly1305': chachaFamily, HMAC: hmacFamily, ...kmacs, ...derivations, ...asymmetric };
const formats: readonly string[] = ['raw', 'raw-public', 'raw-secret', 'raw-seed', 'spki', 'pkcs8', 'jwk'];
/** Algorithms that came after the form `raw` was split. */
const withoutRaw: readonly string[] = ['AES-OCB', 'ChaCha20-Poly1305', 'KMAC128', 'KMAC256'];

/** What the families know by one name: the bytes of a secret key, or a public point. */
function plainFormat(format: Format, name: string): Format {
  if (format === 'raw' && withoutRaw.includes(name)) fail('NotSupportedError', `A key of ${name} has no form raw: use raw-secret`);
  if (format === 'raw-seed') fail('NotSupportedError', `A key of ${name} has no form raw-seed`);
  if (format === 'raw-secret' || format === 'raw-public') {
    if ((format === 'raw-public') !== Object.hasOwn(asymmetric, name)) fail('NotSupportedError', `A key of ${name} has no form ${format}`);
    return 'raw';
  }
  return format;
}

let making = true;
let brand: (subtle: SubtleCrypto) => void;

/** A TypeError with the code that Node gives it. */
function wrongType(message: string): Error {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_TYPE' });
}

function bytesArgument(value: unknown, where: string): Uint8Array {
  if (!isBufferSource(value)) throw wrongType(`${where} must be an ArrayBuffer or a view of one`);
  return copyBytes(value);
}

function keyArgument(value: unknown): CryptoKey {
  if (!isCryptoKey(value)) throw wrongType('The key must be a CryptoKey');
  return value;
}

function formatArgument(value: unknown): Format {
  const text = toText(value);
  if (!formats.includes(text)) {
    const message = `The value '${text}' is not a valid enum value of type KeyFormat: there are ${formats.join(', ')}`;
    throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
  }
  return text as Format;
}

function usagesArgument(value: unknown): Usage[] {
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) throw new TypeError('The usages must be a sequence');
  const usages = Array.from(value as Iterable<unknown>, toText) as Usage[];
  for (const usage of usages) if (!usageNames.includes(usage)) throw new TypeError(`The usage '${usage}' is not one of ${usageNames.join(', ')}`);
  return usages;
}

/** The standard has it as an object or a string. */
function algorithmArgument(value: unknown): unknown {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' ? value : toText(value);
}

/** The key must be of this algorithm and for this use. */
function checkKey(algorithm: Algorithm, key: CryptoKey, usage: Usage): void {
  const { name } = algorithmOf(key);
  if (name !== algorithm.name) {
    const why = `Key algorithm mismatch: the key is of ${name}, not of ${algorithm.name}`;
    fail('InvalidAccessError', usage === 'sign' || usage === 'verify' ? `Unable to use this key to ${usage}. ${why}` : `${why}. The requested operation is not valid for the provided key`);
  }
  if (!usagesOf(key).includes(usage)) fail('InvalidAccessError', notForThis(usage, usagesOf(key)));
}

/** In the words of Node's users. */
function notForThis(usage: Usage, usages: readonly Usage[]): string {
  if (usage === 'sign' || usage === 'verify') return `Unable to use this key to ${usage}: it is for ${usages.join(', ') || 'nothing'}`;
  return usage.startsWith('derive') ? `baseKey does not have ${usage} usage` : 'The requested operation is not valid for the provided key';
}

function buffer(bytes: Uint8Array): ArrayBuffer {
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return (whole ? bytes : bytes.slice()).buffer as ArrayBuffer;
}

function jwkArgument(value: unknown): Jwk {
  // Nothing is a dictionary without members.
  value ??= {};
  if (typeof value !== 'object' || isBufferSource(value)) throw new TypeError('A key as jwk must be an object');
  const jwk = value as Record<string, unknown>;
  const read: Record<string, unknown> = {};
  for (const name of ['alg', 'crv', 'd', 'dp', 'dq', 'e', 'ext', 'k', 'key_ops', 'kty', 'n', 'oth', 'p', 'q', 'qi', 'use', 'x', 'y']) {
    const member = jwk[name];
    if (member === undefined) continue;
    if (name === 'ext') read.ext = Boolean(member);
    else if (name === 'key_ops') read.key_ops = Array.from(member as Iterable<unknown>, toText);
    else read[name] = name === 'oth' ? member : toText(member);
  }
  return read;
}

function importKey(format: Format, data: Uint8Array | Jwk, algorithm: Algorithm, extractable: boolean, usages: Usage[]): CryptoKey {
  const key = families[algorithm.name]!.importKey(plainFormat(format, algorithm.name), data, algorithm, extractable, usages);
  if (key.type !== 'public' && usages.length === 0) fail('SyntaxError', `Usages cannot be empty when importing a ${key.type} key.`);
  return key;
}

function exportKey(format: Format, key: CryptoKey): Uint8Array | Jwk {
  const { name } = algorithmOf(key);
  const family = families[name]!;
  if (family.exportKey === undefined) fail('NotSupportedError', `A key of ${name} cannot be exported`);
  if (!key.extractable) fail('InvalidAccessError', 'The key is not extractable');
  return family.exportKey!(plainFormat(format, name), key);
}

/** What `importKey` does, at once: for node:crypto. */
export function importMaterial(format: Format, data: Uint8Array, algorithm: unknown, extractable: unknown, keyUsages: unknown): CryptoKey {
  const usages = usagesArgument(keyUsages);
  const normalized = normalize('importKey', algorithmArgument(algorithm));
  return importKey(format, data, normalized, Boolean(extractable), usages);
}

export class SubtleCrypto {
  #brand = true;

  static {
    brand = (subtle) => {
      if (typeof subtle !== 'object' || subtle === null || !(#brand in subtle)) throw Object.assign(new TypeError('Value of "this" must be of type SubtleCrypto'), { code: 'ERR_INVALID_THIS' });
    };
  }

  constructor() {
    if (!making) throw Object.assign(new TypeError('Illegal constructor'), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
  }

  async encrypt(algorithm: unknown, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
    brand(this);
    needArguments(arguments.length, 3, 'SubtleCrypto.encrypt');
    return crypt('encrypt', algorithmArgument(algorithm), keyArgument(key), data);
  }

  async decrypt(algorithm: unknown, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
    brand(this);
    needArguments(arguments.length, 3, 'SubtleCrypto.decrypt');
    return crypt('decrypt', algorithmArgument(algorithm), keyArgument(key), data);
  }

  async sign(algorithm: unknown, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
    brand(this);
    needArguments(arguments.length, 3, 'SubtleCrypto.sign');
    const given = algorithmArgument(algorithm);
    keyArgument(key);
    const normalized = normalize('sign', given);
    const bytes = bytesArgument(data, 'The data');
    checkKey(normalized, key, 'sign');
    return buffer(families[normalized.name]!.sign!(normalized, key, bytes));
  }

  async verify(algorithm: unknown, key: CryptoKey, signature: unknown, data: unknown): Promise<boolean> {
    brand(this);
    needArguments(arguments.length, 4, 'SubtleCrypto.verify');
    const given = algorithmArgument(algorithm);
    keyArgument(key);
    const normalized = normalize('verify', given);
    const [signed, bytes] = [bytesArgument(signature, 'The signature'), bytesArgument(data, 'The data')];
    checkKey(normalized, key, 'verify');
    return families[normalized.name]!.verify!(normalized, key, signed, bytes);
  }

  async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
    brand(this);
    needArguments(arguments.length, 2, 'SubtleCrypto.digest');
    const normalized = normalize('digest', algorithmArgument(algorithm));
    const { name } = normalized;
    if (!isBufferSource(data)) throw wrongType('SubtleCrypto.digest takes an ArrayBuffer or a view of one');
    // Not a copy: the host has read it when this returns.
    const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
    if (!name.startsWith('cSHAKE')) return buffer(digestOf(name as Hash, bytes));
    const { length, functionName = new Uint8Array(0), customization = new Uint8Array(0) } = normalized;
    if (length % 8 !== 0) fail('NotSupportedError', 'Unsupported CShakeParams length');
    return length === 0 ? new ArrayBuffer(0) : buffer(customized(name.slice(1) as Extended, bytes, length / 8, functionName, customization));
  }

  async generateKey(algorithm: unknown, extractable: boolean, keyUsages: unknown): Promise<CryptoKey | KeyPair> {
    brand(this);
    needArguments(arguments.length, 3, 'SubtleCrypto.generateKey');
    const given = algorithmArgument(algorithm);
    const usages = usagesArgument(keyUsages);
    const normalized = normalize('generateKey', given);
    const made = families[normalized.name]!.generateKey!(normalized, Boolean(extractable), usages);
    if (isCryptoKey(made) && usages.length === 0) fail('SyntaxError', 'Usages cannot be empty when creating a key.');
    return made;
  }

  async deriveKey(algorithm: unknown, baseKey: CryptoKey, derivedKeyType: unknown, extractable: boolean, keyUsages: unknown): Promise<CryptoKey> {
    brand(this);
    needArguments(arguments.length, 5, 'SubtleCrypto.deriveKey');
    const given = algorithmArgument(algorithm);
    keyArgument(baseKey);
    const derived = algorithmArgument(derivedKeyType);
    const usages = usagesArgument(keyUsages);
    const normalized = normalize('deriveBits', given);
    const target = normalize('importKey', derived);
    const sized = normalize('get key length', derived);
    checkKey(normalized, baseKey, 'deriveKey');
    const length = families[sized.name]!.keyLength!(sized);
    const bits = families[normalized.name]!.deriveBits!(normalized, baseKey, length);
    return importKey(withoutRaw.includes(target.name) ? 'raw-secret' : 'raw', bits, target, Boolean(extractable), usages);
  }

  async deriveBits(algorithm: unknown, baseKey: CryptoKey, length: unknown = null): Promise<ArrayBuffer> {
    brand(this);
    needArguments(arguments.length, 2, 'SubtleCrypto.deriveBits');
    const given = algorithmArgument(algorithm);
    keyArgument(baseKey);
    const bits = length === null || length === undefined ? null : Number(length) >>> 0;
    const normalized = normalize('deriveBits', given);
    checkKey(normalized, baseKey, 'deriveBits');
    return buffer(families[normalized.name]!.deriveBits!(normalized, baseKey, bits));
  }

  async importKey(format: unknown, keyData: unknown, algorithm: unknown, extractable: boolean, keyUsages: unknown): Promise<CryptoKey> {
    brand(this);
    needArguments(arguments.length, 5, 'SubtleCrypto.importKey');
    const form = formatArgument(format);
    const given = algorithmArgument(algorithm);
    const usages = usagesArgument(keyUsages);
    const normalized = normalize('importKey', given);
    const data = form === 'jwk' ? jwkArgument(keyData) : bytesArgument(keyData, `A key as ${form}`);
    return importKey(form, data, normalized, Boolean(extractable), usages);
  }

  async getPublicKey(key: CryptoKey, keyUsages: unknown): Promise<CryptoKey> {
    brand(this);
    needArguments(arguments.length, 2, 'SubtleCrypto.getPublicKey');
    keyArgument(key);
    const usages = usagesArgument(keyUsages);
    const { name } = algorithmOf(key);
    if (!Object.hasOwn(asymmetric, name)) fail('NotSupportedError', 'key must be a private key');
    if (key.type !== 'private') fail('InvalidAccessError', 'key must be a private key');
    checkUsages(usages, publicUsages[name] ?? [], `A public key of ${name}`);
    const material = materialOf(key) as PublicKeyMaterial;
    return makeKey('public', true, algorithmOf(key), usages, { ...material, secret: null });
  }

  /** Whether an operation can be done with an algorithm, as far as that can be said without doing it. */
  static supports(operation: unknown, algorithm: unknown, more: unknown = null): boolean {
    if (this !== SubtleCrypto) throw Object.assign(new TypeError('Value of "this" must be SubtleCrypto itself'), { code: 'ERR_INVALID_THIS' });
    needArguments(arguments.length, 2, 'SubtleCrypto.supports');
    return supports(toText(operation), algorithmArgument(algorithm), typeof more === 'object' && more !== null ? more : more === null ? null : typeof more === 'number' ? more : toText(more));
  }

  async exportKey(format: unknown, key: CryptoKey): Promise<ArrayBuffer | Jwk> {
    brand(this);
    needArguments(arguments.length, 2, 'SubtleCrypto.exportKey');
    const exported = exportKey(formatArgument(format), keyArgument(key));
    return exported instanceof Uint8Array ? buffer(exported) : exported;
  }

  async wrapKey(format: unknown, key: CryptoKey, wrappingKey: CryptoKey, wrapAlgorithm: unknown): Promise<ArrayBuffer> {
    brand(this);
    needArguments(arguments.length, 4, 'SubtleCrypto.wrapKey');
    const form = formatArgument(format);
    keyArgument(key);
    keyArgument(wrappingKey);
    const given = algorithmArgument(wrapAlgorithm);
    const normalized = normalize(isKnown('wrapKey', given) ? 'wrapKey' : 'encrypt', given);
    checkKey(normalized, wrappingKey, 'wrapKey');
    const exported = exportKey(form, key);
    const bytes = exported instanceof Uint8Array ? exported : jwkBytes(exported, normalized.name);
    const family = families[normalized.name]!;
    return buffer((family.wrapKey ?? family.encrypt)!.call(family, normalized, wrappingKey, bytes));
  }

  async unwrapKey(
    format: unknown, wrappedKey: unknown, unwrappingKey: CryptoKey, unwrapAlgorithm: unknown, unwrappedKeyAlgorithm: unknown, extractable: boolean, keyUsages: unknown,
  ): Promise<CryptoKey> {
    brand(this);
    needArguments(arguments.length, 7, 'SubtleCrypto.unwrapKey');
    const form = formatArgument(format);
    keyArgument(unwrappingKey);
    const given = algorithmArgument(unwrapAlgorithm);
    const target = algorithmArgument(unwrappedKeyAlgorithm);
    const usages = usagesArgument(keyUsages);
    const normalized = normalize(isKnown('unwrapKey', given) ? 'unwrapKey' : 'decrypt', given);
    const keyAlgorithm = normalize('importKey', target);
    const wrapped = bytesArgument(wrappedKey, 'The wrapped key');
    checkKey(normalized, unwrappingKey, 'unwrapKey');
    const family = families[normalized.name]!;
    const bytes = (family.unwrapKey ?? family.decrypt)!.call(family, normalized, unwrappingKey, wrapped);
    return importKey(form, form === 'jwk' ? parseJwk(bytes) : bytes, keyAlgorithm, Boolean(extractable), usages);
  }
}

function crypt(usage: 'encrypt' | 'decrypt', given: unknown, key: CryptoKey, data: unknown): ArrayBuffer {
  const normalized = normalize(usage, given);
  const bytes = bytesArgument(data, 'The data');
  checkKey(normalized, key, usage);
  return buffer(families[normalized.name]![usage]!(normalized, key, bytes));
}

/** The names of the operations are those of the methods; some need a second algorithm or a length. */
function supports(operation: string, algorithm: unknown, more: unknown): boolean {
  const can = (known: Operation, given: unknown) => {
    try {
      normalize(known, given);
      return true;
    } catch {
      return false;
    }
  };
  switch (operation) {
    case 'encrypt':
    case 'decrypt':
    case 'sign':
    case 'verify':
    case 'digest':
    case 'generateKey':
    case 'importKey':
      return can(operation, algorithm) && (operation !== 'generateKey' || canGenerate(normalize(operation, algorithm)));
    case 'exportKey':
      return can('exportKey', algorithm);
    case 'getPublicKey':
      return can('exportKey', algorithm) && Object.hasOwn(asymmetric, normalize('exportKey', algorithm).name);
    case 'deriveBits':
      return can('deriveBits', algorithm) && canDerive(normalize('deriveBits', algorithm), typeof more === 'number' ? more : null);
    case 'deriveKey':
      if (!can('deriveBits', algorithm) || !can('importKey', more) || !can('get key length', more)) return false;
      try {
        const sized = normalize('get key length', more);
        return canDerive(normalize('deriveBits', algorithm), families[sized.name]!.keyLength!(sized));
      } catch {
        return false;
      }
    case 'wrapKey':
    case 'unwrapKey':
      if (more !== null && !can(operation === 'wrapKey' ? 'exportKey' : 'importKey', more)) return false;
      return can(operation, algorithm) || can(operation === 'wrapKey' ? 'encrypt' : 'decrypt', algorithm);
    default:
      return false;
  }
}

function canGenerate({ name, length, namedCurve, modulusLength, publicExponent }: Algorithm): boolean {
  if (name.startsWith('AES')) return length === 128 || length === 192 || length === 256;
  if (name.startsWith('EC')) return ['P-256', 'P-384', 'P-521'].includes(namedCurve);
  if (name.startsWith('RSA')) return modulusLength >= 512 && modulusLength <= 16384 && (publicExponent.at(-1) & 1) === 1;
  return length !== 0;
}

function canDerive({ name, hash }: Algorithm, length: number | null): boolean {
  if (name === 'HKDF') return length !== null && length % 8 === 0 && length / 8 <= 255 * hashSizes[hash.name as Hash][0];
  if (name === 'PBKDF2') return length !== null && length % 8 === 0;
  return true;
}

/** AES-KW takes multiples of 8 bytes: white space at the end of JSON means nothing. */
function jwkBytes(jwk: Jwk, wrapper: string): Uint8Array {
  let text = JSON.stringify(jwk);
  while (wrapper === 'AES-KW' && text.length % 8 !== 0) text += ' ';
  return new Uint8Array(native.utf8Encode(text));
}

function parseJwk(bytes: Uint8Array): Jwk {
  let parsed: unknown;
  try {
    parsed = JSON.parse(native.utf8Decode(bytes, false, false));
  } catch {
    throw new DOMException('What was unwrapped is not a JWK', 'DataError');
  }
  return jwkArgument(parsed);
}

defineTag(SubtleCrypto.prototype, 'SubtleCrypto');
makeEnumerable(SubtleCrypto.prototype, [
  'encrypt', 'decrypt', 'sign', 'verify', 'digest', 'generateKey', 'deriveKey', 'deriveBits', 'importKey', 'exportKey', 'wrapKey', 'unwrapKey', 'getPublicKey',
]);
makeEnumerable(SubtleCrypto, ['supports']);

export const subtle = new SubtleCrypto();
making = false;
