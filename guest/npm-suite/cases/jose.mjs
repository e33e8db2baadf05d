import { SignJWT, jwtVerify, base64url, decodeJwt } from 'jose';
const secret = new TextEncoder().encode('a secret that is long enough for HS256');
const token = await new SignJWT({ role: 'admin' }).setProtectedHeader({ alg: 'HS256' }).setIssuedAt(1_700_000_000).setIssuer('me').sign(secret);
console.log(token, decodeJwt(token));
const { payload } = await jwtVerify(token, secret, { issuer: 'me' });
console.log(payload, base64url.encode('hi?>'));
await jwtVerify(token.slice(0, -2) + 'xx', secret).catch((error) => console.log(error.code));
