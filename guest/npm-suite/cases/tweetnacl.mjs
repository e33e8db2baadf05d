import nacl from 'tweetnacl';
const seed = new Uint8Array(32).fill(7);
const keys = nacl.sign.keyPair.fromSeed(seed);
const message = Buffer.from('message');
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const signature = nacl.sign.detached(message, keys.secretKey);
console.log(hex(keys.publicKey), hex(signature), nacl.sign.detached.verify(message, signature, keys.publicKey), hex(nacl.secretbox(message, new Uint8Array(24), seed)), hex(nacl.hash(message)).slice(0, 32), nacl.box.keyPair().publicKey.length);
