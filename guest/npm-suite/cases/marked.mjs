import { marked } from 'marked';
console.log(marked.parse('# Title\n\n- one\n- **two** `code`\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n```js\nlet a = 1 < 2;\n```\n'));
