// node:readline: keys, and lines that are edited with them. The terminal is a pair of streams.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { script } from './engine.mjs';

const output = (source) => {
  const guest = script({ '/bundle/main.cjs': `
    const readline = require('node:readline');
    const { PassThrough } = require('node:stream');
    const input = new PassThrough(), output = new PassThrough();
    const lines = [];
    const open = (options) => {
      const rl = readline.createInterface({ input, output, terminal: true, ...options });
      rl.on('line', (line) => lines.push(line));
      return rl;
    };
    const type = (...texts) => { for (const text of texts) input.write(text); };
    ${source}` });
  assert.equal(guest.exitCode, 0, guest.stderr + guest.effects.at(-1)?.join('\n'));
  return guest.stdout;
};

test('a line is edited with the keys of a terminal', () => {
  assert.equal(
    output(`open();
      type('helo', '\\x1b[D', 'l', '\\x1b[F', '!', '\\r');       // left, end
      type('one two', '\\x17', '\\x01', 'x ', '\\x05', '\\x19', '\\r'); // word cut, home, end, put back
      type('\\x1b[A', '\\x1b[A', '\\x7f', '\\r');                // two lines up, backspace
      console.log(lines);`),
    "[ 'hello!', 'x one two', 'hello' ]\n",
  );
});

test('a change is taken back, and a text of several lines is several lines', () => {
  assert.equal(
    output(`const rl = open(); type('abc', '\\x7f', '\\x1f'); console.log(rl.line, rl.cursor); type('\\r'); rl.write('d\\ne\\nf'); console.log(lines, rl.line);`),
    "abc 3\n[ 'abc', 'd', 'e' ] f\n",
  );
});

test('control C closes unless somebody listens', () => {
  assert.equal(
    output(`const rl = open(); rl.on('close', () => console.log('closed')); rl.once('SIGINT', () => console.log('asked')); type('\\x03'); type('\\x03');`),
    'asked\nclosed\n',
  );
});

test('a tab completes what is common, a second one lists', () => {
  assert.equal(
    output(`let shown = ''; output.on('data', (data) => { shown += data; });
      const rl = open({ completer: (line) => [['alpha', 'alpine'].filter((each) => each.startsWith(line)), line] });
      type('a', '\\t'); console.log(rl.line, shown.includes('alpine')); type('\\t'); console.log(shown.includes('alpha\\r\\nalpine'));`),
    'alp false\ntrue\n',
  );
});

test('a single escape is a key when nothing follows it in time', () => {
  assert.equal(
    output(`readline.emitKeypressEvents(input); const names = []; input.on('keypress', (text, key) => names.push(key.name));
      type('\\x1b'); setTimeout(() => { type('\\x1b', '[', 'A'); console.log(names); }, 600);`),
    "[ 'escape', 'up' ]\n",
  );
});

test('two loops over an interface share its lines, which wait for them', () => {
  assert.equal(
    output(`(async () => {
      const rl = readline.createInterface({ input });
      setImmediate(() => input.end(Array.from({ length: 3000 }, (_, at) => at).join('\\n')));
      let count = 0;
      for await (const first of rl) { count++; for await (const other of rl) count++; }
      console.log(count);
    })();`),
    '3000\n',
  );
});
