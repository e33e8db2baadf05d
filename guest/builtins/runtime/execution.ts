// An execution after its main module: its value. That is the default export, called with the input where it is a
// function, or a script's last expression; a promise is waited for. Then it goes on as a script does, until nothing is
// pending.

import { ModuleFormat } from '../abi';
import { native } from '../native';
import { somethingPending } from '../ops';
import { program } from './program';
import { keepValue, runToEnd } from './script';
import { enter, still } from './turn';
import { uncaught, watch } from './uncaught';

let promise: Promise<unknown> | undefined;

/** Goes on with what the main module exports, or with the value of a script. */
export function answer(exports: unknown): void {
  try {
    let value = program.modules.get(program.entry)!.format === ModuleFormat.Script ? exports : defaultOf(exports);
    if (typeof value === 'function') value = value(program.input === null ? undefined : JSON.parse(program.input));
    if (isThenable(value)) {
      promise = Promise.resolve(value);
      watch(promise);
      enter(waiting);
    } else {
      done(value);
    }
  } catch (error) {
    failed(error);
  }
}

function waiting(): boolean {
  const [state, value] = native.promiseState(promise!);
  if (state === 0 && somethingPending()) return false;
  enter(still);
  watch(undefined);
  promise = undefined;
  if (state === 1) done(value);
  else failed(state === 2 ? value : new Error('The promise of the result can never settle: nothing is pending that could settle it'));
  return true;
}

function done(value: unknown): void {
  try {
    keepValue(toJson(value));
  } catch (error) {
    return failed(error);
  }
  runToEnd();
}

function failed(error: unknown): void {
  enter(still);
  // When a listener takes the error, the program goes on with what is pending.
  uncaught(error);
  runToEnd();
}

/** The default export of an ES module, also of one that was compiled to CommonJS; else what `module.exports` is. */
function defaultOf(exports: any): unknown {
  const entry = program.modules.get(program.entry)!;
  if (entry.format === ModuleFormat.Esm || (typeof exports === 'object' && exports?.__esModule === true)) return exports.default;
  const isUntouched = typeof exports === 'object' && exports !== null && Object.getPrototypeOf(exports) === Object.prototype;
  return isUntouched && Reflect.ownKeys(exports).length === 0 ? undefined : exports;
}

function isThenable(value: any): boolean {
  return typeof value === 'object' && value !== null && typeof value.then === 'function';
}

/** Null for what JSON has no form for, as for a member of an array. */
function toJson(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch (error) {
    throw new TypeError(`The result cannot be given as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
