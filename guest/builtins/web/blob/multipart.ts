// multipart/form-data: a form as bytes, and back.

import { native } from '../../native';
import { concatBytes } from '../webidl/convert';
import { blobBytes, File } from './blob';
import { FormData, formEntries } from './formdata';

/** The bytes of a form with the boundary that they use. */
export function encodeMultipart(form: FormData): { bytes: Uint8Array; boundary: string } {
  const boundary = newBoundary();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let text = '';
  const push = (bytes: Uint8Array) => {
    chunks.push(bytes);
    length += bytes.byteLength;
  };
  const entries = formEntries(form);
  for (let at = 0; at < entries.length; at += 2) {
    const name = escapeName(normalizeNewlines(entries[at] as string));
    const value = entries[at + 1]!;
    text += `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
    if (typeof value === 'string') {
      text += `\r\n\r\n${normalizeNewlines(value)}\r\n`;
    } else {
      const type = value.type === '' ? 'application/octet-stream' : value.type;
      text += `; filename="${escapeName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`;
      push(new Uint8Array(native.utf8Encode(text)));
      push(blobBytes(value));
      text = '\r\n';
    }
  }
  push(new Uint8Array(native.utf8Encode(text + `--${boundary}--\r\n`)));
  return { bytes: concatBytes(chunks, length), boundary };
}

function newBoundary(): string {
  const random = new Uint8Array(16);
  native.random(random);
  let digits = '';
  for (const byte of random) digits += (byte & 15).toString(16) + (byte >> 4).toString(16);
  return `----holmformboundary${digits}`;
}

function normalizeNewlines(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n');
}

function escapeName(name: string): string {
  return name.replace(/[\n\r"]/g, (letter) => (letter === '\n' ? '%0A' : letter === '\r' ? '%0D' : '%22'));
}

/** Parses the bytes of a multipart body. Throws TypeError when they are not one. */
export function parseMultipart(bytes: Uint8Array, boundary: string): FormData {
  // As latin1, a byte is a code unit: the engine's string search finds the borders, and positions in the
  // text are positions in the bytes.
  const text = native.latin1Decode(bytes);
  const delimiter = `--${boundary}`;
  const form = new FormData();
  let at = text.startsWith(delimiter) ? 0 : text.indexOf(`\r\n${delimiter}`) + 2;
  if (at === 1) throw malformed('its boundary does not occur in it');
  for (;;) {
    at += delimiter.length;
    if (text.startsWith('--', at)) return form;
    // Spaces and tabs may pad a border.
    while (text[at] === ' ' || text[at] === '\t') at++;
    if (!text.startsWith('\r\n', at)) throw malformed('a boundary is not followed by a line break');
    at += 2;
    const head = text.startsWith('\r\n', at) ? at : text.indexOf('\r\n\r\n', at);
    if (head < 0) throw malformed('the headers of a part do not end');
    const start = head === at ? at + 2 : head + 4;
    const end = text.indexOf(`\r\n${delimiter}`, start - 2);
    if (end < 0) throw malformed('a part does not end with the boundary');
    appendPart(form, native.utf8Decode(bytes.subarray(at, head), false, true), bytes.subarray(start, Math.max(start, end)));
    at = end + 2;
  }
}

function appendPart(form: FormData, head: string, content: Uint8Array): void {
  let name: string | undefined;
  let filename: string | undefined;
  let type: string | undefined;
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const value = line.slice(colon + 1).trim();
    switch (line.slice(0, colon).trim().toLowerCase()) {
      case 'content-disposition':
        if (!/^form-data(?:;|\s|$)/i.test(value)) throw malformed('a part has another disposition than form-data');
        name = parameter(value, 'name');
        filename = parameter(value, 'filename');
        break;
      case 'content-type':
        type = value;
        break;
    }
  }
  if (name === undefined) throw malformed('a part has no name');
  if (filename === undefined) form.append(name, native.utf8Decode(content, false, false));
  else form.append(name, new File([content], filename, { type: type ?? 'text/plain' }));
}

function parameter(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]*))`, 'i').exec(disposition);
  if (found === null) return undefined;
  return (found[1] ?? found[2]!).replace(/%0A/gi, '\n').replace(/%0D/gi, '\r').replace(/%22/g, '"');
}

function malformed(why: string): TypeError {
  return new TypeError(`The body is not valid multipart/form-data: ${why}`);
}
