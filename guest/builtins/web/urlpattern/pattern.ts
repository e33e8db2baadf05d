// URLPattern: the interface.

import { inspectable } from '../console/inspectable';
import { URL } from '../url';
import { dictionary, usvString } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';
import * as canonical from './canonical';
import { compile, hostnameOptions, match, matchesSpecial, pathnameOptions, plainOptions, type Component } from './component';
import { parseConstructorString } from './constructor_string';
import { componentNames, convertInit, processInit, type ComponentName, type Components, type Init } from './init';

interface URLPatternOptions {
  ignoreCase?: boolean;
}

interface ComponentResult {
  input: string;
  groups: Record<string, string | undefined>;
}

type Result = Record<ComponentName, ComponentResult> & { inputs: unknown[] };

export class URLPattern {
  #components: Record<ComponentName, Component>;

  constructor(input?: string | Init, baseOrOptions?: string | URLPatternOptions, options?: URLPatternOptions) {
    let base: string | undefined;
    let given: unknown = options;
    // With a third argument the second is a base; so is a second that is no object.
    if (arguments.length > 2 || (baseOrOptions !== undefined && baseOrOptions !== null && typeof baseOrOptions !== 'object')) {
      base = usvString(baseOrOptions);
    } else given = baseOrOptions;
    const init = initOf(input, base);
    const ignoreCase = Boolean((dictionary(given as URLPatternOptions, 'The options of URLPattern') as URLPatternOptions).ignoreCase);
    this.#components = build(init, ignoreCase);
  }

  test(input?: string | Init, baseURL?: string): boolean {
    return matchAll(this.#components, input, baseURL) !== null;
  }

  exec(input?: string | Init, baseURL?: string): Result | null {
    return matchAll(this.#components, input, baseURL);
  }

  get protocol(): string {
    return this.#components.protocol.pattern;
  }
  get username(): string {
    return this.#components.username.pattern;
  }
  get password(): string {
    return this.#components.password.pattern;
  }
  get hostname(): string {
    return this.#components.hostname.pattern;
  }
  get port(): string {
    return this.#components.port.pattern;
  }
  get pathname(): string {
    return this.#components.pathname.pattern;
  }
  get search(): string {
    return this.#components.search.pattern;
  }
  get hash(): string {
    return this.#components.hash.pattern;
  }
  get hasRegExpGroups(): boolean {
    return componentNames.some((name) => this.#components[name].hasRegexpGroups);
  }
}

function isDictionary(input: unknown): boolean {
  return input === undefined || input === null || typeof input === 'object' || typeof input === 'function';
}

function initOf(input: unknown, base: string | undefined): Init {
  if (isDictionary(input)) {
    if (base !== undefined) throw new TypeError('URLPattern takes a base URL only beside a string');
    return convertInit(input);
  }
  const init: Init = parseConstructorString(usvString(input));
  if (base === undefined && init.protocol === undefined) {
    throw new TypeError('URLPattern needs a base URL, since the pattern has no protocol');
  }
  if (base !== undefined) init.baseURL = base;
  return init;
}

function build(init: Init, ignoreCase: boolean): Record<ComponentName, Component> {
  const given = processInit(init, true, {});
  const text = (name: ComponentName) => given[name] ?? '*';
  if (canonical.isDefaultPort(given.protocol ?? '', given.port ?? '')) given.port = '';
  const protocol = compile(text('protocol'), canonical.canonicalProtocol, plainOptions);
  const special = matchesSpecial(protocol);
  const hostname = text('hostname');
  const canonicalHost = /^(?:\[|[{\\]\[)/.test(hostname)
    ? canonical.canonicalIpv6
    : special || text('protocol') === '*'
      ? canonical.canonicalDomain
      : canonical.canonicalHostname;
  const plain = { ...plainOptions, ignoreCase };
  return {
    protocol,
    username: compile(text('username'), canonical.canonicalUsername, plainOptions),
    password: compile(text('password'), canonical.canonicalPassword, plainOptions),
    hostname: compile(hostname, canonicalHost, hostnameOptions),
    port: compile(text('port'), (port) => canonical.canonicalPort(port), plainOptions),
    pathname: special
      ? compile(text('pathname'), canonical.canonicalPathname, { ...pathnameOptions, ignoreCase })
      : compile(text('pathname'), canonical.canonicalOpaquePathname, plain),
    search: compile(text('search'), canonical.canonicalSearch, plain),
    hash: compile(text('hash'), canonical.canonicalHash, plain),
  };
}

const empty: Components = Object.fromEntries(componentNames.map((name) => [name, '']));

/** The components of what is to be matched; null when it is no URL. */
function componentsOf(input: unknown, base: string | undefined, inputs: unknown[]): Components | null {
  if (isDictionary(input)) {
    if (base !== undefined) throw new TypeError('URLPattern takes a base URL only beside a string');
    const init = convertInit(input);
    inputs.push(init);
    try {
      return processInit(init, false, empty);
    } catch {
      return null;
    }
  }
  const text = usvString(input);
  inputs.push(text);
  if (base !== undefined) inputs.push(base);
  const url = URL.parse(text, base);
  if (url === null) return null;
  const { protocol, username, password, hostname, port, pathname, search, hash } = url;
  return { protocol: protocol.slice(0, -1), username, password, hostname, port, pathname, search: search.slice(1), hash: hash.slice(1) };
}

function matchAll(components: Record<ComponentName, Component>, input: unknown, baseURL: unknown): Result | null {
  const inputs: unknown[] = [];
  const url = componentsOf(input, baseURL === undefined ? undefined : usvString(baseURL), inputs);
  if (url === null) return null;
  const result = { inputs } as Result;
  for (const name of componentNames) {
    const text = url[name]!;
    const found = match(components[name], text);
    if (found === null) return null;
    const groups: Record<string, string | undefined> = {};
    components[name].names.forEach((group, index) => {
      Object.defineProperty(groups, group, { value: found[index + 1], writable: true, enumerable: true, configurable: true });
    });
    result[name] = { input: text, groups };
  }
  return result;
}

defineInterface(URLPattern, 'URLPattern', { constructor: 0, test: 0, exec: 0 });
inspectable(URLPattern, (pattern) =>
  Object.fromEntries([...componentNames, 'hasRegExpGroups' as const].map((name) => [name, pattern[name]])),
);
