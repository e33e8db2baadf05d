import Fuse from 'fuse.js';
const books = [{ title: "Old Man's War", author: 'John Scalzi' }, { title: 'The Lock Artist', author: 'Steve Hamilton' }, { title: 'Right Ho Jeeves', author: 'P.D. Woodhouse' }];
const fuse = new Fuse(books, { keys: ['title', { name: 'author', weight: 2 }], includeScore: true, includeMatches: true });
console.log(fuse.search('woodhose').map(({ item, score, matches }) => [item.title, score.toFixed(3), matches[0].indices]), fuse.search('lock').length, fuse.search('zzzz').length);
