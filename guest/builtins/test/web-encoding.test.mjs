// Text encoders and decoders, base64 and their stream forms, run in the guest.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { script } from './engine.mjs';
import { inGuest } from './web.mjs';

inGuest('UTF-8 is encoded and decoded, lone surrogates replaced', `
  const bytes = new TextEncoder().encode('aé€𝄞\\ud800');
  eq([...bytes], [97, 195, 169, 226, 130, 172, 240, 157, 132, 158, 239, 191, 189]);
  eq(new TextDecoder().decode(bytes), 'aé€𝄞\\ufffd');
  eq([...new TextEncoder().encode()], []); eq([...new TextEncoder().encode(undefined)], []);
  eq(new TextDecoder().decode(), '');
  eq(new TextDecoder().decode(new DataView(bytes.buffer, 1, 2)), 'é');
  throws('TypeError', () => new TextDecoder().decode('text'));
  throws('TypeError', () => new TextDecoder().decode(null));
`);

inGuest('encodeInto writes whole characters only', `
  const into = new Uint8Array(4);
  eq(new TextEncoder().encodeInto('a€b', into), { read: 2, written: 4 });
  eq(new TextEncoder().encodeInto('𝄞x', new Uint8Array(3)), { read: 0, written: 0 });
  eq(new TextEncoder().encodeInto('𝄞x', new Uint8Array(5)), { read: 3, written: 5 });
  throws('TypeError', () => new TextEncoder().encodeInto('a', []));
`);

inGuest('a fatal decoder throws a TypeError, others replace', `
  const bad = new Uint8Array([0x61, 0xe2, 0x82, 0x62, 0xff]);
  eq(new TextDecoder().decode(bad), 'a\\ufffdb\\ufffd');
  const fatal = new TextDecoder('utf-8', { fatal: true });
  throws('TypeError', () => fatal.decode(bad));
  eq(fatal.decode(new Uint8Array([0x61])), 'a', 'an error leaves nothing behind');
  throws('TypeError', () => fatal.decode(new Uint8Array([0xe2, 0x82])));
  eq(fatal.decode(new Uint8Array([0xe2]), { stream: true }), '');
  throws('TypeError', () => fatal.decode());
`);

inGuest('a BOM is dropped once, or kept on demand', `
  const bom = new Uint8Array([0xef, 0xbb, 0xbf, 0x61]);
  eq(new TextDecoder().decode(bom), 'a');
  eq(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bom), '\\ufeffa');
  const decoder = new TextDecoder();
  eq(decoder.decode(bom.subarray(0, 1), { stream: true }), '');
  eq(decoder.decode(bom.subarray(1), { stream: true }), 'a');
  eq(decoder.decode(bom), '\\ufeffa', 'only at the start of a stream');
  eq(decoder.decode(bom), 'a', 'the next stream starts afresh');
`);

inGuest('a character that is cut at any place is put together', `
  const text = 'aé€𝄞z\\ufeffЖ中';
  for (const [label, bytes] of [['utf-8', new TextEncoder().encode(text)], ['utf-16le', new Uint8Array(new Uint16Array([...text].flatMap((c) => c.length === 2 ? [c.charCodeAt(0), c.charCodeAt(1)] : [c.charCodeAt(0)])).buffer)]]) {
    for (let size = 1; size <= bytes.length; size++) {
      const decoder = new TextDecoder(label, { fatal: true });
      let found = '';
      for (let at = 0; at < bytes.length; at += size) found += decoder.decode(bytes.subarray(at, at + size), { stream: true });
      eq(found + decoder.decode(), text, label + ' in pieces of ' + size);
    }
  }
`);

inGuest('what cannot become a character is replaced without waiting for more', `
  const decoder = new TextDecoder();
  eq(decoder.decode(new Uint8Array([0xf0, 0x80]), { stream: true }), '\\ufffd\\ufffd');
  eq(decoder.decode(new Uint8Array([0xf0, 0x90]), { stream: true }), '');
  eq(decoder.decode(new Uint8Array([0x41]), { stream: true }), '\\ufffdA');
  eq(decoder.decode(new Uint8Array([0xc3]), { stream: true }), '');
  eq(decoder.decode(), '\\ufffd');
`);

