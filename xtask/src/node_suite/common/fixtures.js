'use strict';
// Node's fixtures, where the runner shows them to the test.

const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const fixturesDir = '/test/fixtures';
const fixturesPath = (...parts) => path.join(fixturesDir, ...parts);

module.exports = {
  fixturesDir,
  path: fixturesPath,
  fileURL: (...parts) => pathToFileURL(fixturesPath(...parts)),
  readSync: (parts, encoding) => fs.readFileSync(fixturesPath(...[parts].flat()), encoding),
  readKey: (name, encoding) => fs.readFileSync(fixturesPath('keys', name), encoding),
  utf8TestText: fs.readFileSync(fixturesPath('utf8_test_text.txt'), 'utf8'),
  get utf8TestTextPath() {
    return fixturesPath('utf8_test_text.txt');
  },
};
