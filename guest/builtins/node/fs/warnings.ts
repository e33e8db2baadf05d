// Warnings that Node gives once: of deprecated calls, and of templates that are not portable.

const given = new Set<string>();

interface ProcessLike {
  emitWarning(text: string, type?: string, code?: string): void;
}

function emit(text: string, type?: string, code?: string): void {
  if (given.has(text)) return;
  given.add(text);
  (globalThis as unknown as { process?: ProcessLike }).process?.emitWarning(text, type, code);
}

/** That something is deprecated. */
export function warn(text: string, code: string): void {
  emit(text, 'DeprecationWarning', code);
}

export function warnOf(text: string): void {
  emit(text);
}
