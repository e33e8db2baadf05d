//! Specifier to file, by Node's rules, with the conditions of this runtime.
//!
//! More lenient than Node in two points, as bundlers are: an `import` may leave the extension out, and TypeScript may
//! name the JavaScript that its compiler would write (`./a.js` for `./a.ts`). The order in which a package's `exports` lists its
//! conditions decides between those that hold. What is written for Node, and then what is written for browsers, is asked for only
//! where a package offers nothing else: the one may want all of Node, the other a document.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{ResolveError, ResolveOptions, ResolverGeneric, TsConfig, TsconfigDiscovery};

use crate::{
    files::Files,
    format::{self, Kind},
    scan::RequestKind,
    similar::similar,
};

/// Tried in this order where a specifier has none, in JavaScript …
const EXTENSIONS: [&str; 10] = [
    ".js", ".mjs", ".cjs", ".json", ".ts", ".tsx", ".jsx", ".mts", ".cts", ".node",
];
/// … and in TypeScript.
const TYPESCRIPT_EXTENSIONS: [&str; 10] = [
    ".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".json", ".node",
];

/// The conditions of `exports` and `imports` that hold, besides `import` or `require`.
const CONDITIONS: [&str; 4] = ["holm", "workerd", "worker", "default"];
/// What is added, step by step, while a package offers nothing.
const LAST_RESORTS: [&str; 2] = ["node", "browser"];

/// What TypeScript's compiler makes of a file, and what it makes it of.
const COMPILED: [(&str, &[&str]); 4] = [
    (".js", &[".ts", ".tsx"]),
    (".mjs", &[".mts"]),
    (".cjs", &[".cts"]),
    (".jsx", &[".tsx"]),
];

/// Where a specifier leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A file, absolute and without symbolic links.
    File(PathBuf),
    /// `node:fs` and the like.
    Builtin(String),
    /// What transpiled code calls; see [`crate::helpers`].
    Helper(&'static str),
}

/// Why a specifier leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unresolved {
    pub(crate) reason: String,
    pub(crate) help: Option<String>,
}

/// Resolves the specifiers of one program.
#[derive(Debug)]
pub(crate) struct Resolver {
    javascript: Pair,
    typescript: Pair,
}

/// For `import` and for `require`.
#[derive(Debug)]
struct Pair {
    import: Steps,
    require: Steps,
}

/// As it should be, and with one more of [`LAST_RESORTS`] each time.
#[derive(Debug)]
struct Steps {
    first: ResolverGeneric<Files>,
    further: Vec<ResolverGeneric<Files>>,
}

impl Resolver {
    pub(crate) fn new(files: &Files) -> Self {
        let options = |condition: &str, typescript: bool| ResolveOptions {
            condition_names: CONDITIONS
                .into_iter()
                .chain([condition])
                .map(String::from)
                .collect(),
            extensions: if typescript {
                TYPESCRIPT_EXTENSIONS
            } else {
                EXTENSIONS
            }
            .map(String::from)
            .to_vec(),
            // Node knows `main` alone; the others are for packages that have none.
            main_fields: ["main", "module", "browser"].map(String::from).to_vec(),
            tsconfig: typescript.then_some(TsconfigDiscovery::Auto),
            builtin_modules: true,
            // An environment variable must not change what a program is.
            node_path: false,
            ..ResolveOptions::default()
        };
        let first = ResolverGeneric::new_with_file_system(files.clone(), options("import", false));
        let steps = |condition: &str, typescript: bool| {
            let mut options = options(condition, typescript);
            let strict = first.clone_with_options(options.clone());
            let further = LAST_RESORTS.map(|condition| {
                options.condition_names.push(condition.into());
                first.clone_with_options(options.clone())
            });
            Steps {
                first: strict,
                further: further.into(),
            }
        };
        let pair = |typescript: bool| Pair {
            import: steps("import", typescript),
            require: steps("require", typescript),
        };
        Self {
            javascript: pair(false),
            typescript: pair(true),
        }
    }

    /// What the tsconfig.json for that file says, when there is one.
    pub(crate) fn tsconfig(&self, file: &Path) -> Result<Option<Arc<TsConfig>>, ResolveError> {
        self.typescript.import.first.find_tsconfig(file)
    }

    /// Resolves `specifier` as written in `importer`.
    pub(crate) fn resolve(
        &self,
        importer: &Path,
        specifier: &str,
        kind: RequestKind,
    ) -> Result<Target, Unresolved> {
        if let Some(reason) = impossible(specifier) {
            return Err(Unresolved {
                reason: reason.into(),
                help: None,
            });
        }
        let is_typescript = matches!(format::kind(importer), Kind::Dialect(_));
        let pair = if is_typescript {
            &self.typescript
        } else {
            &self.javascript
        };
        let resolver = if kind.is_require() {
            &pair.require
        } else {
            &pair.import
        };
        if is_typescript && is_relative(specifier) {
            for written in uncompiled(specifier) {
                if let Ok(found) = resolver.first.resolve_file(importer, &written) {
                    return Ok(Target::File(found.into_path_buf()));
                }
            }
        }
        let mut resolved = resolver.first.resolve_file(importer, specifier);
        for further in &resolver.further {
            if matches!(resolved, Err(ResolveError::PackagePathNotExported { .. })) {
                resolved = further.resolve_file(importer, specifier).or(resolved);
            }
        }
        match resolved {
            Ok(found) => Ok(Target::File(found.into_path_buf())),
            Err(ResolveError::Builtin { resolved, .. }) => Ok(Target::Builtin(resolved)),
            // `import` takes URLs, in which a space is written so.
            Err(error) if !kind.is_require() && is_relative(specifier) && specifier.contains('%') => {
                let decoded = percent_encoding::percent_decode_str(specifier).decode_utf8();
                match decoded.map(|decoded| resolver.first.resolve_file(importer, &decoded)) {
                    Ok(Ok(found)) => Ok(Target::File(found.into_path_buf())),
                    _ => Err(self.explain(importer.parent().unwrap_or(importer), specifier, &error)),
                }
            }
            Err(error) => Err(self.explain(importer.parent().unwrap_or(importer), specifier, &error)),
        }
    }

