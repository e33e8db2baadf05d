import { blake3 } from '@noble/hashes/blake3.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
const text = utf8ToBytes('hello');
console.log(bytesToHex(sha256(text)), bytesToHex(keccak_256(text)), bytesToHex(blake3(text)), bytesToHex(hkdf(sha256, text, text, text, 16)), bytesToHex(pbkdf2(sha256, 'p', 's', { c: 100, dkLen: 16 })));
