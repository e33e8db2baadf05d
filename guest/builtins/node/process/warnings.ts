// process.emitWarning, and the listener that shows warnings: it is one of the listeners of `warning`, so that a
// program can take it away.

import { EffectKind, Stream } from '../../abi';
import { defineHidden } from '../../define';
import { native } from '../../native';
import { nextTick } from '../../runtime/ticks';
import { codes } from '../errors';
import { validateString } from '../validators';

export interface Switches {
  noDeprecation?: boolean;
  throwDeprecation?: boolean;
  env: Record<string, string>;
  emit(event: string, warning: unknown): boolean;
}

interface Warning extends Error {
  code?: string;
  detail?: string;
}

/** Shows a warning on stderr. */
export function showWarning(process: Switches, warning: unknown): void {
  if (!(warning instanceof Error) || process.env.NODE_NO_WARNINGS === '1') return;
  if (warning.name === 'DeprecationWarning' && process.noDeprecation) return;
  const { code, detail, name, message } = warning as Warning;
  const shown = `(holm) ${code ? `[${code}] ` : ''}${name}: ${message}\n${typeof detail === 'string' ? `${detail}\n` : ''}`;
  native.effect(EffectKind.Log, 0, Stream.Stderr, shown);
}

/** The `emitWarning` of this process. */
export function makeEmitWarning(process: Switches): (...args: any[]) => void {
  return function emitWarning(warning: unknown, type?: unknown, code?: unknown, above?: unknown): void {
    let detail: unknown;
    if (typeof type === 'object' && type !== null && !Array.isArray(type)) {
      const options = type as Record<string, unknown>;
      above = options.ctor;
      code = options.code;
      detail = options.detail;
      type = options.type || 'Warning';
    } else if (typeof type === 'function') {
      above = type;
      code = undefined;
      type = 'Warning';
    }
    if (type !== undefined) validateString(type, 'type');
    if (typeof code === 'function') {
      above = code;
      code = undefined;
    } else if (code !== undefined) validateString(code, 'code');

    let error: Warning;
    if (typeof warning === 'string') {
      error = new Error(warning);
      defineHidden(error, 'name', type ?? 'Warning');
      if (code !== undefined) error.code = code as string;
      if (typeof detail === 'string') error.detail = detail;
      (Error as unknown as { captureStackTrace(target: object, above: unknown): void }).captureStackTrace(error, above ?? emitWarning);
    } else if (warning instanceof Error) error = warning;
    else throw new codes.ERR_INVALID_ARG_TYPE!('warning', ['Error', 'string'], warning);

    if (error.name === 'DeprecationWarning') {
      if (process.noDeprecation) return;
      if (process.throwDeprecation) {
        nextTick(() => {
          throw error;
        }, []);
        return;
      }
    }
    nextTick(() => process.emit('warning', error), []);
  };
}
