// Permissions and owners. WASI has neither: permissions are kept for the invocation (kept.ts), and every file belongs
// to the one user that there is. Giving it to that user does nothing, and to another one is refused, as on a machine
// where the program is not its administrator. Figures of a whole file system are nobody's business here.

import { parseFileMode, validateInteger } from '../validators';
import * as calls from './calls';
import { Errno, fsError } from './errors';
import { keepMode } from './kept';
import { pathOf } from './paths';
import { isLink, OWNER, type RawStats } from './stats';

function setMode(raw: RawStats, mode: number, syscall: string, path?: string): void {
  // The program's own files have no number, and cannot be changed.
  if (raw[5] === 0 && raw[7] === 0) throw fsError(Errno.Rofs, syscall, path);
  keepMode(raw, mode);
}

export function chmodSync(path: unknown, mode: unknown): void {
  const text = pathOf(path);
  const bits = parseFileMode(mode, 'mode');
  setMode(calls.statAs(text, true, 'chmod'), bits, 'chmod', text);
}

/** Of a link itself, where Linux has no permissions. */
export function lchmodSync(path: unknown, mode: unknown): void {
  const text = pathOf(path);
  const bits = parseFileMode(mode, 'mode');
  const raw = calls.statAs(text, false, 'lchmod');
  if (isLink(raw[0]!)) throw fsError(Errno.Notsup, 'lchmod', text);
  setMode(raw, bits, 'lchmod', text);
}

export function fchmodSync(fd: unknown, mode: unknown): void {
  calls.needFd(fd);
  const bits = parseFileMode(mode, 'mode');
  setMode(calls.fstatAs(fd, 'fchmod'), bits, 'fchmod');
}

const ID_MAX = 2 ** 32 - 1;

export function needIds(uid: unknown, gid: unknown): [number, number] {
  validateInteger(uid, 'uid', -1, ID_MAX);
  validateInteger(gid, 'gid', -1, ID_MAX);
  return [uid, gid];
}

/** -1 leaves it as it is. */
function setOwner([uid, gid]: [number, number], syscall: string, path?: string): void {
  for (const id of [uid, gid]) if (id !== -1 && id !== ID_MAX && id !== OWNER) throw fsError(Errno.Perm, syscall, path);
}

export function chownSync(path: unknown, uid: unknown, gid: unknown): void {
  const text = pathOf(path);
  const ids = needIds(uid, gid);
  calls.statAs(text, true, 'chown');
  setOwner(ids, 'chown', text);
}

export function lchownSync(path: unknown, uid: unknown, gid: unknown): void {
  const text = pathOf(path);
  const ids = needIds(uid, gid);
  calls.statAs(text, false, 'lchown');
  setOwner(ids, 'lchown', text);
}

export function fchownSync(fd: unknown, uid: unknown, gid: unknown): void {
  calls.needFd(fd);
  const ids = needIds(uid, gid);
  calls.fstatAs(fd, 'fchown');
  setOwner(ids, 'fchown');
}

export function statfsSync(path: unknown, _options?: unknown): never {
  throw fsError(Errno.Nosys, 'statfs', pathOf(path));
}
