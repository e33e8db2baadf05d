// The same for tests that are ES modules.
import fixtures from './fixtures.js';

export const { fixturesDir, path, fileURL, readSync, readKey, utf8TestText, utf8TestTextPath } = fixtures;
export default fixtures;
