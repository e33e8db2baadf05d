import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
const pipeline = unified().use(remarkParse).use(remarkGfm).use(() => (tree) => { tree.children[0].depth = 2; }).use(remarkRehype).use(rehypeStringify);
console.log(String(await pipeline.process('# Title\n\nSome *text*, ~~gone~~ and `code`.\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] done\n- [ ] open <b>raw</b>\n')));
