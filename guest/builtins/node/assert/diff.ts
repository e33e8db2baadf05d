// The difference of two texts, line by line, by Myers' algorithm: the fewest lines that were added or left out.

/** What happened to a line: it is only in the first text, only in the second, or in both. */
type Side = '+' | '-' | ' ';
export type Line = readonly [Side, string];

/** Lines compared at most, of both texts together; the rest is named and left out. The time grows with the lines times
 *  the differences, the memory with the square of the differences. */
const linesMax = 2000;
/** Common lines in a row that are all shown; of more, the middle is left out. */
const commonShown = 5;

/** `commas`: a line and the same one with a comma behind it are equal, as the last of an object's lines and one inside are. */
export function differenceOf(left: string[], right: string[], commas: boolean): Line[] {
  const cut = Math.max(0, left.length + right.length - linesMax);
  const a = cut === 0 ? left : left.slice(0, linesMax / 2);
  const b = cut === 0 ? right : right.slice(0, linesMax / 2);
  const lines = walkBack(a, b, furthestPoints(a, b, commas), commas);
  if (a.length < left.length || b.length < right.length) lines.push([' ', '... cut: there are too many lines to compare']);
  return lines;
}

function same(a: string, b: string, commas: boolean): boolean {
  return a === b || (commas && (`${a},` === b || a === `${b},`));
}

/** For each number of differences the furthest point on each diagonal: how many lines of `a` are used up there. */
function furthestPoints(a: string[], b: string[], commas: boolean): Int32Array[] {
  const history: Int32Array[] = [];
  let before = Int32Array.of(0, 0, 0);
  for (let level = 0; level <= a.length + b.length; level++) {
    history.push(before);
    // Diagonal k (of a less of b) lies at k + level + 1; the one before it was one narrower.
    const now = new Int32Array(2 * level + 5);
    for (let k = -level; k <= level; k += 2) {
      let x = stepsDown(before, k, level) ? before[k + 1 + level]! : before[k - 1 + level]! + 1;
      let y = x - k;
      while (x < a.length && y < b.length && same(a[x]!, b[y]!, commas)) {
        x++;
        y++;
      }
      now[k + level + 1] = x;
      if (x >= a.length && y >= b.length) return history;
    }
    before = now;
  }
  return history;
}

/** Whether the best way to diagonal `k` is from the one above, which takes a line of `b`. */
function stepsDown(before: Int32Array, k: number, level: number): boolean {
  return k === -level || (k !== level && before[k - 1 + level]! < before[k + 1 + level]!);
}

function walkBack(a: string[], b: string[], history: Int32Array[], commas: boolean): Line[] {
  const lines: Line[] = [];
  let [x, y] = [a.length, b.length];
  for (let level = history.length - 1; level >= 0; level--) {
    const before = history[level]!;
    const k = x - y;
    const down = stepsDown(before, k, level);
    const fromX = level === 0 ? 0 : down ? before[k + 1 + level]! : before[k - 1 + level]!;
    const fromY = level === 0 ? 0 : fromX - (down ? k + 1 : k - 1);
    while (x > fromX && y > fromY) {
      const line = a[--x]!;
      y--;
      lines.push([' ', commas && !line.endsWith(',') ? b[y]! : line]);
    }
    if (level > 0) lines.push(x > fromX ? ['+', a[--x]!] : ['-', b[--y]!]);
  }
  return lines.reverse();
}

/** The lines with what they are in front; long runs of common ones are cut short. Whether any were. */
export function show(lines: Line[]): [string, boolean] {
  const out: string[] = [];
  let skipped = false;
  for (let at = 0; at < lines.length; ) {
    const [side, text] = lines[at]!;
    if (side !== ' ') {
      out.push(`${side} ${text}`);
      at++;
      continue;
    }
    let end = at;
    while (end < lines.length && lines[end]![0] === ' ') end++;
    const run = lines.slice(at, end).map(([, common]) => `  ${common}`);
    if (end === lines.length) {
      out.push(...run.slice(0, commonShown));
    } else if (run.length > commonShown + 2) {
      out.push(...run.slice(0, commonShown), '...', run.at(-1)!);
      skipped = true;
    } else {
      out.push(...run);
    }
    at = end;
  }
  return [out.join('\n').trimEnd(), skipped];
}
