//! Bounds of an invocation's own folder: bytes, entries, open descriptors.
//!
//! Use is estimated from above as calls come in; when the estimate reaches the limit the folder is measured,
//! and only a folder that is really full refuses.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use holm_core::Limits;
use tempfile::TempDir;

const TOO_MANY_FILES: u16 = 33;
const NO_SPACE: u16 = 51;
const CROSS_DEVICE: u16 = 75;

/// What the folder may hold and what it holds.
#[derive(Debug)]
pub struct Quota {
    bytes_max: u64,
    files_max: u64,
    /// Removed with everything in it when the invocation ends.
    folder: Option<TempDir>,
    /// Descriptors that lead into it.
    inside: HashSet<u32>,
    open: u64,
    bytes: u64,
    entries: u64,
}

impl Quota {
    pub fn new(limits: &Limits) -> Self {
        Self {
            bytes_max: limits.fs_bytes,
            files_max: limits.fs_files,
            folder: None,
            inside: HashSet::new(),
            open: 0,
            bytes: 0,
            entries: 0,
        }
    }

    /// Makes the folder, empty, for the preopened descriptor.
    pub fn own_folder(&mut self, descriptor: u32) -> io::Result<PathBuf> {
        let folder = match &self.folder {
            Some(folder) => folder,
            None => self
                .folder
                .insert(tempfile::Builder::new().prefix("holm-tmp-").tempdir()?),
        };
        self.inside.insert(descriptor);
        Ok(folder.path().to_owned())
    }

    pub fn may_open(&self) -> Result<(), u16> {
        if self.open < self.files_max {
            Ok(())
        } else {
            Err(TOO_MANY_FILES)
        }
    }

    pub fn opened(&mut self, dir: u32, fd: u32) {
        self.open += 1;
        if self.inside.contains(&dir) {
            self.inside.insert(fd);
        }
    }

    pub fn closed(&mut self, fd: u32) {
        self.open = self.open.saturating_sub(1);
        self.inside.remove(&fd);
    }

    /// An entry may come into being under this directory.
    pub fn may_create(&mut self, dir: u32) -> Result<(), u16> {
        if !self.inside.contains(&dir) {
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
        if growth == 0 || !self.inside.contains(&fd) {
            return Ok(());
        }
        if self.bytes.saturating_add(growth) > self.bytes_max {
            self.measure();
        }
        if self.bytes.saturating_add(growth) > self.bytes_max {
            return Err(NO_SPACE);
        }
        self.bytes += growth;
        Ok(())
    }

    /// An entry may be moved or linked: not between the own folder and a volume, which would carry bytes past
    /// the bound. The same answer as between two file systems.
    pub fn may_move(&self, from: u32, to: u32) -> Result<(), u16> {
        if self.inside.contains(&from) == self.inside.contains(&to) {
            Ok(())
        } else {
            Err(CROSS_DEVICE)
        }
    }

    fn measure(&mut self) {
        let Some(folder) = &self.folder else { return };
        (self.bytes, self.entries) = (0, 0);
        let mut folders = vec![folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            self.measure_one(&folder, &mut folders);
        }
    }

    fn measure_one(&mut self, folder: &Path, folders: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            self.entries += 1;
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => self.bytes += metadata.len(),
                Err(_) => {}
            }
        }
    }
}
