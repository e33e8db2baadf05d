// Events, abort signals, DOMException, and what happens to errors that nobody catches.

import './stack';
import { defineGlobals } from '../../define';
import { AbortController, AbortSignal } from './abort';
import { DOMException } from './domexception';
import { CustomEvent, ErrorEvent, Event, MessageEvent, PromiseRejectionEvent } from './event';
import { defineHandlerAttribute, EventTarget } from './eventtarget';
import { reportError } from './report';

const { addEventListener, removeEventListener, dispatchEvent } = EventTarget.prototype;

defineGlobals({
  DOMException,
  Event,
  CustomEvent,
  ErrorEvent,
  PromiseRejectionEvent,
  MessageEvent,
  EventTarget,
  AbortController,
  AbortSignal,
  addEventListener,
  removeEventListener,
  dispatchEvent,
  reportError,
});
for (const type of ['error', 'unhandledrejection', 'rejectionhandled']) defineHandlerAttribute(globalThis, type);

export { addAbortSteps, AbortController, AbortSignal, createSignal, followSignals, isAbortSignal, removeAbortSteps, signalAbort } from './abort';
export { DOMException, isDOMException } from './domexception';
export { CustomEvent, ErrorEvent, Event, MessageEvent, PromiseRejectionEvent, trusted } from './event';
export { defineHandlerAttribute, dispatch, EventTarget, globalTarget, hasListeners } from './eventtarget';
export { dispatchRejectionHandled, dispatchUnhandledRejection, onUncaught, reportError } from './report';
export { stackFrames, type Frame } from './stack';
