// util.styleText and util.stripVTControlCharacters.

import { colors } from '../../web/console/context';
import { codes } from '../errors';
import { validateBoolean, validateObject, validateString } from '../validators';

interface StyleOptions {
  validateStream?: boolean;
  stream?: unknown;
}

/** The text in a style, as far as the stream (a terminal, or one that FORCE_COLOR makes one) shows styles. */
export function styleText(format: unknown, text: unknown, options: StyleOptions = {}): string {
  validateString(text, 'text');
  validateObject(options, 'options');
  const { validateStream = true, stream } = options;
  validateBoolean(validateStream, 'options.validateStream');
  const shown = !validateStream || showsStyles(stream);
  const names = Array.isArray(format) ? (format as unknown[]) : [format];
  let styled = text;
  for (const name of [...names].reverse()) {
    if (name === 'none') continue;
    const code = typeof name === 'string' && Object.hasOwn(colors, name) ? colors[name]! : undefined;
    if (code === undefined) throw new codes.ERR_INVALID_ARG_VALUE!('format', name, `must be one of: ${Object.keys(colors).map((each) => `'${each}'`).join(', ')}`);
    if (shown) styled = inside(styled, code[0], code[1]);
  }
  return styled;
}

/** What ends a style inside of the text begins this one again; bold and dim have the same end, which must come first. */
function inside(text: string, open: number, close: number): string {
  const [start, end] = [`\u001b[${open}m`, `\u001b[${close}m`];
  const last = text.endsWith(end) ? end.length : 0;
  const again = close === 22 ? end + start : start;
  return start + text.slice(0, text.length - last).replaceAll(end, again) + text.slice(text.length - last) + end;
}

function showsStyles(given: unknown): boolean {
  const { env, stdout } = (globalThis as unknown as { process: unknown }).process as { env: Record<string, string | undefined>; stdout: unknown };
  const stream = (given === undefined ? stdout : given) as { isTTY?: boolean; write?: unknown; getWriter?: unknown; getReader?: unknown } | null;
  const isStream = stream !== null && typeof stream === 'object' && [stream.write, stream.getWriter, stream.getReader].some((each) => typeof each === 'function');
  if (!isStream) throw new codes.ERR_INVALID_ARG_TYPE!('stream', ['ReadableStream', 'WritableStream', 'Stream'], stream);
  const { FORCE_COLOR, NO_COLOR, NODE_DISABLE_COLORS } = env;
  if (FORCE_COLOR !== undefined) return !['0', 'false'].includes(FORCE_COLOR);
  return stream.isTTY === true && !NO_COLOR && !NODE_DISABLE_COLORS;
}

/** OSC sequences (titles, links), which end by BEL, ESC \ or ST; then CSI ones (colours, cursor moves). */
const CONTROL = /[\u001b\u009b](?:\][\s\S]*?(?:\u0007|\u001b\\|\u009c)|[[()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~])/g;

export function stripVTControlCharacters(text: unknown): string {
  validateString(text, 'str');
  return text.replace(CONTROL, '');
}

