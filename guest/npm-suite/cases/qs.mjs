import qs from 'qs';
console.log(qs.parse('a[b][]=1&a[b][]=2&c=%20d'), qs.stringify({ a: { b: [1, 2] }, c: null, d: new Date(0) }));
