'use strict';
// A folder of its own for each test: below /tmp, which is empty when an instance starts.

const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

let folder = '/tmp/.tmp.0';

module.exports = {
  refresh() {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
  },
  resolve: (...parts) => path.resolve(folder, ...parts),
  fileURL: (...parts) => pathToFileURL(path.resolve(`${folder}/`, ...parts)),
  hasEnoughSpace: (bytes) => bytes < 128 * 1024 * 1024,
  get path() {
    return folder;
  },
  set path(to) {
    folder = path.resolve(to);
  },
};
