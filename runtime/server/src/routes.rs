//! Which function answers which path. A whole table is swapped at once, so that a request sees either the old
//! functions or the new ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use holm_executor::Function;

/// The functions that are served.
#[derive(Clone, Debug)]
pub enum Routes {
    /// One function, at every path.
    One(Entry),
    /// Each at `/NAME` and `/NAME/…`, with a page at `/` that lists them. Names are as they stand in a URL.
    Folder(BTreeMap<String, Entry>),
}

/// One function, or why it is not there.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where its code is from, for people.
    pub source: String,
    /// The function, or why it could not be deployed.
    pub function: Result<Arc<Function>, String>,
}

impl Routes {
    /// The entry for a path.
    pub fn find(&self, path: &str) -> Option<&Entry> {
        match self {
            Self::One(entry) => Some(entry),
            Self::Folder(entries) => {
                let name = path.strip_prefix('/')?.split('/').next()?;
                entries.get(name)
            }
        }
    }

    /// The names, in order; none where one function has every path.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(_) => None,
            Self::Folder(entries) => Some(entries.keys().map(String::as_str)),
        }
        .into_iter()
        .flatten()
    }
}
