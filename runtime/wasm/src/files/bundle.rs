//! A program's own files at `/bundle`: its modules, JSON, texts and bytes, for reading.
//!
//! They are in memory already and follow from the program alone, so that nothing of the disk is touched and nothing is
//! recorded: a replay, which has the program, answers the same. Paths and numbers are those of WASI.

use std::collections::{BTreeMap, HashMap};

use holm_core::Program;
use holm_host_api::names::{BUNDLE, BUNDLE_FD};

use super::call::Call;
use super::quota::{OPEN_MAX, TOO_MANY_FILES};
use crate::boot::IMAGE_MOMENT;
use crate::imports;

const BAD_DESCRIPTOR: u16 = 8;
const EXISTS: u16 = 20;
const INVALID: u16 = 28;
const IS_FOLDER: u16 = 31;
const NOT_THERE: u16 = 44;
const NOT_SUPPORTED: u16 = 52;
const NO_FOLDER: u16 = 54;
const READ_ONLY: u16 = 69;
const CROSS_DEVICE: u16 = 75;

const TYPE_FOLDER: u8 = 3;
const TYPE_FILE: u8 = 4;

/// What of `/bundle` an invocation has open.
#[derive(Debug, Default)]
pub struct Bundle {
    open: HashMap<u32, Open>,
}

#[derive(Debug)]
struct Open {
    path: String,
    /// Where the next read without a position begins.
    position: u64,
}

/// What a path leads to.
enum Found<'a> {
    File(&'a [u8]),
    Folder,
}

/// Whether a call is about these files: by its descriptor, or by the one that something is moved or linked to.
pub fn is_concerned(call: &Call<'_>) -> bool {
    let is_ours = |at: usize| call.numbers.get(at).is_some_and(|number| is_ours(*number));
    is_ours(0) || target(call).is_some_and(is_ours)
}

/// The number that is a second descriptor.
fn target(call: &Call<'_>) -> Option<usize> {
    match call.name {
        "path_rename" => Some(1),
        "path_link" => Some(2),
        _ => None,
    }
}

fn is_ours(descriptor: u64) -> bool {
    (u64::from(BUNDLE_FD)..=u64::from(BUNDLE_FD) + OPEN_MAX as u64).contains(&descriptor)
}

impl Bundle {
    /// Answers a call: the bytes of its answer.
    ///
    /// # Errors
    /// A WASI errno.
    pub fn call(&mut self, program: &Program, call: &Call<'_>, memory: &[u8]) -> Result<Vec<u8>, u16> {
        let number = |at: usize| call.numbers.get(at).copied().unwrap_or(0);
        let descriptor = u32::try_from(number(0)).map_err(|_| BAD_DESCRIPTOR)?;
        let room = usize::try_from(number(1)).unwrap_or(usize::MAX);
        match call.name {
            "path_open" => self.open(program, &path(call, memory)?, number(2), number(3)),
            "path_filestat_get" => find(program, &path(call, memory)?).map(|found| stat(&found)),
            "path_readlink" => find(program, &path(call, memory)?).and(Err(INVALID)),
            "path_create_directory" => match find(program, &path(call, memory)?) {
                Ok(_) => Err(EXISTS),
                Err(_) => Err(READ_ONLY),
            },
            "path_unlink_file" | "path_remove_directory" | "path_filestat_set_times" => {
                find(program, &path(call, memory)?).and(Err(READ_ONLY))
            }
            "path_rename" | "path_link" => {
                let both = is_ours(number(0)) && target(call).is_some_and(|at| is_ours(number(at)));
                Err(if both { READ_ONLY } else { CROSS_DEVICE })
            }
            "path_symlink" => Err(READ_ONLY),
            "fd_close" => {
                self.open.remove(&descriptor).ok_or(BAD_DESCRIPTOR)?;
                Ok(Vec::new())
            }
            "fd_filestat_get" => find(program, &self.descriptor(descriptor)?.path).map(|found| stat(&found)),
            "fd_read" => {
                let open = self.descriptor(descriptor)?;
                let piece = read(program, &open.path, open.position, room)?;
                open.position += piece.len() as u64;
                Ok(piece)
            }
            "fd_pread" => read(program, &self.descriptor(descriptor)?.path, number(2), room),
            "fd_readdir" => list(program, &self.descriptor(descriptor)?.path, number(2), room),
            "fd_sync" => self.descriptor(descriptor).map(|_| Vec::new()),
            "fd_filestat_set_times" => self.descriptor(descriptor).and(Err(READ_ONLY)),
            // No descriptor here is open for writing.
            "fd_write" | "fd_pwrite" | "fd_filestat_set_size" => Err(BAD_DESCRIPTOR),
            _ => Err(NOT_SUPPORTED),
        }
    }

    fn descriptor(&mut self, descriptor: u32) -> Result<&mut Open, u16> {
        self.open.get_mut(&descriptor).ok_or(BAD_DESCRIPTOR)
    }

