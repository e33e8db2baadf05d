import * as XLSX from 'xlsx';
const book = XLSX.utils.book_new();
const sheet = XLSX.utils.aoa_to_sheet([['name', 'n'], ['a', 1], ['b', 2.5]]);
sheet.B4 = { t: 'n', f: 'SUM(B2:B3)' };
XLSX.utils.book_append_sheet(book, sheet, 'Data');
const bytes = XLSX.write(book, { type: 'array', bookType: 'xlsx' });
const again = XLSX.read(bytes);
console.log(new Uint8Array(bytes).subarray(0, 4), again.SheetNames, XLSX.utils.sheet_to_json(again.Sheets.Data), XLSX.utils.sheet_to_csv(again.Sheets.Data));
