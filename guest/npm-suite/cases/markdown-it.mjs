import MarkdownIt from 'markdown-it';
console.log(new MarkdownIt({ linkify: true, typographer: true }).render('## "Hi" -- see www.example.com\n\n1. a\n2. b\n\n> quote (c)\n'));
