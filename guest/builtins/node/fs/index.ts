// node:fs and node:fs/promises, on the folders that the invocation was given. What is not here (watching,
// permissions, owners, streams) does not exist in the module.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { callbacks } from './callbacks';
import { constants } from './flags';
import { FileHandle, promises } from './promises';
import { BigIntStats, Dirent, Stats } from './stats';
import * as sync from './sync';

const { F_OK, R_OK, W_OK, X_OK } = constants;
const { optionsOf: _options, bytesOf: _bytes, readAll: _read, pieceOf: _piece, ...calls } = sync;

registerBuiltin('fs', () => ({
  ...callbacks,
  ...calls,
  BigIntStats,
  constants,
  Dirent,
  F_OK,

  promises,
  R_OK,
  Stats,
  W_OK,
  X_OK,
}));
registerBuiltin('fs/promises', () => promises);
