/** What is at a path. */
export function route(path: string, name = 'world'): { status: number; body: unknown } {
  if (path !== '/') return { status: 404, body: { error: 'not found' } };
  return { status: 200, body: { message: `Hello, ${name.trim()}!` } };
}
