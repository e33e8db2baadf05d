//! Rules about files: a head comment, no leftovers, a length one can read, nothing that belongs to a machine.

use std::fs;

use anyhow::Result;

use crate::shell::{command, output, root};

/// Lines from which on a file needs a reason to be that long.
const LINES_MAX: usize = 900;

/// The files that have one.
const LONG_FILES: &[(&str, &str)] = &[];

/// Words that say that something is not finished, or was left behind while looking for a fault.
const LEFTOVERS: &[&str] = &[
    "TODO",
    "FIXME",
    "dbg!(",
    "todo!(",
    "unimplemented!(",
    "#[ignore",
    "debugger;",
    "it.only",
    "test.only",
    "test.skip",
];

/// Paths of a developer's machine. Made of two parts, so that this file does not name one itself.
const MACHINE_PATHS: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/wo", "rk/main"),
];

/// What tests and documents may put in their place.
const PLACEHOLDER: &str = "somebody/";

/// What a package list says only when it names the host it was made from.
const HOSTS_IN_LOCKS: &str = "\"resolved\":";
/// The one source that a Cargo.lock names.
const CARGO_SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The one place on the host with unsafe code.
const UNSAFE_FOLDER: &str = "runtime/wasm/";

/// Every file that is in the repository or would be added, relative to its root.
pub fn tracked_files() -> Result<Vec<String>> {
    let list = output(&mut command(
        "git",
        &["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    ))?;
    let mut files: Vec<String> = String::from_utf8_lossy(&list)
        .split_terminator('\0')
        .map(String::from)
        .collect();
    files.retain(|file| root().join(file).is_file());
    Ok(files)
}

/// Every breach in these files.
pub fn breaches(files: &[String]) -> Vec<String> {
    let mut breaches = Vec::new();
    for file in files {
        match fs::read(root().join(file)) {
            Ok(bytes) => breaches.extend(
                check(file, &bytes)
                    .into_iter()
                    .map(|breach| format!("{file}: {breach}")),
            ),
            Err(error) => breaches.push(format!("{file}: {error}")),
        }
    }
    breaches
}

/// What is wrong with one file.
fn check(file: &str, bytes: &[u8]) -> Vec<String> {
    let mut breaches = Vec::new();
    // What users' programs look like in tests is not ours to shape.
    let is_program = file.split('/').any(|part| matches!(part, "fixtures" | "cases"));
    for path in MACHINE_PATHS.iter().filter(|_| !is_program) {
        let is_a_machines = |at: &usize| !bytes[at + path.len()..].starts_with(PLACEHOLDER.as_bytes());
        if let Some(at) = find(bytes, path.as_bytes()).find(is_a_machines) {
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            breaches.push(format!("line {line} names a machine's path ({path}…)"));
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return breaches;
    };
    let name = file.rsplit('/').next().unwrap_or(file);
    if name == "package-lock.json" && text.contains(HOSTS_IN_LOCKS) {
        breaches.push(
            "names the host of a registry; npm's `omit-lockfile-registry-resolved=true` leaves it out".into(),
        );
    }
    if name == "Cargo.lock"
        && let Some(line) = text
            .lines()
            .find(|line| line.starts_with("source = ") && !line.contains(CARGO_SOURCE))
    {
        breaches.push(format!("{line} is not the registry that everybody has"));
    }
    if name == "Cargo.toml"
        && text.contains("[package]")
        && file != "guest/engine/Cargo.toml"
        && !text.contains("[lints]\nworkspace = true")
    {
        breaches.push("does not take the workspace's lints; add `[lints]` with `workspace = true`".into());
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if !matches!(extension, "rs" | "ts" | "mjs" | "c" | "h")
        || is_program
        || file.starts_with("guest/prebuilt/")
        || file.starts_with("xtask/src/tidy/")
    {
        return breaches;
    }
    if !text.starts_with("//") && !text.starts_with("/*") {
        breaches.push("has no head comment; say in its first line what it is for".into());
    }
    let lines = text.lines().count();
    if lines > LINES_MAX && !LONG_FILES.iter().any(|(path, _)| *path == file) {
        breaches.push(format!(
            "has {lines} lines; split it, or list it with a reason in xtask/src/tidy/text.rs"
        ));
    }
    for (index, line) in text.lines().enumerate() {
        if let Some(leftover) = LEFTOVERS.iter().find(|leftover| line.contains(**leftover)) {
            breaches.push(format!("line {} has a leftover: {leftover}", index + 1));
        }
    }
    if extension == "rs"
        && !file.starts_with(UNSAFE_FOLDER)
        && (text.contains("allow(unsafe_code") || text.contains("expect(unsafe_code"))
    {
        breaches.push(format!(
            "allows unsafe code, which has its place in {UNSAFE_FOLDER} alone"
        ));
    }
    breaches
}

/// Every place of `wanted` in `bytes`.
fn find(bytes: &[u8], wanted: &[u8]) -> impl Iterator<Item = usize> {
    bytes
        .windows(wanted.len())
        .enumerate()
        .filter(move |(_, window)| *window == wanted)
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    fn check(file: &str, text: &str, expected: &[&str]) {
        assert_eq!(super::check(file, text.as_bytes()), expected, "{file}");
    }

    #[test]
    fn a_source_file_needs_a_head_comment() {
        check("a/b.rs", "//! What it is for.\nfn f() {}\n", &[]);
        check(
            "a/b.rs",
            "fn f() {}\n",
            &["has no head comment; say in its first line what it is for"],
        );
        check("a/fixtures/b.ts", "f();\n", &[]);
        check("README.md", "# holm\n", &[]);
    }

    #[test]
    fn leftovers_are_found_with_their_line() {
        check("a.rs", "//! A.\ndbg!(1);\n", &["line 2 has a leftover: dbg!("]);
        check(
            "a.c",
            "/* A. */\n\n/* TODO */\n",
            &["line 3 has a leftover: TODO"],
        );
    }

    #[test]
    fn a_long_file_needs_a_reason() {
        check("a.rs", &"// A.\n".repeat(900), &[]);
        let expected = "has 901 lines; split it, or list it with a reason in xtask/src/tidy/text.rs";
        check("a.rs", &"// A.\n".repeat(901), &[expected]);
    }

    #[test]
    fn a_machines_path_is_found_even_in_bytes() {
        let text = concat!("\n/ho", "me/me/x");
        check(
            "a.wasm",
            text,
            &[concat!("line 2 names a machine's path (/ho", "me/…)")],
        );
    }

    #[test]
    fn a_lock_file_names_no_host() {
        check("package-lock.json", "{}", &[]);
        let expected =
            "names the host of a registry; npm's `omit-lockfile-registry-resolved=true` leaves it out";
        check("package-lock.json", "\"resolved\": \"x\"", &[expected]);
        check(
            "Cargo.lock",
            "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n",
            &[],
        );
        check(
            "Cargo.lock",
            "source = \"x\"\n",
            &["source = \"x\" is not the registry that everybody has"],
        );
    }

    #[test]
    fn unsafe_code_has_one_place() {
        let text = "//! A.\n#![expect(unsafe_code, reason = \"\")]\n";
        check("runtime/wasm/src/memory.rs", text, &[]);
        check(
            "runtime/core/src/a.rs",
            text,
            &["allows unsafe code, which has its place in runtime/wasm/ alone"],
        );
    }
}
