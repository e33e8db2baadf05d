import { parse } from 'csv-parse/sync';
console.log(parse('name,age\n"Ada, Countess",36\nAlan,41\n', { columns: true, cast: true }));
try { parse('a,b\n1\n'); } catch (error) { console.log(error.code, error.message); }
