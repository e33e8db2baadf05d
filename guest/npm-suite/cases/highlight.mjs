import hljs from 'highlight.js';
console.log(hljs.highlight('const a = `x${1 + 2}`; // c\nclass B extends C { async *d() {} }', { language: 'javascript' }).value);
console.log(hljs.highlightAuto('SELECT * FROM t WHERE a = 1').language, hljs.highlight('<a href="x">&amp;</a>', { language: 'xml' }).value, hljs.listLanguages().length > 150);
