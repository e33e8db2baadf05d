//! What is run: a closed graph of modules.

use std::collections::BTreeMap;

use bytes::Bytes;

/// A program: every module it can reach by a literal specifier, with its imports resolved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Path of the module to evaluate.
    pub entry: String,
    /// The modules by path, for instance `/bundle/lib/util.js`.
    pub modules: BTreeMap<String, Module>,
    /// `process.argv` from the third on.
    pub arguments: Vec<String>,
    /// `process.env`.
    pub env: BTreeMap<String, String>,
    /// Folders of the host that the program sees.
    pub preopens: Vec<Preopen>,
}

/// One module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// How the source is to be understood.
    pub format: ModuleFormat,
    /// As written; UTF-8 except for [`ModuleFormat::Bytes`].
    pub source: Bytes,
    /// Specifier as written to path of a module, or name of a built-in (`node:fs`).
    pub links: BTreeMap<String, String>,
    /// The export names of a CommonJS module, as far as they can be told from its text.
    pub exports: Vec<String>,
}

/// How a module's source is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ModuleFormat {
    /// ECMAScript module.
    Esm,
    /// CommonJS.
    CommonJs,
    /// JSON: the default export is the value.
    Json,
    /// Text: the default export is the string.
    Text,
    /// Bytes: the default export is an `ArrayBuffer`.
    Bytes,
    /// A script at global level, which only an entry can be: its value is that of its last expression, and `require`,
    /// `module` and `input` are globals.
    Script,
}

/// A folder of the host that a program sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preopen {
    /// On the host; `None` for the invocation's own `/tmp`, which is empty at its start and gone at its end.
    pub host: Option<std::path::PathBuf>,
    /// Absolute, as the program names it.
    pub guest: String,
    /// Nothing in it can be changed.
    pub read_only: bool,
}
