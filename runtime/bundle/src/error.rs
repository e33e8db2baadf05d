//! What went wrong, for people.
//!
//! Every variant is the fault of the files or of whoever named them, but for [`BundleError::Internal`]. Paths are relative to
//! the program's root or as the caller wrote them; no path of the machine is in a message.

use crate::Place;

/// Why there is no program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The entry is not there.
    #[error("there is no file {path}")]
    Missing {
        /// As the caller wrote it.
        path: String,
        /// Names in the same folder that were perhaps meant.
        similar: Vec<String>,
    },
    /// A folder was given, and nothing in it says where to start.
    #[error(
        "{path} is a folder without an index.js or index.ts, and without a package.json that names its `main`"
    )]
    Folder {
        /// As the caller wrote it.
        path: String,
    },
    /// The system does not let us read it.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// In the system's words.
        reason: String,
    },
    /// A file of text is not UTF-8.
    #[error("{path} is not UTF-8: byte {offset} begins no valid character")]
    NotUtf8 {
        /// The file.
        path: String,
        /// Where the first invalid byte is, from 0.
        offset: usize,
    },
    /// A file that cannot be run here.
    #[error("{path}: {reason}")]
    Unsupported {
        /// The file.
        path: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A source cannot be parsed.
    #[error("{place}: {message}")]
    Syntax {
        /// Where.
        place: Box<Place>,
        /// What is wrong.
        message: String,
        /// What to do, if anybody knows.
        help: Option<String>,
    },
    /// An import leads nowhere.
    #[error("{place}: cannot find '{specifier}'")]
    Unresolved {
        /// Where it is imported.
        place: Box<Place>,
        /// As written.
        specifier: String,
        /// Why it was not found: what was tried.
        reason: String,
        /// What was perhaps meant.
        help: Option<String>,
    },
    /// An import leads out of the folder that the program may use.
    #[error("{place}: '{specifier}' is outside of the program's folder")]
    Outside {
        /// Where it is imported.
        place: Box<Place>,
        /// As written.
        specifier: String,
    },
    /// The sources are larger than the limit.
    #[error("the program has too much source: more than {limit} bytes (limit `source_bytes`)")]
    TooLarge {
        /// The limit `source_bytes`.
        limit: u64,
        /// The largest modules met so far with their sizes in bytes, largest first.
        largest: Vec<(String, u64)>,
    },
    /// Two entries of a folder of functions have the same name.
    #[error("two functions are called `{name}`: {first} and {second}")]
    Duplicate {
        /// The name.
        name: String,
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// A tsconfig.json cannot be used.
    #[error("{file}: {message}")]
    Config {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// Our fault.
    #[error("holm failed while it read {path}; this is a bug in holm")]
    Internal {
        /// The file that was being read.
        path: String,
    },
}

impl BundleError {
    /// Where in a source it is, if it is in one.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Syntax { place, .. } | Self::Unresolved { place, .. } | Self::Outside { place, .. } => {
                Some(place)
            }
            _ => None,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Missing { similar, .. } if !similar.is_empty() => {
                Some(format!("did you mean {}?", similar.join(" or ")))
            }
            Self::Folder { .. } => Some("name a file, or add an index.js".into()),
            Self::NotUtf8 { .. } => Some("save the file as UTF-8".into()),
            Self::Syntax { help, .. } | Self::Unresolved { help, .. } => help.clone(),
            Self::Outside { .. } => {
                Some("copy the file into the program's folder, or install it as a package".into())
            }
            Self::TooLarge { .. } => Some("import less, or raise the limit `source_bytes`".into()),
            Self::Duplicate { .. } => Some("rename one of them".into()),
            _ => None,
        }
    }

    /// The whole story, of several lines and without a newline at its end: message, source line with a caret, reason, help.
    pub fn report(&self) -> String {
        let mut report = format!("{self}\n");
        if let Some(place) = self.place() {
            report.push_str(&place.excerpt());
        }
        match self {
            Self::Unresolved { reason, .. } => report.push_str(&format!("  {reason}\n")),
            Self::TooLarge { largest, .. } => {
                report.push_str("  the largest modules:\n");
                for (path, bytes) in largest {
                    report.push_str(&format!("  {bytes:>10} bytes  {path}\n"));
                }
            }
            _ => {}
        }
        if let Some(help) = self.help() {
            report.push_str(&format!("  help: {help}\n"));
        }
        report.truncate(report.trim_end().len());
        report
    }
}