inGuest('other encodings: UTF-16 and windows-1252; unknown ones are named', `
  eq(new TextDecoder('utf-16le').decode(new Uint8Array([0xff, 0xfe, 0x61, 0, 0x3d, 0xd8, 0, 0xde])), 'a😀');
  eq(new TextDecoder('utf-16be').decode(new Uint8Array([0, 0x61])), 'a');
  eq(new TextDecoder('utf-16le').decode(new Uint8Array([0x61, 0, 0x3d])), 'a\\ufffd');
  eq(new TextDecoder('utf-16le').decode(new Uint8Array([0x3d, 0xd8, 0x61])), '\\ufffd');
  throws('TypeError', () => new TextDecoder('utf-16le', { fatal: true }).decode(new Uint8Array([0x3d, 0xd8])));
  eq(new TextDecoder(' Latin1\\n').decode(new Uint8Array([0x80, 0xe9, 0x81])), '€é\\x81');
  eq([new TextDecoder('UTF8').encoding, new TextDecoder('ascii').encoding, new TextDecoder('utf-16').encoding], ['utf-8', 'windows-1252', 'utf-16le']);
  eq(new TextDecoder('x-sjis').encoding, 'shift_jis');
  throws('RangeError', () => new TextDecoder('ebcdic'), "'ebcdic'");
  throws('RangeError', () => new TextDecoder('\\u00a0utf-8'));
`);

inGuest('btoa takes latin1 only, atob is forgiving', `
  eq(btoa('\\xff\\0a'), '/wBh'); eq(atob(' /w B\\nh '), '\\xff\\0a'); eq(atob('YQ'), 'a'); eq(btoa(null), 'bnVsbA==');
  eq(throws('InvalidCharacterError', () => btoa('€')) instanceof DOMException, true);
  throws('InvalidCharacterError', () => atob('a'));
  throws('TypeError', () => atob(), '1 argument'); throws('TypeError', () => btoa());
`);

const base64 = new URL('../../../../shared/conformance/fetch/base64.json', import.meta.url);
if (existsSync(base64)) {
  inGuest('atob follows the test data of the standard', `
    for (const [input, expected] of ${readFileSync(base64, 'utf8')}) {
      let found = null;
      try { found = [...atob(input)].map((letter) => letter.charCodeAt(0)); } catch (error) { eq(error.name, 'InvalidCharacterError'); }
      eq(found, expected, JSON.stringify(input));
    }
  `);
} else {
  test('atob follows the test data of the standard', { skip: 'the shared conformance data is not there' }, () => {});
}

inGuest('text streams keep characters whole', `
  const bytes = new TextEncoder().encode('é€𝄞');
  const source = new ReadableStream({ start(c) { for (const byte of bytes) c.enqueue(new Uint8Array([byte])); c.close(); } });
  let text = '';
  for await (const piece of source.pipeThrough(new TextDecoderStream())) text += piece;
  eq(text, 'é€𝄞');
  const halves = new ReadableStream({ start(c) { c.enqueue('a\\ud834'); c.enqueue('\\udd1e\\ud800'); c.close(); } });
  const out = [];
  for await (const piece of halves.pipeThrough(new TextEncoderStream())) out.push(...piece);
  eq(out, [97, 240, 157, 132, 158, 239, 191, 189]);
`);

inGuest('random values are integers, at most 65536 bytes', `
  const array = new Uint32Array(4);
  eq(crypto.getRandomValues(array) === array, true);
  eq(array.some((value) => value > 0xffff), true);
  throws('QuotaExceededError', () => crypto.getRandomValues(new Uint8Array(65537)), '65536');
  throws('TypeMismatchError', () => crypto.getRandomValues(new Float32Array(1)));
  throws('TypeMismatchError', () => crypto.getRandomValues(new DataView(new ArrayBuffer(1))));
  eq(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), true);
  throws('TypeError', () => new Crypto(), 'Illegal'); throws('TypeError', () => crypto.randomUUID.call({}));
`);

inGuest('digests of the SHA family', `
  const abc = new TextEncoder().encode('xabcx').subarray(1, 4);
  const hex = async (name) => new Uint8Array(await crypto.subtle.digest(name, abc)).toHex();
  eq(await hex('SHA-1'), 'a9993e364706816aba3e25717850c26c9cd0d89d');
  eq(await hex({ name: 'sha-256' }), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  eq((await hex('SHA-384')).length, 96); eq((await hex('SHA-512')).length, 128);
  await rejects('NotSupportedError', crypto.subtle.digest('MD5', abc), 'SHA-256');
  await rejects('TypeError', crypto.subtle.digest('SHA-1', 'text'));
`);

inGuest('a method of SubtleCrypto that is called on something else rejects', `
  await rejects('TypeError', crypto.subtle.sign.call({}));
`);

