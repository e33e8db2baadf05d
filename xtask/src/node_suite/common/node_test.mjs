// The same for tests that are ES modules.
import test from './node_test.js';

export const { it, describe, suite, before, after, beforeEach, afterEach, mock } = test;
export { test };
export default test;
