import CryptoJS from 'crypto-js';
console.log(CryptoJS.SHA256('abc').toString(), CryptoJS.HmacSHA1('abc', 'key').toString());
const key = CryptoJS.enc.Hex.parse('000102030405060708090a0b0c0d0e0f');
const iv = CryptoJS.enc.Hex.parse('0f0e0d0c0b0a09080706050403020100');
const secret = CryptoJS.AES.encrypt('attack at dawn', key, { iv });
console.log(secret.ciphertext.toString(), CryptoJS.AES.decrypt(secret, key, { iv }).toString(CryptoJS.enc.Utf8));
