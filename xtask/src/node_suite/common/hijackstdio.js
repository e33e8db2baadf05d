'use strict';
// Lets a test look at what is written to standard output or standard error.

const originals = {};

function hijack(name, listener) {
  const stream = process[name];
  const write = originals[name] = stream.write;
  stream.writeTimes = 0;
  stream.write = (data, callback) => {
    try {
      listener(data);
    } catch (error) {
      process.nextTick(() => { throw error; });
    }
    write.call(stream, data, callback);
    stream.writeTimes++;
  };
}

function restore(name) {
  process[name].write = originals[name];
  delete process[name].writeTimes;
}

module.exports = {
  hijackStdout: (listener) => hijack('stdout', listener),
  hijackStderr: (listener) => hijack('stderr', listener),
  restoreStdout: () => restore('stdout'),
  restoreStderr: () => restore('stderr'),
};
