//! Finding tests: the files `*.any.js`, what their head says, and which other files of the suite they read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};

/// One test file, or one variant of it.
#[derive(Debug)]
pub struct Test {
    /// Path in the suite with the variant: `url/url-origin.any.js`, `x.any.js?1-10`.
    pub id: String,
    /// What runs before the test, in order, and the test itself: paths in the suite.
    pub scripts: Vec<String>,
    /// Files by their path in the suite, which the test may fetch.
    pub resources: BTreeMap<String, Vec<u8>>,
    /// Sources of `scripts`, in the same order.
    pub sources: Vec<String>,
    /// What the test calls itself.
    pub title: Option<String>,
    /// Whether it may take longer than others.
    pub long: bool,
}

/// True when a test lies in an area: a folder or file of the suite.
pub fn lies_in(id: &str, area: &str) -> bool {
    let area = area.trim_end_matches('/');
    id.strip_prefix(area)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// The tests of these areas, by path.
///
/// # Errors
/// When a file cannot be read.
pub fn find(suite: &Path, areas: &[String]) -> Result<Vec<Test>> {
    let mut files = BTreeSet::new();
    for area in areas {
        collect(suite, Path::new(area), &mut files)?;
    }
    let mut tests = Vec::new();
    for file in files {
        tests.extend(read(suite, &file).with_context(|| format!("{file} of the suite cannot be read"))?);
    }
    Ok(tests)
}

fn collect(suite: &Path, path: &Path, files: &mut BTreeSet<String>) -> Result<()> {
    let full = suite.join(path);
    if full.is_dir() {
        for entry in fs::read_dir(&full)? {
            collect(suite, &path.join(entry?.file_name()), files)?;
        }
    } else if let Some(name) = path.to_str()
        && name.ends_with(".any.js")
        && full.is_file()
    {
        files.insert(name.to_owned());
    }
    Ok(())
}

fn read(suite: &Path, file: &str) -> Result<Vec<Test>> {
    let source = fs::read_to_string(suite.join(file))?;
    let mut scripts = vec!["resources/testharness.js".to_owned()];
    let mut variants = Vec::new();
    let mut title = None;
    let mut long = false;
    for (key, value) in source
        .lines()
        .map_while(|line| line.strip_prefix("//"))
        .filter_map(meta)
    {
        match key {
            "script" => scripts.extend(resolve(file, value)),
            "variant" => variants.push(value.to_owned()),
            "title" => title = Some(value.to_owned()),
            "timeout" => long = value == "long",
            _ => {}
        }
    }
    scripts.push(file.to_owned());
    if variants.is_empty() {
        variants.push(String::new());
    }
    let mut tests = Vec::new();
    for variant in variants {
        let mut sources = Vec::new();
        let mut resources = BTreeMap::new();
        for script in &scripts {
            let text = fs::read_to_string(suite.join(script)).unwrap_or_default();
            if !script.starts_with("resources/") {
                mentioned(suite, file, &text, &mut resources);
            }
            sources.push(text);
        }
        tests.push(Test {
            id: format!("{file}{variant}"),
            scripts: scripts.clone(),
            resources,
            sources,
            title: title.clone(),
            long,
        });
    }
    Ok(tests)
}

/// `META: key=value` of a comment line.
fn meta(comment: &str) -> Option<(&str, &str)> {
    let (key, value) = comment.trim().strip_prefix("META:")?.split_once('=')?;
    Some((key.trim(), value.trim()))
}

/// A path as a test writes it, as a path in the suite; none when it leads outside.
fn resolve(file: &str, written: &str) -> Option<String> {
    let written = written.split(['?', '#']).next()?;
    let joined = match written.strip_prefix('/') {
        Some(absolute) => PathBuf::from(absolute),
        None => Path::new(file).parent()?.join(written),
    };
    let mut parts: Vec<&str> = Vec::new();
    for component in joined.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::ParentDir => {
                parts.pop()?;
            }
            _ => {}
        }
    }
    Some(match &parts[..] {
        // The suite's server has the parser under another name than its folder.
        ["resources", "WebIDLParser.js"] => "resources/webidl2/lib/webidl2.js".to_owned(),
        parts => parts.join("/"),
    })
}

/// The files that string literals of a source name: what it may fetch. `idl_test` names specifications.
fn mentioned(suite: &Path, file: &str, source: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    let interfaces = source.contains("idl_test");
    for literal in source.split(['"', '\'', '`']).filter(|piece| piece.len() < 100) {
        let mut paths = Vec::new();
        if literal.contains('.') {
            paths.extend(resolve(file, literal));
        } else if interfaces && !literal.is_empty() {
            paths.push(format!("interfaces/{literal}.idl"));
        }
        for path in paths {
            let full = suite.join(&path);
            if !found.contains_key(&path)
                && full.is_file()
                && let Ok(bytes) = fs::read(&full)
            {
                found.insert(path, bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{lies_in, resolve};

    #[test]
    fn paths_are_those_of_the_suite() {
        assert_eq!(
            resolve("url/a.any.js", "resources/x.json").as_deref(),
            Some("url/resources/x.json")
        );
        assert_eq!(
            resolve("url/a.any.js", "/common/b.js?x").as_deref(),
            Some("common/b.js")
        );
        assert_eq!(resolve("url/a.any.js", "../c.js").as_deref(), Some("c.js"));
        assert_eq!(resolve("url/a.any.js", "../../c.js"), None);
    }

    #[test]
    fn an_area_is_a_folder_or_a_file_not_a_prefix() {
        assert!(lies_in("url/a.any.js", "url"));
        assert!(lies_in("url/a.any.js?1-2", "url/a.any.js"));
        assert!(!lies_in("urlpattern/a.any.js", "url"));
    }
}
