//! The compiled engine and its image on disk: a second of CPU that only the first start pays.
//!
//! Only what this program wrote itself is ever taken as code: the file's name holds a key of everything that it
//! depends on, and its contents must have the digest that stands in front of them. Anything else is remade.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

const MAGIC: &[u8; 8] = b"holmeng1";

/// Where compiled engines are kept.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: Option<PathBuf>,
}

/// What became of the cache at this start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CacheState {
    /// The engine came from it.
    Hit,
    /// The engine was compiled, and is there for the next start.
    Filled,
    /// The engine was compiled because the entry was damaged; it was replaced.
    Repaired,
    /// The engine was compiled and could not be kept, and why.
    Unavailable(String),
    /// There is to be no cache.
    Off,
}

/// What is kept: code and the memory after boot.
#[derive(Debug)]
pub(crate) struct Entry {
    pub code: Vec<u8>,
    pub memory: Vec<u8>,
    pub inbox: u32,
}

/// What a look into the cache gave.
#[derive(Debug)]
pub(crate) enum Found {
    Entry(Entry),
    Nothing,
    Damaged,
}

impl Cache {
    /// Keeps engines in this folder, which is made when it is first needed.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()) }
    }

    /// Keeps nothing.
    pub fn off() -> Self {
        Self { folder: None }
    }

    /// The folder, if there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    fn path(&self, key: &[u8; 32]) -> Option<PathBuf> {
        let name: String = key.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Some(self.folder.as_ref()?.join(format!("engine-{name}")))
    }

    pub(crate) fn load(&self, key: &[u8; 32]) -> Found {
        let Some(path) = self.path(key) else { return Found::Nothing };
        match fs::read(path) {
            Ok(bytes) => decode(key, &bytes).map_or(Found::Damaged, Found::Entry),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Nothing,
            Err(_) => Found::Damaged,
        }
    }

    pub(crate) fn store(&self, key: &[u8; 32], entry: &Entry) -> io::Result<()> {
        let Some(path) = self.path(key) else { return Ok(()) };
        let folder = path.parent().expect("an entry lies in the cache's folder");
        fs::create_dir_all(folder)?;
        // Under a name of its own first: a reader sees all of an entry or none of it.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&encode(key, entry))?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }
}

/// magic, key, digest of the rest, inbox u32, length of the code u64, code, memory
fn encode(key: &[u8; 32], entry: &Entry) -> Vec<u8> {
    let mut body = Vec::with_capacity(entry.code.len() + entry.memory.len() + 16);
    body.extend_from_slice(&entry.inbox.to_le_bytes());
    body.extend_from_slice(&(entry.code.len() as u64).to_le_bytes());
    body.extend_from_slice(&entry.code);
    body.extend_from_slice(&entry.memory);
    let mut bytes = Vec::with_capacity(body.len() + 72);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(key);
    bytes.extend_from_slice(&Sha256::digest(&body));
    bytes.extend_from_slice(&body);
    bytes
}

fn decode(key: &[u8; 32], bytes: &[u8]) -> Option<Entry> {
    let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(key)?;
    let (digest, body) = rest.split_at_checked(32)?;
    if Sha256::digest(body).as_slice() != digest {
        return None;
    }
    let (inbox, body) = body.split_first_chunk::<4>()?;
    let (len, body) = body.split_first_chunk::<8>()?;
    let (code, memory) = body.split_at_checked(usize::try_from(u64::from_le_bytes(*len)).ok()?)?;
    Some(Entry { code: code.to_vec(), memory: memory.to_vec(), inbox: u32::from_le_bytes(*inbox) })
}
