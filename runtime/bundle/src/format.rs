//! How a file is to be understood, by its name and the nearest package.json.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use holm_core::ModuleFormat;

use crate::files::Files;

/// What a file's name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// JavaScript of a known kind.
    Esm,
    CommonJs,
    /// JavaScript; the nearest package.json decides, else its syntax.
    JavaScript,
    /// To be transpiled.
    Dialect(Dialect),
    /// Not JavaScript.
    Data(ModuleFormat),
    /// Cannot be run here, and why.
    Unsupported(&'static str),
}

/// What is written in place of JavaScript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) typescript: bool,
    pub(crate) jsx: bool,
    /// What the extension says; the syntax of the file decides where it says nothing. The field `type` of a package.json does
    /// not: TypeScript's own compiler would make CommonJS of `import` there, and a module that is evaluated as one behaves the same.
    pub(crate) format: Option<ModuleFormat>,
}

/// Extensions whose default export is a string.
const TEXT: &[&str] = &[
    "txt",
    "text",
    "html",
    "htm",
    "css",
    "md",
    "markdown",
    "csv",
    "tsv",
    "svg",
    "xml",
    "yaml",
    "yml",
    "toml",
    "ini",
    "sql",
    "graphql",
    "gql",
    "tmpl",
    "tpl",
    "hbs",
    "handlebars",
    "ejs",
    "mustache",
    "liquid",
    "njk",
    "pug",
    "glsl",
    "wgsl",
    "vtt",
    "srt",
    "ics",
    "pem",
];

/// Machine code: no program can use it, so none carries it.
const NATIVE: Kind = Kind::Unsupported(
    "native addons cannot run in a sandbox; use a version of the package in plain JavaScript",
);

/// Packages that look for a native addon at run time, by names that they compute.
pub(crate) const ADDON_LOADERS: [&str; 5] = [
    "@mapbox/node-pre-gyp",
    "bindings",
    "node-gyp-build",
    "node-gyp-build-optional-packages",
    "pkg-prebuilds",
];

/// What the name of a file says about it.
pub(crate) fn kind(path: &Path) -> Kind {
    // A library of the system has its version after its extension.
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    if name.contains(".so.") {
        return NATIVE;
    }
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    match extension.as_str() {
        "mjs" => Kind::Esm,
        "cjs" => Kind::CommonJs,
        // Node reads a file without an extension as JavaScript.
        "js" | "" => Kind::JavaScript,
        "json" => Kind::Data(ModuleFormat::Json),
        "ts" | "mts" | "cts" if is_declaration(path) => Kind::Unsupported(
            "a declaration file holds types only; import the file that it describes, or write `import type`",
        ),
        "ts" | "cts" => dialect(true, false, None),
        "mts" => dialect(true, false, Some(ModuleFormat::Esm)),
        "tsx" => dialect(true, true, None),
        "jsx" => dialect(false, true, None),
        "node" | "so" | "dylib" | "dll" => NATIVE,
        text if TEXT.contains(&text) => Kind::Data(ModuleFormat::Text),
        _ => Kind::Data(ModuleFormat::Bytes),
    }
}

fn dialect(typescript: bool, jsx: bool, format: Option<ModuleFormat>) -> Kind {
    Kind::Dialect(Dialect {
        typescript,
        jsx,
        format,
    })
}

/// `x.d.ts`, `x.d.mts`, `x.d.cts`
fn is_declaration(path: &Path) -> bool {
    path.file_stem()
        .and_then(|stem| Path::new(stem).extension())
        .is_some_and(|extension| extension.eq_ignore_ascii_case("d"))
}

/// The field `type` of the package.json files that were looked at.
#[derive(Debug, Default)]
pub(crate) struct PackageTypes {
    by_folder: HashMap<PathBuf, Option<ModuleFormat>>,
}

impl PackageTypes {
    /// What the nearest package.json above `file` says; `None` when it says nothing, or there is none. The search ends at a
    /// folder `node_modules`, as in Node. A package.json that cannot be read says nothing here; whoever imports the package is
    /// told by the resolver.
    pub(crate) fn of(&mut self, files: &Files, file: &Path) -> Option<ModuleFormat> {
        let folder = file.parent()?;
        if let Some(known) = self.by_folder.get(folder) {
            return *known;
        }
        let found = if folder.file_name().is_some_and(|name| name == "node_modules") {
            None
        } else {
            match files.package_json(folder) {
                Some(package) => match package.get("type").and_then(|kind| kind.as_str()) {
                    Some("module") => Some(ModuleFormat::Esm),
                    Some("commonjs") => Some(ModuleFormat::CommonJs),
                    _ => None,
                },
                None => self.of(files, folder),
            }
        };
        self.by_folder.insert(folder.to_path_buf(), found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides_in_any_case() {
        assert_eq!(kind(Path::new("a.mjs")), Kind::Esm);
        assert_eq!(kind(Path::new("a.cjs")), Kind::CommonJs);
        assert_eq!(kind(Path::new("bin/run")), Kind::JavaScript);
        assert_eq!(kind(Path::new("a.JSON")), Kind::Data(ModuleFormat::Json));
        assert_eq!(kind(Path::new("a.html")), Kind::Data(ModuleFormat::Text));
        assert_eq!(kind(Path::new("a.wasm")), Kind::Data(ModuleFormat::Bytes));
        assert!(matches!(kind(Path::new("a.d.ts")), Kind::Unsupported(_)));
    }
}
