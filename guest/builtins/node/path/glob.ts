// Patterns for paths: "*" and "?" within a name, "[a-z]" and "[!a-z]", "{a,b}", and "**" for any folders between.
// Names that begin with a dot are only matched by patterns that begin so.

/** The alternatives that braces stand for: "a{b,c}" is "ab" and "ac". */
export function expandBraces(pattern: string): string[] {
  const found = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (found === null) return [pattern];
  const [before, after] = [pattern.slice(0, found.index), pattern.slice(found.index + found[0].length)];
  return found[1]!.split(',').flatMap((choice) => expandBraces(before + choice + after));
}

const SPECIAL = /[\\^$.|+(){}\/]/;

/** One segment of a pattern as a regular expression for a name. */
export function segmentMatcher(segment: string): RegExp {
  let source = '';
  for (let at = 0; at < segment.length; at++) {
    const char = segment[at]!;
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      const end = segment.indexOf(']', at + 2);
      if (end < 0) {
        source += '\\[';
        continue;
      }
      const inner = segment.slice(at + 1, end);
      const negated = inner.startsWith('!') || inner.startsWith('^');
      source += `[${negated ? '^' : ''}${(negated ? inner.slice(1) : inner).replace(/[\\\]^[]/g, '\\$&')}]`;
      at = end;
    } else source += SPECIAL.test(char) ? `\\${char}` : char;
  }
  const hidden = segment.startsWith('.') ? '' : '(?!\\.)';
  return new RegExp(`^${hidden}${source}$`, 'u');
}

/** Whether the segments of a path are what those of a pattern say, from these places on. */
function matchSegments(path: string[], pattern: (RegExp | null)[], at: number, from: number): boolean {
  if (from === pattern.length) return at === path.length;
  const matcher = pattern[from]!;
  if (matcher !== null) return at < path.length && matcher.test(path[at]!) && matchSegments(path, pattern, at + 1, from + 1);
  // "**": any number of names, none of them hidden.
  for (let next = at; ; next++) {
    if (matchSegments(path, pattern, next, from + 1)) return true;
    if (next >= path.length || path[next]!.startsWith('.')) return false;
  }
}

/** A test for paths with "/" between names. */
export function globMatcher(pattern: string): (path: string) => boolean {
  const all = expandBraces(pattern).map((one) => one.split('/').filter((segment, at) => at === 0 || segment !== '').map((segment) => (segment === '**' ? null : segmentMatcher(segment))));
  return (path) => {
    const segments = path.split('/');
    return all.some((one) => matchSegments(segments, one, 0, 0));
  };
}
