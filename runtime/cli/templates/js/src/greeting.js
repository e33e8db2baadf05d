/**
 * A greeting for somebody, or for all.
 *
 * @param {string} [name]
 */
export function greeting(name = 'world') {
  return `Hello, ${name.trim()}!`;
}
