// Domains in their two spellings, by the WHATWG's rules.

import punycode from 'punycode/punycode.es6.js';

function hostOf(text: unknown): string {
  const { URL } = globalThis as unknown as { URL: new (url: string) => { hostname: string } };
  const domain = `${text as string}`;
  // What would end the host is no domain.
  if (/[/?#\\@]/.test(domain)) return '';
  try {
    return new URL(`ws://${domain}`).hostname;
  } catch {
    return '';
  }
}

/** "español.com" as "xn--espaol-zwa.com"; empty when it is no domain. */
export function domainToASCII(domain: unknown): string {
  return hostOf(domain);
}

/** The opposite. */
export function domainToUnicode(domain: unknown): string {
  return unicodeOf(hostOf(domain));
}

/** A host that is written in ASCII, in Unicode. */
export function unicodeOf(host: string): string {
  try {
    return (punycode as { toUnicode(text: string): string }).toUnicode(host);
  } catch {
    return host;
  }
}
