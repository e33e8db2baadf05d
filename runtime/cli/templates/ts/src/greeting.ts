/** A greeting for somebody, or for all. */
export function greeting(name = 'world'): string {
  return `Hello, ${name.trim()}!`;
}
