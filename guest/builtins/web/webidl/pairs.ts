// The "pair iterable" of Web IDL: entries, keys, values, forEach and Symbol.iterator of URLSearchParams,
// Headers and FormData. An iterator looks at its target at each step, so it sees what was added meanwhile.

import { defineHidden } from '../../define';
import { inspectableIterator } from '../console/inspectable';
import { codedTypeError, invalidThis } from './convert';

const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

const enum Kind {
  Keys,
  Values,
  Entries,
}

/** Defines the iteration methods on `prototype`. `at` gives the pair at an index, or undefined past the end;
 *  it also rejects a target of another class. */
export function definePairIteration<T extends object, V>(
  prototype: T,
  name: string,
  at: (target: T, index: number) => [string, V] | undefined,
): void {
  class PairIterator {
    #target: T;
    #kind: Kind;
    #index = 0;

    constructor(target: T, kind: Kind) {
      this.#target = target;
      this.#kind = kind;
    }

    next() {
      if (this === undefined || this === null || !(#index in this)) throw invalidThis(`${name}Iterator`);
      const pair = at(this.#target, this.#index);
      if (pair === undefined) return { value: undefined, done: true };
      this.#index++;
      const kind = this.#kind;
      return { value: kind === Kind.Entries ? pair : pair[kind === Kind.Keys ? 0 : 1], done: false };
    }

    #pick(pair: [string, V]) {
      return this.#kind === Kind.Entries ? pair : pair[this.#kind === Kind.Keys ? 0 : 1];
    }

    /** What `next` will give, for consoles. */
    static rest(iterator: PairIterator): unknown[] {
      const values: unknown[] = [];
      for (let index = iterator.#index, pair; (pair = at(iterator.#target, index)) !== undefined; index++) {
        values.push(iterator.#pick(pair));
      }
      return values;
    }
  }
  const own = PairIterator.prototype as object;
  delete (own as any).constructor;
  Object.setPrototypeOf(own, iteratorPrototype);
  Object.defineProperty(own, 'next', { enumerable: true });
  inspectableIterator(own, `${name} Iterator`, PairIterator.rest as (iterator: object) => unknown[]);
  Object.defineProperty(own, Symbol.toStringTag, { value: `${name} Iterator`, configurable: true });

  function start(target: T, kind: Kind): PairIterator {
    at(target, 0);
    return new PairIterator(target, kind);
  }
  const methods = {
    entries(this: T) {
      return start(this, Kind.Entries);
    },
    forEach(this: T, callback: (value: V, key: string, target: T) => void, thisArg?: unknown) {
      at(this, 0);
      if (typeof callback !== 'function') throw codedTypeError(`The callback of ${name}.forEach must be a function`, 'ERR_INVALID_ARG_TYPE');
      for (let index = 0, pair; (pair = at(this, index)) !== undefined; index++) {
        callback.call(thisArg, pair[1], pair[0], this);
      }
    },
    keys(this: T) {
      return start(this, Kind.Keys);
    },
    values(this: T) {
      return start(this, Kind.Values);
    },
  };
  Object.defineProperty(methods.forEach, 'length', { value: 1, configurable: true });
  for (const [key, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, key, { value, writable: true, configurable: true, enumerable: true });
  }
  defineHidden(prototype, Symbol.iterator, methods.entries);
}
