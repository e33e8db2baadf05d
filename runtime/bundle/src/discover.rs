//! The functions in a folder: each file of JavaScript, and each folder that is a package.

use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

use crate::{
    BundleError,
    files::Files,
    format::{Kind, kind},
};

/// A function in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name, and so its path in URLs.
    pub name: String,
    /// What [`load`](crate::load()) starts from.
    pub entry: PathBuf,
}

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovered {
    /// By name.
    pub functions: Vec<Function>,
    /// What looks like a function and is none, one sentence each.
    pub warnings: Vec<String>,
}

/// Finds the functions in a folder: each `NAME.js` (or .mjs, .cjs, .ts, .mts, .cts, .tsx, .jsx), and each folder `NAME` with a package.json that names
/// its `main` or `module`, or with an index.js. A name consists of `a`–`z`, `0`–`9`, `-` and `_` and begins with a letter or a digit.
/// Names that begin with `_` or `.`, and `node_modules`, are passed over in silence; other names with a warning.
///
/// # Errors
/// When the folder cannot be read, or two entries have the same name.
pub fn discover(folder: &Path) -> Result<Discovered, BundleError> {
    let unreadable = |error: std::io::Error| BundleError::Unreadable {
        path: folder.display().to_string(),
        reason: error.to_string(),
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort_unstable();
    let mut functions: BTreeMap<String, (String, PathBuf)> = BTreeMap::new();
    let mut warnings = Vec::new();
    for path in paths {
        let shown = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if shown.starts_with(['_', '.']) || shown == "node_modules" {
            continue;
        }
        let (name, entry) = if path.is_dir() {
            let Some(entry) = entry_of_folder(&path) else {
                continue;
            };
            (shown.clone(), entry)
        } else {
            match kind(&path) {
                Kind::Esm | Kind::CommonJs | Kind::JavaScript if path.extension().is_some() => {}
                Kind::Dialect(_) => {}
                // Types of what stands beside it.
                Kind::Unsupported(_) if shown.ends_with("ts") => continue,
                Kind::Unsupported(reason) => {
                    warnings.push(format!("{shown} is skipped: {reason}"));
                    continue;
                }
                _ => continue,
            }
            (
                path.file_stem()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                path,
            )
        };
        if !is_name(&name) {
            warnings.push(format!("{shown} is skipped: the name of a function is made of a-z, 0-9, - and _, and begins with a letter or digit"));
            continue;
        }
        if let Some((first, _)) = functions.get(&name) {
            return Err(BundleError::Duplicate {
                name,
                first: first.clone(),
                second: shown,
            });
        }
        functions.insert(name, (shown, entry));
    }
    let functions = functions
        .into_iter()
        .map(|(name, (_, entry))| Function { name, entry })
        .collect();
    Ok(Discovered { functions, warnings })
}

/// Where the program in a folder starts: `main`, else `module` of its package.json, else its index file.
pub(crate) fn entry_of_folder(folder: &Path) -> Option<PathBuf> {
    let package = Files::default().package_json(folder).unwrap_or_default();
    let named = ["main", "module"]
        .into_iter()
        .filter_map(|field| package.get(field)?.as_str());
    // A package does not start outside of itself.
    let named = named.filter(|path| {
        Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
    });
    let named = named.flat_map(|path| {
        let plain = folder.join(path);
        [
            "",
            ".js",
            ".mjs",
            ".cjs",
            ".ts",
            ".mts",
            ".tsx",
            "/index.js",
            "/index.ts",
        ]
        .map(|suffix| {
            let mut with = plain.clone().into_os_string();
            with.push(suffix);
            PathBuf::from(with)
        })
    });
    let index = [
        "index.js",
        "index.mjs",
        "index.cjs",
        "index.ts",
        "index.mts",
        "index.tsx",
        "index.jsx",
    ]
    .map(|name| folder.join(name));
    named.chain(index).find(|path| path.is_file())
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}
