// Load: evaluates the program's main module, then hands over to script.ts or to request.ts.

import { EffectKind, EventKind, LoadMode, ModuleFormat } from '../abi';
import { native } from '../native';
import { leaveMain } from '../node/async_hooks/execution';
import { prepareProcess } from '../node/process';
import { somethingPending } from '../ops';
import { runMain } from './commonjs';
import { answer } from './execution';
import { explainMissingExport } from './missing_export';
import { forgetSources } from './modules';
import { isFunction, program, takeProgram } from './program';
import { setHandlers, startQueued } from './request';
import { endStalled, runToEnd } from './script';
import { drainTicks } from './ticks';
import { enter, followTurns, still } from './turn';
import { threw, uncaught, watch } from './uncaught';

/** The evaluation of the main module, of an ES module. */
let evaluation: Promise<unknown> | undefined;
/** What the main module exports, of any other. */
let exports: unknown;

native.on(EventKind.Load, (_op, ...fields) => {
  takeProgram(fields);
  prepareProcess();
  followTurns();
  try {
    const entry = program.modules.get(program.entry);
    if (entry === undefined) throw new Error(`The program has no module ${program.entry}`);
    if (entry.format === ModuleFormat.Esm) {
      evaluation = native.importModule(entry.path);
      watch(evaluation);
    } else {
      exports = runMain(entry);
    }
    enter(loading);
  } catch (error) {
    failed(error);
  }
  leaveMain();
  drainTicks();
});

function loading(): boolean {
  if (evaluation !== undefined) {
    const [state, value] = native.promiseState(evaluation);
    if (state === 0) return stalled();
    if (state === 2) return failed(value);
    exports = value;
    // Let go of it now, in the image, and not at the first request.
    evaluation = undefined;
    watch(undefined);
  }
  forgetSources();
  enter(still);
  if (program.mode === LoadMode.Script) {
    runToEnd();
  } else if (program.mode === LoadMode.Execution) {
    answer(exports);
  } else {
    try {
      native.effect(EffectKind.Loaded, 0, setHandlers(exports));
    } catch (error) {
      return failed(error);
    }
    startQueued();
  }
  exports = undefined;
  return true;
}

/** The main module waits. That is fine as long as something can still happen. */
function stalled(): boolean {
  if (somethingPending()) return false;
  enter(still);
  if (!isFunction()) {
    endStalled();
  } else {
    let message = `The top-level await of ${program.entry} can never settle: nothing is pending that could settle it`;
    if (program.mode === LoadMode.Image) message += '; a function is loaded without I/O, so do that inside the handler';
    threw(new Error(message));
  }
  return true;
}

function failed(error: unknown): boolean {
  enter(still);
  explainMissingExport(error);
  if (!isFunction()) {
    // When a listener takes the error, the script goes on with what is pending.
    uncaught(error);
    runToEnd();
  } else {
    threw(error);
  }
  return true;
}
