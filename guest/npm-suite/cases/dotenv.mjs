import dotenv from 'dotenv';
console.log(dotenv.parse('# comment\nA=1\nB="two\\nlines"\nC=\'single $A\'\nexport D = spaced # tail\nE=\nF="multi\nline"'));
const target = { A: 'kept' };
dotenv.populate(target, { A: '1', B: '2' });
console.log(target);
