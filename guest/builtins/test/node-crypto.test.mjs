// node:crypto against node's own: the same program prints the same. What is random is left out.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { Format, script } from './engine.mjs';

// Made anew each time, since a random salt is in it.
const pair = generateKeyPairSync('rsa', { modulusLength: 1024 });
const keys = Object.fromEntries(['pkcs8', 'pkcs1'].map((type) => [type, pair.privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })]));

const source = String.raw`
import c from 'node:crypto';
const keys = ${JSON.stringify(keys)};
const show = (name, value) => console.log(name, JSON.stringify(value));
for (const hash of ['md5', 'sha1', 'sha256', 'SHA512', 'sha3-256', 'ripemd160', 'blake2b512', 'RSA-SHA256']) {
  show(hash, c.createHash(hash).update('abc').update(Buffer.from('def')).digest('hex'));
}
const hash = c.createHash('sha256').update(Buffer.alloc(100000, 1));
const copy = hash.copy();
show('in pieces', [hash.update('x').digest('hex'), copy.digest('base64')]);
show('shake', [c.createHash('shake128', { outputLength: 7 }).update('abc').digest('hex'), c.createHash('shake256', { outputLength: 200 }).update('abc').digest('hex')]);
for (const group of ['modp1', 'modp2', 'modp5', 'modp14', 'modp15', 'modp16', 'modp17', 'modp18']) show(group, c.getDiffieHellman(group).getPrime('hex'));
const [alice, bob] = [1, 2].map((secret) => {
  const group = c.getDiffieHellman('modp14');
  const party = c.createDiffieHellman(group.getPrime(), group.getGenerator());
  party.setPrivateKey(Buffer.alloc(32, secret));
  party.generateKeys();
  return party;
});
show('agreed', [alice.computeSecret(bob.getPublicKey(), null, 'hex'), bob.computeSecret(alice.getPublicKey('base64'), 'base64', 'hex')]);
for (const type of ['pkcs8', 'pkcs1']) {
  const key = c.createPrivateKey({ key: keys[type], passphrase: 'secret' });
  show(type, [key.asymmetricKeyType, key.export({ format: 'jwk' }).n]);
  try { c.createPrivateKey({ key: keys[type], passphrase: 'another' }); } catch (error) { show('another passphrase', error.code); }
}
show('hmac', c.createHmac('sha256', 'key').update('data').digest('hex'));
show('pbkdf2', c.pbkdf2Sync('p', 's', 5000, 40, 'sha512').toString('hex'));
show('scrypt', c.scryptSync('p', 's', 32).toString('hex'));
show('hkdf', Buffer.from(c.hkdfSync('sha256', 'k', 's', 'i', 50)).toString('hex'));
for (const name of ['aes-256-cbc', 'aes-128-ctr', 'aes-192-ecb', 'aes-256-gcm', 'chacha20-poly1305', 'des-ede3-cbc']) {
  const info = c.getCipherInfo(name);
  const [key, iv] = [Buffer.alloc(info.keyLength, 7), info.ivLength ? Buffer.alloc(info.ivLength, 9) : null];
  const seals = /gcm|poly/.test(name);
  const options = seals ? { authTagLength: 16 } : {};
  const encrypt = c.createCipheriv(name, key, iv, options);
  if (seals) encrypt.setAAD(Buffer.from('aad'));
  const text = Buffer.concat([encrypt.update('hello '), encrypt.update('wonderful world, more than one block'), encrypt.final()]);
  const decrypt = c.createDecipheriv(name, key, iv, options);
  if (seals) decrypt.setAAD(Buffer.from('aad')).setAuthTag(encrypt.getAuthTag());
  show(name, [text.toString('hex'), seals ? encrypt.getAuthTag().toString('hex') : '', decrypt.update(text, undefined, 'utf8') + decrypt.final('utf8')]);
}
for (const iv of ['a6a6a6a6a6a6a6a6', '0123456789abcdef']) {
  const given = [Buffer.alloc(24, 7), Buffer.from(iv, 'hex')];
  const wrapped = c.createCipheriv('aes192-wrap', ...given).update(Buffer.alloc(40, 3));
  show('wrapped with ' + iv, [wrapped.toString('hex'), c.createDecipheriv('aes192-wrap', ...given).update(wrapped, undefined, 'hex')]);
  wrapped[0] ^= 1;
  try { show('no error', c.createDecipheriv('aes192-wrap', ...given).update(wrapped)); } catch (error) { show('error', error.name); }
}
for (const wrong of [
  () => c.createHash('nope'), () => c.timingSafeEqual(Buffer.alloc(1), Buffer.alloc(2)), () => c.createCipheriv('nope', 'a', 'b'),
  () => c.createCipheriv('aes-128-cbc', 'a', 'b'), () => c.pbkdf2Sync('a', 'b', 0, 1, 'sha1'), () => c.scryptSync('a', 'b', 1, { N: 3 }), () => c.randomInt(0),
]) {
  try { show('no error', wrong()); } catch (error) { show('error', [error.code, error.name]); }
}
const spkac = 'MIIBRTCBrzCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAuc5yRYA9KVB/LBB3ro8gSE/uhLD1MGBCMgQk5jmAzf9KVZDTUTRUwJHI2sbBphMogHszOnTOjKbDkWR+iF/DQP4c0nGnoePXu2NjgU6fxXwUNPF39zXWG2Ube9SZrRhIIBrlML1dPLbo4v8mvns8Xae1JaEH8tMLJv7IuJKO5J0CAwEAARYLYS1jaGFsbGVuZ2UwDQYJKoZIhvcNAQELBQADgYEASzc+mK8+T8JhUcLZInuM+44WEHusjr1ZOrDfJSBUL7d4Phi8PRJq7Dulyc3dwMuEjXqI2CPw+vMd5kJ2Y7AxnB/8FTQtozBF3jYt2yao/kF5adzb2FhS4UiV7/qT7mWoNGmJ49K+Layifkh2zpY8/p21kEcqodPVU08iLW/sx5U=';
for (const text of [spkac, spkac + '\n', spkac.replace('M', 'N'), spkac.slice(0, 300), spkac.slice(0, -8) + 'AAAAAAA=', 'nonsense']) {
  show('spkac', [c.Certificate.verifySpkac(text), new c.Certificate().exportChallenge(Buffer.from(text)).toString(), c.Certificate().exportPublicKey(text).toString()]);
}
`;

