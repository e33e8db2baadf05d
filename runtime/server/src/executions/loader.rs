//! The files of an execution, read into a program.

use std::collections::BTreeMap;
use std::path::Path;

use holm_bundle::LoadOptions;
use holm_core::{BoxFuture, Program};

use super::request::Invalid;
use super::service::{NotExecuted, blocking};

/// Files of one execution: each takes an entry of the disk's tables, however small it is.
const FILES_MAX: usize = 10_000;

/// Of a part of a path, and of a path: what file systems take anywhere.
const NAME_BYTES_MAX: usize = 255;
const PATH_BYTES_MAX: usize = 1024;

/// Reads files of strangers into programs: resolves, parses and transpiles them.
pub trait Loader: Send + Sync {
    /// The program that starts with `entry`, which is a path in `folder`; nothing outside of it is read.
    ///
    /// # Errors
    /// The files are no program, or the machine could not read them.
    fn load<'a>(
        &'a self,
        folder: &'a Path,
        entry: &'a str,
        source_bytes_max: u64,
    ) -> BoxFuture<'a, Result<Read, NotExecuted>>;
}

/// A program, and what its author should hear of.
#[derive(Clone, Debug)]
pub struct Read {
    /// Without arguments, environment and folders.
    pub program: Program,
    /// Of what is odd in it and does not keep it from running.
    pub warnings: Vec<String>,
}

/// In this process. A parser's time and memory have no limit here but the size of the source: for code that is trusted.
#[derive(Clone, Copy, Debug)]
pub struct InProcess;

impl Loader for InProcess {
    fn load<'a>(
        &'a self,
        folder: &'a Path,
        entry: &'a str,
        source_bytes_max: u64,
    ) -> BoxFuture<'a, Result<Read, NotExecuted>> {
        let (root, entry) = (folder.to_path_buf(), folder.join(entry));
        Box::pin(blocking(move || {
            let options = LoadOptions {
                source_bytes_max,
                root: Some(root),
            };
            let loaded = holm_bundle::load(&entry, options).map_err(NotExecuted::Program)?;
            Ok(Read {
                program: loaded.program,
                warnings: loaded.warnings,
            })
        }))
    }
}

/// Files lie in a folder of their own while they are read, by the same rules as everywhere else.
pub(super) async fn from_files(
    loader: &dyn Loader,
    files: BTreeMap<String, String>,
    entry: &str,
    source_bytes_max: u64,
) -> Result<Read, NotExecuted> {
    let folder = blocking(move || laid_down(&files)).await?;
    loader.load(folder.path(), entry, source_bytes_max).await
}

fn laid_down(files: &BTreeMap<String, String>) -> Result<tempfile::TempDir, NotExecuted> {
    check_paths(files)?;
    // Everything that is wrong with the paths was refused before: what is left is the disk's.
    let world =
        |error: std::io::Error| NotExecuted::World(format!("the files could not be laid down: {error}"));
    let folder = tempfile::tempdir().map_err(world)?;
    for (path, text) in files {
        let file = folder.path().join(path);
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent).map_err(world)?;
        }
        std::fs::write(&file, text).map_err(world)?;
    }
    Ok(folder)
}

/// Each path leads to a place of its own inside of the folder.
fn check_paths(files: &BTreeMap<String, String>) -> Result<(), Invalid> {
    if files.len() > FILES_MAX {
        return Err(Invalid(format!(
            "files: there are {} of them; {FILES_MAX} can be sent",
            files.len()
        )));
    }
    for path in files.keys() {
        let is_plain = |part: &str| !matches!(part, "" | "." | "..");
        if !path.split('/').all(is_plain) || path.contains('\0') {
            return Err(Invalid(format!(
                "files: `{path}` is no path inside of a folder, such as lib/math.js"
            )));
        }
        if path.len() > PATH_BYTES_MAX || path.split('/').any(|part| part.len() > NAME_BYTES_MAX) {
            return Err(Invalid(format!(
                "files: `{path:.40}…` is too long; a path has at most {PATH_BYTES_MAX} bytes, each part of it {NAME_BYTES_MAX}"
            )));
        }
        let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
        if let Some(both) = folders.into_iter().find(|folder| files.contains_key(*folder)) {
            return Err(Invalid(format!(
                "files: `{both}` cannot be a file and the folder of `{path}`"
            )));
        }
    }
    Ok(())
}
