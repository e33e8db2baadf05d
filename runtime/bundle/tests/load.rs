//! Every folder in `fixtures` is a case: `files/` is loaded from `main.js` (or what `entry.txt` names), and the outcome, a
//! program or a report, must be the text in `expected.txt`. `HOLM_UPDATE=1` writes it anew.
//!
//! What a folder of text cannot hold (links, bytes, size, hostile sources) is built by the tests below.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use holm_bundle::{BundleError, LoadOptions, Loaded, digest, load};
use holm_core::ModuleFormat;

fn options() -> LoadOptions {
    LoadOptions {
        source_bytes_max: 5 * 1024 * 1024,
        root: None,
    }
}

/// A fresh folder with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    folder
}

fn load_files(files: &[(&str, &[u8])]) -> Result<Loaded, BundleError> {
    let folder = folder(files);
    load(&folder.path().join(files[0].0), options())
}

fn report(files: &[(&str, &[u8])]) -> String {
    load_files(files).expect_err("it must not load").report()
}

fn describe(loaded: &Loaded) -> String {
    let mut text = format!("entry {}\n", loaded.program.entry);
    for (path, module) in &loaded.program.modules {
        let format = match module.format {
            ModuleFormat::Esm => "ES module",
            ModuleFormat::CommonJs => "CommonJS",
            ModuleFormat::Json => "JSON",
            ModuleFormat::Text => "text",
            ModuleFormat::Bytes => "bytes",
            ModuleFormat::Script => "script",
        };
        writeln!(text, "\n{path}: {format}, {} bytes", module.source.len()).expect("memory");
        for (specifier, target) in &module.links {
            writeln!(text, "  {specifier} -> {target}").expect("memory");
        }
        if !module.exports.is_empty() {
            writeln!(text, "  exports {}", module.exports.join(" ")).expect("memory");
        }
    }
    for warning in &loaded.warnings {
        write!(text, "\nwarning: {warning}\n").expect("memory");
    }
    text
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file");
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a switch for whoever runs the tests, not for the library"
)]
#[test]
fn each_fixture_gives_what_it_expects_wherever_it_lies() {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let update = std::env::var_os("HOLM_UPDATE").is_some();
    let mut wrong = String::new();
    let mut cases: Vec<PathBuf> = fs::read_dir(&fixtures)
        .expect("fixtures")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let entry = fs::read_to_string(case.join("entry.txt")).unwrap_or_else(|_| "main.js".into());
        let mut outcomes = ["a", "other/and/deeper"].map(|place| {
            let folder = tempfile::tempdir().expect("a folder");
            let here = folder.path().join(place);
            copy(&case.join("files"), &here);
            match load(&here.join(entry.trim()), options()) {
                Ok(loaded) => (describe(&loaded), Some(digest(&loaded.program))),
                // The folder of this test is no part of the case.
                Err(error) => (
                    error.report().replace(&format!("{}/", here.display()), "") + "\n",
                    None,
                ),
            }
        });
        assert_eq!(
            outcomes[0],
            outcomes[1],
            "{} depends on where it lies",
            case.display()
        );
        let found = std::mem::take(&mut outcomes[0].0);
        let file = case.join("expected.txt");
        if update {
            fs::write(&file, &found).expect("the expectation");
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if found != expected {
            write!(
                wrong,
                "\n==== {}\n---- expected\n{expected}---- found\n{found}",
                case.display()
            )
            .expect("memory");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn an_empty_file_is_a_program() {
    let loaded = load_files(&[("a.js", b"")]).expect("it is valid");
    assert_eq!(loaded.program.entry, "/bundle/a.js");
    assert_eq!(
        loaded.program.modules["/bundle/a.js"].format,
        ModuleFormat::CommonJs
    );
}

#[test]
fn a_hashbang_becomes_a_comment_of_the_same_length() {
    let loaded = load_files(&[("a.js", b"#!/usr/bin/env holm\nexport default 1")]).expect("it is valid");
    assert_eq!(
        &loaded.program.modules["/bundle/a.js"].source[..],
        b"///usr/bin/env holm\nexport default 1"
    );
}

#[test]
fn a_missing_entry_names_the_file_that_was_perhaps_meant() {
    let folder = folder(&[("hello.js", b""), ("other.js", b"")]);
    let error = load(&folder.path().join("helo.js"), options())
        .expect_err("it is not there")
        .report();
    assert!(
        error.starts_with("there is no file ")
            && error.contains("did you mean ")
            && error.ends_with("hello.js?"),
        "{error}"
    );
}

#[test]
fn a_folder_is_loaded_by_its_index_and_refused_without() {
    let with = folder(&[("index.js", b"export default 1")]);
    assert_eq!(
        load(with.path(), options())
            .expect("it has an index")
            .program
            .entry,
        "/bundle/index.js"
    );
    let without = folder(&[("a.js", b"")]);
    assert!(matches!(
        load(without.path(), options()),
        Err(BundleError::Folder { .. })
    ));
}

#[test]
fn invalid_utf8_is_refused_with_its_offset() {
    let error = report(&[("a.js", b"let a = '\xff'")]);
    assert_eq!(
        error,
        "a.js is not UTF-8: byte 9 begins no valid character\n  help: save the file as UTF-8"
    );
}

#[test]
fn binary_data_need_not_be_utf8() {
    let loaded =
        load_files(&[("a.mjs", b"import b from './b.bin'; b"), ("b.bin", b"\xff\0")]).expect("it is valid");
    let module = &loaded.program.modules["/bundle/b.bin"];
    assert_eq!(
        (module.format, &module.source[..]),
        (ModuleFormat::Bytes, &b"\xff\0"[..])
    );
}

#[test]
fn more_source_than_the_limit_is_refused_with_the_largest_modules() {
    let folder = folder(&[
        ("a.js", b"import './b.js'; import './c.txt'"),
        ("b.js", b"1234567890"),
        ("c.txt", &[b'x'; 1000]),
    ]);
    let limited = |source_bytes_max| {
        load(
            &folder.path().join("a.js"),
            LoadOptions {
                source_bytes_max,
                root: None,
            },
        )
    };
    assert!(limited(1043).is_ok());
    assert_eq!(
        limited(1042).expect_err("it is larger").report(),
        "the program has too much source: more than 1042 bytes (limit `source_bytes`)\n  the largest modules:\n        \
         1000 bytes  c.txt\n          33 bytes  a.js\n          10 bytes  b.js\n  \
         help: import less, or raise the limit `source_bytes`"
    );
}

#[test]
fn what_is_no_regular_file_is_refused() {
    let folder = folder(&[("a.js", b"require('./b.txt')")]);
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("b.txt")).expect("a link");
    assert!(load(&folder.path().join("a.js"), options()).is_err());
}

#[test]
fn links_lead_to_the_real_file_which_is_loaded_once() {
    let folder = folder(&[
        ("app/package.json", b"{}"),
        ("app/a.js", b"import 'lib'; import './same.js'"),
        ("app/packages/lib/index.js", b""),
    ]);
    let app = folder.path().join("app");
    fs::create_dir(app.join("node_modules")).expect("a folder");
    std::os::unix::fs::symlink("../packages/lib", app.join("node_modules/lib")).expect("a link");
    std::os::unix::fs::symlink("packages/lib/index.js", app.join("same.js")).expect("a link");
    let program = load(&app.join("a.js"), options()).expect("it is valid").program;
    assert_eq!(
        program.modules.keys().collect::<Vec<_>>(),
        ["/bundle/a.js", "/bundle/packages/lib/index.js"]
    );
}

#[test]
fn nothing_outside_of_a_closed_root_exists() {
    let folder = folder(&[
        ("app/a.js", b"import '../secret.js'"),
        ("app/b.js", b"import './link.js'"),
        ("app/c.js", b"import 'above'"),
        ("app/d.js", b"import './inside/e.js'"),
        ("app/f.js", b"new URL('../secret.txt', import.meta.url)"),
        ("app/inside/e.js", b"import '../inside.js'"),
        ("app/inside.js", b""),
        ("secret.js", b"export default 1"),
        ("secret.txt", b"secret"),
        ("node_modules/above/index.js", b"export default 1"),
    ]);
    let app = folder.path().join("app");
    std::os::unix::fs::symlink("../secret.js", app.join("link.js")).expect("a link");
    let closed = |name: &str| {
        load(
            &app.join(name),
            LoadOptions {
                root: Some(app.clone()),
                ..options()
            },
        )
    };
    assert!(
        matches!(closed("a.js"), Err(BundleError::Outside { .. })),
        "{:?}",
        closed("a.js")
    );
    for name in ["b.js", "c.js"] {
        assert!(
            matches!(closed(name), Err(BundleError::Unresolved { .. })),
            "{name}: {:?}",
            closed(name)
        );
        assert!(
            load(&app.join(name), options()).is_ok(),
            "{name} is fine when the root is open"
        );
    }
    assert_eq!(closed("d.js").expect("all is inside").program.modules.len(), 3);
    assert_eq!(
        closed("f.js")
            .expect("the asset is not there")
            .program
            .modules
            .len(),
        1
    );
    assert!(closed("../secret.js").is_err());
}

#[test]
fn no_path_of_the_machine_is_in_the_program_or_in_an_error() {
    let folder = folder(&[
        ("a.js", b"import './b.js'; import('x')"),
        ("b.js", b"import 'node:fs'"),
    ]);
    let error = load(&folder.path().join("a.js"), options())
        .expect_err("x is not there")
        .report();
    assert!(!error.contains(&folder.path().display().to_string()), "{error}");
    let program = load(&folder.path().join("b.js"), options())
        .expect("it is valid")
        .program;
    assert!(!format!("{program:?}").contains(&folder.path().display().to_string()));
}

#[test]
fn a_deeply_nested_source_is_a_clean_error() {
    for piece in [
        "(",
        "[",
        "{",
        "a(",
        "[[",
        "`${",
        "!",
        "- ",
        "a=>",
        "a=",
        "if(a)",
        "if(a);else ",
        "a?",
        "new ",
        "class extends ",
        "a:",
        "x={}?{}:",
    ] {
        for copies in [1_000, 100_000] {
            let error = report(&[("a.js", piece.repeat(copies).as_bytes())]);
            assert!(
                copies < 100_000 || error.contains("nested more than 1500 levels deep"),
                "{piece}: {error}"
            );
        }
    }
    let deep = "[".repeat(100_000);
    assert!(
        report(&[("a.js", b"require('./b.json')"), ("b.json", deep.as_bytes())])
            .contains("not valid JSON: EOF")
    );
    let json = format!("{deep}{}", "]".repeat(100_000));
    load_files(&[("a.js", b"require('./b.json')"), ("b.json", json.as_bytes())])
        .expect("it is valid, however deep");
    let error = report(&[
        ("a.js", b"import 'b'"),
        ("node_modules/b/package.json", deep.as_bytes()),
    ]);
    assert!(error.contains("cannot find 'b'"), "{error}");
}

#[test]
fn the_deepest_accepted_source_fits_the_stack() {
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{", "", "}"),
        ("x={a:", "1", "}"),
        ("!", "1", ""),
        ("a=>", "1", ""),
        ("a=>{", "", "}"),
        ("async(a)=>", "1", ""),
        ("(a=>", "1", ")"),
        ("(a=1,b)=>", "1", ""),
        ("(a=", "1", ")"),
        ("`${", "1", "}`"),
        ("if(a)", ";", ""),
        ("if(a);else ", ";", ""),
        ("function f(){", "", "}"),
        ("x=class{a(){", "", "}}"),
        ("class extends ", "a{}", "{}"),
        ("for(;;)", ";", ""),
        ("a?b:", "c", ""),
        ("a?", "b", ":c"),
        ("f(", "", ")"),
        ("new ", "a", ""),
        ("[a]=", "b", ""),
        ("({a:", "b", "})"),
        ("import(", "a", ")"),
        ("try{", "", "}catch{}"),
        ("switch(a){case 1:", "", "}"),
        ("a**", "b", ""),
    ] {
        let source = |copies: usize| {
            format!("x={}{middle}{}", open.repeat(copies), close.repeat(copies))
                .replace("x={", "{")
                .replace("x=if", "if")
        };
        let source = |copies: usize| {
            source(copies)
                .replacen("x=for", "for", 1)
                .replacen("x=try", "try", 1)
                .replacen("x=switch", "switch", 1)
        };
        // The deepest that the scan lets through, found by halving.
        let (mut low, mut high) = (1, 1_600);
        while low + 1 < high {
            let middle = (low + high) / 2;
            let deep = matches!(load_files(&[("a.js", source(middle).as_bytes())]), Err(BundleError::Syntax { message, .. }) if message.contains("nested"));
            if deep { high = middle } else { low = middle }
        }
        assert!(low > 200, "{open}: only {low}");
    }
}

#[test]
fn a_long_chain_is_not_deep() {
    for (start, piece) in [
        ("a", "+a"),
        ("a", ".b"),
        ("a", ".b()"),
        ("a", "[0]"),
        ("a", "&&a"),
        ("a", ",a"),
        ("a", "`b`"),
        ("a", "?.b"),
        ("a", ";a"),
    ] {
        let source = format!("{start}{}", piece.repeat(200_000));
        load_files(&[("a.js", source.as_bytes())])
            .unwrap_or_else(|error| panic!("{piece}: {}", error.report()));
    }
}

#[test]
fn a_transpiled_module_carries_the_way_back() {
    let loaded = load_files(&[("a.ts", b"type A = 1;\n\nexport const a: A = 1;\n")]).expect("it is valid");
    let source = String::from_utf8_lossy(&loaded.program.modules["/bundle/a.ts"].source).into_owned();
    let (code, map) = source.split_once("//# sourceMappingURL=").expect("a map");
    assert_eq!(code, "export const a = 1;\n");
    assert!(map.contains(r#""sources":["/bundle/a.ts"]"#), "{map}");
}

#[test]
fn typescript_of_two_megabytes_is_transpiled() {
    let one = "export interface Row9 { readonly id: number; name?: string }\nexport const row9: Row9 = { id: 9, name: 'a name of some length' };\nexport function f9(row: Row9): string {\n  return row.name ?? `none of ${row.id}`;\n}\n";
    let source: String = (0..2 * 1024 * 1024 / one.len())
        .map(|at| one.replace('9', &at.to_string()))
        .collect();
    load_files(&[("a.ts", source.as_bytes())]).unwrap_or_else(|error| panic!("{}", error.report()));
}

#[test]
fn typescript_that_could_nest_too_deep_is_refused() {
    let source = format!("// {}\n", "=".repeat(320 * 1024 - 2));
    load_files(&[("a.ts", source.as_bytes())]).expect("it has as many as it may");
    let error = report(&[("a.ts", format!("{source}\nlet a = 1").as_bytes())]);
    assert!(
        error.starts_with("a.ts:1:1: TypeScript and JSX are taken up to 327680 operators, brackets and keywords a file, and this one has 327681"),
        "{error}"
    );
}

#[test]
fn typescript_may_nest_as_deep_as_its_levels() {
    for (name, prefix, piece, levels) in [
        ("a.ts", "let a = ", "(", 1),
        ("a.ts", "let a = ", "[", 1),
        ("a.ts", "let a = ", "!", 1),
        ("a.ts", "let a = ", "<a>", 2),
        ("a.ts", "let a = ", "{a:", 2),
        ("a.ts", "let a = ", "{a(){", 3),
        ("a.ts", "let a = ", "new ", 2),
        ("a.ts", "let a = ", "typeof ", 2),
        ("a.ts", "let a = ", "await ", 2),
        ("a.ts", "let a = ", "a?", 1),
        ("a.ts", "let a = ", "a=", 1),
        ("a.ts", "let a = ", "a**", 2),
        ("a.ts", "let a = ", "a=>", 2),
        ("a.ts", "let a = ", "async a=>", 4),
        ("a.ts", "let a = ", "`${", 2),
        ("a.ts", "let a = ", "function f(){a=", 5),
        ("a.ts", "let a = ", "class extends ", 4),
        ("a.ts", "let a = ", "class{a=", 4),
        ("a.ts", "let a = ", "import(", 1),
        ("a.ts", "let [a", "=[a", 2),
        ("a.ts", "type A = ", "(", 1),
        ("a.ts", "type A = ", "A<", 1),
        ("a.ts", "type A = ", "()=>", 3),
        ("a.ts", "type A = ", "new()=>", 5),
        ("a.ts", "type A = ", "keyof ", 2),
        ("a.ts", "type A = ", "readonly ", 2),
        ("a.ts", "type A = ", "{a:", 2),
        ("a.ts", "type A = ", "[", 1),
        ("a.ts", "type A = ", "a extends b ? ", 3),
        ("a.ts", "type A = ", "a extends b ? c : ", 4),
        ("a.ts", "type A = ", "{[a in b]:", 5),
        ("a.ts", "type A = ", "`${", 2),
        ("a.ts", "let a = b", "!", 1),
        ("a.ts", "let a = b", "+b", 1),
        ("a.ts", "let a = b", ".b", 1),
        ("a.ts", "let a = b", "?.b", 2),
        ("a.ts", "let a = b", "()", 1),
        ("a.ts", "let a = b", "[0]", 1),
        ("a.ts", "let a = b", "``", 2),
        ("a.ts", "let a = b", " as b", 2),
        ("a.ts", "type A = B", "[]", 1),
        ("a.ts", "", "{", 1),
        ("a.ts", "", "if(a)", 3),
        ("a.ts", "", "if(a);else ", 5),
        ("a.ts", "", "for(;;)", 3),
        ("a.ts", "", "do ", 2),
        ("a.ts", "", "try{", 3),
        ("a.ts", "", "switch(a){default:", 5),
        ("a.ts", "", "a:", 1),
        ("a.ts", "", "function f(){", 4),
        ("a.ts", "", "class A{a(){", 5),
        ("a.ts", "", "class A{static{", 4),
        ("a.ts", "", "namespace A{", 3),
        ("a.ts", "namespace a", ".b", 1),
        ("a.ts", "", "@a(", 2),
        ("a.tsx", "let a = ", "<a>", 2),
        ("a.tsx", "let a = ", "<T>(", 3),
        ("a.tsx", "let a = ", "<a b=", 2),
        ("a.jsx", "let a = ", "<a>{", 3),
    ] {
        // As many as may be, as the message of a source with too many says.
        let too_many = 330 * 1024 / levels + 1;
        let error = report(&[(name, piece.repeat(too_many).as_bytes())]);
        assert!(
            error.contains(&format!("this one has {}", too_many * levels)),
            "{piece}: {error}"
        );
        let copies = (320 * 1024 - 64) / levels;
        // What ends in the middle is an error, what does not is a program; neither ends the process.
        match load_files(&[(name, format!("{prefix}{}", piece.repeat(copies)).as_bytes())]) {
            Ok(_) => {}
            Err(BundleError::Syntax { message, .. }) => {
                assert!(
                    !message.contains("bug") && !message.contains("up to"),
                    "{piece}: {message}"
                );
            }
            Err(error) => panic!("{piece}: {error}"),
        }
    }
}

#[test]
fn a_computed_name_takes_in_what_fits_it() {
    let loaded = load_files(&[
        (
            "main.ts",
            b"const x = 'de'; await import(`./locales/${x}.js`); import('./data/' + x); import './b.cjs'",
        ),
        ("b.cjs", b"require('./' + x + '.cjs')"),
        ("locales/de.ts", b"export default 1"),
        ("locales/en.js", b"export default 2"),
        ("locales/more/fr.js", b"export default 3"),
        ("locales/de.d.ts", b"export default x"),
        ("locales/notes.md", b"notes"),
        ("locales/node_modules/x/a.js", b"syntax error"),
        ("data/a.json", b"{}"),
        ("data/a.txt", b"not named by its extension"),
        ("c.cjs", b""),
        ("below/d.cjs", b"syntax error"),
    ])
    .unwrap_or_else(|error| panic!("{}", error.report()));
    let text = describe(&loaded);
    let links: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("  ./"))
        .collect();
    assert_eq!(
        links,
        [
            "c.cjs -> /bundle/c.cjs",
            "b.cjs -> /bundle/b.cjs",
            "data/a -> /bundle/data/a.json",
            "data/a.json -> /bundle/data/a.json",
            "locales/de.js -> /bundle/locales/de.ts",
            "locales/en.js -> /bundle/locales/en.js",
            "locales/more/fr.js -> /bundle/locales/more/fr.js",
        ],
        "{text}"
    );
    assert_eq!(loaded.warnings, [""; 0]);
}

#[test]
fn a_computed_name_that_nothing_fits_is_warned_of_and_one_that_too_much_fits_is_refused() {
    let loaded = load_files(&[("a.js", b"import(`./locales/${x}.js`)")]).expect("it runs up to there");
    assert_eq!(
        loaded.warnings,
        ["a.js:1:1: the name of this module is computed, and no file fits ./locales/*.js"]
    );
    let folder = folder(&[("a.js", b"import(`./many/${x}.js`)"), ("many/0.js", b"")]);
    for at in 1..=1000 {
        fs::write(folder.path().join(format!("many/{at}.js")), "").expect("a file");
    }
    let error = load(&folder.path().join("a.js"), options())
        .expect_err("too many")
        .report();
    assert!(error.contains("more than 1000 files fit ./many/*.js"), "{error}");
}

#[test]
fn a_pattern_of_a_package_never_refuses_it() {
    let loaded = load_files(&[
        ("a.js", b"import 'lib'"),
        (
            "node_modules/lib/index.js",
            b"require('./langs/' + x); require('./' + y); require('./template/' + z + '.js')",
        ),
        ("node_modules/lib/langs/de.js", b""),
        ("node_modules/lib/template/a.js", b"<%= not JavaScript %>"),
        ("node_modules/lib/other.js", b"not JavaScript"),
    ])
    .unwrap_or_else(|error| panic!("{}", error.report()));
    let paths: Vec<&str> = loaded.program.modules.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            "/bundle/a.js",
            "/bundle/node_modules/lib/index.js",
            "/bundle/node_modules/lib/langs/de.js"
        ]
    );
}
