// The same module for tests that are ES modules; they may ask for a `require` besides.
import { createRequire as createOne } from 'node:module';
import common from './index.js';

export const {
  allowGlobals, canCreateSymLink, enoughTestMem, expectWarning, expectsError, getArrayBufferViews, getBufferSources,
  getTTYfd, hasCrypto, hasFullICU, hasIPv6, hasInspector, hasIntl, hasQuic, hasSQLite, invalidArgTypeHelper, isAIX, isASan,
  isDebug, isFreeBSD, isIBMi, isLinux, isMacOS, isMainThread, isOpenBSD, isSunOS, isWindows, localhostIPv4, mustCall,
  mustCallAtLeast, mustNotCall, mustNotMutateObjectDeep, mustSucceed, platformTimeout, printSkipMessage, PORT,
  runWithInvalidFD, skip, skipIf32Bits, skipIfEslintMissing, skipIfInspectorDisabled, skipIfSQLiteMissing,
} = common;
export const createRequire = createOne;
export default common;
