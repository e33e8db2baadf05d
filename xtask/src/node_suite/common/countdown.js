'use strict';
// Calls back once, after so many steps.

const assert = require('assert');
const { mustCall } = require('./index.js');

module.exports = class Countdown {
  constructor(steps, done) {
    this.remaining = steps;
    this.done = mustCall(done);
  }

  dec() {
    assert.ok(this.remaining > 0, 'Countdown expired');
    if (--this.remaining === 0) this.done();
    return this.remaining;
  }
};
