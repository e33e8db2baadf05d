//! Bounds of an invocation's own folder: bytes, entries, open descriptors.
//!
//! Use is estimated from above as calls come in; when the estimate reaches the limit the folder is measured,
//! and only a folder that is really full refuses.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use holm_core::Limits;
use tempfile::TempDir;

use super::open_files::{Held, OpenFiles};

pub const TOO_MANY_FILES: u16 = 33;
const NO_SPACE: u16 = 51;
const CROSS_DEVICE: u16 = 75;

/// What the folder may hold and what it holds.
#[derive(Debug)]
pub struct Quota {
    open_files: Arc<OpenFiles>,
    /// What the folders that the invocation is given count for.
    _preopened: Held,
    /// What each open descriptor counts for.
    open: HashMap<u32, Held>,
    /// Taken for the call that is under way.
    opening: Option<Held>,
    bytes_max: u64,
    files_max: u64,
    /// Removed with everything in it when the invocation ends.
    folder: Option<TempDir>,
    /// Descriptors that lead into it, and by how much each has made a file grow: a file may be removed while it is
    /// open, and is then in no folder.
    inside: HashMap<u32, u64>,
    bytes: u64,
    entries: u64,
    /// Entries removed since the folder was measured, and how many it had then.
    removed: u64,
    measured: u64,
}

/// Descriptors of one invocation. They are the process' own, so they are few.
pub const OPEN_MAX: usize = 64;

impl Quota {
    /// For an invocation that is given so many folders.
    ///
    /// # Errors
    /// The errno, when too many files are open in all.
    pub fn new(limits: &Limits, open_files: &Arc<OpenFiles>, preopens: usize) -> Result<Self, u16> {
        Ok(Self {
            // Each is opened twice: for wasmtime-wasi and for listings.
            _preopened: open_files.take(preopens * 2)?,
            open_files: open_files.clone(),
            open: HashMap::new(),
            opening: None,
            bytes_max: limits.fs_bytes,
            files_max: limits.fs_files,
            folder: None,
            inside: HashMap::new(),
            bytes: 0,
            entries: 0,
            removed: 0,
            measured: 0,
        })
    }

    /// Makes the folder, empty, for the preopened descriptor.
    pub fn own_folder(&mut self, descriptor: u32) -> io::Result<PathBuf> {
        let folder = match &self.folder {
            Some(folder) => folder,
            None => self
                .folder
                .insert(tempfile::Builder::new().prefix("holm-tmp-").tempdir()?),
        };
        self.inside.insert(descriptor, 0);
        Ok(folder.path().to_owned())
    }

    /// Something may be opened that takes so many descriptors of the process.
    ///
    /// # Errors
    /// The errno, when this invocation or all together have too many.
    pub fn may_open(&mut self, descriptors: usize) -> Result<(), u16> {
        if self.open.len() >= OPEN_MAX {
            return Err(TOO_MANY_FILES);
        }
        self.opening = None;
        self.opening = Some(self.open_files.take(descriptors)?);
        Ok(())
    }

    /// It was opened, below this directory.
    pub fn opened(&mut self, dir: u32, fd: u32) {
        if let Some(held) = self.opening.take() {
            self.open.insert(fd, held);
        }
        if self.inside.contains_key(&dir) {
            self.inside.insert(fd, 0);
        }
    }

    pub fn closed(&mut self, fd: u32) {
        self.open.remove(&fd);
        if self.inside.remove(&fd).is_some_and(|grown| grown > 0) {
            self.removed += 1;
        }
    }

    /// An entry of this directory was removed or replaced.
    pub fn removed(&mut self, dir: u32) -> Result<(), u16> {
        if self.inside.contains_key(&dir) {
            self.removed += 1;
        }
        Ok(())
    }

    /// An entry may come into being under this directory.
    pub fn may_create(&mut self, dir: u32) -> Result<(), u16> {
        if !self.inside.contains_key(&dir) {
            return Ok(());
        }
        if self.entries >= self.files_max {
            self.measure();
        }
        if self.entries >= self.files_max {
            return Err(TOO_MANY_FILES);
        }
        self.entries += 1;
        Ok(())
    }

    /// The file behind this descriptor may become so much larger.
    pub fn may_grow(&mut self, fd: u32, growth: u64) -> Result<(), u16> {
        if growth == 0 || !self.inside.contains_key(&fd) {
            return Ok(());
        }
        if self.bytes.saturating_add(growth) > self.bytes_max {
            self.measure();
        }
        if self.bytes.saturating_add(growth) > self.bytes_max {
            return Err(NO_SPACE);
        }
        self.bytes += growth;
        if let Some(grown) = self.inside.get_mut(&fd) {
            *grown += growth;
        }
        Ok(())
    }

    /// An entry may be moved or linked: not between the own folder and a volume, which would carry bytes past
    /// the bound. The same answer as between two file systems.
    pub fn may_move(&self, from: u32, to: u32) -> Result<(), u16> {
        if self.inside.contains_key(&from) == self.inside.contains_key(&to) {
            Ok(())
        } else {
            Err(CROSS_DEVICE)
        }
    }

    /// Measures anew, where enough was removed that it can pay: a measurement looks at every entry, and a program must
    /// not get one for each of its calls.
    fn measure(&mut self) {
        let Some(folder) = &self.folder else { return };
        if self.removed <= self.measured / 32 && self.measured > 0 {
            return;
        }
        let mut found = Found::default();
        let mut folders = vec![folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            // What cannot be looked at (a path that is too long) may hold anything: the estimate stays.
            if measure_one(&folder, &mut found, &mut folders).is_err() {
                return;
            }
        }
        // Counts open files twice while they are in a folder too; never too low, and right when they are closed.
        let open: u64 = self.inside.values().sum();
        (self.bytes, self.entries) = (found.bytes + open, found.entries);
        (self.removed, self.measured) = (0, found.entries.max(1));
    }
}

#[derive(Default)]
struct Found {
    bytes: u64,
    entries: u64,
}

fn measure_one(folder: &Path, found: &mut Found, folders: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        found.entries += 1;
        if metadata.is_dir() {
            folders.push(entry.path());
        } else {
            found.bytes += metadata.len();
        }
    }
    Ok(())
}
