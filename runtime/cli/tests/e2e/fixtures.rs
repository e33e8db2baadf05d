//! Programs with what they print beside them: `NAME.mjs`, `NAME.cjs`, `NAME.js`, `NAME.ts` or a folder `NAME` with a main.mjs, and
//! `NAME.out`; where they are there, `NAME.err` and `NAME.code`. To add a case, add files; a new folder needs a line here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::holm::{Ran, folder, holm};

macro_rules! folders {
    ($($folder:ident)*) => {
        /// The folders that have a test.
        const FOLDERS: &[&str] = &[$(stringify!($folder)),*];
        $(#[test] fn $folder() { check_folder(stringify!($folder)) })*
    };
}

folders! { clone console events fs modules node path runtime timers typescript web }

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

#[test]
fn every_folder_of_fixtures_has_a_test() {
    let mut names: Vec<String> = std::fs::read_dir(fixtures())
        .expect("there are fixtures")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("a name in Unicode")
        })
        .collect();
    names.sort();
    assert_eq!(names, FOLDERS);
}

fn check_folder(name: &str) {
    let folder = fixtures().join(name);
    let mut programs: BTreeMap<String, String> = BTreeMap::new();
    let mut expected: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("a folder") {
        let file = entry
            .expect("an entry")
            .file_name()
            .into_string()
            .expect("a name in Unicode");
        match file.rsplit_once('.') {
            Some((name, "mjs" | "cjs" | "js" | "ts")) => _ = programs.insert(name.into(), file.clone()),
            Some((name, "out")) => expected.push(name.into()),
            None => _ = programs.insert(file.clone(), format!("{file}/main.mjs")),
            _ => {}
        }
    }
    assert!(!expected.is_empty(), "{name} has no NAME.out");
    let mut failures = Vec::new();
    for name in &expected {
        let program = programs
            .get(name)
            .unwrap_or_else(|| panic!("{name}.out has no program"));
        if let Err(failure) = check(&folder, name, program) {
            failures.push(format!("── {name}\n{failure}"));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} fail:\n{}",
        failures.len(),
        expected.len(),
        failures.join("\n")
    );
}

fn check(fixtures: &Path, name: &str, program: &str) -> Result<(), String> {
    let read = |extension: &str| std::fs::read_to_string(fixtures.join(format!("{name}.{extension}"))).ok();
    let code = read("code").map_or(0, |text| text.trim().parse().expect("a number"));
    // A copy, so that the replay finds nothing of it.
    let sources = folder();
    copy(fixtures, sources.path());
    let elsewhere = folder();
    let journal = elsewhere.path().join("r.holm");
    let live = holm(sources.path(), ["run", program]);
    let recorded = holm(
        sources.path(),
        ["run", "--record", journal.to_str().expect("Unicode"), program],
    );
    drop(sources);
    expect(
        "live",
        &live,
        &read("out").expect("it is why we are here"),
        read("err").as_deref(),
        code,
    )?;
    same("live", &live, "recorded", &recorded)?;
    if !journal.exists() {
        // It could not even be loaded: there was no run.
        return Ok(());
    }
    same(
        "recorded",
        &recorded,
        "replayed",
        &holm(elsewhere.path(), ["replay", "r.holm"]),
    )
}

fn expect(which: &str, ran: &Ran, out: &str, err: Option<&str>, code: i32) -> Result<(), String> {
    if ran.stdout != out {
        return Err(format!(
            "{which}: expected\n{out}\nbut printed\n{}\n{}",
            ran.stdout, ran.stderr
        ));
    }
    if let Some(err) = err.filter(|err| ran.stderr != *err) {
        return Err(format!(
            "{which}: expected on standard error\n{err}\nbut there was\n{}",
            ran.stderr
        ));
    }
    if ran.code != code {
        return Err(format!(
            "{which}: expected exit code {code}, got {}\n{}",
            ran.code, ran.stderr
        ));
    }
    Ok(())
}

fn same(a: &str, one: &Ran, b: &str, other: &Ran) -> Result<(), String> {
    if one == other {
        return Ok(());
    }
    Err(format!("{a} and {b} differ:\n{one:#?}\n{other:#?}"))
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            std::fs::create_dir(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file");
        }
    }
}
