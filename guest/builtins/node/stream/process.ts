// What readable-stream takes from `process`.

import { nextTick as queue } from '../../runtime/ticks';

export const nextTick = (callback: (...args: any[]) => void, ...args: unknown[]): void => queue(callback, args);
export const env: Record<string, string> = {};
export const stdout = undefined;
export const stderr = undefined;
