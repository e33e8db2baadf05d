'use strict';
// What Node's tests of crypto need of their `common/crypto`: what a text of a key looks like, whether a pair works, and which
// OpenSSL to expect. holm has none; where versions differ it does as 3.0, so what came later tests itself away. Written for holm.

const assert = require('assert');
const crypto = require('crypto');

/** The prime of the second Oakley group (RFC 2412, E.2). */
const modp2buf = crypto.getDiffieHellman?.('modp2').getPrime();

/** Within a tenth of what is expected. */
function assertApproximateSize(key, expected) {
  assert.ok(Math.abs(key.length - expected) <= Math.ceil(expected / 10), `${key.length} is far from ${expected}`);
}

function testEncryptDecrypt(publicKey, privateKey) {
  const plain = Buffer.from('What only one may read');
  for (const key of [publicKey, privateKey]) {
    assert.deepStrictEqual(crypto.privateDecrypt(privateKey, crypto.publicEncrypt(key, plain)), plain);
  }
}

function testSignVerify(publicKey, privateKey) {
  const message = Buffer.from('What all may check');
  const signatures = [
    crypto.sign('SHA256', message, privateKey),
    crypto.createSign('SHA256').update(message).sign(privateKey),
  ];
  for (const signature of signatures) {
    for (const key of [publicKey, privateKey]) {
      assert.ok(crypto.verify('SHA256', message, key, signature));
      assert.ok(crypto.createVerify('SHA256').update(message).verify(key, signature));
    }
  }
}

/** What a PEM with this label looks like, encrypted by a cipher in its header or not. */
function pem(label, cipher) {
  const header = cipher === undefined ? '' : `Proc-Type: 4,ENCRYPTED\\nDEK-Info: ${cipher},[^\\n]+\\n\\n`;
  return new RegExp(`^-----BEGIN ${label}-----\\n${header}(?:[\\w+/=]{64}\\n)*[\\w+/=]{1,64}\\n-----END ${label}-----\\n$`);
}

const hasOpenSSL = (major = 0, minor = 0) => major < 3 || (major === 3 && minor === 0);

module.exports = {
  assertApproximateSize,
  hasOpenSSL,
  hasOpenSSL3: true,
  modp2buf,
  pkcs1EncExp: (cipher) => pem('RSA PRIVATE KEY', cipher),
  pkcs1PrivExp: pem('RSA PRIVATE KEY'),
  pkcs1PubExp: pem('RSA PUBLIC KEY'),
  pkcs8EncExp: pem('ENCRYPTED PRIVATE KEY'),
  pkcs8Exp: pem('PRIVATE KEY'),
  sec1EncExp: (cipher) => pem('EC PRIVATE KEY', cipher),
  sec1Exp: pem('EC PRIVATE KEY'),
  spkiExp: pem('PUBLIC KEY'),
  testEncryptDecrypt,
  testSignVerify,
};
