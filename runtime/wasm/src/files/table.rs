//! The functions that the guest can call, and no others: for each its arguments, what a journal keeps of them, where its
//! answer goes, what it costs, and what the bounds say before and after it.

use wasmtime::{Caller, Linker};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p1::wasi_snapshot_preview1 as wasi;
use wiggle::GuestMemory;

use super::call::{Call, Output, number, ready, run, vector, write};
use super::charges::Charge;
use super::{Files, IO};
use crate::imports;
use crate::state::State;

const CREATE: u32 = 1;
const DIRECTORY: u32 = 2;

/// Wasm's integers have no sign; wiggle takes them as signed.
trait Signed {
    type Number;
    fn signed(self) -> Self::Number;
}

impl Signed for u32 {
    type Number = i32;
    fn signed(self) -> i32 {
        self.cast_signed()
    }
}

impl Signed for u64 {
    type Number = i64;
    fn signed(self) -> i64 {
        self.cast_signed()
    }
}

/// One function for each, and `link`, which has them all. `data` is what lies behind a vector; `before` and `after` are
/// run only where the call is, `after` only when it went well; `by` takes the place of wasmtime-wasi.
macro_rules! calls {
    ($($name:ident($($argument:ident: $type:ty),*) {
        charge: $charge:ident,
        numbers: [$($number:expr),*],
        inputs: [$($input:expr),*],
        output: $output:expr,
        $(data: $data:ident = $vector:expr,)?
        $(before: $before:expr,)?
        $(after: $after:expr,)?
        $(by: $by:expr,)?
    })*) => {
        $(
            #[allow(clippy::too_many_arguments, reason = "WASI's signature")]
            fn $name(mut caller: Caller<'_, State>, $($argument: $type),*) -> wasmtime::Result<i32> {
                $(let $data = vector(&mut caller, $vector.0, $vector.1)?;)?
                let call = Call {
                    name: stringify!($name),
                    charge: Charge::$charge,
                    numbers: &[$(u64::from($number)),*],
                    inputs: &[$($input),*],
                    output: $output,
                };
                run(&mut caller, &call, |files, memory| {
                    calls!(@live $name($($argument),*), files, memory, [$($before)?], [$($after)?], [$($by)?])
                })
            }
        )*

        /// Links them.
        pub fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
            $(linker.func_wrap(holm_host_api::names::IMPORT_WASI, stringify!($name), $name)?;)*
            Ok(())
        }
    };
    (@live $name:ident($($argument:ident),*), $files:ident, $memory:ident, [], [], [$by:expr]) => {
        $by($files, $memory)
    };
    (@live $name:ident($($argument:ident),*), $files:ident, $memory:ident, [$($before:expr)?], [$($after:expr)?], []) => {{
        $($before($files)?;)?
        let code = ready(wasi::$name(&mut $files.context, $memory, $($argument.signed()),*))?;
        if code == 0 {
            $($after($files, $memory)?;)?
        }
        Ok(code)
    }};
}

