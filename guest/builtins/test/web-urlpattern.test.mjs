// URLPattern, run in the guest. web-platform-tests have the standard's own data: cargo xtask wpt.
import { inGuest } from './web.mjs';

inGuest('a pattern matches whole components and gives its groups', `
  const pattern = new URLPattern('https://:sub.example.com/books/:id(\\\\d+)/*');
  eq(pattern.test('https://shop.example.com/books/12/x/y?q#h'), true, 'what comes after the last component given matches anything');
  const found = pattern.exec('https://shop.example.com/books/12/x/y');
  eq([found.hostname.groups, found.pathname.groups], [{ sub: 'shop' }, { id: '12', 0: 'x/y' }]);
  eq(found.inputs, ['https://shop.example.com/books/12/x/y']);
  eq([pattern.protocol, pattern.hostname, pattern.port, pattern.pathname, pattern.search], ['https', ':sub.example.com', '', '/books/:id(\\\\d+)/*', '*']);
  eq([pattern.test('http://shop.example.com/books/12/x'), pattern.test('https://shop.example.com/books/a/x')], [false, false]);
  eq(pattern.hasRegExpGroups, true);
`);

inGuest('a pattern is given by components, against a base, or without regard to case', `
  const pattern = new URLPattern({ pathname: '/:lang/{page}?' });
  eq(pattern.exec({ pathname: '/de/' }).pathname.groups, { lang: 'de' });
  eq(pattern.test('https://any.test/de/page?x'), true);
  eq(new URLPattern('/a/:b', 'https://h.test/').test('/a/c', 'https://h.test/'), true);
  eq(new URLPattern({ pathname: '/ABC' }, { ignoreCase: true }).test('https://h.test/abc'), true);
  eq(new URLPattern({ pathname: '/([[a-z]--a])' }).test({ pathname: '/a' }), false, 'sets of the flag v');
  eq([URLPattern.length, URLPattern.prototype.test.length, String(pattern)], [0, 0, '[object URLPattern]']);
`);

inGuest('what is no pattern throws a TypeError that says where', `
  throws('TypeError', () => new URLPattern({ pathname: '/(' }), 'character 1');
  throws('TypeError', () => new URLPattern({ pathname: '/:a/:a' }), "the name 'a'");
  throws('TypeError', () => new URLPattern({ pathname: '/(é)' }), 'ASCII');
  throws('TypeError', () => new URLPattern('/a'), 'base URL');
  throws('TypeError', () => new URLPattern({ port: 'x' }), 'port');
  throws('TypeError', () => new URLPattern({}, 'http://h/'), 'base URL');
`);