    fn explain(&self, folder: &Path, specifier: &str, error: &ResolveError) -> Unresolved {
        let help = if is_relative(specifier) {
            near(folder, specifier)
        } else {
            self.relative(folder, specifier)
        };
        let reason = match error {
            ResolveError::NotFound(_) | ResolveError::MatchedAliasNotFound(..) if is_relative(specifier) => {
                let name = specifier.trim_end_matches('/');
                if Path::new(name).extension().is_some() {
                    return Unresolved {
                        reason: format!("there is no file {name}"),
                        help,
                    };
                }
                let tried: Vec<String> = EXTENSIONS[..EXTENSIONS.len() - 1]
                    .iter()
                    .map(|extension| format!("{name}{extension}"))
                    .collect();
                format!("tried {name}, {} and {name}/index.js", tried.join(", "))
            }
            ResolveError::NotFound(_) | ResolveError::MatchedAliasNotFound(..) => {
                format!(
                    "there is no package `{}` in a node_modules of this folder or of one above",
                    package_name(specifier)
                )
            }
            ResolveError::PackagePathNotExported { subpath, .. } => {
                format!(
                    "the package `{}` does not export \"{subpath}\"",
                    package_name(specifier)
                )
            }
            ResolveError::PackageImportNotDefined(name, _) => {
                format!("the package.json above has no entry \"{name}\" under `imports`")
            }
            ResolveError::Json(error) => {
                format!(
                    "the package.json of `{}` is not valid: {}",
                    package_name(specifier),
                    error.message
                )
            }
            ResolveError::IOError(error) => format!("a file could not be read: {error}"),
            ResolveError::InvalidPackageTarget(..)
            | ResolveError::InvalidPackageConfig(_)
            | ResolveError::InvalidPackageConfigDefault(_)
            | ResolveError::InvalidPackageConfigDirectory(_)
            | ResolveError::InvalidModuleSpecifier(..) => {
                format!(
                    "the `exports` or `imports` of the package.json of `{}` are not valid",
                    package_name(specifier)
                )
            }
            ResolveError::Specifier(_) => "the specifier is empty".into(),
            _ => "the specifier cannot be resolved".into(),
        };
        let installs =
            help.is_none() && matches!(error, ResolveError::NotFound(_)) && !is_relative(specifier);
        let help = help.or_else(|| installs.then(|| format!("npm install {}", package_name(specifier))));
        Unresolved { reason, help }
    }

    /// A bare specifier that would be found as a file beside the importer.
    fn relative(&self, folder: &Path, specifier: &str) -> Option<String> {
        let with_dot = format!("./{specifier}");
        let found = self.javascript.import.first.resolve(folder, &with_dot).is_ok();
        found.then(|| {
            format!("did you mean '{with_dot}'? A file needs ./ in front, else it is looked for as a package")
        })
    }
}

/// The sources of the file that a specifier names, if a compiler wrote it.
fn uncompiled(specifier: &str) -> impl Iterator<Item = String> + '_ {
    let known = COMPILED
        .iter()
        .find(|(extension, _)| specifier.ends_with(extension));
    known.into_iter().flat_map(move |(extension, sources)| {
        let stem = &specifier[..specifier.len() - extension.len()];
        sources.iter().map(move |source| format!("{stem}{source}"))
    })
}

/// A path rather than the name of a package.
fn is_relative(specifier: &str) -> bool {
    specifier.starts_with("./")
        || specifier.starts_with("../")
        || specifier.starts_with('/')
        || matches!(specifier, "." | "..")
}

fn impossible(specifier: &str) -> Option<&'static str> {
    let scheme = specifier.split_once(':').map_or("", |(scheme, _)| scheme);
    match scheme {
        "http" | "https" => {
            Some("modules are not imported over the network; download it, or install it as a package")
        }
        "data" | "blob" => Some("data: and blob: modules are not supported; put the module in a file"),
        // A path of this machine means nothing where the program will run.
        "file" => Some("file: URLs are not supported; use a path that starts with ./"),
        _ if specifier.starts_with('/') => {
            Some("absolute paths are not supported; use a path that starts with ./")
        }
        _ if specifier.contains('\0') => Some("the specifier contains a null character"),
        _ => None,
    }
}

/// `@scope/name/file` and `name/file` without the file.
fn package_name(specifier: &str) -> &str {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    specifier
        .match_indices('/')
        .nth(parts - 1)
        .map_or(specifier, |(at, _)| &specifier[..at])
}

/// A name in the folder that `specifier` leads to which it perhaps meant.
fn near(folder: &Path, specifier: &str) -> Option<String> {
    let (path, name) = specifier.rsplit_once('/')?;
    let names = names(&folder.join(path));
    let found = similar(name, names.iter().map(String::as_str));
    (!found.is_empty()).then(|| {
        let options: Vec<String> = found.iter().map(|name| format!("'{path}/{name}'")).collect();
        format!("did you mean {}?", options.join(" or "))
    })
}

/// The names in a folder, sorted; at most a thousand, since they only serve a suggestion.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .take(1_000)
        .collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_package_ends_before_its_files() {
        assert_eq!(package_name("@a/b/c/d"), "@a/b");
        assert_eq!(package_name("a/b"), "a");
        assert_eq!(package_name("@a"), "@a");
    }
}
