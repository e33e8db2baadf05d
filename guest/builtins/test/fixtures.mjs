// The programs that the tests of the binary run too: runtime/cli/tests/fixtures.

import { fileURLToPath } from 'node:url';

/** The path of a fixture. */
export function fixture(name) {
  return fileURLToPath(new URL(`../../../runtime/cli/tests/fixtures/${name}`, import.meta.url));
}
