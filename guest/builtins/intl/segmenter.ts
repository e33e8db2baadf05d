// Intl.Segmenter. The host finds all boundaries of a text at once, when the first is asked for.

import { Pure } from '../abi';
import { defineTag } from '../define';
import { native } from '../native';
import { canonicalizeList, internals, resolveLocale, supportedLocales } from './negotiate';
import type { Resolved } from './negotiate';
import { optionsObject, stringOption } from './options';

interface Slots {
  resolved: Resolved;
  granularity: string;
}

interface Text {
  text: string;
  slots: Slots;
  ends?: Uint32Array;
  like?: Uint8Array;
}

interface Segment {
  segment: string;
  index: number;
  input: string;
  isWordLike?: boolean;
}

const slots = new WeakMap<object, Slots>();
const texts = new WeakMap<object, Text>();
const GRANULARITIES = ['grapheme', 'word', 'sentence'];

function ends(own: Text): Uint32Array {
  if (own.ends === undefined) {
    const { resolved, granularity } = own.slots;
    const [found, like] = native.pure(Pure.Segment, resolved.data, GRANULARITIES.indexOf(granularity), own.text.toWellFormed()) as [ArrayBuffer, ArrayBuffer?];
    own.ends = new Uint32Array(found);
    if (like !== undefined) own.like = new Uint8Array(like);
  }
  return own.ends;
}

function segmentAt(own: Text, at: number): Segment {
  const list = ends(own);
  const index = at === 0 ? 0 : list[at - 1]!;
  const out: Segment = { segment: own.text.slice(index, list[at]), index, input: own.text };
  if (own.like !== undefined) out.isWordLike = own.like[at] === 1;
  return out;
}

class Segments {
  constructor(text: Text) {
    texts.set(this, text);
  }

  containing(given?: unknown): Segment | undefined {
    const own = internals(texts, this, '%SegmentsPrototype%.containing');
    const index = Math.trunc(Number(given)) || 0;
    if (index < 0 || index >= own.text.length) return undefined;
    const list = ends(own);
    let low = 0;
    for (let high = list.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if (list[middle]! > index) high = middle;
      else low = middle + 1;
    }
    return segmentAt(own, low);
  }

  [Symbol.iterator](): Iterator<Segment> {
    const own = internals(texts, this, '%SegmentsPrototype%[Symbol.iterator]');
    const iterator = Object.create(iteratorPrototype);
    iterators.set(iterator, { own, at: 0 });
    return iterator;
  }
}

const iterators = new WeakMap<object, { own: Text; at: number }>();
const iteratorPrototype = Object.create(Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));
Object.defineProperty(iteratorPrototype, 'next', {
  value: {
    next(this: object): IteratorResult<Segment> {
      const state = internals(iterators, this, '%SegmentIterator.prototype%.next');
      if (state.at >= (state.own.text === '' ? 0 : ends(state.own).length)) return { value: undefined, done: true };
      return { value: segmentAt(state.own, state.at++), done: false };
    },
  }.next,
  writable: true,
  configurable: true,
});
defineTag(iteratorPrototype, 'Segmenter String Iterator');
// User code must not make one by itself: there is no way to its constructor.
delete (Segments.prototype as { constructor?: unknown }).constructor;
Object.defineProperty(Segments.prototype, 'constructor', { value: Object, writable: true, configurable: true, enumerable: false });
delete (Segments.prototype as { constructor?: unknown }).constructor;

export class Segmenter {
  constructor(locales?: unknown, given?: unknown) {
    const requested = canonicalizeList(locales);
    const options = optionsObject(given);
    stringOption(options, 'localeMatcher', ['lookup', 'best fit'], 'best fit');
    const granularity = stringOption(options, 'granularity', GRANULARITIES, 'grapheme');
    slots.set(this, { resolved: resolveLocale(requested, {}, {}), granularity });
  }

  static supportedLocalesOf(locales: unknown, options?: unknown): string[] {
    return supportedLocales(locales, options);
  }

  segment(text: unknown): Segments {
    return new Segments({ text: `${text as string}`, slots: internals(slots, this, 'Intl.Segmenter.prototype.segment') });
  }

  resolvedOptions(): Record<string, unknown> {
    const { resolved, granularity } = internals(slots, this, 'Intl.Segmenter.prototype.resolvedOptions');
    return { locale: resolved.locale, granularity };
  }
}
