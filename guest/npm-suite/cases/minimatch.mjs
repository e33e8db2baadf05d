import { Minimatch, minimatch } from 'minimatch';
const list = ['a.js', 'b/c.ts', 'b/.d/e.ts', 'x/y/z.test.js', '!n'];
console.log(['**/*.{js,ts}', '*.js', '!*.js', 'b/**', '**/!(*.test).js', '[a-c]*'].map((pattern) => [pattern, minimatch.match(list, pattern)]), new Minimatch('a/{b,c}/d').set.length, minimatch('B/C.TS', 'b/*', { nocase: true }));
