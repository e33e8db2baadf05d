// url.parse and url.resolve give what Node's give, on addresses made of pieces that go wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import url from 'node:url';
import { script } from './engine.mjs';

/** Runs in both; `url` is its free name. */
function outcomes(url) {
  let seed = 7;
  const random = (count) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % count;
  const pieces = [
    'http://', 'https:', '//', 'mailto:', 'javascript:', 'file:///', 'x:', 'ws://', 'a@b', 'user:pw@', 'host.com', ':8080', ':', '/a',
    '/b/../c', '..', '.', '?q=1', '?a b', '#h', '#', '[::1]', '%zz', "'", '\\', 'é', 'A.B', '/', '', ' ', 'foo',
  ];
  const address = () => Array.from({ length: 1 + random(6) }, () => pieces[random(pieces.length)]).join('');
  const parts = ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname', 'path', 'href'];
  const outcome = (call) => {
    try {
      return call();
    } catch (error) {
      return `throws ${error.code ?? error.name}`;
    }
  };
  const lines = [];
  for (let at = 0; at < 2000; at++) {
    const [a, b] = [address(), address()];
    lines.push(`parse ${a}: ${outcome(() => { const parsed = url.parse(a); return parts.map((part) => parsed[part]).join('|'); })}`);
    lines.push(`resolve ${a} ${b}: ${outcome(() => url.resolve(a, b))}`);
  }
  return lines;
}

test('the old interface of node:url is Node\'s', () => {
  const guest = script(`import url from 'node:url'; ${outcomes}\nfor (const line of outcomes(url)) console.log(JSON.stringify(line));`);
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  const found = guest.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
  const expected = outcomes(url);
  // A host with a second colon: Node 20 puts what follows into the path, later versions refuse it, and so does holm.
  const differ = expected.flatMap((line, at) => (line === found[at] || found[at].endsWith('throws ERR_INVALID_ARG_VALUE') ? [] : [`Node: ${line}\nholm: ${found[at]}`]));
  assert.equal(differ.slice(0, 20).join('\n\n'), '', `${differ.length} differ`);
  assert.ok(found.filter((line) => line.endsWith('throws ERR_INVALID_ARG_VALUE')).length < expected.length / 20);
});
