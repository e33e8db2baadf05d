//! The folder that tests are run in: the selected ones, Node's fixtures, and a `common` of ours.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell::target;

/// What takes the place of Node's `test/common`.
const COMMON: &[(&str, &str)] = &[
    ("arraystream.js", include_str!("common/arraystream.js")),
    ("countdown.js", include_str!("common/countdown.js")),
    ("crypto.js", include_str!("common/crypto.js")),
    ("fixtures.js", include_str!("common/fixtures.js")),
    ("fixtures.mjs", include_str!("common/fixtures.mjs")),
    ("hijackstdio.js", include_str!("common/hijackstdio.js")),
    ("index.js", include_str!("common/index.js")),
    ("index.mjs", include_str!("common/index.mjs")),
    ("node_test.js", include_str!("common/node_test.js")),
    ("node_test.mjs", include_str!("common/node_test.mjs")),
    ("tmpdir.js", include_str!("common/tmpdir.js")),
];

/// `node:test` is no module of holm's: a small runner stands in for it, in the form that the test imports.
const RUNNER: [&str; 2] = ["'node:test'", "\"node:test\""];

/// Where things lie.
#[derive(Debug)]
pub struct Stage {
    /// The tests.
    pub parallel: PathBuf,
    /// Node's fixtures, which tests also read as files.
    pub fixtures: PathBuf,
}

/// Writes the tests and what they import; the fixtures are copied once.
///
/// # Errors
/// When a file cannot be written.
pub fn lay_out<'a>(suite: &Path, tests: impl Iterator<Item = (&'a String, &'a String)>) -> Result<Stage> {
    let root = target().join("node-suite");
    // As in Node's sources: some tests go up and come down again.
    let folder = root.join("test");
    for name in ["parallel", "common"] {
        let part = folder.join(name);
        if part.exists() {
            fs::remove_dir_all(&part)?;
        }
        fs::create_dir_all(&part)?;
    }
    // Imports are resolved up to here, and no further.
    fs::write(root.join("package.json"), "{}\n")?;
    for (name, text) in COMMON {
        fs::write(folder.join("common").join(name), text)?;
    }
    let fixtures = folder.join("fixtures");
    if !fixtures.exists() {
        copy(&suite.join("fixtures"), &fixtures).context("the fixtures cannot be copied")?;
    }
    let parallel = folder.join("parallel");
    for (name, source) in tests {
        let mut source = source.clone();
        let extension = if name.ends_with(".mjs") { "mjs" } else { "js" };
        for text in RUNNER {
            source = source.replace(text, &format!("'../common/node_test.{extension}'"));
        }
        fs::write(parallel.join(name), source)?;
    }
    Ok(Stage { parallel, fixtures })
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let (source, into) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy(&source, &into)?;
        } else if kind.is_file() {
            fs::copy(&source, &into)?;
        }
    }
    Ok(())
}
