import Papa from 'papaparse';
const { data, errors, meta } = Papa.parse('name;age;note\nAda;36;"a ""quoted""; text"\nBob;x\n', { header: true, delimiter: '', dynamicTyping: true, skipEmptyLines: true });
console.log(data, errors.map(({ code, row }) => [code, row]), meta.delimiter, meta.fields);
console.log(Papa.unparse([{ a: 1, b: 'x,y' }, { a: '=2', b: null }], { escapeFormulae: true }));
