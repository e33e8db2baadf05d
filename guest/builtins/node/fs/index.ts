// node:fs and node:fs/promises, on the folders that the invocation was given. Watching does not exist in the module.

import { registerBuiltin } from '../../runtime/builtin_modules';
import { callbacks } from './callbacks';
import { Dir, opendirSync } from './dir';
import { glob, globSync } from './glob';
import { openAsBlob } from './blob';
import { constants } from './flags';
import { FileHandle, promises } from './promises';
import { BigIntStats, Dirent, Stats } from './stats';
import { createReadStream, createWriteStream, ReadStream, setFs, WriteStream } from './streams';
import * as sync from './sync';

const { F_OK, R_OK, W_OK, X_OK } = constants;
const { optionsOf: _options, bytesOf: _bytes, readAll: _read, checkAborted: _aborted, removalOf: _removal, lchmodSync: _lchmod, needIds: _ids, toUnixTimestamp, ...calls } = sync;

const fs: Record<string, any> = {
  ...callbacks,
  ...calls,
  BigIntStats,
  constants,
  Dir,
  opendirSync,
  glob,
  globSync,
  openAsBlob,
  createReadStream,
  createWriteStream,
  Dirent,
  F_OK,
  FileReadStream: ReadStream,
  FileWriteStream: WriteStream,
  ReadStream,
  WriteStream,
  promises,
  R_OK,
  Stats,
  W_OK,
  X_OK,
  _toUnixTimestamp: toUnixTimestamp,
};
setFs(fs);
registerBuiltin('fs', () => fs);
registerBuiltin('fs/promises', () => promises);