calls! {
    path_open(dir: u32, lookup: u32, path: u32, len: u32, oflags: u32, rights: u64, inheriting: u64, flags: u32, fd: u32) {
        charge: OPEN,
        numbers: [dir, lookup, oflags, rights, flags],
        inputs: [(path, len)],
        output: Output::Fixed(fd, 4),
        before: |files: &mut Files| {
            // A folder is opened a second time, for its listing.
            files.quota.may_open(if oflags & DIRECTORY != 0 { 2 } else { 1 })?;
            if oflags & CREATE != 0 { files.quota.may_create(dir) } else { Ok(()) }
        },
        after: |files: &mut Files, memory: &mut GuestMemory<'_>| opened(files, memory, dir, (path, len), oflags, fd),
    }
    fd_close(fd: u32) {
        charge: DESCRIPTOR,
        numbers: [fd],
        inputs: [],
        output: Output::None,
        after: |files: &mut Files, _: &mut GuestMemory<'_>| {
            files.folders.closed(fd);
            files.quota.closed(fd);
            Ok::<(), u16>(())
        },
    }
    fd_read(fd: u32, vectors: u32, count: u32, n: u32) {
        charge: READ,
        numbers: [fd, data.1],
        inputs: [],
        output: Output::Vector(vectors, n),
        data: data = (vectors, count),
    }
    fd_pread(fd: u32, vectors: u32, count: u32, offset: u64, n: u32) {
        charge: READ,
        numbers: [fd, data.1, offset],
        inputs: [],
        output: Output::Vector(vectors, n),
        data: data = (vectors, count),
    }
    fd_write(fd: u32, vectors: u32, count: u32, n: u32) {
        charge: WRITE,
        numbers: [fd],
        inputs: [data],
        output: Output::Fixed(n, 4),
        data: data = (vectors, count),
        before: |files: &mut Files| files.quota.may_grow(fd, data.1.into()),
    }
    fd_pwrite(fd: u32, vectors: u32, count: u32, offset: u64, n: u32) {
        charge: WRITE,
        numbers: [fd, offset],
        inputs: [data],
        output: Output::Fixed(n, 4),
        data: data = (vectors, count),
        before: |files: &mut Files| may_reach(files, fd, offset.saturating_add(data.1.into())),
    }
    fd_filestat_set_size(fd: u32, size: u64) {
        charge: RESIZE,
        numbers: [fd, size],
        inputs: [],
        output: Output::None,
        before: |files: &mut Files| may_reach(files, fd, size),
        after: |files: &mut Files, _: &mut GuestMemory<'_>| files.quota.removed(fd),
    }
    fd_sync(fd: u32) {
        charge: SYNC,
        numbers: [fd],
        inputs: [],
        output: Output::None,
    }
    fd_readdir(fd: u32, into: u32, len: u32, cookie: u64, n: u32) {
        charge: LIST,
        numbers: [fd, len, cookie],
        inputs: [],
        output: Output::Counted(into, n),
        by: |files: &mut Files, memory: &mut GuestMemory<'_>| {
            let GuestMemory::Unshared(memory) = memory else { return Err(IO) };
            let piece = files.folders.list(fd, cookie, len.min(PIECE_MAX) as usize)?;
            write(memory, into, &piece)?;
            write(memory, n, &u32::try_from(piece.len()).map_err(|_| IO)?.to_le_bytes())?;
            Ok(0)
        },
    }
    fd_filestat_get(fd: u32, stat: u32) {
        charge: DESCRIPTOR,
        numbers: [fd],
        inputs: [],
        output: Output::Fixed(stat, 64),
    }
    fd_filestat_set_times(fd: u32, atime: u64, mtime: u64, which: u32) {
        charge: CHANGE,
        numbers: [fd, atime, mtime, which],
        inputs: [],
        output: Output::None,
    }
    path_filestat_get(dir: u32, lookup: u32, path: u32, len: u32, stat: u32) {
        charge: LOOK,
        numbers: [dir, lookup],
        inputs: [(path, len)],
        output: Output::Fixed(stat, 64),
    }
    path_filestat_set_times(dir: u32, lookup: u32, path: u32, len: u32, atime: u64, mtime: u64, which: u32) {
        charge: CHANGE,
        numbers: [dir, lookup, atime, mtime, which],
        inputs: [(path, len)],
        output: Output::None,
    }
    path_create_directory(dir: u32, path: u32, len: u32) {
        charge: CHANGE,
        numbers: [dir],
        inputs: [(path, len)],
        output: Output::None,
        before: |files: &mut Files| files.quota.may_create(dir),
    }
    path_remove_directory(dir: u32, path: u32, len: u32) {
        charge: CHANGE,
        numbers: [dir],
        inputs: [(path, len)],
        output: Output::None,
        after: |files: &mut Files, _: &mut GuestMemory<'_>| files.quota.removed(dir),
    }
    path_unlink_file(dir: u32, path: u32, len: u32) {
        charge: CHANGE,
        numbers: [dir],
        inputs: [(path, len)],
        output: Output::None,
        after: |files: &mut Files, _: &mut GuestMemory<'_>| files.quota.removed(dir),
    }
    path_rename(from: u32, path: u32, len: u32, to: u32, new: u32, new_len: u32) {
        charge: CHANGE,
        numbers: [from, to],
        inputs: [(path, len), (new, new_len)],
        output: Output::None,
        before: |files: &mut Files| files.quota.may_move(from, to),
        after: |files: &mut Files, _: &mut GuestMemory<'_>| files.quota.removed(to),
    }
    path_link(from: u32, lookup: u32, path: u32, len: u32, to: u32, new: u32, new_len: u32) {
        charge: CHANGE,
        numbers: [from, lookup, to],
        inputs: [(path, len), (new, new_len)],
        output: Output::None,
        before: |files: &mut Files| {
            files.quota.may_move(from, to)?;
            files.quota.may_create(to)
        },
    }
    path_symlink(target: u32, target_len: u32, dir: u32, path: u32, len: u32) {
        charge: CHANGE,
        numbers: [dir],
        inputs: [(target, target_len), (path, len)],
        output: Output::None,
        before: |files: &mut Files| files.quota.may_create(dir),
    }
    path_readlink(dir: u32, path: u32, len: u32, into: u32, room: u32, n: u32) {
        charge: LOOK,
        numbers: [dir, room],
        inputs: [(path, len)],
        output: Output::Counted(into, n),
    }
}

/// The largest piece of a folder that one call gives, as the host holds it for a moment. The guest asks for 16 KiB.
const PIECE_MAX: u32 = 64 << 10;

/// A descriptor is there: what it counts for, and where its listing is.
fn opened(
    files: &mut Files,
    memory: &mut GuestMemory<'_>,
    dir: u32,
    (path, len): (u32, u32),
    oflags: u32,
    fd: u32,
) -> Result<(), u16> {
    let GuestMemory::Unshared(memory) = memory else {
        return Err(IO);
    };
    let fd = number(memory, fd);
    files.quota.opened(dir, fd);
    if oflags & DIRECTORY == 0 {
        return Ok(());
    }
    let path = imports::slice(memory, path, len).map_err(|_| IO)?;
    let path = std::str::from_utf8(path).map_err(|_| IO)?;
    let listed = files.folders.opened(dir, path, fd);
    if listed.is_err() {
        // The guest is told of no descriptor, so there must be none.
        ready(wasi::fd_close(
            &mut files.context,
            &mut GuestMemory::Unshared(&mut []),
            fd.signed(),
        ))?;
        files.quota.closed(fd);
    }
    listed
}

/// The file behind this descriptor may become this long.
fn may_reach(files: &mut Files, fd: u32, end: u64) -> Result<(), u16> {
    let growth = end.saturating_sub(size_of_file(&mut files.context, fd)?);
    files.quota.may_grow(fd, growth)
}

fn size_of_file(context: &mut WasiP1Ctx, fd: u32) -> Result<u64, u16> {
    let mut stat = [0_u8; 64];
    let memory = &mut GuestMemory::Unshared(&mut stat);
    match ready(wasi::fd_filestat_get(context, memory, fd.signed(), 0))? {
        0 => Ok(u64::from_le_bytes(*stat[32..].first_chunk().ok_or(IO)?)),
        code => Err(code),
    }
}
