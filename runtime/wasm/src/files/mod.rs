//! Files: WASI preview 1 by wasmtime-wasi on capabilities, behind the seam that records and replays it.
//!
//! A context is only made when a program first calls the file system, so that one that does not pays nothing.
//! Every call goes through [`Host::file_call`](holm_core::Host::file_call): a replay gets the recorded answer
//! and never touches a file. There are no sockets, no clocks and no randomness here; the functions that WASI
//! has for those are not linked.
//!
//! - `table`: the functions that the guest can call, and what is particular to each
//! - `call`: what is the same for all: charging, the seam, the answer in the guest's memory
//! - `charges`: fuel of a call
//! - `listing`: reading a folder, piece by piece
//! - `quota`: bounds of an invocation's own folder, and its open files
//! - `bundle`: the program's own files, which are none of WASI's
//! - `open_files`: how many files all invocations may have open

mod bundle;
mod call;
mod charges;
mod listing;
mod open_files;
mod quota;
mod table;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use holm_core::{Limits, Preopen};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use self::listing::Folders;
use self::quota::Quota;

pub use self::bundle::Bundle;
pub use self::open_files::OpenFiles;
pub use self::table::link;

const IO: u16 = 29;

/// The first descriptor of a folder that an invocation is given; the others follow.
const FIRST_PREOPEN: u32 = 3;

/// The files of one invocation.
pub struct Files {
    context: WasiP1Ctx,
    quota: Quota,
    folders: Folders,
}

impl Files {
    /// Opens the folders.
    ///
    /// # Errors
    /// An errno: too many files are open already, or a folder is gone.
    fn new(preopens: &[Preopen], limits: &Limits, open_files: &Arc<OpenFiles>) -> Result<Self, u16> {
        let mut builder = WasiCtxBuilder::new();
        builder.allow_blocking_current_thread(true);
        let mut quota = Quota::new(limits, open_files, preopens.len())?;
        let mut folders = Folders::default();
        for (index, preopen) in preopens.iter().enumerate() {
            let permissions = if preopen.read_only {
                FsPerms::ReadOnly
            } else {
                FsPerms::ReadWrite
            };
            let descriptor = FIRST_PREOPEN + u32::try_from(index).map_err(|_| IO)?;
            let folder = match &preopen.host {
                Some(folder) => folder.clone(),
                None => quota.own_folder(descriptor).map_err(|_| IO)?,
            };
            folders.preopened(descriptor, &folder).map_err(|_| IO)?;
            builder
                .preopened_dir(folder, &preopen.guest, permissions)
                .map_err(|_| IO)?;
        }
        Ok(Self {
            context: builder.build_p1(),
            quota,
            folders,
        })
    }
}
