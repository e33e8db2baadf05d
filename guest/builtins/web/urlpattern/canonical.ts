// Components of URLs in the form that the URL parser gives them: for fixed text in patterns, and for the
// inputs that come as components.

import { URL } from '../url';

const defaultPorts: Record<string, string> = { ftp: '21', file: '', http: '80', https: '443', ws: '80', wss: '443' };

export const specialSchemes: readonly string[] = Object.keys(defaultPorts);

export function isSpecial(scheme: string): boolean {
  return Object.hasOwn(defaultPorts, scheme);
}

export function isDefaultPort(scheme: string, port: string): boolean {
  return isSpecial(scheme) && port !== '' && defaultPorts[scheme] === port;
}

function invalid(component: string, value: string): TypeError {
  return new TypeError(`'${value}' is not valid as the ${component} of a URL`);
}

export function canonicalProtocol(value: string): string {
  if (value === '') return '';
  const url = URL.parse(`${value}://dummy.invalid/`);
  if (url === null) throw invalid('protocol', value);
  return url.protocol.slice(0, -1);
}

function dummy(): URL {
  return new URL('https://dummy.invalid/');
}

export function canonicalUsername(value: string): string {
  if (value === '') return '';
  const url = dummy();
  url.username = value;
  return url.username;
}

export function canonicalPassword(value: string): string {
  if (value === '') return '';
  const url = dummy();
  url.password = value;
  return url.password;
}

/** The host of a special scheme: a domain name or an address. */
export function canonicalDomain(value: string): string {
  return hostname('https', value);
}

export function canonicalHostname(value: string): string {
  return hostname('dummy', value);
}

function hostname(scheme: string, value: string): string {
  if (value === '') return '';
  // A setter says nothing when it refuses: that nothing has changed for either of two hosts says it.
  for (const host of ['a.invalid', 'b.invalid']) {
    const url = new URL(`${scheme}://${host}/`);
    url.hostname = value;
    if (url.hostname !== host) return url.hostname;
  }
  throw invalid('hostname', value);
}

export function canonicalIpv6(value: string): string {
  if (/[^\da-f:[\]]/i.test(value)) throw invalid('hostname', value);
  return value.toLowerCase();
}

export function canonicalPort(value: string, protocol: string = ''): string {
  if (value === '') return '';
  const digits = /^\d+/.exec(value.replace(/[\t\n\r]/g, ''))?.[0];
  if (digits === undefined || Number(digits) > 65535) throw invalid('port', value);
  const port = String(Number(digits));
  return isDefaultPort(protocol, port) ? '' : port;
}

export function canonicalPathname(value: string): string {
  if (value === '') return '';
  const url = dummy();
  const absolute = value[0] === '/';
  // What a relative path starts with must not be taken for dots.
  url.pathname = absolute ? value : `/-${value}`;
  return absolute ? url.pathname : url.pathname.slice(2);
}

export function canonicalOpaquePathname(value: string): string {
  if (value === '') return '';
  const url = URL.parse(`data:${value}`);
  if (url === null) throw invalid('pathname', value);
  return url.pathname;
}

export function canonicalSearch(value: string): string {
  if (value === '') return '';
  const url = dummy();
  url.search = `?${value}`;
  return url.search.slice(1);
}

export function canonicalHash(value: string): string {
  if (value === '') return '';
  const url = dummy();
  url.hash = `#${value}`;
  return url.hash.slice(1);
}
