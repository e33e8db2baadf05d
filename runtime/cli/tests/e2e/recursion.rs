//! Recursion of every kind is a RangeError that the program can catch: never the end of the engine.

use crate::holm::run_thrice;

/// Each recurses without end, or as deep as `'['.repeat(1e6)` is.
const PROGRAMS: &[(&str, &str)] = &[
    ("function", "const f = () => f() + 1; f()"),
    ("mutual", "const a = () => b() + 1, b = () => a() + 1; a()"),
    ("method", "const o = { m() { return this.m() + 1 } }; o.m()"),
    ("constructor", "class A { constructor() { new A() } } new A()"),
    ("getter", "const o = { get a() { return this.a } }; o.a"),
    ("setter", "const o = { set a(v) { this.a = v } }; o.a = 1"),
    (
        "to-string",
        "const o = { toString() { return `${this}` } }; `${o}`",
    ),
    ("value-of", "const o = { valueOf() { return +this } }; +o"),
    (
        "proxy",
        "const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.x",
    ),
    (
        "proxy-chain",
        "let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x",
    ),
    (
        "prototype-chain",
        "let p = {}; for (let i = 0; i < 1e5; i++) p = Object.create(p); p.x; throw new RangeError('fine')",
    ),
    (
        "bound",
        "let f = () => 1; for (let i = 0; i < 1e5; i++) f = f.bind(); f()",
    ),
    ("apply", "const f = () => f.apply(null, []); f()"),
    ("reflect", "const f = () => Reflect.apply(f, null, []); f()"),
    ("sort", "const f = () => [2, 1].sort(f); f()"),
    ("map", "const f = () => [1].map(f); f()"),
    ("replace", "const f = () => 'a'.replace(/a/, f); f()"),
    (
        "to-json",
        "const o = { toJSON() { return JSON.stringify(o) } }; JSON.stringify(o)",
    ),
    (
        "stringify",
        "let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; JSON.stringify(o)",
    ),
    ("parse", "JSON.parse('['.repeat(1e5) + ']'.repeat(1e5))"),
    ("reviver", "const f = () => JSON.parse('[1]', f); f()"),
    (
        "flat",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.flat(Infinity); throw new RangeError('fine')",
    ),
    (
        "join",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; String(a)",
    ),
    ("generator", "function* g() { yield* g() } [...g()]"),
    (
        "async",
        "const f = async () => { await f() }; f(); throw new RangeError('fine')",
    ),
    ("spread", "const f = (...a) => f(...a, 1); f()"),
    (
        "destructuring",
        "const o = { get a() { const { a } = o; return a } }; o.a",
    ),
    ("parser", "new Function('('.repeat(1e5))"),
    ("parser-array", "new Function('return ' + '['.repeat(1e5))"),
    ("regex", "new RegExp('('.repeat(1e5) + ')'.repeat(1e5))"),
    (
        "regex-match",
        "new RegExp('(a|'.repeat(200) + 'b' + ')*'.repeat(200)).test('a'.repeat(1e4)); throw new RangeError('fine')",
    ),
    (
        "clone",
        "let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; structuredClone(o)",
    ),
    (
        "instanceof",
        "class A { static [Symbol.hasInstance](x) { return x instanceof A } } 1 instanceof A",
    ),
    (
        "iterator",
        "const o = { [Symbol.iterator]() { return [...o] } }; [...o]",
    ),
    (
        "event",
        "const t = new EventTarget(); let e; t.addEventListener('x', () => t.dispatchEvent(new Event('x'))); t.dispatchEvent(new Event('x')); throw new RangeError('fine')",
    ),
];

#[test]
fn it_is_an_error_that_can_be_caught() {
    let mut program = String::from("const ends = [];\n");
    for (name, body) in PROGRAMS {
        program.push_str(&format!(
            "try {{ (() => {{ {body} }})(); ends.push('{name}: returned') }} catch (error) {{
                // What is too deep for the parser is a SyntaxError in some engines.
                const fine = error instanceof RangeError || error instanceof SyntaxError || error instanceof InternalError;
                if (!fine) ends.push(`{name}: ${{error}}`);
            }}\n"
        ));
    }
    let program = format!(
        "globalThis.InternalError ??= RangeError;\nprocess.on?.('unhandledRejection', () => {{}});\nprocess.on?.('uncaughtException', () => {{}});\n{program}console.log(ends.join('\\n') || 'fine');"
    );
    run_thrice(&program, &["--cpu-ms", "60000", "--memory-mib", "256"]).prints("fine\n");
}

#[test]
fn uncaught_it_is_reported_as_any_other() {
    run_thrice("const f = () => f() + 1; f()", &[]).fails(1, "RangeError: Maximum call stack size exceeded");
}
