//! The compiled engine and its image on disk: a second of CPU that only the first start pays.
//!
//! Two files: `engine-KEY.code`, as the compiler gives it, and `engine-KEY.image`, the memory after boot without
//! its zeros, with checksums of both in front. The key covers everything that they depend on: the guest, its built-ins, the
//! compiler, its settings and the CPU. A file that does not have its checksum is remade. The checksum is against
//! accidents: who can write into the cache's folder could replace the program itself, so the folder is the user's own.
//!
//! When an engine is stored, those that nobody used for thirty days are removed.
//!
//! Starting from it must take milliseconds, so nothing is copied that can be mapped.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::image::{BaseImage, PAGE, pieces};
use crate::memories::Memories;

const MAGIC: &[u8; 8] = b"holmeng2";

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

/// An engine that was found.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The file to take code from; its contents have their checksum.
    pub code: PathBuf,
    pub image: std::sync::Arc<BaseImage>,
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
        Self {
            folder: Some(folder.into()),
        }
    }

    /// Keeps nothing.
    pub fn off() -> Self {
        Self { folder: None }
    }

    /// The folder, if there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The files of a key: code and image.
    fn paths(&self, key: &[u8; 32]) -> Option<(PathBuf, PathBuf)> {
        let folder = self.folder.as_ref()?;
        let name: String = key.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Some((
            folder.join(format!("engine-{name}.code")),
            folder.join(format!("engine-{name}.image")),
        ))
    }

    pub(crate) fn load(&self, key: &[u8; 32], memories: &dyn Memories) -> Found {
        let Some((code, image)) = self.paths(key) else {
            return Found::Nothing;
        };
        match (memories.read(&code), memories.read(&image)) {
            (Ok(contents), Ok(image)) => decode(key, (*contents).as_ref(), (*image).as_ref(), memories)
                .map_or(Found::Damaged, |(image, inbox)| {
                    Found::Entry(Entry { code, image, inbox })
                }),
            (Err(one), Err(other)) if is_absent(&one) && is_absent(&other) => Found::Nothing,
            _ => Found::Damaged,
        }
    }

    pub(crate) fn store(&self, key: &[u8; 32], code: &[u8], memory: &[u8], inbox: u32) -> io::Result<()> {
        let Some((code_path, image_path)) = self.paths(key) else {
            return Ok(());
        };
        let folder = code_path.parent().expect("an entry lies in the cache's folder");
        fs::create_dir_all(folder)?;
        write(folder, &code_path, code)?;
        write(folder, &image_path, &encode(key, code, memory, inbox))?;
        // What cannot be removed is in nobody's way.
        let _ = remove_unused(folder, [&code_path, &image_path]);
        Ok(())
    }
}

/// Engines that nobody used for so long are those of another version, or of another kind of memories.
const UNUSED_MAX: Duration = Duration::from_secs(30 * 24 * 3600);

/// Removes other engines' files that were neither written nor read for long, the file that was just written being the
/// clock. Only files whose names are ours: the folder may have others.
fn remove_unused(folder: &Path, kept: [&PathBuf; 2]) -> io::Result<()> {
    let now = fs::metadata(kept[1])?.modified()?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if kept.contains(&&path) || !is_engine(&entry.file_name()) {
            continue;
        }
        let metadata = entry.metadata()?;
        // Some file systems do not say when a file was read.
        let written = metadata.modified()?;
        let used = metadata.accessed().map_or(written, |read| read.max(written));
        if metadata.is_file() && now.duration_since(used).is_ok_and(|unused| unused > UNUSED_MAX) {
            let _ = fs::remove_file(path);
        }
    }
    Ok(())
}

/// Whether a file's name is one of [`Cache::paths`].
fn is_engine(name: &OsStr) -> bool {
    let digits = name.to_str().and_then(|name| {
        let name = name.strip_prefix("engine-")?;
        name.strip_suffix(".code").or_else(|| name.strip_suffix(".image"))
    });
    digits.is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

/// Under a name of its own first: a reader sees all of a file or none of it.
fn write(folder: &Path, path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(contents)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// magic, key, checksum of the code u32, checksum of the rest u32; inbox u32, bytes of the memory u32, number of
/// pieces u32; for each piece its address u32 and length u32; zeros up to a page; the pieces
fn encode(key: &[u8; 32], code: &[u8], memory: &[u8], inbox: u32) -> Vec<u8> {
    const HEAD: usize = 8 + 32 + 4 + 4;
    let number = |value: usize| {
        u32::try_from(value)
            .expect("a wasm memory is smaller than 4 GiB")
            .to_le_bytes()
    };
    let pieces = pieces(memory);
    let mut rest = Vec::new();
    rest.extend_from_slice(&inbox.to_le_bytes());
    rest.extend_from_slice(&number(memory.len()));
    rest.extend_from_slice(&number(pieces.len()));
    for (start, piece) in &pieces {
        rest.extend_from_slice(&number(*start));
        rest.extend_from_slice(&number(piece.len()));
    }
    rest.resize((HEAD + rest.len()).next_multiple_of(PAGE) - HEAD, 0);
    for (_, piece) in &pieces {
        rest.extend_from_slice(piece);
    }
    let mut bytes = Vec::with_capacity(HEAD + rest.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(key);
    bytes.extend_from_slice(&crc32fast::hash(code).to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&rest).to_le_bytes());
    bytes.extend_from_slice(&rest);
    bytes
}

fn decode(
    key: &[u8; 32],
    code: &[u8],
    image: &[u8],
    memories: &dyn Memories,
) -> Option<(std::sync::Arc<BaseImage>, u32)> {
    let mut rest = image.strip_prefix(MAGIC)?.strip_prefix(key)?;
    let of_code = number(&mut rest)?;
    let of_rest = number(&mut rest)?;
    if crc32fast::hash(code) != of_code || crc32fast::hash(rest) != of_rest {
        return None;
    }
    let inbox = number(&mut rest)?;
    let memory_bytes = number(&mut rest)? as usize;
    let count = number(&mut rest)? as usize;
    let mut table = rest.get(..count.checked_mul(8)?)?;
    let mut data = image.get((image.len() - rest.len() + table.len()).next_multiple_of(PAGE)..)?;
    let (mut pieces, mut end) = (Vec::with_capacity(count), 0);
    for _ in 0..count {
        let (start, len) = (number(&mut table)? as usize, number(&mut table)? as usize);
        let (piece, others) = data.split_at_checked(len)?;
        if start < end || start % PAGE != 0 || start + len > memory_bytes {
            return None;
        }
        end = start + len;
        data = others;
        pieces.push((start, piece));
    }
    memories
        .base(memory_bytes, &pieces)
        .ok()
        .map(|image| (image, inbox))
}

fn number(from: &mut &[u8]) -> Option<u32> {
    let (head, rest) = from.split_first_chunk::<4>()?;
    *from = rest;
    Some(u32::from_le_bytes(*head))
}
