// One component of a URL pattern, compiled.

import { PartKind, parseParts, patternOf, regexpOf, type Canonicalize, type Options } from './parts';
import { specialSchemes } from './canonical';

export interface Component {
  readonly pattern: string;
  readonly regexp: RegExp;
  readonly names: readonly string[];
  readonly hasRegexpGroups: boolean;
}

export const plainOptions: Options = { delimiter: '', prefix: '', ignoreCase: false };
export const hostnameOptions: Options = { delimiter: '.', prefix: '', ignoreCase: false };
export const pathnameOptions: Options = { delimiter: '/', prefix: '/', ignoreCase: false };

const exec = RegExp.prototype.exec;

export function compile(input: string, canonicalize: Canonicalize, options: Options): Component {
  const parts = parseParts(input, options, canonicalize);
  const names: string[] = [];
  const source = regexpOf(parts, options, names);
  let regexp: RegExp;
  try {
    regexp = new RegExp(source, options.ignoreCase ? 'vi' : 'v');
  } catch (error) {
    throw new TypeError(`The URL pattern '${input}' has a regular expression that is not valid`, { cause: error });
  }
  return {
    pattern: patternOf(parts, options),
    regexp,
    names,
    hasRegexpGroups: parts.some((part) => part.kind === PartKind.Regexp),
  };
}

/** Whether a component for protocols matches one of those whose URLs have a host and a path with slashes. */
export function matchesSpecial(component: Component): boolean {
  return specialSchemes.some((scheme) => match(component, scheme) !== null);
}

export function match(component: Component, input: string): RegExpExecArray | null {
  return exec.call(component.regexp, input);
}
