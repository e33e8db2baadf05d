import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
const token = jwt.sign({ sub: 'ada', iat: 1700000000 }, 'secret', { expiresIn: '100y', audience: 'x' });
console.log(token, jwt.verify(token, 'secret', { audience: 'x' }), jwt.decode(token, { complete: true }).header);
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
console.log(jwt.verify(jwt.sign({ a: 1, iat: 1 }, privateKey, { algorithm: 'ES256' }), publicKey));
for (const check of [() => jwt.verify(token, 'wrong'), () => jwt.verify(jwt.sign({ exp: 1 }, 's'), 's'), () => jwt.verify('a.b.c', 's'), () => jwt.verify(token, 'secret', { audience: 'y' })]) try { check(); } catch (error) { console.log(error.name, error.message); }
