// URLSearchParams: a flat list of names and values, and the URL that follows it, where there is one.

import { inspectableList } from '../console/inspectable';
import { flatPairs, invalidThis, needNamed, usvString } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';
import { definePairIteration } from '../webidl/pairs';
import { parseUrlencoded, serializeUrlencoded } from './urlencoded';

/** What a URL gives to the URLSearchParams it owns: told each time the list has changed. */
export type QueryListener = (query: string) => void;

/** Makes the params of a URL's query. */
export let paramsOfQuery: (query: string, changed: QueryListener) => URLSearchParams;
/** Replaces the list after the URL's query was set; the listener is not told. */
export let resetParams: (params: URLSearchParams, query: string) => void;
let need: (params: URLSearchParams) => void;
let listOf: (params: URLSearchParams) => readonly string[];
let pairAt: (params: URLSearchParams, index: number) => [string, string] | undefined;

type Init = string | Iterable<Iterable<string>> | Record<string, string>;

/** Given to the constructor in place of an init: the list is set right after. */
const ready: any = Symbol('ready');
const none: string[] = [];
const QUERY_PAIRS = { pair: 'query pair', pairs: 'Query pairs' };

export class URLSearchParams {
  #list: string[];
  #changed: QueryListener | null;

  static {
    paramsOfQuery = (query, changed) => {
      const params = new URLSearchParams(ready);
      params.#list = parseUrlencoded(query);
      params.#changed = changed;
      return params;
    };
    resetParams = (params, query) => {
      params.#list = parseUrlencoded(query);
    };
    listOf = (params) => {
      need(params);
      return params.#list;
    };
    need = (params) => {
      if (params === undefined || params === null || !(#list in params)) throw invalidThis('URLSearchParams');
    };
    pairAt = (params, index) => {
      need(params);
      const list = params.#list;
      return index * 2 < list.length ? [list[index * 2]!, list[index * 2 + 1]!] : undefined;
    };
  }

  constructor(init: Init = '') {
    this.#changed = null;
    if (init === ready) {
      this.#list = none;
    } else if ((typeof init === 'object' && init !== null) || typeof init === 'function') {
      this.#list = flatPairs(init, QUERY_PAIRS, usvString, usvString);
    } else {
      const text = usvString(init);
      this.#list = parseUrlencoded(text.charCodeAt(0) === 0x3f ? text.slice(1) : text);
    }
  }

  get size(): number {
    need(this);
    return this.#list.length / 2;
  }

  append(name: string, value: string): void {
    need(this);
    needNamed(arguments.length, 'name', 'value');
    this.#list.push(usvString(name), usvString(value));
    this.#update();
  }

  delete(name: string, value?: string): void {
    need(this);
    needNamed(arguments.length, 'name');
    const list = this.#list;
    const key = usvString(name);
    const only = value === undefined ? undefined : usvString(value);
    let to = 0;
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] === key && (only === undefined || list[at + 1] === only)) continue;
      list[to] = list[at]!;
      list[to + 1] = list[at + 1]!;
      to += 2;
    }
    list.length = to;
    this.#update();
  }

  get(name: string): string | null {
    need(this);
    needNamed(arguments.length, 'name');
    const list = this.#list;
    const key = usvString(name);
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] === key) return list[at + 1]!;
    }
    return null;
  }

  getAll(name: string): string[] {
    need(this);
    needNamed(arguments.length, 'name');
    const list = this.#list;
    const key = usvString(name);
    const values: string[] = [];
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] === key) values.push(list[at + 1]!);
    }
    return values;
  }

  has(name: string, value?: string): boolean {
    need(this);
    needNamed(arguments.length, 'name');
    const list = this.#list;
    const key = usvString(name);
    const only = value === undefined ? undefined : usvString(value);
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] === key && (only === undefined || list[at + 1] === only)) return true;
    }
    return false;
  }

  set(name: string, value: string): void {
    need(this);
    needNamed(arguments.length, 'name', 'value');
    const list = this.#list;
    const key = usvString(name);
    const text = usvString(value);
    let found = false;
    let to = 0;
    for (let at = 0; at < list.length; at += 2) {
      let kept = list[at + 1]!;
      if (list[at] === key) {
        if (found) continue;
        found = true;
        kept = text;
      }
      list[to] = list[at]!;
      list[to + 1] = kept;
      to += 2;
    }
    list.length = to;
    if (!found) list.push(key, text);
    this.#update();
  }

  sort(): void {
    need(this);
    const list = this.#list;
    const pairs: [string, string][] = [];
    for (let at = 0; at < list.length; at += 2) pairs.push([list[at]!, list[at + 1]!]);
    // Comparison of strings is by UTF-16 code units and the sort is stable, both as the standard asks.
    pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    let to = 0;
    for (const pair of pairs) {
      list[to++] = pair[0];
      list[to++] = pair[1];
    }
    this.#update();
  }

  toString(): string {
    need(this);
    return serializeUrlencoded(this.#list);
  }

  #update(): void {
    if (this.#changed !== null) this.#changed(serializeUrlencoded(this.#list));
  }
}

defineInterface(URLSearchParams, 'URLSearchParams', { delete: 1, has: 1 });
definePairIteration(URLSearchParams.prototype, 'URLSearchParams', pairAt);
inspectableList(URLSearchParams, 'URLSearchParams', listOf);
