//! Reading a folder, piece by piece.
//!
//! wasmtime-wasi reads the whole of a folder for each piece that is asked for, looks at every entry, and keeps all of
//! them in memory. Here each open folder has the place where its last piece ended, so a piece costs what is in it,
//! however large the folder is. Pieces come in order: from the start, or where the last one ended.
//!
//! The folders are opened a second time for it, through the same kind of capability (cap-std), since wasmtime-wasi does
//! not give out its own.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirEntry, FileTypeExt, ReadDir};

use super::IO;

const INVALID: u16 = 28;
const NO_FOLDER: u16 = 54;
const ILLEGAL_NAME: u16 = 25;

/// Bytes of an entry before its name: cookie of the next u64, inode u64, length of the name u32, type u8, padding.
const HEAD: usize = 24;

/// The open folders of an invocation, by descriptor.
#[derive(Default)]
pub struct Folders(HashMap<u32, Folder>);

struct Folder {
    dir: Dir,
    reading: Option<Reading>,
}

struct Reading {
    entries: ReadDir,
    /// Cookie of the next entry: how many came before it.
    next: u64,
    /// It did not fit the last piece.
    kept: Option<Vec<u8>>,
}

impl Folders {
    /// A folder that the invocation is given.
    pub fn preopened(&mut self, descriptor: u32, path: &Path) -> io::Result<()> {
        let dir = Dir::open_ambient_dir(path, ambient_authority())?;
        self.0.insert(descriptor, Folder { dir, reading: None });
        Ok(())
    }

    /// A folder was opened by this path below another one.
    ///
    /// # Errors
    /// When it cannot be opened once more.
    pub fn opened(&mut self, below: u32, path: &str, descriptor: u32) -> Result<(), u16> {
        let below = self.0.get(&below).ok_or(NO_FOLDER)?;
        let dir = below.dir.open_dir(path).map_err(|_| IO)?;
        self.0.insert(descriptor, Folder { dir, reading: None });
        Ok(())
    }

    /// A descriptor was closed.
    pub fn closed(&mut self, descriptor: u32) {
        self.0.remove(&descriptor);
    }

    /// The entries from `cookie` on, as WASI has them, in at most `room` bytes. When there are more, the last one is cut
    /// off where the room ends.
    ///
    /// # Errors
    /// No folder, a cookie that is not the next one, or what the system says.
    pub fn list(&mut self, descriptor: u32, cookie: u64, room: usize) -> Result<Vec<u8>, u16> {
        let folder = self.0.get_mut(&descriptor).ok_or(NO_FOLDER)?;
        if cookie == 0 {
            let entries = folder.dir.entries().map_err(|_| IO)?;
            folder.reading = Some(Reading {
                entries,
                next: 0,
                kept: None,
            });
        }
        let reading = folder.reading.as_mut().filter(|reading| reading.next == cookie);
        let reading = reading.ok_or(INVALID)?;
        let mut piece = Vec::new();
        while piece.len() < room {
            let Some(entry) = reading.entry()? else { break };
            let fits = entry.len().min(room - piece.len());
            piece.extend_from_slice(&entry[..fits]);
            if fits == entry.len() {
                reading.next += 1;
            } else {
                reading.kept = Some(entry);
            }
        }
        Ok(piece)
    }
}

impl Reading {
    fn entry(&mut self) -> Result<Option<Vec<u8>>, u16> {
        if let Some(kept) = self.kept.take() {
            return Ok(Some(kept));
        }
        let Some(entry) = self.entries.next() else {
            return Ok(None);
        };
        let entry = entry.map_err(|_| IO)?;
        let name = entry.file_name().into_string().map_err(|_| ILLEGAL_NAME)?;
        let mut bytes = Vec::with_capacity(HEAD + name.len());
        bytes.extend_from_slice(&(self.next + 1).to_le_bytes());
        // Which inode of the host it is, is nothing that a program needs here.
        bytes.extend_from_slice(&0_u64.to_le_bytes());
        bytes.extend_from_slice(&u32::try_from(name.len()).map_err(|_| IO)?.to_le_bytes());
        bytes.push(kind(&entry));
        bytes.resize(HEAD, 0);
        bytes.extend_from_slice(name.as_bytes());
        Ok(Some(bytes))
    }
}

/// WASI's file types.
fn kind(entry: &DirEntry) -> u8 {
    match entry.file_type() {
        Ok(kind) if kind.is_block_device() => 1,
        Ok(kind) if kind.is_char_device() => 2,
        Ok(kind) if kind.is_dir() => 3,
        Ok(kind) if kind.is_file() => 4,
        Ok(kind) if kind.is_socket() => 6,
        Ok(kind) if kind.is_symlink() => 7,
        _ => 0,
    }
}
