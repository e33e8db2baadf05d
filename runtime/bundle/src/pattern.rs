//! Which files a computed specifier may mean: `./locales/${name}.js` is every file of that form in that folder.
//!
//! What stands in a gap is known when the program runs, so all that fits becomes part of the program. A specifier that does not
//! begin with a folder relative to its module (`${x}`, `lib/${x}`) is no pattern.

use std::path::{Path, PathBuf};

use oxc_resolver::FileSystem;

use crate::{
    files::Files,
    format::{Kind, kind},
};

/// More files than these are looked at for no pattern.
const LOOKED_AT_MAX: usize = 10_000;
/// Folders below each other that are looked through.
const DEPTH_MAX: usize = 16;

/// A specifier with gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// What is known, with a gap between each two. The first has a folder, the last may be empty.
    parts: Vec<String>,
}

/// A file that fits, and what may be written for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) file: PathBuf,
    pub(crate) specifiers: Vec<String>,
}

/// Why a pattern was not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

impl Pattern {
    pub(crate) fn new(parts: Vec<String>) -> Option<Self> {
        let begins = |start: &str| parts.first().is_some_and(|part| part.starts_with(start));
        (parts.len() > 1 && (begins("./") || begins("../"))).then_some(Self { parts })
    }

    /// `./locales/*.js`
    pub(crate) fn shown(&self) -> String {
        self.parts.join("*")
    }

    /// The known folder, with its slash.
    fn folder(&self) -> &str {
        let known = self.parts.first().map_or("", String::as_str);
        known.rfind('/').map_or("", |at| &known[..=at])
    }

    /// Whether a folder below the module's own, or beside it, is named. Only there are folders looked through: a gap at the
    /// very start of a path would take in the whole project.
    pub(crate) fn names_a_folder(&self) -> bool {
        self.folder()
            .split('/')
            .any(|name| !matches!(name, "" | "." | ".."))
    }

    /// The files that fit, in the order of their names. At most `files_max`, and none that the program cannot hold.
    pub(crate) fn files(
        &self,
        files: &Files,
        importer: &Path,
        files_max: usize,
    ) -> Result<Vec<Match>, TooMany> {
        let folder = self.folder();
        let base = importer.parent().unwrap_or(importer).join(folder);
        let mut found = Vec::new();
        let mut looked_at = 0;
        let mut open = vec![(String::new(), 0)];
        while let Some((below, depth)) = open.pop() {
            let Ok(entries) = std::fs::read_dir(base.join(&below)) else {
                continue;
            };
            let mut names: Vec<String> = entries
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .take(LOOKED_AT_MAX)
                .collect();
            names.sort_unstable();
            for name in names {
                looked_at += 1;
                if looked_at > LOOKED_AT_MAX {
                    return Err(TooMany);
                }
                if name.starts_with('.') || name == "node_modules" {
                    continue;
                }
                let below = format!("{below}{name}");
                let Ok(file) = files.canonicalize(&base.join(&below)) else {
                    continue;
                };
                if file.is_dir() {
                    if depth < DEPTH_MAX && self.names_a_folder() {
                        open.push((format!("{below}/"), depth + 1));
                    }
                    continue;
                }
                if !self.may_hold(&file) {
                    continue;
                }
                let specifiers: Vec<String> = spellings(&below)
                    .into_iter()
                    .map(|below| format!("{folder}{below}"))
                    .filter(|specifier| self.fits(specifier))
                    .collect();
                if specifiers.is_empty() || file == importer {
                    continue;
                }
                if found.len() >= files_max {
                    return Err(TooMany);
                }
                found.push(Match { file, specifiers });
            }
        }
        found.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(found)
    }

    /// Data is taken where the pattern names its extension, code everywhere.
    fn may_hold(&self, file: &Path) -> bool {
        let named = self.parts.last().is_some_and(|part| part.contains('.'));
        match kind(file) {
            Kind::Unsupported(_) => false,
            Kind::Data(holm_core::ModuleFormat::Json) => true,
            Kind::Data(_) => named,
            Kind::JavaScript => named || file.extension().is_some(),
            Kind::Esm | Kind::CommonJs | Kind::Dialect(_) => true,
        }
    }

    fn fits(&self, specifier: &str) -> bool {
        let Some((first, rest)) = self.parts.split_first() else {
            return false;
        };
        let Some(mut specifier) = specifier.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return specifier.is_empty();
        };
        // The leftmost place of each part leaves the most for what comes after it.
        for part in middle {
            match specifier.find(part.as_str()) {
                Some(at) => specifier = &specifier[at + part.len()..],
                None => return false,
            }
        }
        specifier.ends_with(last.as_str())
    }
}

/// What may be written for a file: its name; what TypeScript's compiler would call it; either without an extension; its folder.
fn spellings(path: &str) -> Vec<String> {
    let mut spellings = vec![path.to_owned()];
    let Some((stem, extension)) = path.rsplit_once('.') else {
        return spellings;
    };
    let compiled = match extension {
        "ts" | "tsx" => Some("js"),
        "mts" => Some("mjs"),
        "cts" => Some("cjs"),
        _ => None,
    };
    spellings.extend(compiled.map(|extension| format!("{stem}.{extension}")));
    if ["js", "mjs", "cjs", "json", "ts", "tsx", "jsx", "mts", "cts"].contains(&extension) {
        spellings.push(stem.to_owned());
        spellings.extend(stem.strip_suffix("/index").map(str::to_owned));
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(parts: &[&str]) -> Option<Pattern> {
        Pattern::new(parts.iter().map(|part| (*part).to_owned()).collect())
    }

    #[test]
    fn a_pattern_begins_with_a_path() {
        for none in [
            &["./a"][..],
            &["", "/a.js"],
            &["lib/", ""],
            &["/etc/", ""],
            &["."],
        ] {
            assert_eq!(pattern(none), None, "{none:?}");
        }
        assert_eq!(pattern(&["./a/", ".js"]).expect("one").shown(), "./a/*.js");
    }

    #[test]
    fn what_fits_has_the_known_parts_in_their_order() {
        let two = pattern(&["./a/x-", "/y", ".js"]).expect("one");
        assert!(two.fits("./a/x-1/y2.js"));
        assert!(two.fits("./a/x-/y.js"));
        for not in ["./a/x-1/z.js", "./a/x-1/y2.ts", "./b/x-1/y.js", "./a/x-.js"] {
            assert!(!two.fits(not), "{not}");
        }
    }

    #[test]
    fn a_file_may_be_written_as_typescript_writes_it() {
        assert_eq!(spellings("de.ts"), ["de.ts", "de.js", "de"]);
        assert_eq!(spellings("de/index.mjs"), ["de/index.mjs", "de/index", "de"]);
        assert_eq!(spellings("a.html"), ["a.html"]);
    }
}
