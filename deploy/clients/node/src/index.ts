// The public face.

export { BackendError, BusyError, ConnectionError, ExecutionError, HolmError, InvalidRequestError, ProgramError, ServerError } from './errors.js';
export { HybridExecutor } from './executor.js';
export type * from './types.js';
