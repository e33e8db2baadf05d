// util.MIMEType and util.MIMEParams.

import { readParameters } from '../../web/fetch/mime';
import { codes } from '../errors';

const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~A-Za-z0-9]/;
const NOT_VALUE = /[^\t\u0020-~\u0080-\u00ff]/;
const SPACE = /^[\r\n\t ]+|[\r\n\t ]+$/g;

function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function checkToken(production: string, text: string): void {
  const at = text.search(NOT_TOKEN);
  if (text === '' || at >= 0) throw new codes.ERR_INVALID_MIME_SYNTAX!(production, text, at);
}

function encode(value: string): string {
  if (value === '' || NOT_TOKEN.test(value)) return `"${value.replace(/["\\]/g, '\\$&')}"`;
  return value;
}

export class MIMEParams {
  #all = new Map<string, string>();

  delete(name: string): void {
    this.#all.delete(name);
  }
  get(name: string): string | null {
    return this.#all.get(name) ?? null;
  }
  has(name: string): boolean {
    return this.#all.has(name);
  }
  set(name: string, value: string): void {
    name = `${name}`;
    value = `${value}`;
    checkToken('parameter name', name);
    const at = value.search(NOT_VALUE);
    if (at >= 0) throw new codes.ERR_INVALID_MIME_SYNTAX!('parameter value', value, at);
    this.#all.set(name, value);
  }
  *entries(): Generator<[string, string]> {
    yield* this.#all.entries();
  }
  *keys(): Generator<string> {
    yield* this.#all.keys();
  }
  *values(): Generator<string> {
    yield* this.#all.values();
  }
  [Symbol.iterator](): Generator<[string, string]> {
    return this.entries();
  }
  toString(): string {
    return Array.from(this.#all, ([name, value]) => `${name}=${encode(value)}`).join(';');
  }
  toJSON(): string {
    return this.toString();
  }

  static read(params: MIMEParams, text: string): void {
    params.#all = readParameters(text, 0);
  }
}

export class MIMEType {
  #type: string;
  #subtype: string;
  #params = new MIMEParams();

  constructor(input: string) {
    const text = `${input}`.replace(SPACE, '');
    const slash = text.indexOf('/');
    const type = slash < 0 ? text : text.slice(0, slash);
    if (slash < 0 || type === '' || NOT_TOKEN.test(type)) throw new codes.ERR_INVALID_MIME_SYNTAX!('type', text, slash < 0 ? type.search(NOT_TOKEN) : type.search(NOT_TOKEN));
    const semicolon = text.indexOf(';', slash);
    const subtype = text.slice(slash + 1, semicolon < 0 ? undefined : semicolon).replace(/[\r\n\t ]+$/, '');
    if (subtype === '' || NOT_TOKEN.test(subtype)) throw new codes.ERR_INVALID_MIME_SYNTAX!('subtype', text, subtype === '' ? -1 : slash + 1 + subtype.search(NOT_TOKEN));
    this.#type = lower(type);
    this.#subtype = lower(subtype);
    if (semicolon >= 0) MIMEParams.read(this.#params, text.slice(semicolon));
  }

  get type(): string {
    return this.#type;
  }
  set type(value: string) {
    checkToken('type', `${value}`);
    this.#type = lower(`${value}`);
  }
  get subtype(): string {
    return this.#subtype;
  }
  set subtype(value: string) {
    checkToken('subtype', `${value}`);
    this.#subtype = lower(`${value}`);
  }
  get essence(): string {
    return `${this.#type}/${this.#subtype}`;
  }
  get params(): MIMEParams {
    return this.#params;
  }
  toString(): string {
    const params = this.#params.toString();
    return params === '' ? this.essence : `${this.essence};${params}`;
  }
  toJSON(): string {
    return this.toString();
  }
}
