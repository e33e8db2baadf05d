//! Files of journals: for their owner's eyes only, and never half a journal that looks like one.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use holm_journal::JournalSink;

use crate::engine;

/// A journal holds headers, bodies and environment: tokens, that is.
const OWNER_ONLY: u32 = 0o600;

/// One that is being written.
#[derive(Debug)]
pub struct JournalFile {
    file: File,
    path: PathBuf,
}

impl JournalFile {
    /// At this path; what was there is lost.
    ///
    /// # Errors
    /// It cannot be opened for writing.
    pub fn replace(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(OWNER_ONLY)
            .open(path)?;
        // The mode above is for new files. What is no file, such as a pipe, keeps what it has.
        if file.metadata()?.is_file() {
            file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
        }
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    /// `ID.holm` in a folder. Callers may send the same id twice: no journal is ever overwritten, and the later ones get a
    /// name that is not searched for, however many there are.
    fn create(folder: &Path, id: &str) -> io::Result<Self> {
        let mut path = folder.join(format!("{id}.holm"));
        loop {
            let opened = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(OWNER_ONLY)
                .open(&path);
            match opened {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    path = folder.join(format!("{id}-{}.holm", &engine::fresh_id()[..16]));
                }
                opened => return Ok(Self { file: opened?, path }),
            }
        }
    }

    /// What is cut off cannot be replayed, and a full disk is better off without it. Devices and pipes stay.
    fn remove(&self) {
        if self.file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            // Best effort: the error that led here is the one that is told.
            let _ = self.file.set_len(0);
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl JournalSink for JournalFile {
    fn append(&mut self, entries: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(entries);
        if written.is_err() {
            self.remove();
        }
        written
    }
}

/// One that is made with its first entry. One that cannot be begun ends its request: who asked for journals relies on
/// them.
#[derive(Debug)]
pub struct LazyJournalFile {
    folder: PathBuf,
    id: String,
    file: Option<JournalFile>,
}

impl LazyJournalFile {
    /// For the request of that id.
    pub fn new(folder: &Path, id: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            id: id.to_owned(),
            file: None,
        }
    }
}

impl JournalSink for LazyJournalFile {
    fn append(&mut self, entries: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(JournalFile::create(&self.folder, &self.id)?),
        };
        file.append(entries)
    }
}
