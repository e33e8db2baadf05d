//! No source makes the loader panic, and what it accepts is what is on disk.

use std::fs;

use holm_bundle::{BundleError, LoadOptions, load};
use proptest::prelude::*;

fn check(name: &str, source: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join(name);
    fs::write(&path, source).expect("a file");
    match load(
        &path,
        LoadOptions {
            source_bytes_max: 1 << 20,
            root: None,
        },
    ) {
        Ok(_) => {}
        Err(error @ BundleError::Internal { .. }) => panic!("{error}"),
        Err(error) => {
            let report = error.report();
            assert!(!report.is_empty() && !report.contains("bug in holm"), "{report}");
        }
    }
}

/// Pieces that lead a scanner astray.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "`",
    "${",
    "'",
    "\"",
    "/",
    "//",
    "/*",
    "*/",
    "\\",
    "\n",
    "\r\n",
    "\u{2028}",
    " ",
    ";",
    ",",
    ":",
    "?",
    "?.",
    ".",
    "...",
    "=",
    "=>",
    "==",
    "<",
    "<!--",
    "-->",
    "++",
    "--",
    "+",
    "!",
    "**",
    "@",
    "#a",
    "#!",
    "a",
    "é",
    "\u{feff}",
    "1",
    ".5",
    "1e",
    "0x",
    "1n",
    "\\u{61}",
    "if",
    "else",
    "for",
    "while",
    "do",
    "function",
    "class",
    "extends",
    "static",
    "get",
    "async",
    "await",
    "yield",
    "of",
    "in",
    "new",
    "typeof",
    "return",
    "case",
    "default",
    "switch",
    "try",
    "catch",
    "import",
    "export",
    "from",
    "let",
    "const",
    "require('./x')",
    "module.exports",
    "exports.a",
    "import.meta",
    "import('y')",
    "new URL('./z', import.meta.url)",
    "Object.defineProperty(exports, 'a')",
];

const CLASSES: &[&str] = &[
    "@d",
    "@d()",
    "@(d)",
    "static",
    "accessor x = 1;",
    "accessor #y;",
    "accessor ['z'];",
    "x = 1;",
    "x = () => this;",
    "#x = class { @d a };",
    "[a()] = 'é\u{1f600}';",
    "'quoted' = 2;",
    "1 = 2;",
    "m() {}",
    "async *g() {}",
    "get a() { return this }",
    "set #b(v) {}",
    "#p() { super.p }",
    "static { this.x; this.#x }",
    "constructor() { super() }",
    "declare y: number;",
    "private z?: string;",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(source in proptest::collection::vec(any::<u8>(), 0..300), name in "a\\.(js|mjs|cjs)") {
        check(&name, &source);
    }

    #[test]
    fn random_text_never_panics(source in "\\PC{0,200}") {
        check("a.js", source.as_bytes());
    }

    #[test]
    fn random_pieces_of_syntax_never_panic(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        check("a.js", pieces.concat().as_bytes());
        check("a.mjs", pieces.join(" ").as_bytes());
        check("a.ts", pieces.join(" ").as_bytes());
    }

    /// Classes with decorators are written anew; whatever is in them, that must not go wrong.
    #[test]
    fn random_classes_never_panic(pieces in proptest::collection::vec(proptest::sample::select(CLASSES), 0..20)) {
        let body = pieces.join("\n");
        check("a.ts", format!("@d class A extends B {{ {body} }}").as_bytes());
        check("b.mts", format!("export default @d(class {{ {body} }}) class {{ {body} }}").as_bytes());
    }

    #[test]
    fn repeated_pieces_of_syntax_never_overflow(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..5),
        copies in 1usize..20_000,
    ) {
        check("a.js", pieces.join(" ").repeat(copies).as_bytes());
    }
}
