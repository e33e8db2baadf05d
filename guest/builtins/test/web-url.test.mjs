// URL and URLSearchParams, run in the guest; the standard's own data runs in runtime/wasm.
import { inGuest } from './web.mjs';

inGuest('the parts of a URL are cut out of it', `
  const url = new URL('https://us%20er:pa@example.com:8080/a/b?x=1#h');
  eq([url.href, url.origin, url.protocol, url.username, url.password, url.host, url.hostname, url.port, url.pathname, url.search, url.hash],
    ['https://us%20er:pa@example.com:8080/a/b?x=1#h', 'https://example.com:8080', 'https:', 'us%20er', 'pa', 'example.com:8080', 'example.com', '8080', '/a/b', '?x=1', '#h']);
  eq(String(url), url.href);
  eq(JSON.stringify({ url }), '{"url":"' + url.href + '"}');
  const plain = new URL('http://h');
  eq([plain.username, plain.password, plain.port, plain.search, plain.hash, plain.pathname, plain.host], ['', '', '', '', '', '/', 'h']);
  const opaque = new URL('mailto:a@b?c#d');
  eq([opaque.origin, opaque.host, opaque.pathname, opaque.search, opaque.hash], ['null', '', 'a@b', '?c', '#d']);
  eq(new URL('blob:https://a.test:8/x').origin, 'https://a.test:8');
  eq(new URL('blob:ftp://a.test/x').origin, 'null');
`);

inGuest('a URL that does not parse throws a TypeError that shows it', `
  eq(throws('TypeError', () => new URL('nope'), "Invalid URL: 'nope'").code, 'ERR_INVALID_URL');
  throws('TypeError', () => new URL('//x', 'nope'), "against the base 'nope'");
  throws('TypeError', () => new URL()); throws('TypeError', () => URL.canParse(), '1 argument');
  throws('TypeError', () => URL('http://x'));
  eq([URL.canParse('nope'), URL.canParse('/a', 'http://x'), URL.parse('nope')], [false, true, null]);
  eq(URL.parse('/a', 'http://x').href, 'http://x/a');
  eq(new URL('http://after.test').href, 'http://after.test/', 'parse leaves nothing behind');
`);

inGuest('setters change a URL; a href that does not parse throws and changes nothing', `
  const url = new URL('http://a.test/x?y#z');
  url.protocol = 'https'; url.host = 'b.test:81'; url.pathname = 'p q'; url.search = 's'; url.hash = ''; url.username = 'u'; url.password = 'p';
  eq(url.href, 'https://u:p@b.test:81/p%20q?s');
  url.port = '443'; url.hostname = 'c.test';
  eq(url.href, 'https://u:p@c.test/p%20q?s');
  throws('TypeError', () => { url.href = 'nope'; });
  eq(url.href, 'https://u:p@c.test/p%20q?s');
  url.href = 'http://d.test';
  eq(url.href, 'http://d.test/');
`);

inGuest('searchParams and the URL follow each other', `
  const url = new URL('http://a.test/x?a=1&b=2#h');
  const params = url.searchParams;
  if (params !== url.searchParams) throw new Error('not the same object');
  params.append('c', 'é &');
  eq(url.href, 'http://a.test/x?a=1&b=2&c=%C3%A9+%26#h');
  eq([url.search, url.hash, url.pathname], ['?a=1&b=2&c=%C3%A9+%26', '#h', '/x']);
  params.delete('a'); params.delete('b'); params.delete('c');
  eq(url.href, 'http://a.test/x#h');
  eq([url.search, url.hash], ['', '#h']);
  params.set('n', '1');
  eq(url.href, 'http://a.test/x?n=1#h');
  url.search = '?q=2';
  eq([...params], [['q', '2']]);
  url.href = 'http://b.test/?r=3';
  eq([...params], [['r', '3']]);
  params.sort();
  eq(url.href, 'http://b.test/?r=3');
`);

inGuest('URLSearchParams is made of a string, pairs, a record or another', `
  eq([...new URLSearchParams('?a=b&a=c&=d&e&&f=g=h')], [['a', 'b'], ['a', 'c'], ['', 'd'], ['e', ''], ['f', 'g=h']]);
  eq([...new URLSearchParams('a=b+c%20d%zz%e2%82%ac%ff')], [['a', 'b c d%zz€\\ufffd']]);
  eq([...new URLSearchParams([['a', 1], new Set(['b', 'c'])])], [['a', '1'], ['b', 'c']]);
  eq([...new URLSearchParams({ x: 1, y: null })], [['x', '1'], ['y', 'null']]);
  eq([...new URLSearchParams(new URLSearchParams('q=1'))], [['q', '1']]);
  eq([...new URLSearchParams(undefined)], []);
  eq([...new URLSearchParams('\\ufeffa=%EF%BB%BFb')], [['\\ufeffa', '\\ufeffb']], 'a BOM is kept');
  throws('TypeError', () => new URLSearchParams([['a']]), 'must be an iterable [name, value] tuple');
  throws('TypeError', () => new URLSearchParams([1]), 'pair');
  throws('TypeError', () => URLSearchParams());
`);

inGuest('URLSearchParams reads, writes and counts', `
  const params = new URLSearchParams('a=1&b=2&a=3');
  eq([params.get('a'), params.get('z'), params.getAll('a'), params.has('b'), params.has('a', '3'), params.has('a', '9'), params.size], ['1', null, ['1', '3'], true, true, false, 3]);
  params.set('a', '9'); eq(params.toString(), 'a=9&b=2');
  params.append('a', '8'); params.delete('a', '9'); eq(params.toString(), 'b=2&a=8');
  params.delete('a', undefined); eq(params.toString(), 'b=2');
  throws('TypeError', () => params.append('x'), '"name" and "value" arguments');
`);

inGuest('serialising encodes all but *-._ and the alphanumerics, a space as +', `
  eq(new URLSearchParams({ "a~!'()": '*-._ é\\ud800' }).toString(), 'a%7E%21%27%28%29=*-._+%C3%A9%EF%BF%BD');
`);

inGuest('sorting is stable and by UTF-16 code units', `
  const params = new URLSearchParams([['\\uffff', '1'], ['\\ud83c\\udf08', '2'], ['a', '3'], ['a', '1']]);
  params.sort();
  eq([...params.values()], ['3', '1', '2', '1']);
`);

inGuest('iteration is live and its iterators have the right shape', `
  const params = new URLSearchParams('a=1&b=2&c=3');
  const seen = [];
  for (const [name] of params) { seen.push(name); params.delete(name); }
  eq(seen, ['a', 'c']);
  const iterator = params.entries();
  eq(Object.prototype.toString.call(iterator), '[object URLSearchParams Iterator]');
  eq(iterator[Symbol.iterator]() === iterator, true);
  eq(URLSearchParams.prototype[Symbol.iterator] === URLSearchParams.prototype.entries, true);
  eq([...params.keys()], ['b']); eq([...params.values()], ['2']);
  const context = {}; params.forEach(function (value, key, target) { eq([value, key, target === params, this === context], ['2', 'b', true, true]); }, context);
  throws('TypeError', () => params.forEach());
  throws('TypeError', () => URLSearchParams.prototype.entries.call({}));
  eq(Object.keys(URLSearchParams.prototype).includes('append'), true);
`);
