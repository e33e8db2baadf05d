// The elements of arrays, maps, sets and what else holds values that are not properties.

import { native } from '../../native';
import type { Context } from './context';
import { formatValue } from './inspect';
import { layOut } from './layout';
import { formatBigInt, formatNumber } from './quote';

// Taken now: a program may replace it, and must be shown values all the same.
const objectKeys = Object.keys;

function more(count: number): string {
  return `... ${count} more item${count > 1 ? 's' : ''}`;
}

export function arrayParts(ctx: Context, array: unknown[], level: number): string[] {
  const length = array.length;
  const shown = Math.min(ctx.maxArrayLength, length);
  const parts: string[] = [];
  ctx.indentation += 2;
  let at = 0;
  for (; at < shown; at++) {
    if (ctx.budget <= 0) break;
    const descriptor = Object.getOwnPropertyDescriptor(array, at);
    if (descriptor === undefined) {
      ctx.indentation -= 2;
      return sparseParts(ctx, array, level, parts, at);
    }
    parts.push(element(ctx, descriptor, level));
  }
  ctx.indentation -= 2;
  if (at < length) parts.push(more(length - at));
  return parts;
}

function element(ctx: Context, descriptor: PropertyDescriptor, level: number): string {
  if (descriptor.get !== undefined) return ctx.stylize(descriptor.set === undefined ? '[Getter]' : '[Getter/Setter]', 'special');
  if (descriptor.set !== undefined) return ctx.stylize('[Setter]', 'special');
  return formatValue(ctx, descriptor.value, level);
}

/** An array with holes, from its first hole on. A run of holes counts as one element. */
function sparseParts(ctx: Context, array: unknown[], level: number, parts: string[], from: number): string[] {
  const length = array.length;
  let at = from;
  ctx.indentation += 2;
  for (const key of objectKeys(array)) {
    const index = Number(key);
    if (!(index >= 0 && index < 2 ** 32 - 1)) break;
    if (index < at) continue;
    if (parts.length >= ctx.maxArrayLength || ctx.budget <= 0) break;
    if (index > at) {
      parts.push(holes(ctx, index - at));
      at = index;
      if (parts.length >= ctx.maxArrayLength) break;
    }
    parts.push(element(ctx, Object.getOwnPropertyDescriptor(array, key) ?? { value: undefined }, level));
    at = index + 1;
  }
  ctx.indentation -= 2;
  const left = length - at;
  if (left > 0) {
    const rest = parts.length >= ctx.maxArrayLength || ctx.budget <= 0;
    parts.push(rest ? more(left) : holes(ctx, left));
  }
  return parts;
}

function holes(ctx: Context, count: number): string {
  return ctx.stylize(`<${count} empty item${count > 1 ? 's' : ''}>`, 'undefined');
}

export function typedArrayParts(ctx: Context, array: ArrayLike<number | bigint> & ArrayBufferView, level: number): string[] {
  const length = array.length;
  const shown = Math.min(ctx.maxArrayLength, length);
  const parts: string[] = [];
  for (let at = 0; at < shown && ctx.budget > 0; at++) {
    const value = array[at]!;
    const text = typeof value === 'number' ? formatNumber(ctx, value) : formatBigInt(ctx, value);
    ctx.budget -= text.length;
    parts.push(text);
  }
  if (parts.length < length) parts.push(more(length - parts.length));
  if (ctx.showHidden) {
    ctx.indentation += 2;
    for (const key of ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer']) {
      parts.push(`[${key}]: ${formatValue(ctx, (array as unknown as Record<string, unknown>)[key], level)}`);
    }
    ctx.indentation -= 2;
  }
  return parts;
}

const setValues = Set.prototype.values;
const mapEntries = Map.prototype.entries;

export function setParts(ctx: Context, set: Set<unknown>, level: number): string[] {
  const size = Reflect.get(Set.prototype, 'size', set) as number;
  const parts: string[] = [];
  ctx.indentation += 2;
  for (const value of setValues.call(set)) {
    if (parts.length >= ctx.maxArrayLength || ctx.budget <= 0) {
      parts.push(more(size - parts.length));
      break;
    }
    parts.push(formatValue(ctx, value, level));
  }
  ctx.indentation -= 2;
  return parts;
}

export function mapParts(ctx: Context, map: Map<unknown, unknown>, level: number): string[] {
  const size = Reflect.get(Map.prototype, 'size', map) as number;
  const parts: string[] = [];
  ctx.indentation += 2;
  for (const [key, value] of mapEntries.call(map)) {
    if (parts.length >= ctx.maxArrayLength || ctx.budget <= 0) {
      parts.push(more(size - parts.length));
      break;
    }
    parts.push(`${formatValue(ctx, key, level)} => ${formatValue(ctx, value, level)}`);
  }
  ctx.indentation -= 2;
  return parts;
}

/** What an iterator has still to give. Of pairs, `entries` holds each half in turn. */
export function iteratorParts(ctx: Context, entries: unknown[], pairs: boolean, level: number): string[] {
  const parts: string[] = [];
  const step = pairs ? 2 : 1;
  const count = entries.length / step;
  const shown = Math.min(count, ctx.maxArrayLength);
  ctx.indentation += 2;
  for (let at = 0; at < shown && ctx.budget > 0; at++) {
    if (pairs) {
      const pair = [formatValue(ctx, entries[2 * at], level), formatValue(ctx, entries[2 * at + 1], level)];
      parts.push(layOut(ctx, pair, '', '[', ']', level, pair));
    } else {
      parts.push(formatValue(ctx, entries[at], level));
    }
  }
  ctx.indentation -= 2;
  if (parts.length < count) parts.push(more(count - parts.length));
  return parts;
}

export function arrayBufferParts(ctx: Context, buffer: ArrayBuffer, level: number): string[] {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(buffer);
  } catch {
    return [ctx.stylize('(detached)', 'special')];
  }
  if ((buffer as { detached?: boolean }).detached === true) return [ctx.stylize('(detached)', 'special'), `byteLength: ${formatValue(ctx, 0, level)}`];
  const shown = Math.min(ctx.maxArrayLength, bytes.length);
  const hex: string[] = [];
  for (let at = 0; at < shown; at++) hex.push(bytes[at]!.toString(16).padStart(2, '0'));
  let text = hex.join(' ');
  const left = bytes.length - shown;
  if (left > 0) text += ` ... ${left} more byte${left > 1 ? 's' : ''}`;
  ctx.budget -= text.length;
  return [
    `[${ctx.stylize('Uint8Contents', 'special')}]: <${text}>`,
    `byteLength: ${formatValue(ctx, buffer.byteLength, level)}`,
  ];
}

export function promiseParts(ctx: Context, promise: Promise<unknown>, level: number): string[] {
  const [state, value] = native.promiseState(promise);
  if (state === 0) return [ctx.stylize('<pending>', 'special')];
  ctx.indentation += 2;
  const text = formatValue(ctx, value, level);
  ctx.indentation -= 2;
  return [state === 2 ? `${ctx.stylize('<rejected>', 'special')} ${text}` : text];
}
