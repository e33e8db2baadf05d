import { LRUCache } from 'lru-cache';
const gone = [];
const cache = new LRUCache({ maxSize: 10, sizeCalculation: (value) => value.length, dispose: (value, key, reason) => gone.push([key, reason]), fetchMethod: async (key) => `${key}!` });
cache.set('a', 'xxxx'); cache.set('b', 'yyyy'); cache.get('a'); cache.set('c', 'zzzz'); cache.set('a', 'new');
console.log([...cache.entries()], gone, cache.calculatedSize, await cache.fetch('d'), cache.has('b'), cache.peek('c'));
