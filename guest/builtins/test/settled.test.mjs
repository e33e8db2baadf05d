// An image's objects are not counted and not walked by the collector: what a request hangs on them, takes
// from them and collects must still be right.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Effect, Guest, Mode } from './engine.mjs';

/** Loads as for an image, settles, and answers one request. */
function served(source) {
  const guest = new Guest().load(Mode.Image, { '/bundle/m.mjs': source });
  guest.exports.holm_settle();
  guest.request().run();
  assert.equal(guest.effect(Effect.Threw), undefined, guest.effect(Effect.Threw)?.[4]);
  return guest.effect(Effect.Respond)[4];
}

test('objects that a request hangs on those of the image survive collections', () => {
  const source = `
    const cache = {}, list = [], map = new Map(), weak = new WeakMap(), key = {};
    let variable = { old: true };
    export default () => {
      for (let i = 0; i < 300; i++) { cache['k' + i] = { i, self: null }; cache['k' + i].self = cache['k' + i]; list.push({ i }); map.set({ i }, [i]); }
      variable = { fresh: { list } };
      weak.set(key, { value: 'v' });
      for (let i = 0; i < 200_000; i++) { const a = {}, b = { a }; a.b = b; }
      let sum = 0;
      for (let i = 0; i < 300; i++) sum += cache['k' + i].self.i + list[i].i;
      for (const [{ i }, [j]] of map) sum += i + j;
      return new Response([sum, variable.fresh.list.length, weak.get(key).value].join());
    }`;
  assert.equal(served(source), `${4 * ((299 * 300) / 2)},300,v`);
});

test('cycles of a request are collected', () => {
  const source = `export default () => {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 300_000; i++) { const a = { text: 'x' + i }, b = { a }; a.b = b; }
    return new Response(String(process.memoryUsage().heapUsed - before < 8_000_000));
  }`;
  assert.equal(served(source), 'true');
});

test('shapes, strings and closures of the image can be changed and replaced', () => {
  const source = `
    class Point { constructor(x) { this.x = x } }
    const point = new Point(1), text = 'a'.repeat(20), frozen = Object.freeze({ a: 1 });
    let counter = 0; const count = () => ++counter;
    export default () => {
      point.y = 2; delete point.x; point.z = 3; Point.prototype.added = 4;
      let long = text; for (let i = 0; i < 1000; i++) long += 'b';
      for (let i = 0; i < 1000; i++) count();
      Object.defineProperty(point, 'y', { get: () => 'getter' });
      Array.prototype.extra = 1; delete Array.prototype.extra;
      const other = new Point(9);
      return new Response([JSON.stringify(point), long.length, text.length, counter, other.added, other.x, frozen.a].join());
    }`;
  assert.equal(served(source), '{"z":3},1020,20,1000,4,9,1'.replace('{"z":3}', '{"y":"getter","z":3}'));
});

test('weak references and finalizers see objects of the request die', () => {
  const source = `
    const refs = [];
    export default async () => {
      (() => { for (let i = 0; i < 100; i++) { const o = { i }; o.self = o; refs.push(new WeakRef(o)); } })();
      // What a WeakRef was made for lives on to the end of the turn.
      await new Promise((done) => setTimeout(done, 1));
      for (let i = 0; i < 200_000; i++) { const a = {}, b = { a }; a.b = b; }
      await null;
      return new Response(String(refs.filter((ref) => ref.deref() !== undefined).length < 100));
    }`;
  assert.equal(served(source), 'true');
});
