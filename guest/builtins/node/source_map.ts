// module.SourceMap: a source map, version 3, and where in it a position of the generated code comes from.

import { validateObject } from './validators';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

interface Payload {
  mappings?: string;
  sources?: string[];
  names?: string[];
  sourceRoot?: string;
  sections?: { offset: { line: number; column: number }; map: Payload }[];
}

/** Of the generated code, then of the source; from 0. */
interface Mapping {
  line: number;
  column: number;
  source?: string;
  sourceLine?: number;
  sourceColumn?: number;
  name?: string;
}

function numbersOf(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const char of segment) {
    const digit = DIGITS.indexOf(char);
    if (digit < 0) break;
    value += (digit & 31) * 2 ** shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value % 2 === 1 ? -Math.floor(value / 2) : value / 2);
    [value, shift] = [0, 0];
  }
  return numbers;
}

function mappingsOf(payload: Payload, line0 = 0, column0 = 0): Mapping[] {
  if (Array.isArray(payload.sections)) return payload.sections.flatMap(({ offset, map }) => mappingsOf(map, offset.line, offset.column));
  const all: Mapping[] = [];
  let [source, sourceLine, sourceColumn, name] = [0, 0, 0, 0];
  const root = payload.sourceRoot ? payload.sourceRoot.replace(/\/?$/, '/') : '';
  `${payload.mappings ?? ''}`.split(';').forEach((segments, line) => {
    let column = line === 0 ? column0 : 0;
    for (const segment of segments.split(',')) {
      const numbers = numbersOf(segment);
      if (numbers.length === 0) continue;
      column += numbers[0]!;
      const mapping: Mapping = { line: line + line0, column };
      if (numbers.length >= 4) {
        source += numbers[1]!;
        sourceLine += numbers[2]!;
        sourceColumn += numbers[3]!;
        Object.assign(mapping, { source: `${root}${payload.sources?.[source] ?? ''}`, sourceLine, sourceColumn });
        if (numbers.length >= 5) mapping.name = payload.names?.[(name += numbers[4]!)];
      }
      all.push(mapping);
    }
  });
  return all;
}

export class SourceMap {
  #payload: Payload;
  #lineLengths: number[] | undefined;
  #mappings: Mapping[];

  constructor(payload: unknown, options: { lineLengths?: number[] } = {}) {
    validateObject(payload, 'payload');
    this.#payload = structuredClone(payload) as Payload;
    this.#lineLengths = options.lineLengths?.slice();
    this.#mappings = mappingsOf(this.#payload).sort((a, b) => a.line - b.line || a.column - b.column);
  }
  get payload(): Payload {
    return structuredClone(this.#payload);
  }
  get lineLengths(): number[] | undefined {
    return this.#lineLengths?.slice();
  }

  /** The last mapping at or before a position, both from 0. */
  findEntry(line: number, column: number): object {
    let [low, high] = [0, this.#mappings.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { line: l, column: c } = this.#mappings[middle]!;
      if (l < line || (l === line && c <= column)) low = middle + 1;
      else high = middle;
    }
    const found = this.#mappings[low - 1];
    if (found === undefined) return {};
    const { source, sourceLine, sourceColumn, name } = found;
    return { generatedLine: found.line, generatedColumn: found.column, originalSource: source, originalLine: sourceLine, originalColumn: sourceColumn, name };
  }

  /** The place in the source of a position, both from 1. */
  findOrigin(line: number, column: number): object {
    const found = this.findEntry(line - 1, column - 1) as { generatedLine?: number; generatedColumn?: number; originalSource?: string; originalLine?: number; originalColumn?: number; name?: string };
    if (found.originalSource === undefined || found.originalLine === undefined) return {};
    return {
      name: found.name,
      fileName: found.originalSource,
      lineNumber: found.originalLine + line - found.generatedLine!,
      columnNumber: found.originalColumn! + column - found.generatedColumn!,
    };
  }
}

declare const structuredClone: <T>(value: T) => T;