    fn open(&mut self, program: &Program, path: &str, flags: u64, rights: u64) -> Result<Vec<u8>, u16> {
        const CREATE: u64 = 1;
        const DIRECTORY: u64 = 2;
        const EXCLUSIVE: u64 = 4;
        const TRUNCATE: u64 = 8;
        const RIGHT_TO_WRITE: u64 = 1 << 6;
        let writes = flags & (CREATE | TRUNCATE) != 0 || rights & RIGHT_TO_WRITE != 0;
        match find(program, path) {
            Ok(_) if flags & CREATE != 0 && flags & EXCLUSIVE != 0 => return Err(EXISTS),
            Ok(Found::File(_)) if flags & DIRECTORY != 0 => return Err(NO_FOLDER),
            Ok(Found::Folder) if writes => return Err(IS_FOLDER),
            Err(NOT_THERE) if flags & CREATE != 0 => return Err(READ_ONLY),
            Err(errno) => return Err(errno),
            Ok(_) if writes => return Err(READ_ONLY),
            Ok(_) => {}
        }
        let mut descriptors = (BUNDLE_FD + 1..).take(OPEN_MAX);
        let free = descriptors.find(|descriptor| !self.open.contains_key(descriptor));
        let descriptor = free.ok_or(TOO_MANY_FILES)?;
        let open = Open {
            path: path.to_owned(),
            position: 0,
        };
        self.open.insert(descriptor, open);
        Ok(descriptor.to_le_bytes().to_vec())
    }
}

/// The first path of a call, as the program's modules have it. Paths come below the folder, and normalised.
fn path(call: &Call<'_>, memory: &[u8]) -> Result<String, u16> {
    let (address, len) = call.inputs.first().copied().ok_or(INVALID)?;
    let bytes = imports::slice(memory, address, len).map_err(|_| INVALID)?;
    let below = std::str::from_utf8(bytes).map_err(|_| INVALID)?;
    Ok(if below == "." {
        BUNDLE.to_owned()
    } else {
        format!("{BUNDLE}/{below}")
    })
}

fn find<'a>(program: &'a Program, path: &str) -> Result<Found<'a>, u16> {
    let modules = &program.modules;
    if let Some(module) = modules.get(path) {
        return Ok(Found::File(&module.source));
    }
    let folder = path.strip_suffix('/').unwrap_or(path);
    if folder == BUNDLE || entries(modules, folder).next().is_some() {
        return Ok(Found::Folder);
    }
    let above = folder.match_indices('/').map(|(at, _)| &folder[..at]);
    let through_a_file =
        modules.contains_key(folder) || above.into_iter().any(|path| modules.contains_key(path));
    Err(if through_a_file { NO_FOLDER } else { NOT_THERE })
}

/// A folder's entries, by name, and whether each is a folder.
fn entries<'a, T>(modules: &'a BTreeMap<String, T>, folder: &str) -> impl Iterator<Item = (&'a str, bool)> {
    let prefix = format!("{folder}/");
    let mut from = prefix.clone();
    std::iter::from_fn(move || {
        let (path, _) = modules.range(from.clone()..).next()?;
        let rest = path.strip_prefix(&prefix)?;
        Some(match rest.split_once('/') {
            Some((name, _)) => {
                // The character after the slash: behind everything in that folder.
                from = format!("{prefix}{name}0");
                (name, true)
            }
            None => {
                from = format!("{path}\0");
                (rest, false)
            }
        })
    })
}

fn read(program: &Program, path: &str, position: u64, room: usize) -> Result<Vec<u8>, u16> {
    let Found::File(bytes) = find(program, path)? else {
        return Err(IS_FOLDER);
    };
    let from = usize::try_from(position).unwrap_or(usize::MAX).min(bytes.len());
    Ok(bytes[from..from + room.min(bytes.len() - from)].to_vec())
}

/// Entries from the so manieth on; the last one is cut off where the room ends.
fn list(program: &Program, path: &str, cookie: u64, room: usize) -> Result<Vec<u8>, u16> {
    let Found::Folder = find(program, path)? else {
        return Err(NO_FOLDER);
    };
    let folder = path.strip_suffix('/').unwrap_or(path);
    let skip = usize::try_from(cookie).unwrap_or(usize::MAX);
    let mut piece = Vec::new();
    for (number, (name, is_folder)) in entries(&program.modules, folder).enumerate().skip(skip) {
        piece.extend_from_slice(&(number as u64 + 1).to_le_bytes());
        piece.extend_from_slice(&0_u64.to_le_bytes());
        piece.extend_from_slice(&u32::try_from(name.len()).map_err(|_| INVALID)?.to_le_bytes());
        let kind = if is_folder { TYPE_FOLDER } else { TYPE_FILE };
        piece.extend_from_slice(&[kind, 0, 0, 0]);
        piece.extend_from_slice(name.as_bytes());
        if piece.len() >= room {
            piece.truncate(room);
            break;
        }
    }
    Ok(piece)
}

/// `filestat`: device, inode, type, links, size, three times. All of them are those of the image: when the program was
/// deployed is not for it to know, since a replay would not.
fn stat(found: &Found<'_>) -> Vec<u8> {
    let (kind, size) = match found {
        Found::File(bytes) => (TYPE_FILE, bytes.len() as u64),
        Found::Folder => (TYPE_FOLDER, 0),
    };
    let time = IMAGE_MOMENT.wall_us * 1_000;
    [0, 0, kind.into(), 1, size, time, time, time]
        .into_iter()
        .flat_map(u64::to_le_bytes)
        .collect()
}
