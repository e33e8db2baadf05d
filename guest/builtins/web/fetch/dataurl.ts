// data: URLs, as the fetch standard processes them.

import { native } from '../../native';
import { atob } from '../encoding';
import { percentDecode } from '../url/urlencoded';
import { parseMimeType, serializeMimeType } from './mime';

/** The content of a serialised data: URL without its fragment; null when it is malformed. */
export function readDataUrl(url: string): { type: string; bytes: Uint8Array } | null {
  const comma = url.indexOf(',');
  if (comma < 0) return null;
  let type = url.slice('data:'.length, comma).replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '');
  let bytes = percentDecode(url.slice(comma + 1));
  const base64 = /; *base64$/i.exec(type);
  if (base64 !== null) {
    type = type.slice(0, base64.index);
    try {
      bytes = new Uint8Array(native.latin1Encode(atob(native.latin1Decode(bytes))));
    } catch {
      return null;
    }
  }
  if (type.startsWith(';')) type = 'text/plain' + type;
  const mime = parseMimeType(type);
  return { type: mime === null ? 'text/plain;charset=US-ASCII' : serializeMimeType(mime), bytes };
}
