// A script after its main module: it lives as long as something is pending, and ends with an exit code.

import { EffectKind, Stream } from '../abi';
import { native } from '../native';
import { emitBeforeExit, emitExit } from '../node/process';
import { somethingPending } from '../ops';
import { program } from './program';
import { enter, settle, still } from './turn';

/** Node's exit code for a top-level await that nothing settles. */
const EXIT_UNSETTLED = 13;

/** JSON of the value, where there is one. */
let value: string | null = null;

/** The script has this value when it ends by itself. */
export function keepValue(json: string | null): void {
  value = json;
}

/** The main module is done: ends the script as soon as nothing is pending. */
export function runToEnd(): void {
  enter(idle);
}

/** The main module waits for what cannot come. */
export function endStalled(): void {
  const text = `Warning: the top-level await of ${program.entry} can never settle: nothing is pending that could settle it\n`;
  native.effect(EffectKind.Log, 0, Stream.Stderr, text);
  finish(emitExit(EXIT_UNSETTLED));
}

function idle(): boolean {
  if (somethingPending()) return false;
  if (emitBeforeExit()) {
    // A listener may have started something: then it is not the end yet.
    native.drainJobs();
    settle();
    if (somethingPending()) return false;
  }
  enter(still);
  finish(emitExit());
  return true;
}

function finish(exitCode: number): void {
  native.effect(EffectKind.Finish, 0, exitCode, value);
}
