// The first stage of a URL pattern: its text as tokens, by code points.

export const enum TokenKind {
  Open,
  Close,
  Regexp,
  Name,
  Char,
  EscapedChar,
  OtherModifier,
  Asterisk,
  End,
  InvalidChar,
}

export interface Token {
  readonly kind: TokenKind;
  /** Where it starts in the list of code points. */
  readonly index: number;
  readonly value: string;
}

const nameStart = /^[$_\p{ID_Start}]$/u;
const namePart = /^[$\u200c\u200d\p{ID_Continue}]$/u;

/** Whether a code point can be in the name of a group. */
export function isNameCharacter(letter: string | undefined, first: boolean): boolean {
  return letter !== undefined && (first ? nameStart : namePart).test(letter);
}

/** The tokens of a pattern, the last of which is its end. When `lenient`, what is no token becomes an invalid
 *  character, for a later stage to judge; otherwise it is a TypeError. */
export function tokenize(input: readonly string[], lenient: boolean): Token[] {
  const tokens: Token[] = [];
  const length = input.length;
  let at = 0;
  const add = (kind: TokenKind, next: number, from: number, to: number) => {
    tokens.push({ kind, index: at, value: input.slice(from, to).join('') });
    at = next;
  };
  const fail = (next: number, from: number, why: string) => {
    if (!lenient) throw new TypeError(`The URL pattern '${input.join('')}' is not valid: ${why} at character ${at}`);
    add(TokenKind.InvalidChar, next, from, next);
  };
  while (at < length) {
    switch (input[at]) {
      case '*':
        add(TokenKind.Asterisk, at + 1, at, at + 1);
        break;
      case '+':
      case '?':
        add(TokenKind.OtherModifier, at + 1, at, at + 1);
        break;
      case '{':
        add(TokenKind.Open, at + 1, at, at + 1);
        break;
      case '}':
        add(TokenKind.Close, at + 1, at, at + 1);
        break;
      case '\\':
        if (at === length - 1) fail(at + 1, at, 'a backslash escapes nothing');
        else add(TokenKind.EscapedChar, at + 2, at + 1, at + 2);
        break;
      case ':': {
        let end = at + 1;
        while (end < length && isNameCharacter(input[end], end === at + 1)) end++;
        if (end === at + 1) fail(end, at, 'a group has no name');
        else add(TokenKind.Name, end, at + 1, end);
        break;
      }
      case '(': {
        const end = regexpEnd(input, at + 1);
        if (typeof end === 'string') fail(at + 1, at + 1, end);
        else add(TokenKind.Regexp, end, at + 1, end - 1);
        break;
      }
      default:
        add(TokenKind.Char, at + 1, at, at + 1);
    }
  }
  tokens.push({ kind: TokenKind.End, index: length, value: '' });
  return tokens;
}

/** Where the group ends whose text starts at `start`, past its parenthesis; or what is wrong with it. */
function regexpEnd(input: readonly string[], start: number): number | string {
  const length = input.length;
  let depth = 1;
  let at = start;
  while (at < length) {
    const letter = input[at]!;
    if (letter > '\x7f') return 'a regular expression has a character outside of ASCII';
    if (at === start && letter === '?') return 'a regular expression starts with a question mark';
    if (letter === '\\') {
      if (at === length - 1) return 'a backslash escapes nothing';
      if (input[at + 1]! > '\x7f') return 'a regular expression has a character outside of ASCII';
      at += 2;
      continue;
    }
    if (letter === ')') {
      if (--depth === 0) break;
    } else if (letter === '(') {
      depth++;
      if (at === length - 1) return 'a regular expression does not end';
      if (input[at + 1] !== '?') return 'a regular expression has a capturing group';
    }
    at++;
  }
  if (depth !== 0) return 'a regular expression does not end';
  if (at === start) return 'a regular expression is empty';
  return at + 1;
}
