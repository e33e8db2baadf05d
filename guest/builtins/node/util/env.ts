// util.parseEnv: the text of an environment file.

import { validateString } from '../validators';

/** Names and values of lines `NAME=value`. Quoted values may have several lines; in double quotes `\n` is a line break. */
export function parseEnv(content: unknown): Record<string, string> {
  validateString(content, 'content');
  const found = Object.create(null) as Record<string, string>;
  const text = content.replaceAll('\r\n', '\n');
  let at = 0;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end);
    const sign = line.indexOf('=');
    const name = line.slice(0, sign).trim().replace(/^export\s+/, '');
    if (sign < 0 || name === '' || name.startsWith('#')) {
      at = end + 1;
      continue;
    }
    let start = at + sign + 1;
    while (text[start] === ' ' || text[start] === '\t') start++;
    const quote = text[start]!;
    const close = quote === '"' || quote === "'" || quote === '`' ? text.indexOf(quote, start + 1) : -1;
    if (close >= 0) {
      const value = text.slice(start + 1, close);
      found[name] = quote === '"' ? value.replaceAll('\\n', '\n') : value;
      at = lineEnd(text, close) + 1;
    } else {
      // Without a quote at its end, the one at its beginning is part of the value.
      found[name] = text.slice(Math.min(start, end), end).replace(/#.*$/, '').trim();
      at = end + 1;
    }
  }
  return found;
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}
