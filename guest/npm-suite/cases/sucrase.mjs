import { getVersion, transform } from 'sucrase';
const source = `import React from 'react';\ninterface Props { a?: number }\nenum E { A = 1, B }\nexport const C = ({ a = E.B }: Props) => <div className="x" {...{ a }}>{a ?? 'none'} text</div>;\n`;
console.log(transform(source, { transforms: ['typescript', 'jsx', 'imports'], production: true }).code, typeof getVersion());
try { transform('let a = ;', { transforms: [] }); } catch (error) { console.log(error.message); }
