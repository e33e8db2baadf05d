// util.getCallSites: where the running code was called from.

import { validateInteger, validateObject } from '../validators';

interface CallSite {
  functionName: string;
  scriptId: string;
  scriptName: string;
  lineNumber: number;
  column: number;
  columnNumber: number;
}

const framesMax = 200;

/** The callers, the innermost first. Stacks are the author's already: `sourceMap` changes nothing. */
export function getCallSites(count: unknown = 10, options?: unknown): CallSite[] {
  if (typeof count === 'object' && options === undefined) [count, options] = [10, count];
  validateInteger(count, 'frameCount', 1, framesMax);
  if (options !== undefined) validateObject(options, 'options');
  const Errors = Error as unknown as { stackTraceLimit: number; prepareStackTrace?: unknown; captureStackTrace(target: object, above: Function): void };
  const { stackTraceLimit, prepareStackTrace } = Errors;
  const mark = { stack: '' };
  try {
    Errors.stackTraceLimit = framesMax;
    Errors.prepareStackTrace = undefined;
    Errors.captureStackTrace(mark, getCallSites);
  } finally {
    Errors.stackTraceLimit = stackTraceLimit;
    Errors.prepareStackTrace = prepareStackTrace;
  }
  const sites: CallSite[] = [];
  for (const line of mark.stack.split('\n')) {
    const found = /^ +at (?:(.*) \()?([^()]+):(\d+):(\d+)\)?$/.exec(line);
    if (found === null || sites.length >= count) continue;
    const [, functionName = '', scriptName, lineNumber, column] = found;
    sites.push({ functionName, scriptId: '', scriptName: scriptName!, lineNumber: Number(lineNumber), column: Number(column), columnNumber: Number(column) });
  }
  return sites;
}
