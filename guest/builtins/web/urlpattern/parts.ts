// The second stage of a URL pattern: from tokens to parts, each a fixed text or a group.

import { isNameCharacter, tokenize, TokenKind, type Token } from './tokens';

export const enum PartKind {
  FixedText,
  Regexp,
  SegmentWildcard,
  FullWildcard,
}

export type Modifier = '' | '?' | '*' | '+';

export interface Part {
  readonly kind: PartKind;
  readonly value: string;
  readonly modifier: Modifier;
  /** Of a group; a number in digits when the pattern gives none. */
  readonly name: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface Options {
  /** Ends a segment: what `:name` does not match. Empty for none. */
  readonly delimiter: string;
  /** Belongs to a group that it stands before. Empty for none. */
  readonly prefix: string;
  readonly ignoreCase: boolean;
}

/** Brings fixed text into the form that it has in a URL; throws TypeError when it cannot be there. */
export type Canonicalize = (text: string) => string;

export const fullWildcard = '.*';

export function segmentWildcard(options: Options): string {
  return `[^${escapeRegexp(options.delimiter)}]+?`;
}

export function escapeRegexp(text: string): string {
  return text.replace(/[.+*?^${}()[\]|/\\]/g, '\\$&');
}

export function escapePattern(text: string): string {
  return text.replace(/[+*?:{}()\\]/g, '\\$&');
}

/** Parses one component of a pattern. */
export function parseParts(input: string, options: Options, canonicalize: Canonicalize): Part[] {
  const tokens = tokenize([...input], false);
  const wildcard = segmentWildcard(options);
  const parts: Part[] = [];
  const names = new Set<string>();
  let pending = '';
  let at = 0;
  let nextName = 0;

  const take = (kind: TokenKind): Token | undefined => (tokens[at]!.kind === kind ? tokens[at++] : undefined);
  const takeMatcher = (name: Token | undefined) =>
    take(TokenKind.Regexp) ?? (name === undefined ? take(TokenKind.Asterisk) : undefined);
  const takeModifier = () => (take(TokenKind.OtherModifier) ?? take(TokenKind.Asterisk))?.value as Modifier | undefined;
  const takeText = () => {
    let text = '';
    for (let token; (token = take(TokenKind.Char) ?? take(TokenKind.EscapedChar)) !== undefined; ) text += token.value;
    return text;
  };
  const need = (kind: TokenKind) => {
    if (take(kind) === undefined) throw new TypeError(`The URL pattern '${input}' is not valid: '${tokens[at]!.value}' was not expected`);
  };
  const fixed = (text: string, modifier: Modifier) => {
    parts.push({ kind: PartKind.FixedText, value: canonicalize(text), modifier, name: '', prefix: '', suffix: '' });
  };
  const flush = () => {
    if (pending === '') return;
    fixed(pending, '');
    pending = '';
  };
  const add = (prefix: string, nameToken: Token | undefined, matcher: Token | undefined, suffix: string, modifier: Modifier) => {
    if (nameToken === undefined && matcher === undefined && modifier === '') {
      pending += prefix;
      return;
    }
    flush();
    if (nameToken === undefined && matcher === undefined) {
      if (prefix !== '') fixed(prefix, modifier);
      return;
    }
    let value = matcher === undefined ? wildcard : matcher.kind === TokenKind.Asterisk ? fullWildcard : matcher.value;
    let kind = PartKind.Regexp;
    if (value === wildcard) kind = PartKind.SegmentWildcard;
    else if (value === fullWildcard) kind = PartKind.FullWildcard;
    if (kind !== PartKind.Regexp) value = '';
    const name = nameToken?.value ?? String(nextName++);
    if (names.has(name)) throw new TypeError(`The URL pattern '${input}' has two groups with the name '${name}'`);
    names.add(name);
    parts.push({ kind, value, modifier, name, prefix: canonicalize(prefix), suffix: canonicalize(suffix) });
  };

  while (at < tokens.length) {
    const char = take(TokenKind.Char);
    const name = take(TokenKind.Name);
    const matcher = takeMatcher(name);
    if (name !== undefined || matcher !== undefined) {
      let prefix = char?.value ?? '';
      if (prefix !== '' && prefix !== options.prefix) {
        pending += prefix;
        prefix = '';
      }
      flush();
      add(prefix, name, matcher, '', takeModifier() ?? '');
      continue;
    }
    const text = char ?? take(TokenKind.EscapedChar);
    if (text !== undefined) {
      pending += text.value;
      continue;
    }
    if (take(TokenKind.Open) !== undefined) {
      const prefix = takeText();
      const inner = take(TokenKind.Name);
      const innerMatcher = takeMatcher(inner);
      const suffix = takeText();
      need(TokenKind.Close);
      add(prefix, inner, innerMatcher, suffix, takeModifier() ?? '');
      continue;
    }
    flush();
    need(TokenKind.End);
  }
  return parts;
}

/** The parts as a regular expression; the names of its groups, in order, go to `names`. */
export function regexpOf(parts: readonly Part[], options: Options, names: string[]): string {
  let result = '^';
  for (const { kind, value, modifier, name, prefix, suffix } of parts) {
    if (kind === PartKind.FixedText) {
      result += modifier === '' ? escapeRegexp(value) : `(?:${escapeRegexp(value)})${modifier}`;
      continue;
    }
    names.push(name);
    const body = kind === PartKind.SegmentWildcard ? segmentWildcard(options) : kind === PartKind.FullWildcard ? fullWildcard : value;
    const once = modifier === '' || modifier === '?';
    const before = escapeRegexp(prefix);
    const after = escapeRegexp(suffix);
    if (prefix === '' && suffix === '') result += once ? `(${body})${modifier}` : `((?:${body})${modifier})`;
    else if (once) result += `(?:${before}(${body})${after})${modifier}`;
    else result += `(?:${before}((?:${body})(?:${after}${before}(?:${body}))*)${after})${modifier === '*' ? '?' : ''}`;
  }
  return result + '$';
}

/** The parts as a pattern again, in its shortest form. */
export function patternOf(parts: readonly Part[], options: Options): string {
  let result = '';
  parts.forEach((part, index) => {
    const { kind, value, modifier, name, prefix, suffix } = part;
    if (kind === PartKind.FixedText) {
      result += modifier === '' ? escapePattern(value) : `{${escapePattern(value)}}${modifier}`;
      return;
    }
    const previous = parts[index - 1];
    const next = parts[index + 1];
    const named = !isDigit(name[0]);
    let grouped = suffix !== '' || (prefix !== '' && prefix !== options.prefix);
    if (!grouped && named && kind === PartKind.SegmentWildcard && modifier === '' && next?.prefix === '' && next.suffix === '') {
      grouped = next.kind === PartKind.FixedText ? isNameCharacter([...next.value][0], false) : isDigit(next.name[0]);
    }
    if (!grouped && prefix === '' && previous?.kind === PartKind.FixedText && options.prefix !== '') {
      grouped = previous.value.endsWith(options.prefix);
    }
    if (grouped) result += '{';
    result += escapePattern(prefix);
    if (named) result += `:${name}`;
    if (kind === PartKind.Regexp) result += `(${value})`;
    else if (kind === PartKind.SegmentWildcard) {
      if (!named) result += `(${segmentWildcard(options)})`;
    } else if (!named && (previous === undefined || previous.kind === PartKind.FixedText || previous.modifier !== '' || grouped || prefix !== '')) {
      result += '*';
    } else result += `(${fullWildcard})`;
    // Without the backslash, the suffix would be read as a part of the name.
    if (kind === PartKind.SegmentWildcard && named && isNameCharacter([...suffix][0], false)) result += '\\';
    result += escapePattern(suffix) + (grouped ? '}' : '') + modifier;
  });
  return result;
}

function isDigit(letter: string | undefined): boolean {
  return letter !== undefined && letter >= '0' && letter <= '9';
}
