// FormData: a flat list of names and values; a value is a string or a File.

import { inspectable } from '../console/inspectable';
import { needArguments, shownPairs, usvString } from '../webidl/convert';
import { defineInterface } from '../webidl/interface';
import { definePairIteration } from '../webidl/pairs';
import { Blob, File } from './blob';

export type Entry = string | File;

/** The entries of a form: name, value, name, value. */
export let formEntries: (form: FormData) => readonly Entry[];
let pairAt: (form: FormData, index: number) => [string, Entry] | undefined;

export class FormData {
  #list: Entry[] = [];

  static {
    formEntries = (form) => form.#list;
    pairAt = (form, index) => {
      const list = form.#list;
      return index * 2 < list.length ? [list[index * 2] as string, list[index * 2 + 1]!] : undefined;
    };
  }

  constructor(form?: undefined) {
    if (form !== undefined) throw new TypeError('FormData cannot be made from a form element: there are none here');
  }

  append(name: string, value: string | Blob, filename?: string): void {
    needArguments(arguments.length, 2, 'FormData.append');
    this.#list.push(usvString(name), entryValue(value, filename, arguments.length > 2, 'append'));
  }

  delete(name: string): void {
    needArguments(arguments.length, 1, 'FormData.delete');
    const key = usvString(name);
    const kept: Entry[] = [];
    const list = this.#list;
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] !== key) kept.push(list[at]!, list[at + 1]!);
    }
    this.#list = kept;
  }

  get(name: string): Entry | null {
    needArguments(arguments.length, 1, 'FormData.get');
    const key = usvString(name);
    const list = this.#list;
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] === key) return list[at + 1]!;
    }
    return null;
  }

  getAll(name: string): Entry[] {
    needArguments(arguments.length, 1, 'FormData.getAll');
    const key = usvString(name);
    const list = this.#list;
    const values: Entry[] = [];
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] === key) values.push(list[at + 1]!);
    }
    return values;
  }

  has(name: string): boolean {
    needArguments(arguments.length, 1, 'FormData.has');
    return this.get(name) !== null;
  }

  set(name: string, value: string | Blob, filename?: string): void {
    needArguments(arguments.length, 2, 'FormData.set');
    const key = usvString(name);
    const entry = entryValue(value, filename, arguments.length > 2, 'set');
    const list = this.#list;
    const kept: Entry[] = [];
    let found = false;
    for (let at = 0; at < list.length; at += 2) {
      if (list[at] !== key) kept.push(list[at]!, list[at + 1]!);
      else if (!found) {
        found = true;
        kept.push(key, entry);
      }
    }
    if (!found) kept.push(key, entry);
    this.#list = kept;
  }
}

function entryValue(value: unknown, filename: unknown, named: boolean, method: string): Entry {
  if (typeof value !== 'object' || value === null || !(value instanceof Blob)) {
    if (named) throw new TypeError(`The value of FormData.${method} must be a Blob when a file name is given`);
    return usvString(value);
  }
  if (value instanceof File && !named) return value;
  const name = named ? usvString(filename) : 'blob';
  const lastModified = value instanceof File ? value.lastModified : undefined;
  return new File([value], name, lastModified === undefined ? { type: value.type } : { type: value.type, lastModified });
}

defineInterface(FormData, 'FormData', { constructor: 0, append: 2, set: 2 });
definePairIteration(FormData.prototype, 'FormData', pairAt);
inspectable(FormData, (form) => shownPairs(formEntries(form)));
