// Warnings of the built-ins: they go where process.emitWarning sends them, whatever a program has made of the
// global `process`.

type Warner = (warning: string | Error, type?: string, code?: string) => void;

let warner: Warner = () => {};

/** Who shows warnings from now on: process.emitWarning. */
export function setWarner(next: Warner): void {
  warner = next;
}

/** Warns the program's author. */
export function warn(warning: string | Error, type?: string, code?: string): void {
  warner(warning, type, code);
}