test('hashes, ciphers and derived keys are those of node', () => {
  const modules = { '/bundle/main.mjs': { format: Format.Esm, source, links: { 'node:crypto': 'node:crypto' }, exports: [] } };
  const guest = script(modules);
  const node = execFileSync(process.execPath, ['--input-type=module', '--eval', source], { encoding: 'utf8' });
  assert.equal(guest.stdout + guest.stderr, node);
});

test('what does not fit is refused in the words of newer versions of node', () => {
  const program = `import c from 'node:crypto'; const { subtle } = c.webcrypto;
    const report = (promise) => promise.then(() => console.log('no error'), (error) => console.log(error.name, error.code, error.cause?.code, error.message.slice(0, 48)));
    const { privateKey, publicKey } = await subtle.generateKey({ name: 'RSA-PSS', modulusLength: 1024, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' }, true, ['sign', 'verify']);
    for (const saltLength of [94, 95]) await report(subtle.sign({ name: 'RSA-PSS', saltLength }, privateKey, new Uint8Array(3)));
    await report(subtle.verify({ name: 'RSA-PSS', saltLength: 95 }, publicKey, new Uint8Array(128), new Uint8Array(3)));
    await report(subtle.digest('SHA-256', 1)); await report(subtle.importKey('mine', new Uint8Array(3), 'HKDF', false, [])); await report(subtle.importKey('jwk', null, 'AES-GCM', false, ['encrypt']));
    await report((async () => c.generateKeyPairSync('ed25519').publicKey.toCryptoKey('X25519', true, []))()); await report((async () => c.argon2())());`;
  const modules = { '/bundle/main.mjs': { format: Format.Esm, source: program, links: { 'node:crypto': 'node:crypto' }, exports: [] } };
  assert.deepEqual(script(modules).stdout.trimEnd().split('\n'), [
    'no error', ...Array(2).fill('OperationError 0 ERR_OUT_OF_RANGE The operation failed for an operation-specific r'),
    'TypeError ERR_INVALID_ARG_TYPE undefined SubtleCrypto.digest takes an ArrayBuffer or a vi', "TypeError ERR_INVALID_ARG_VALUE undefined The value 'mine' is not a valid enum value of ty",
    'DataError 0 undefined Invalid keyData', 'DataError 0 undefined Invalid key type', 'Error ERR_CRYPTO_ARGON2_NOT_SUPPORTED undefined Argon2 algorithm not supported',
  ]);
});

test('an encrypted key is one that node reads', () => {
  const program = `import c from 'node:crypto';
    const { privateKey } = c.generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const print = (type, cipher) => privateKey.export({ type, format: 'pem', cipher, passphrase: 'secret' });
    console.log(JSON.stringify([print('pkcs8', 'aes-192-cbc'), print('pkcs8', 'des-ede3-cbc'), print('pkcs8', 'aes-128-ecb'), print('sec1', 'aes-128-cbc'), privateKey.export({ format: 'jwk' }).d]));`;
  const modules = { '/bundle/main.mjs': { format: Format.Esm, source: program, links: { 'node:crypto': 'node:crypto' }, exports: [] } };
  const [secret, ...encrypted] = JSON.parse(script(modules).stdout).reverse();
  for (const key of encrypted) {
    assert.equal(createPrivateKey({ key, passphrase: 'secret' }).export({ format: 'jwk' }).d, secret);
    assert.throws(() => createPrivateKey({ key, passphrase: 'another' }));
  }
});
