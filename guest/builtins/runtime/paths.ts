// Paths of modules, and the URLs of them.

/** The folder of a path. */
export function folderOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at <= 0 ? '/' : path.slice(0, at);
}

/** `file:///bundle/a%20b.js` of `/bundle/a b.js`. */
export function urlOf(path: string): string {
  return 'file://' + encodeURI(path).replace(/[?#]/g, encodeURIComponent);
}

/** `/bundle/a b.js` of `file:///bundle/a%20b.js`. */
export function pathOfUrl(url: string): string {
  const path = url.slice('file://'.length).replace(/[?#].*$/s, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** An absolute path without `.`, `..` and empty parts. */
export function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return '/' + parts.join('/');
}
