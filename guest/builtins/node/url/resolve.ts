// An address relative to another one, as `url.resolve` has always done it. It differs from the standard's where one
// of the two has no host: those are paths here.

import { formatUrl, isScript, isSlashed, parse, Url } from './legacy';

const PARTS = ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname', 'path'] as const;
type Part = (typeof PARTS)[number];

function take(to: Url, from: Url, parts: readonly Part[]): void {
  for (const part of parts) (to as unknown as Record<Part, unknown>)[part] = from[part];
}

const segments = (path: string | null): string[] => (path ? path.split('/') : []);

/** `path` from its parts, and `href` from all. */
function finish(url: Url): Url {
  if (url.pathname !== null || url.search !== null) url.path = (url.pathname ?? '') + (url.search ?? '');
  url.href = formatUrl(url);
  return url;
}

export function resolveObject(base: Url, to: string | Url): Url {
  const relative = Object.assign(new Url(), typeof to === 'string' ? parse(to, false, true) : to);
  const result = Object.assign(new Url(), base);
  result.hash = relative.hash;
  if (relative.href === '') return finishHref(result);
  if (relative.slashes && !relative.protocol) {
    take(result, relative, PARTS.slice(1));
    if (isSlashed(result.protocol) && result.hostname && !result.pathname) result.path = result.pathname = '/';
    return finishHref(result);
  }
  if (relative.protocol && relative.protocol !== result.protocol) return otherProtocol(result, relative);
  return samePlace(result, relative);
}

function finishHref(url: Url): Url {
  url.href = formatUrl(url);
  return url;
}

function otherProtocol(result: Url, relative: Url): Url {
  if (!isSlashed(relative.protocol)) {
    take(result, relative, PARTS);
    return finishHref(result);
  }
  result.protocol = relative.protocol;
  result.pathname = relative.pathname;
  if (!relative.host && relative.protocol !== 'file:' && !isScript(relative.protocol)) {
    // "http:/a/b" and "http:a/b" name the host a.
    const path = (relative.pathname ?? '').split('/');
    while (path.length > 0 && !relative.host) relative.host = path.shift()!;
    relative.host ||= '';
    relative.hostname ||= '';
    if (path[0] !== '') path.unshift('');
    if (path.length < 2) path.unshift('');
    result.pathname = path.join('/');
  }
  take(result, relative, ['search', 'query', 'auth', 'port']);
  result.host = relative.host ?? '';
  result.hostname = relative.hostname || relative.host;
  result.slashes ||= relative.slashes;
  if (result.pathname || result.search) result.path = (result.pathname ?? '') + (result.search ?? '');
  return finishHref(result);
}

function samePlace(result: Url, relative: Url): Url {
  const relativeIsRooted = Boolean(relative.host || relative.pathname?.startsWith('/'));
  const keepsRoot = relativeIsRooted || Boolean(result.pathname?.startsWith('/')) || Boolean(result.host && relative.pathname);
  let rooted = keepsRoot;
  let path = segments(result.pathname);
  const ahead = segments(relative.pathname);
  // Without slashes, as in "mailto:", the host is the first segment.
  const hostInPath = result.protocol !== null && result.protocol !== '' && !isSlashed(result.protocol);
  if (hostInPath) {
    intoPath(result, path);
    result.hostname = '';
    result.host = '';
    if (relative.protocol) {
      relative.hostname = null;
      relative.port = null;
      result.auth = null;
      intoPath(relative, ahead);
      relative.host = null;
    }
    rooted = rooted && (ahead[0] === '' || path[0] === '');
  }

  if (relativeIsRooted) {
    if (relative.host || relative.host === '') {
      if (result.host !== relative.host) result.auth = null;
      take(result, relative, ['host', 'port']);
    }
    if (relative.hostname || relative.hostname === '') {
      if (result.hostname !== relative.hostname) result.auth = null;
      result.hostname = relative.hostname;
    }
    take(result, relative, ['search', 'query']);
    path = ahead;
  } else if (ahead.length > 0) {
    path = [...path.slice(0, -1), ...ahead];
    take(result, relative, ['search', 'query']);
  } else if (relative.search !== null && relative.search !== undefined) {
    if (hostInPath) outOfPath(result, path.shift() ?? '');
    take(result, relative, ['search', 'query']);
    return finish(result);
  }
  if (path.length === 0) {
    result.pathname = null;
    result.path = result.search ? `/${result.search}` : null;
    return finishHref(result);
  }

  const last = path[path.length - 1];
  const endsInFolder = last === '' || ((last === '.' || last === '..') && Boolean(result.host || relative.host || path.length > 1));
  const above = withoutDots(path);
  if (!rooted && !keepsRoot) path.unshift(...Array.from({ length: above }, () => '..'));
  if (rooted && path[0] !== '' && !path[0]?.startsWith('/')) path.unshift('');
  if (endsInFolder && !path.join('/').endsWith('/')) path.push('');
  const isAbsolute = path[0] === '' || Boolean(path[0]?.startsWith('/'));
  if (hostInPath) outOfPath(result, isAbsolute ? '' : (path.shift() ?? ''));
  rooted ||= Boolean(result.host && path.length > 0);
  if (rooted && !isAbsolute) path.unshift('');
  result.pathname = path.length > 0 ? path.join('/') : null;
  if (result.pathname === null) result.path = null;
  result.auth = relative.auth || result.auth;
  result.slashes ||= relative.slashes;
  return finish(result);
}

function intoPath(url: Url, path: string[]): void {
  url.port = null;
  if (!url.host) return;
  if (path[0] === '') path[0] = url.host;
  else path.unshift(url.host);
}

/** The first segment as host, with the user before its "@". */
function outOfPath(url: Url, host: string): void {
  if (host.indexOf('@') <= 0) {
    url.host = url.hostname = host;
    return;
  }
  // Of several, as ever, all but the first two parts are lost.
  const [auth, name] = host.split('@');
  url.auth = auth!;
  url.host = url.hostname = name!;
}

/** Takes "." and ".." out of a path, with what those stand for; how many ".." lead out of it. */
function withoutDots(path: string[]): number {
  let above = 0;
  for (let at = path.length - 1; at >= 0; at--) {
    if (path[at] === '.') path.splice(at, 1);
    else if (path[at] === '..') {
      path.splice(at, 1);
      above++;
    } else if (above > 0) {
      path.splice(at, 1);
      above--;
    }
  }
  return above;
}
