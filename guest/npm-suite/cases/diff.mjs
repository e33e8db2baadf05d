import { applyPatch, createTwoFilesPatch, diffJson, diffWords } from 'diff';
const [before, after] = ['a\nb\nc\nd\n', 'a\nB\nc\nd\ne\n'];
const patch = createTwoFilesPatch('x', 'y', before, after);
console.log(patch, applyPatch(before, patch) === after, diffWords('the old text', 'the new text').map((part) => [part.added ? '+' : part.removed ? '-' : ' ', part.value]), diffJson({ a: 1 }, { a: 2 }).length);
