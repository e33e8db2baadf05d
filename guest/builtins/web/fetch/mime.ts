// MIME types by the MIME Sniffing standard: parsing and serialising, no sniffing.

export interface MimeType {
  /** Lower case: `text/html`. */
  essence: string;
  /** Names in lower case, in the order in which they were written. */
  parameters: Map<string, string>;
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const quotable = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Parses a MIME type; null when it is none. */
export function parseMimeType(input: string): MimeType | null {
  const text = input.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
  const semicolon = text.indexOf(';');
  const whole = (semicolon < 0 ? text : text.slice(0, semicolon)).replace(/[\t\n\r ]+$/, '');
  const slash = whole.indexOf('/');
  if (slash < 0 || !token.test(whole.slice(0, slash)) || !token.test(whole.slice(slash + 1))) return null;
  const parameters = readParameters(text, semicolon < 0 ? text.length : semicolon);
  return { essence: whole.toLowerCase(), parameters };
}

/** Reads `;name=value` from an index on, as often as it is there; what cannot be read is passed over. */
export function readParameters(text: string, from: number): Map<string, string> {
  const parameters = new Map<string, string>();
  let at = from;
  while (at < text.length) {
    at++;
    while (isWhitespace(text, at)) at++;
    const start = at;
    while (at < text.length && text[at] !== ';' && text[at] !== '=') at++;
    // ASCII alone: the sign of Kelvin is no k.
    const name = text.slice(start, at).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    if (text[at] !== '=') continue;
    at++;
    let value: string;
    if (text[at] === '"') {
      value = '';
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === '\\' && at + 1 < text.length) at++;
        value += text[at];
      }
      while (at < text.length && text[at] !== ';') at++;
    } else {
      const first = at;
      while (at < text.length && text[at] !== ';') at++;
      value = text.slice(first, at).replace(/[\t\n\r ]+$/, '');
      if (value === '') continue;
    }
    if (token.test(name) && quotable.test(value) && !parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/** The text of a MIME type. */
export function serializeMimeType(type: MimeType): string {
  let text = type.essence;
  for (const [name, value] of type.parameters) {
    text += `;${name}=${token.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`;
  }
  return text;
}

function isWhitespace(text: string, at: number): boolean {
  const letter = text[at];
  return letter === ' ' || letter === '\t' || letter === '\n' || letter === '\r';
}
