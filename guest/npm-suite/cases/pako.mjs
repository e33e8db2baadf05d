import * as pako from 'pako';
const text = 'the quick brown fox '.repeat(50);
const packed = pako.deflate(text);
console.log(packed.length, Buffer.from(pako.gzip('a')).subarray(-8).toString('hex'), pako.inflate(packed, { toText: true }) === text || Buffer.from(pako.inflate(packed)).toString() === text, Buffer.from(pako.deflateRaw('abcabcabc', { level: 9 })).toString('hex'));
try { pako.inflate(new Uint8Array([1, 2, 3])); } catch (error) { console.log(String(error.message ?? error)); }
