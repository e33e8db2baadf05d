import { nanoid, customAlphabet } from 'nanoid';
const ids = new Set(Array.from({ length: 1000 }, () => nanoid()));
console.log(ids.size, [...ids].every((id) => /^[\w-]{21}$/.test(id)), /^[01]{10}$/.test(customAlphabet('01', 10)()));
