import { produce, produceWithPatches, enablePatches } from 'immer';
enablePatches();
const base = { list: [{ done: false }, { done: true }], map: { a: 1 } };
const [next, patches] = produceWithPatches(base, (draft) => { draft.list[0].done = true; delete draft.map.a; });
console.log(next, patches, next.list[1] === base.list[1]);
try { produce(next, () => {}).list.push(1); } catch (error) { console.log(error.name); }
