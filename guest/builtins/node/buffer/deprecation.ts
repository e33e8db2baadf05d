// The warning that Node gives once when a program calls Buffer() or new Buffer() itself.

const TEXT =
  'Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), Buffer.allocUnsafe(), ' +
  'or Buffer.from() methods instead.';
let warned = false;

/** Warns, unless it has, or unless a package asks: its user cannot help it. */
export function warnOfConstructor(): void {
  if (warned) return;
  if (/[\\/]node_modules[\\/]/.test(String(new Error().stack))) return;
  warned = true;
  const { process } = globalThis as unknown as { process?: { emitWarning(text: string, type: string, code: string): void } };
  process?.emitWarning(TEXT, 'DeprecationWarning', 'DEP0005');
}
