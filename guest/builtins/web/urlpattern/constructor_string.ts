// A whole URL pattern in one string: which piece of it is which component. It is cut where a URL would be, except
// within groups.

import { canonicalProtocol } from './canonical';
import { compile, matchesSpecial, plainOptions } from './component';
import type { Components } from './init';
import { tokenize, TokenKind, type Token } from './tokens';

type State = 'init' | 'protocol' | 'authority' | 'username' | 'password' | 'hostname' | 'port' | 'pathname' | 'search' | 'hash' | 'done';

const order: readonly State[] = ['init', 'protocol', 'authority', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash', 'done'];

export function parseConstructorString(text: string): Components {
  return new Parser(text).parse();
}

class Parser {
  #input: readonly string[];
  #tokens: readonly Token[];
  #result: Components = {};
  /** Where the component starts that is being read. */
  #start = 0;
  #at = 0;
  #increment = 1;
  #special = false;
  #state: State = 'init';

  constructor(text: string) {
    this.#input = [...text];
    this.#tokens = tokenize(this.#input, true);
  }

  parse(): Components {
    let groups = 0;
    let brackets = 0;
    for (; this.#at < this.#tokens.length; this.#at += this.#increment) {
      this.#increment = 1;
      const { kind } = this.#tokens[this.#at]!;
      if (kind === TokenKind.End) {
        if (this.#state === 'init') {
          this.#rewind();
          if (this.#isHashPrefix()) this.#change('hash', 1);
          else if (this.#isSearchPrefix()) this.#change('search', 1);
          else this.#change('pathname', 0);
          continue;
        }
        if (this.#state === 'authority') {
          this.#rewind('hostname');
          continue;
        }
        this.#change('done', 0);
        break;
      }
      if (kind === TokenKind.Open) {
        groups++;
        continue;
      }
      if (groups > 0) {
        if (kind !== TokenKind.Close) continue;
        groups--;
      }
      switch (this.#state) {
        case 'init':
          if (this.#is(':')) this.#rewind('protocol');
          break;
        case 'protocol':
          if (this.#is(':')) {
            this.#special = matchesSpecial(compile(this.#piece(), canonicalProtocol, plainOptions));
            if (this.#is('/', 1) && this.#is('/', 2)) this.#change('authority', 3);
            else this.#change(this.#special ? 'authority' : 'pathname', 1);
          }
          break;
        case 'authority':
          if (this.#is('@')) this.#rewind('username');
          else if (this.#is('/') || this.#isSearchPrefix() || this.#isHashPrefix()) this.#rewind('hostname');
          break;
        case 'username':
          if (this.#is(':')) this.#change('password', 1);
          else if (this.#is('@')) this.#change('hostname', 1);
          break;
        case 'password':
          if (this.#is('@')) this.#change('hostname', 1);
          break;
        case 'hostname':
          if (this.#is('[')) brackets++;
          else if (this.#is(']')) brackets--;
          else if (this.#is(':') && brackets === 0) this.#change('port', 1);
          else this.#toPath();
          break;
        case 'port':
          this.#toPath();
          break;
        case 'pathname':
          if (this.#isSearchPrefix()) this.#change('search', 1);
          else if (this.#isHashPrefix()) this.#change('hash', 1);
          break;
        case 'search':
          if (this.#isHashPrefix()) this.#change('hash', 1);
          break;
      }
    }
    if (this.#result.hostname !== undefined) this.#result.port ??= '';
    return this.#result;
  }

  #toPath(): void {
    if (this.#is('/')) this.#change('pathname', 0);
    else if (this.#isSearchPrefix()) this.#change('search', 1);
    else if (this.#isHashPrefix()) this.#change('hash', 1);
  }

  #change(state: State, skip: number): void {
    const from = this.#state;
    if (from !== 'init' && from !== 'authority' && from !== 'done') this.#result[from] = this.#piece();
    if (from !== 'init' && state !== 'done') {
      // What is passed over is empty, not whatever the base URL or the wildcard would give.
      const passes = (name: State) => order.indexOf(from) < order.indexOf(name) && order.indexOf(name) < order.indexOf(state);
      if (passes('hostname')) this.#result.hostname ??= '';
      if (passes('pathname')) this.#result.pathname ??= this.#special ? '/' : '';
      if (passes('search')) this.#result.search ??= '';
    }
    this.#state = state;
    this.#at += skip;
    this.#start = this.#at;
    this.#increment = 0;
  }

  #rewind(state: State = this.#state): void {
    this.#at = this.#start;
    this.#increment = 0;
    this.#state = state;
  }

  /** The text from the start of the component to here. */
  #piece(): string {
    return this.#input.slice(this.#token(this.#start).index, this.#token(this.#at).index).join('');
  }

  #token(at: number): Token {
    return this.#tokens[at] ?? this.#tokens.at(-1)!;
  }

  /** Whether the token here (or `ahead` of here) is this character and means itself. */
  #is(letter: string, ahead = 0): boolean {
    const { kind, value } = this.#token(this.#at + ahead);
    return value === letter && (kind === TokenKind.Char || kind === TokenKind.EscapedChar || kind === TokenKind.InvalidChar);
  }

  #isHashPrefix(): boolean {
    return this.#is('#');
  }

  /** A question mark after a group is its modifier. */
  #isSearchPrefix(): boolean {
    if (this.#is('?')) return true;
    if (this.#token(this.#at).value !== '?') return false;
    if (this.#at === 0) return true;
    const { kind } = this.#token(this.#at - 1);
    return kind !== TokenKind.Name && kind !== TokenKind.Regexp && kind !== TokenKind.Close && kind !== TokenKind.Asterisk;
  }
}
