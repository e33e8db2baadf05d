// URLPatternInit: the components that somebody gave, filled up from a base URL.

import { URL } from '../url';
import { dictionary, usvString } from '../webidl/convert';
import * as canonical from './canonical';
import { escapePattern } from './parts';

export const componentNames = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'] as const;
export type ComponentName = (typeof componentNames)[number];

export type Components = Partial<Record<ComponentName, string>>;
export type Init = Components & { baseURL?: string };

/** The dictionary as Web IDL converts it: its members in the order of their names, each a string. */
export function convertInit(value: unknown): Init {
  const given = dictionary(value as Record<string, unknown>, 'The input of a URLPattern');
  const init: Init = {};
  for (const name of ['baseURL', 'hash', 'hostname', 'password', 'pathname', 'port', 'protocol', 'search', 'username'] as const) {
    const member = given[name];
    if (member !== undefined) init[name] = usvString(member);
  }
  return init;
}

/** Completes `init`: as a pattern, whose text stays as it is, or as the components of a URL, which are brought
 *  into their canonical form. What is neither given nor inherited stays as in `defaults`. */
export function processInit(init: Init, asPattern: boolean, defaults: Components): Components {
  const result: Components = { ...defaults };
  const has = (...names: ComponentName[]) => names.some((name) => init[name] !== undefined);
  let base: URL | null = null;
  if (init.baseURL !== undefined) {
    base = URL.parse(init.baseURL);
    if (base === null) throw new TypeError(`'${init.baseURL}' is not valid as a base URL`);
    const inherit = (text: string) => (asPattern ? escapePattern(text) : text);
    if (!has('protocol')) result.protocol = inherit(base.protocol.slice(0, -1));
    if (!asPattern && !has('protocol', 'hostname', 'port', 'username')) {
      result.username = base.username;
      if (!has('password')) result.password = base.password;
    }
    if (!has('protocol', 'hostname')) {
      result.hostname = inherit(base.hostname);
      if (!has('port')) {
        result.port = base.port;
        if (!has('pathname')) {
          result.pathname = inherit(base.pathname);
          if (!has('search')) {
            result.search = inherit(base.search.slice(1));
            if (!has('hash')) result.hash = inherit(base.hash.slice(1));
          }
        }
      }
    }
  }
  const set = (name: ComponentName, strip: RegExp | null, canonicalize: (text: string) => string) => {
    const given = init[name];
    if (given === undefined) return;
    const text = strip === null ? given : given.replace(strip, '');
    result[name] = asPattern ? text : canonicalize(text);
  };
  set('protocol', /:$/, canonical.canonicalProtocol);
  set('username', null, canonical.canonicalUsername);
  set('password', null, canonical.canonicalPassword);
  const protocol = result.protocol ?? '';
  const special = protocol === '' || canonical.isSpecial(protocol);
  set('hostname', null, special ? canonical.canonicalDomain : canonical.canonicalHostname);
  set('port', null, (text) => canonical.canonicalPort(text, protocol));
  if (init.pathname !== undefined) {
    let path = init.pathname;
    if (base !== null && (base.pathname === '' || base.pathname[0] === '/') && !isAbsolute(path, asPattern)) {
      const from = asPattern ? escapePattern(base.pathname) : base.pathname;
      path = from.slice(0, from.lastIndexOf('/') + 1) + path;
    }
    const canonicalize = special ? canonical.canonicalPathname : canonical.canonicalOpaquePathname;
    result.pathname = asPattern ? path : canonicalize(path);
  }
  set('search', /^\?/, canonical.canonicalSearch);
  set('hash', /^#/, canonical.canonicalHash);
  return result;
}

function isAbsolute(path: string, asPattern: boolean): boolean {
  return (asPattern ? /^[\\{]?\// : /^\//).test(path);
}
