// console.table: rows and columns in a frame.

import { native } from '../../native';
import { inspectBounded } from './inspect';
import { displayWidth } from './layout';

const indexHeading = '(index)';
const iterationHeading = '(iteration index)';
const valuesHeading = 'Values';

/** Rows of a table that are shown at most, so that logging a huge array costs a bounded amount. */
const rowsMax = 1000;

/** The table, or null for what is no table: such values are logged as they are. */
export function table(data: unknown, properties: string[] | undefined, budget: number): string | null {
  if (typeof data !== 'object' || data === null) return null;
  const kind = native.classOf(data);
  if (kind === 'Map' || kind === 'Map Iterator') {
    const entries = kind === 'Map' ? [...(data as Map<unknown, unknown>)] : pairsOf(data);
    if (entries !== null) {
      const shown = entries.slice(0, rowsMax);
      return frame([
        [iterationHeading, shown.map((_, at) => `${at}`)],
        ['Key', shown.map(([key]) => cell(key, budget))],
        [valuesHeading, shown.map(([, value]) => cell(value, budget))],
      ]);
    }
  }
  let rows: [string, unknown][];
  let heading = indexHeading;
  if (kind === 'Set' || kind === 'Set Iterator' || kind === 'Map Iterator') {
    heading = iterationHeading;
    const values = kind === 'Set' ? [...(data as Set<unknown>)] : native.iteratorEntries(data)!.slice(1);
    if (kind === 'Set') return frame([[heading, values.map((_, at) => `${at}`)], [valuesHeading, values.map((value) => cell(value, budget))]]);
    rows = values.slice(0, rowsMax).map((value, at) => [`${at}`, value]);
    return frame([[heading, rows.map(([name]) => name)], [valuesHeading, rows.map(([, value]) => cell(value, budget))]]);
  }
  rows = Object.keys(data)
    .slice(0, rowsMax)
    .map((key) => [key, read(data, key)]);

  const columns = new Map<string, string[]>();
  for (const name of properties ?? []) columns.set(name, []);
  const values: string[] = [];
  rows.forEach(([, row], at) => {
    const primitive = row === null || (typeof row !== 'object' && typeof row !== 'function');
    // With names of columns there is no column for values that have none.
    if (primitive && properties === undefined) {
      values[at] = cell(row, budget);
      return;
    }
    for (const name of properties ?? Object.keys(row as object)) {
      if (properties !== undefined && (primitive || !Object.hasOwn(row as object, name))) continue;
      let column = columns.get(name);
      if (column === undefined) columns.set(name, (column = []));
      column[at] = cell(read(row as object, name), budget);
    }
  });
  const all: [string, string[]][] = [[heading, rows.map(([name]) => name)], ...columns];
  if (values.length > 0) all.push([valuesHeading, values]);
  return frame(all);
}

function pairsOf(iterator: object): [unknown, unknown][] | null {
  const [pairs, ...entries] = native.iteratorEntries(iterator)!;
  if (pairs !== true) return null;
  const result: [unknown, unknown][] = [];
  for (let at = 0; at < entries.length; at += 2) result.push([entries[at], entries[at + 1]]);
  return result;
}

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function cell(value: unknown, budget: number): string {
  const nested = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 2;
  return inspectBounded(value, { maxArrayLength: 3, breakLength: Infinity, depth: nested ? -1 : 0 }, budget);
}

function frame(columns: [heading: string, cells: string[]][]): string {
  const height = Math.max(...columns.map(([, cells]) => cells.length));
  const widths = columns.map(([heading, cells]) => {
    let width = displayWidth(heading);
    for (const text of cells) if (text !== undefined) width = Math.max(width, displayWidth(text));
    return width + 2;
  });
  const rule = (left: string, middle: string, right: string) => left + widths.map((width) => '─'.repeat(width)).join(middle) + right;
  const line = (texts: string[]) => `│${texts.map((text, at) => padded(text, widths[at]!)).join('│')}│`;
  const lines = [rule('┌', '┬', '┐'), line(columns.map(([heading]) => heading)), rule('├', '┼', '┤')];
  for (let row = 0; row < height; row++) lines.push(line(columns.map(([, cells]) => cells[row] ?? '')));
  lines.push(rule('└', '┴', '┘'));
  return lines.join('\n');
}

function padded(text: string, width: number): string {
  return ` ${text}${' '.repeat(width - displayWidth(text) - 1)}`;
}
