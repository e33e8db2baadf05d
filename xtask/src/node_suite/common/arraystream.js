'use strict';
// A stream that gives the lines of a list.

const { Stream } = require('stream');

function ArrayStream() {
  this.run = (lines) => lines.forEach((line) => this.emit('data', `${line}\n`));
}
Object.setPrototypeOf(ArrayStream.prototype, Stream.prototype);
Object.setPrototypeOf(ArrayStream, Stream);
Object.assign(ArrayStream.prototype, { readable: true, writable: true, pause() {}, resume() {}, write() {} });

module.exports = ArrayStream;
