// A patch as teams write it who keep `spawn`: what opens connections, files and processes throws.

const Module = require('node:module');
const http = require('node:http');
const https = require('node:https');

const refused = (name) => () => {
  throw new Error(`${name} is not allowed`);
};
for (const module of [http, https]) {
  module.request = refused('http');
  module.get = refused('http');
}
globalThis.fetch = refused('fetch');
const names = new Set(['fs', 'fs/promises', 'child_process', 'net', 'tls', 'dgram', 'worker_threads', 'cluster']);
const load = Module.prototype.require;
Module.prototype.require = function (id) {
  if (names.has(id.replace(/^node:/, ''))) refused(id)();
  return load.call(this, id);
};
