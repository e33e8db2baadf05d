// How a program becomes the text that an engine evaluates: the call with its input, and JSON as its value.

/** An expression: JSON of what the program gives, or a promise of it where the program gives one. */
export function expression({ code, input }) {
  return `((value) => typeof value?.then === 'function' ? value.then(JSON.stringify) : JSON.stringify(value))((${code})(${JSON.stringify(input ?? null)}))`;
}

/** A script for engines that have no console: lines go to the function `print`. */
export function withConsole(job) {
  return `globalThis.console = { log: (...parts) => print(parts.join(' ') + '\\n') };\n${expression(job)}`;
}

/** A file for node. Its last line, after a zero, is the result. */
export function nodeFile(job) {
  return `Promise.resolve(${expression(job)}).then((json) => process.stdout.write('\\0' + json));\n`;
}

/** What such a file wrote. */
export function nodeAnswer(output) {
  const at = output.lastIndexOf('\0');
  if (at < 0) throw new Error(`no result in ${JSON.stringify(output.slice(0, 500))}`);
  return { stdout: output.slice(0, at), result: parsed(output.slice(at + 1)) };
}

/** JSON, or nothing where a program gave nothing. */
export function parsed(json) {
  return json === undefined || json === 'undefined' ? undefined : JSON.parse(json);
}
