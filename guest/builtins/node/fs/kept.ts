// What WASI's files do not have and programs ask for: permissions, and the text of a symbolic link as it was written.
// Both are kept for the invocation, by the file's number, and gone with it: another invocation that sees the same
// volume finds 0644 and 0755 again, and a link's text relative to its folder.

import { isFolder, isLink, type RawStats } from './stats';

const modes = new Map<string, number>();
const texts = new Map<string, string>();

const PERMISSIONS = 0o777;
/** The bits that a new file or folder does not get; process.umask() says the same. */
const UMASK = 0o022;
const WRITABLE_BY_OWNER = 0o200;

/** Device and number, which a file keeps when it is moved. */
function keyOf(raw: RawStats): string {
  return `${raw[7]}:${raw[5]}`;
}

export function keepMode(raw: RawStats, mode: number): void {
  modes.set(keyOf(raw), mode & PERMISSIONS);
}

/** For what was made with a mode; the usual one is not kept. */
export function keepModeOfNew(raw: RawStats, mode: number): void {
  const usual = isFolder(raw[0]!) ? 0o755 : 0o644;
  const given = mode & PERMISSIONS & ~UMASK;
  if (given === usual) modes.delete(keyOf(raw));
  else modes.set(keyOf(raw), given);
}

/** The permissions, or undefined when nobody has changed them. */
export function modeOf(raw: RawStats): number | undefined {
  return modes.size === 0 ? undefined : modes.get(keyOf(raw));
}

/** Whether a program may write to a file that is there. */
export function mayWrite(raw: RawStats): boolean {
  const mode = modeOf(raw);
  return mode === undefined || isLink(raw[0]!) || (mode & WRITABLE_BY_OWNER) !== 0;
}

export function keepText(raw: RawStats, text: string): void {
  texts.set(keyOf(raw), text);
}

export function textOf(raw: RawStats): string | undefined {
  return texts.get(keyOf(raw));
}

/** Whether anything is kept at all: looking at a file costs a call of the host. */
export function keepsModes(): boolean {
  return modes.size > 0;
}
export function keepsTexts(): boolean {
  return texts.size > 0;
}

/** The last name of a file is removed: its number may come to be another file's. */
export function forget(raw: RawStats): void {
  if (!isFolder(raw[0]!) && raw[6]! > 1) return;
  modes.delete(keyOf(raw));
  texts.delete(keyOf(raw));
}
