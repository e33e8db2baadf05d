import { decode, decodeMulti, encode, ExtensionCodec } from '@msgpack/msgpack';
const extensionCodec = new ExtensionCodec();
extensionCodec.register({ type: 0, encode: (value) => (value instanceof Set ? encode([...value]) : null), decode: (data) => new Set(decode(data)) });
const bytes = encode({ a: [1, -200, 1.5, null, true], s: 'é'.repeat(40), d: new Date(1e12), b: new Uint8Array([1, 2]), set: new Set([1, 'x']) }, { extensionCodec });
console.log(bytes.length, Buffer.from(bytes).toString('base64'), decode(bytes, { extensionCodec }), [...decodeMulti(Buffer.from('01a161', 'hex'))]);
