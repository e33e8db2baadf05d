// holm run --limit source_bytes=10MiB --memory-mib 128
import ts from 'typescript';
const { outputText } = ts.transpileModule('enum A { B = 2 } export const f = <T,>(x: T): T => x; class C { constructor(private a: A) {} }', { compilerOptions: { target: ts.ScriptTarget.ES2020, module: ts.ModuleKind.CommonJS } });
console.log(outputText, ts.version);
