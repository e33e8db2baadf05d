// Puts the parts of an object together: on one line when they are short and few levels deep, in columns
// when they are many elements of an array, otherwise one a line. Node's rules, so that logs look as its do.

import { removeColors, type Context } from './context';

/** Arrays with more elements than this are put in columns. */
const columnsFrom = 6;
const columnsMax = 15;
/** Characters are this many times as high as wide: columns are chosen so that the block is about square. */
const heightToWidth = 2.5;

/** `base` stands before the brace (a function's name, an error's stack). `elements`: the array whose elements
 *  these parts are, for the sake of alignment; undefined for what is not like an array. */
export function layOut(
  ctx: Context,
  parts: string[],
  base: string,
  open: string,
  close: string,
  level: number,
  elements: unknown[] | ArrayLike<unknown> | undefined,
): string {
  const prefix = base === '' ? '' : `${base} `;
  if (ctx.compact === true) {
    const after = base === '' ? '' : ` ${base}`;
    if (fits(ctx, parts, 0, base)) return `${open}${after} ${parts.join(', ')} ${close}`;
    const indent = `\n${' '.repeat(ctx.indentation)}  `;
    // After a long brace ("Map(2) {") the first part would not line up with the others.
    const first = base === '' && open.length === 1 ? ' ' : `${after}${indent}`;
    return `${open}${first}${parts.join(`,${indent}`)} ${close}`;
  }
  if (typeof ctx.compact === 'number') {
    const count = parts.length;
    if (elements !== undefined && count > columnsFrom) parts = inColumns(ctx, parts, elements);
    if (ctx.level - level < ctx.compact && parts.length === count) {
      const before = parts.length + ctx.indentation + open.length + base.length + 10;
      if (fits(ctx, parts, before, base)) {
        const joined = parts.join(', ');
        if (!joined.includes('\n')) return `${prefix}${open} ${joined} ${close}`;
      }
    }
  }
  const indent = `\n${' '.repeat(ctx.indentation)}`;
  return `${prefix}${open}${indent}  ${parts.join(`,${indent}  `)}${indent}${close}`;
}

function fits(ctx: Context, parts: string[], before: number, base: string): boolean {
  let total = parts.length + before;
  if (total + parts.length > ctx.breakLength) return false;
  for (const part of parts) {
    total += ctx.colors ? removeColors(part).length : part.length;
    if (total > ctx.breakLength) return false;
  }
  return base === '' || !base.includes('\n');
}

function inColumns(ctx: Context, parts: string[], elements: ArrayLike<unknown>): string[] {
  // The last part may be the remark that there are more: it keeps its own line.
  const count = ctx.maxArrayLength < parts.length ? parts.length - 1 : parts.length;
  const separator = 2;
  const widths: number[] = [];
  let total = 0;
  let widest = 0;
  for (let i = 0; i < count; i++) {
    const width = displayWidth(ctx.colors ? removeColors(parts[i]!) : parts[i]!);
    widths.push(width);
    total += width + separator;
    if (width > widest) widest = width;
  }
  const cell = widest + separator;
  // At least three cells fit beside each other, and no element is so much wider than the others that the
  // block would be mostly space.
  if (cell * 3 + ctx.indentation >= ctx.breakLength || (total / cell <= 5 && widest > 6)) return parts;
  const bias = Math.sqrt(cell - total / parts.length);
  const biased = Math.max(cell - 3 - bias, 1);
  const columns = Math.min(
    Math.round(Math.sqrt(heightToWidth * biased * count) / biased),
    Math.floor((ctx.breakLength - ctx.indentation) / cell),
    (ctx.compact as number) * 4,
    columnsMax,
  );
  if (columns <= 1) return parts;

  const columnWidths: number[] = [];
  for (let column = 0; column < columns; column++) {
    let width = 0;
    for (let i = column; i < count; i += columns) width = Math.max(width, widths[i]!);
    columnWidths.push(width + separator);
  }
  let right = true;
  for (let i = 0; i < parts.length; i++) {
    const type = typeof elements[i];
    if (type !== 'number' && type !== 'bigint') {
      right = false;
      break;
    }
  }
  const rows: string[] = [];
  for (let first = 0; first < count; first += columns) {
    const end = Math.min(first + columns, count);
    let row = '';
    for (let i = first; i < end; i++) {
      const last = i === end - 1;
      const text = last ? parts[i]! : `${parts[i]}, `;
      const width = columnWidths[i - first]! - (last ? separator : 0);
      const space = ' '.repeat(Math.max(width - widths[i]! - (last ? 0 : separator), 0));
      if (right) row += space + text;
      else row += last ? text : text + space;
    }
    rows.push(row);
  }
  if (count < parts.length) rows.push(parts[count]!);
  return rows;
}

const ascii = /^[\x20-\x7e]*$/;

/** Columns that a terminal uses for the text. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const char of text.normalize('NFC')) {
    const code = char.codePointAt(0)!;
    if (isWide(code)) width += 2;
    else if (!isZeroWidth(code)) width++;
  }
  return width;
}

function isWide(code: number): boolean {
  return (
    code >= 0x1100 &&
    (code <= 0x115f ||
      code === 0x2329 ||
      code === 0x232a ||
      (code >= 0x2e80 && code <= 0x3247 && code !== 0x303f) ||
      (code >= 0x3250 && code <= 0x4dbf) ||
      (code >= 0x4e00 && code <= 0xa4c6) ||
      (code >= 0xa960 && code <= 0xa97c) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe10 && code <= 0xfe19) ||
      (code >= 0xfe30 && code <= 0xfe6b) ||
      (code >= 0xff01 && code <= 0xff60) ||
      (code >= 0xffe0 && code <= 0xffe6) ||
      (code >= 0x1b000 && code <= 0x1b001) ||
      (code >= 0x1f200 && code <= 0x1f251) ||
      (code >= 0x1f300 && code <= 0x1f64f) ||
      (code >= 0x1f900 && code <= 0x1f9ff) ||
      (code >= 0x20000 && code <= 0x3fffd))
  );
}

function isZeroWidth(code: number): boolean {
  return (
    code <= 0x1f ||
    (code >= 0x7f && code <= 0x9f) ||
    (code >= 0x300 && code <= 0x36f) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x20d0 && code <= 0x20ff) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    (code >= 0xfe20 && code <= 0xfe2f) ||
    (code >= 0xe0100 && code <= 0xe01ef)
  );
}
