//! Which files and folders are functions.

use std::fs;

use holm_bundle::{BundleError, discover};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    folder
}

#[test]
fn files_and_packages_are_functions() {
    let folder = folder(&[
        ("b.js", ""),
        ("a-1_x.mjs", ""),
        ("c.cjs", ""),
        ("site/index.js", ""),
        ("shop/package.json", r#"{"main":"./lib/start"}"#),
        ("shop/lib/start.js", ""),
        ("module/package.json", r#"{"module":"m.mjs"}"#),
        ("module/m.mjs", ""),
        ("escape/package.json", r#"{"main":"../b.js"}"#),
        ("_shared/index.js", ""),
        ("_helper.js", ""),
        (".hidden.js", ""),
        ("node_modules/x/index.js", ""),
        ("tests/a.json", ""),
        ("README.md", ""),
        ("package.json", "{}"),
    ]);
    let found = discover(folder.path()).expect("it can be read");
    let shown: Vec<String> = found
        .functions
        .iter()
        .map(|function| {
            format!(
                "{} {}",
                function.name,
                function
                    .entry
                    .strip_prefix(folder.path())
                    .expect("inside")
                    .display()
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "a-1_x a-1_x.mjs",
            "b b.js",
            "c c.cjs",
            "module module/m.mjs",
            "shop shop/./lib/start.js",
            "site site/index.js"
        ]
    );
    assert_eq!(found.warnings, [""; 0]);
}

#[test]
fn other_names_are_skipped_with_a_warning() {
    let folder = folder(&[
        ("Hello.js", ""),
        ("a.test.js", ""),
        ("-x.js", ""),
        ("t.test.ts", ""),
        ("ok.d.ts", ""),
        ("ok.js", ""),
    ]);
    let found = discover(folder.path()).expect("it can be read");
    assert_eq!(found.functions.len(), 1);
    assert_eq!(found.warnings.len(), 4, "{:?}", found.warnings);
    assert!(
        found
            .warnings
            .iter()
            .all(|warning| warning.contains(" is skipped: "))
    );
}

#[test]
fn two_functions_of_one_name_are_an_error() {
    let folder = folder(&[("a.js", ""), ("a/index.js", "")]);
    let error = discover(folder.path()).expect_err("both are called a");
    assert!(matches!(&error, BundleError::Duplicate { name, .. } if name == "a"));
    assert_eq!(
        error.report(),
        "two functions are called `a`: a and a.js\n  help: rename one of them"
    );
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    assert!(matches!(
        discover("/nowhere/at/all".as_ref()),
        Err(BundleError::Unreadable { .. })
    ));
}

#[test]
fn every_example_loads_without_a_warning() {
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let found = discover(&examples).expect("it can be read");
    assert!(found.functions.len() >= 8, "{:?}", found.functions);
    assert_eq!(found.warnings, [""; 0]);
    for function in found.functions {
        let options = holm_bundle::LoadOptions {
            source_bytes_max: 1 << 20,
            root: None,
        };
        let loaded = holm_bundle::load(&function.entry, options)
            .unwrap_or_else(|error| panic!("{}: {}", function.name, error.report()));
        assert_eq!(loaded.warnings, [""; 0], "{}", function.name);
    }
}
