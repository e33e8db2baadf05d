import { minify } from 'terser';
const { code, map } = await minify('function add(first, second) { if (false) { return 0 } return first + second } console.log(add(1, 2));', { toplevel: true, sourceMap: true });
console.log(code, map);
