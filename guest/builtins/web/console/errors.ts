// Errors as inspect shows them: the stack, under the name that says most, then what else they carry.

import type { Context } from './context';
import { prefixOf } from './constructor';

/** The text before the brace. Takes from `keys` what the stack says already, and adds `cause` and `errors`,
 *  which matter although they are not enumerable. */
export function errorBase(ctx: Context, error: Error, constructor: string | null, tag: string, keys: (string | symbol)[]): string {
  const name = read(error, 'name');
  const message = read(error, 'message');
  let stack = stackOf(error);
  if (!ctx.showHidden) {
    for (const key of ['name', 'message', 'stack']) {
      const at = keys.indexOf(key);
      if (at < 0) continue;
      const value = read(error, key);
      if (typeof value === 'string' && stack.includes(value)) keys.splice(at, 1);
    }
  }
  if (has(error, 'cause') && !keys.includes('cause')) keys.push('cause');
  if (Array.isArray(read(error, 'errors')) && !keys.includes('errors')) keys.push('errors');

  stack = withConstructor(stack, constructor, typeof name === 'string' ? name : 'Error', tag);
  const messageAt = typeof message === 'string' && message !== '' ? stack.indexOf(message) : -1;
  const framesAt = stack.indexOf('\n    at', messageAt < 0 ? 0 : messageAt + (message as string).length);
  if (framesAt < 0) {
    stack = `[${stack}]`;
  } else {
    const frames = stack.slice(framesAt + 1).split('\n');
    const cause = read(error, 'cause');
    if (cause instanceof Error) leaveOutShared(ctx, frames, cause);
    stack = `${stack.slice(0, framesAt)}\n${frames.join('\n')}`;
  }
  if (ctx.indentation > 0) stack = stack.replaceAll('\n', `\n${' '.repeat(ctx.indentation)}`);
  return stack;
}

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function has(value: object, key: string): boolean {
  try {
    return key in value;
  } catch {
    return false;
  }
}

function stackOf(error: Error): string {
  const stack = read(error, 'stack');
  if (typeof stack === 'string' && stack !== '') return stack;
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

/** A class that was derived from Error without setting a name still shows as itself. */
function withConstructor(stack: string, constructor: string | null, name: string, tag: string): string {
  const after = stack[name.length];
  const startsWithName = name.endsWith('Error') && stack.startsWith(name) && (after === undefined || after === ':' || after === '\n');
  if (constructor !== null && !startsWithName) return stack;
  let length = name.length;
  let fallback = 'Error';
  if (constructor === null) {
    const start = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n\s+at)/.exec(stack) ?? /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
    fallback = start?.[1] ?? '';
    length = fallback.length;
    fallback ||= 'Error';
  }
  const prefix = prefixOf(constructor, tag, fallback).slice(0, -1);
  if (prefix === name) return stack;
  if (!prefix.includes(name)) return `${prefix} [${name}]${stack.slice(length)}`;
  return length === 0 ? `${prefix}: ${stack}` : `${prefix}${stack.slice(length)}`;
}

/** Frames that the cause shows as well are not shown twice. */
const sharedShown = 3;

function leaveOutShared(ctx: Context, frames: string[], cause: Error): void {
  const causeStack = stackOf(cause);
  const at = causeStack.indexOf('\n    at');
  if (at < 0) return;
  const others = causeStack.slice(at + 1).split('\n');
  for (let start = 0; start < frames.length - sharedShown; start++) {
    const found = others.indexOf(frames[start]!);
    if (found < 0) continue;
    let shared = 1;
    while (
      start + shared < frames.length &&
      found + shared < others.length &&
      frames[start + shared] === others[found + shared]
    ) {
      shared++;
    }
    if (shared <= sharedShown) continue;
    const skipped = shared - 2;
    frames.splice(start + 1, skipped, ctx.stylize(`    ... ${skipped} lines matching cause stack trace ...`, 'undefined'));
    return;
  }
}
