import { parse, tokenizer } from 'acorn';
console.log(JSON.stringify(parse('let a = async (x) => await x?.y ?? 1n', { ecmaVersion: 'latest' }).body[0].declarations[0].init.type), [...tokenizer('a+`b${c}`', { ecmaVersion: 2020 })].map((token) => token.type.label).join(' '));
try { parse('let = ;', { ecmaVersion: 2020, sourceType: 'module' }); } catch (error) { console.log(error.message, error.loc); }
