//! What the loader and the resolver may see of the disk.
//!
//! With a closed root nothing outside of it exists: neither a package in a folder above nor the target of a symbolic link that leads
//! out. Every package.json passes here, where its size and its nesting are bounded: the resolver's parser recurses.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use oxc_resolver::{FileMetadata, FileSystem, ResolveError};

/// A package.json that is larger is refused. The largest in use are below 100 KB.
const PACKAGE_JSON_BYTES_MAX: u64 = 1024 * 1024;
/// Deepest nesting of a package.json; `exports` use up to ten.
const PACKAGE_JSON_NESTING_MAX: usize = 100;

/// A view of the disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    /// Absolute and without symbolic links.
    pub(crate) closed_root: Option<PathBuf>,
    /// The package.json files that were read.
    seen: Arc<Mutex<BTreeSet<PathBuf>>>,
}

impl Files {
    pub(crate) fn new(closed_root: Option<PathBuf>) -> Self {
        Self {
            closed_root,
            seen: Arc::default(),
        }
    }

    /// The package.json files that were read.
    pub(crate) fn seen(&self) -> BTreeSet<PathBuf> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether this path exists for the program.
    pub(crate) fn allows(&self, path: &Path) -> bool {
        self.closed_root
            .as_ref()
            .is_none_or(|root| path.starts_with(root))
    }

    /// The package.json in this folder, when there is one that is an object.
    pub(crate) fn package_json(&self, folder: &Path) -> Option<serde_json::Map<String, serde_json::Value>> {
        let bytes = self.read(&folder.join("package.json")).ok()?;
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        serde_json::from_slice(text).ok()
    }

    fn check(&self, path: &Path) -> io::Result<()> {
        if self.allows(path) {
            Ok(())
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    /// The resolver asks for the folders above as well, to find out what is a symbolic link.
    fn check_or_above(&self, path: &Path) -> io::Result<()> {
        let above = self
            .closed_root
            .as_ref()
            .is_some_and(|root| root.starts_with(path));
        if above { Ok(()) } else { self.check(path) }
    }
}

impl FileSystem for Files {
    fn new() -> Self {
        Self::default()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.check(path)?;
        let metadata = fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(io::ErrorKind::NotFound.into());
        }
        if metadata.len() > PACKAGE_JSON_BYTES_MAX {
            return Err(io::Error::other(format!(
                "it is larger than {PACKAGE_JSON_BYTES_MAX} bytes"
            )));
        }
        let bytes = fs::read(path)?;
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_path_buf());
        if json_nesting(&bytes) > PACKAGE_JSON_NESTING_MAX {
            return Err(io::Error::other(format!(
                "it is nested more than {PACKAGE_JSON_NESTING_MAX} levels deep"
            )));
        }
        Ok(bytes)
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.read(path)?).map_err(|_| io::Error::other("it is not UTF-8"))
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.check_or_above(path)?;
        // Where a link leads is what counts.
        if self.closed_root.is_some() {
            self.check_or_above(&fs::canonicalize(path)?)?;
        }
        fs::metadata(path).map(FileMetadata::from)
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.check_or_above(path)?;
        fs::symlink_metadata(path).map(FileMetadata::from)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        self.check_or_above(path)?;
        Ok(fs::read_link(path)?)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        let real = fs::canonicalize(path)?;
        self.check_or_above(&real)?;
        Ok(real)
    }
}

/// The deepest nesting of brackets outside of strings.
pub(crate) fn json_nesting(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0usize, 0usize, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