// One program in holm and in Node: texts of every kind of character, of lengths around a word and a group. In base64 and hex,
// Node takes the lower half of characters above U+00FF; here they are no digits.
const conversions = `
  let seed = 12345;
  const below = (n) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
  const hash = (list, at) => { let sum = 2166136261; for (let i = 0; i < list.length; i++) sum = Math.imul(sum ^ at(list, i), 16777619); return sum + ':' + list.length; };
  const ofBytes = (bytes) => hash(bytes, (list, i) => list[i]), ofText = (text) => hash(text, (list, i) => list.charCodeAt(i));
  const tried = (call) => { try { return call(); } catch (error) { return error.name; } };
  const lines = [];
  const kinds = [[0x20, 0x7e], [0x20, 0xff], [0, 0x7ff], [0, 0xffff], [0xd700, 0xe000], [0x10000, 0x10ffff]];
  for (const length of [0, 1, 2, 3, 7, 8, 9, 17, 33, 64, 65, 300]) for (const [low, high] of kinds) {
    let text = 'x'.repeat(below(2) * 45);
    for (let i = 0; i < length; i++) text += String.fromCodePoint(low + below(high - low + 1));
    const bytes = new TextEncoder().encode(text);
    const wrong = bytes.map((byte, i) => (i % 7 === 3 ? below(256) : byte));
    lines.push([length, low, ofBytes(bytes), Buffer.byteLength(text), ofText(new TextDecoder().decode(bytes)), ofText(new TextDecoder().decode(wrong)), ofText(new TextDecoder().decode(bytes.subarray(0, -1)))]);
    lines.push(tried(() => ofText(new TextDecoder('utf-8', { fatal: true }).decode(wrong))));
    for (const room of [bytes.length, bytes.length - 1, bytes.length >> 1, 50]) if (room > 0) {
      const into = new Uint8Array(room);
      const { read, written } = new TextEncoder().encodeInto(text, into);
      lines.push([read, written, ofBytes(into)]);
    }
    for (const label of ['utf-16le', 'utf-16be']) for (const fatal of [false, true]) lines.push(tried(() => ofText(new TextDecoder(label, { fatal }).decode(wrong.subarray(1)))));
    for (const encoding of ['utf8', 'latin1', 'ascii', 'utf16le', 'base64', 'base64url', 'hex']) {
      const shown = Buffer.from(wrong).toString(encoding);
      lines.push([encoding, ofText(shown), ofBytes(Buffer.from(shown, encoding)), /^(?:base64|hex)/.test(encoding) && high > 0xff ? '' : ofBytes(Buffer.from(text, encoding))]);
    }
    lines.push(tried(() => ofText(btoa(text))));
    const base64 = Buffer.from(wrong).toString('base64');
    for (const given of [base64, base64.replace(/=/g, ''), base64.replace(/.{5}/g, '$& \\n'), base64 + '=', base64.slice(1), base64.slice(0, -1), base64 + 'A', '=' + base64, base64.replace(/=/g, ' = '), base64 + '\\u0100', base64 + '\\v', base64.replace(/\\+/g, '-').replace(/\\//g, '_')]) {
      lines.push([tried(() => ofText(atob(given))), given.includes('\\u0100') ? '' : ofBytes(Buffer.from(given, 'base64'))]);
    }
    const hex = Buffer.from(wrong).toString('hex');
    for (const given of [hex, hex.toUpperCase(), hex + 'a', hex + 'zz00', hex.slice(1)]) lines.push(ofBytes(Buffer.from(given, 'hex')));
  }
  for (const given of ['', '=', '==', '====', 'a', 'ab', 'ab=', 'ab==', 'ab===', 'abc=', 'abc==', 'abcd=', 'a=b', 'ab=c', ' a b c d ', '\\fabcd', '\\vabcd', 'AAAABB= =', 'AAAA====']) lines.push([given, tried(() => atob(given))]);
  console.log(lines.map(String).join('\\n'));`;

test('encodings are Node\'s, byte for byte', () => {
  const expected = execFileSync(process.execPath, ['-e', conversions], { encoding: 'utf8' }).split('\n');
  const guest = script(conversions);
  assert.equal(guest.exitCode, 0, guest.effects.at(-1)?.join('\n'));
  const found = guest.stdout.split('\n');
  const wrong = expected.flatMap((line, at) => (line === found[at] ? [] : [`Node: ${line}\nholm: ${found[at]}`]));
  assert.equal(wrong.join('\n\n'), '');
});
