//! Files: WASI preview 1 by wasmtime-wasi on capabilities, behind the seam that records and replays it.
//!
//! A context is only made when a program first calls the file system, so that one that does not pays nothing.
//! Every call goes through [`Host::file_call`](holm_core::Host::file_call): a replay gets the recorded answer
//! and never touches a file. There are no sockets, no clocks and no randomness here; the functions that WASI
//! has for those are not linked.

mod quota;

use holm_core::{FileCall, FileReply, Limits, Preopen};
use wasmtime::{Caller, Linker};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p1::wasi_snapshot_preview1::{self as wasi, WasiSnapshotPreview1 as _};
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};
use wiggle::GuestMemory;

use crate::files::quota::Quota;
use crate::imports;
use crate::meter::charge;
use crate::state::State;

const IO: u16 = 29;

/// The files of one invocation.
pub struct Files {
    context: WasiP1Ctx,
    quota: Quota,
}

impl Files {
    fn new(preopens: &[Preopen], limits: &Limits) -> std::io::Result<Self> {
        let mut builder = WasiCtxBuilder::new();
        builder.allow_blocking_current_thread(true);
        let mut quota = Quota::new(limits);
        for (index, preopen) in preopens.iter().enumerate() {
            let permissions = if preopen.read_only {
                FsPerms::ReadOnly
            } else {
                FsPerms::ReadWrite
            };
            let descriptor = 3 + u32::try_from(index).unwrap_or(u32::MAX - 3);
            let folder = match &preopen.host {
                Some(folder) => folder.clone(),
                None => quota.own_folder(descriptor)?,
            };
            builder
                .preopened_dir(folder, &preopen.guest, permissions)
                .map_err(|error| std::io::Error::other(error.to_string()))?;
        }
        Ok(Self {
            context: builder.build_p1(),
            quota,
        })
    }
}

/// Runs a future that is ready at once, because blocking on this thread is allowed.
fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}

/// Where a call writes its answer.
#[derive(Clone, Copy)]
enum Output {
    None,
    /// So many bytes at an address.
    Fixed(u32, u32),
    /// A length at the second address, and so many bytes at the first.
    Counted(u32, u32),
    /// A length at the second address, and so many bytes in the buffer whose vector is at the first.
    Vector(u32, u32),
}

fn number(memory: &[u8], address: u32) -> u32 {
    let bytes = memory
        .get(address as usize..)
        .and_then(|rest| rest.first_chunk::<4>());
    bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

impl Output {
    fn collect(self, memory: &[u8]) -> Vec<(u32, Vec<u8>)> {
        let piece = |address: u32, len: u32| {
            imports::slice(memory, address, len)
                .map(|bytes| (address, bytes.to_vec()))
                .ok()
        };
        match self {
            Self::None => Vec::new(),
            Self::Fixed(address, len) => piece(address, len).into_iter().collect(),
            Self::Counted(address, count) => [piece(count, 4), piece(address, number(memory, count))]
                .into_iter()
                .flatten()
                .collect(),
            Self::Vector(vector, count) => {
                let address = number(memory, vector);
                [piece(count, 4), piece(address, number(memory, count))]
                    .into_iter()
                    .flatten()
                    .collect()
            }
        }
    }
}

/// Fuel of a call of the file system, before its bytes: the host's work for one is some microseconds.
const FILE_FUEL: u64 = 40_000;
const FILE_FUEL_PER_BYTE: u64 = 2;

/// One call: charges it, describes it to the host, and lets the host decide whether it is run.
fn run(
    caller: &mut Caller<'_, State>,
    name: &'static str,
    numbers: &[u64],
    inputs: &[(u32, u32)],
    output: Output,
    live: impl Fn(&mut Files, &mut GuestMemory<'_>) -> Result<u16, u16>,
) -> wasmtime::Result<i32> {
    let moved: u64 = inputs.iter().map(|(_, len)| u64::from(*len)).sum();
    charge(caller, FILE_FUEL + moved * FILE_FUEL_PER_BYTE)?;
    let (memory, state) = imports::memory(caller)?;
    let mut arguments = Vec::new();
    for number in numbers {
        arguments.extend_from_slice(&number.to_le_bytes());
    }
    for (address, len) in inputs {
        arguments.extend_from_slice(&len.to_le_bytes());
        arguments.extend_from_slice(imports::slice(memory, *address, *len)?);
    }
    let State {
        lent,
        files,
        preopens,
        limits,
        ..
    } = state;
    let reply = lent.host().file_call(
        FileCall {
            name,
            arguments: &arguments,
        },
        &mut || {
            if files.is_none() {
                match Files::new(preopens, limits) {
                    Ok(made) => *files = Some(made),
                    Err(_) => {
                        return FileReply {
                            errno: IO,
                            writes: Vec::new(),
                        };
                    }
                }
            }
            let Some(files) = files else {
                return FileReply {
                    errno: IO,
                    writes: Vec::new(),
                };
            };
            // What wasmtime-wasi may copy for one call, none by default: no path or buffer is larger than the memory.
            files.context.set_hostcall_fuel(memory.len());
            let errno = live(files, &mut GuestMemory::Unshared(memory)).unwrap_or_else(|errno| errno);
            FileReply {
                errno,
                writes: if errno == 0 {
                    output.collect(memory)
                } else {
                    Vec::new()
                },
            }
        },
    );
    let reply = match reply {
        Ok(reply) => reply,
        Err(stop) => {
            state.stop = Some(stop);
            wasmtime::bail!("the invocation was stopped");
        }
    };
    let mut answered = 0;
    for (address, bytes) in &reply.writes {
        let into = memory
            .get_mut(*address as usize..)
            .and_then(|rest| rest.get_mut(..bytes.len()));
        into.ok_or(wasmtime::Trap::MemoryOutOfBounds)?
            .copy_from_slice(bytes);
        answered += bytes.len() as u64;
    }
    charge(caller, answered * FILE_FUEL_PER_BYTE)?;
    Ok(reply.errno.into())
}

/// What a call of wasmtime-wasi says, as an errno.
fn errno(result: Option<wasmtime::Result<i32>>) -> Result<u16, u16> {
    match result {
        Some(Ok(code)) => u16::try_from(code).map_err(|_| IO),
        _ => Err(IO),
    }
}

/// The data behind the one vector that the guest uses.
fn vector(caller: &mut Caller<'_, State>, vector: u32, count: u32) -> wasmtime::Result<(u32, u32)> {
    // Our guest passes one vector; accounting for several would be code that nothing uses.
    if count != 1 {
        return Err(wasmtime::Trap::UnreachableCodeReached.into());
    }
    let (memory, _) = imports::memory(caller)?;
    let vector = imports::slice(memory, vector, 8)?;
    Ok((number(vector, 0), number(vector, 4)))
}

type Call<'a> = Caller<'a, State>;
type Errno = wasmtime::Result<i32>;

#[allow(
    clippy::cast_possible_wrap,
    reason = "wasm's integers have no sign; wiggle takes them as signed"
)]
fn s(value: u32) -> i32 {
    value as i32
}

#[allow(clippy::cast_possible_wrap, reason = "as above")]
fn s64(value: u64) -> i64 {
    value as i64
}

/// Links the functions that the guest imports, and no others.
pub fn link(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let module = holm_host_api::names::IMPORT_WASI;
    linker.func_wrap(module, "path_open", path_open)?;
    linker.func_wrap(module, "fd_close", fd_close)?;
    linker.func_wrap(module, "fd_read", fd_read)?;
    linker.func_wrap(module, "fd_pread", fd_pread)?;
    linker.func_wrap(module, "fd_write", fd_write)?;
    linker.func_wrap(module, "fd_pwrite", fd_pwrite)?;
    linker.func_wrap(module, "fd_sync", fd_sync)?;
    linker.func_wrap(module, "fd_readdir", fd_readdir)?;
    linker.func_wrap(module, "fd_filestat_get", fd_filestat_get)?;
    linker.func_wrap(module, "fd_filestat_set_size", fd_filestat_set_size)?;
    linker.func_wrap(module, "path_filestat_get", path_filestat_get)?;
    linker.func_wrap(module, "path_filestat_set_times", path_filestat_set_times)?;
    linker.func_wrap(module, "path_create_directory", path_create_directory)?;
    linker.func_wrap(module, "path_remove_directory", path_remove_directory)?;
    linker.func_wrap(module, "path_unlink_file", path_unlink_file)?;
    linker.func_wrap(module, "path_rename", path_rename)?;
    linker.func_wrap(module, "path_link", path_link)?;
    linker.func_wrap(module, "path_symlink", path_symlink)?;
    linker.func_wrap(module, "path_readlink", path_readlink)?;
    Ok(())
}

#[allow(clippy::too_many_arguments, reason = "WASI's signature")]
fn path_open(
    mut caller: Call<'_>,
    dir: u32,
    lookup: u32,
    path: u32,
    len: u32,
    oflags: u32,
    rights: u64,
    inheriting: u64,
    flags: u32,
    fd: u32,
) -> Errno {
    const CREATE: u32 = 1;
    let numbers = [dir.into(), lookup.into(), oflags.into(), rights, flags.into()];
    run(
        &mut caller,
        "path_open",
        &numbers,
        &[(path, len)],
        Output::Fixed(fd, 4),
        |files, memory| {
            files.quota.may_open()?;
            if oflags & CREATE != 0 {
                files.quota.may_create(dir)?;
            }
            #[allow(clippy::cast_possible_wrap, reason = "as above")]
            let (rights, inheriting) = (rights as i64, inheriting as i64);
            let result = ready(wasi::path_open(
                &mut files.context,
                memory,
                s(dir),
                s(lookup),
                s(path),
                s(len),
                s(oflags),
                rights,
                inheriting,
                s(flags),
                s(fd),
            ));
            let code = errno(result)?;
            if code == 0
                && let GuestMemory::Unshared(memory) = memory
            {
                files.quota.opened(dir, number(memory, fd));
            }
            Ok(code)
        },
    )
}

fn fd_close(mut caller: Call<'_>, fd: u32) -> Errno {
    run(
        &mut caller,
        "fd_close",
        &[fd.into()],
        &[],
        Output::None,
        |files, memory| {
            let code = errno(ready(wasi::fd_close(&mut files.context, memory, s(fd))))?;
            if code == 0 {
                files.quota.closed(fd);
            }
            Ok(code)
        },
    )
}

fn fd_read(mut caller: Call<'_>, fd: u32, vectors: u32, count: u32, n: u32) -> Errno {
    let (_, room) = vector(&mut caller, vectors, count)?;
    let numbers = [fd.into(), room.into()];
    run(
        &mut caller,
        "fd_read",
        &numbers,
        &[],
        Output::Vector(vectors, n),
        |files, memory| {
            errno(ready(wasi::fd_read(
                &mut files.context,
                memory,
                s(fd),
                s(vectors),
                s(count),
                s(n),
            )))
        },
    )
}

fn fd_pread(mut caller: Call<'_>, fd: u32, vectors: u32, count: u32, offset: u64, n: u32) -> Errno {
    let (_, room) = vector(&mut caller, vectors, count)?;
    let numbers = [fd.into(), room.into(), offset];
    run(
        &mut caller,
        "fd_pread",
        &numbers,
        &[],
        Output::Vector(vectors, n),
        |files, memory| {
            errno(ready(wasi::fd_pread(
                &mut files.context,
                memory,
                s(fd),
                s(vectors),
                s(count),
                s64(offset),
                s(n),
            )))
        },
    )
}

fn fd_write(mut caller: Call<'_>, fd: u32, vectors: u32, count: u32, n: u32) -> Errno {
    let data = vector(&mut caller, vectors, count)?;
    run(
        &mut caller,
        "fd_write",
        &[fd.into()],
        &[data],
        Output::Fixed(n, 4),
        |files, memory| {
            files.quota.may_grow(fd, data.1.into())?;
            errno(ready(wasi::fd_write(
                &mut files.context,
                memory,
                s(fd),
                s(vectors),
                s(count),
                s(n),
            )))
        },
    )
}

fn fd_pwrite(mut caller: Call<'_>, fd: u32, vectors: u32, count: u32, offset: u64, n: u32) -> Errno {
    let data = vector(&mut caller, vectors, count)?;
    run(
        &mut caller,
        "fd_pwrite",
        &[fd.into(), offset],
        &[data],
        Output::Fixed(n, 4),
        |files, memory| {
            let end = offset.saturating_add(data.1.into());
            let growth = end.saturating_sub(size_of_file(&mut files.context, fd)?);
            files.quota.may_grow(fd, growth)?;
            errno(ready(wasi::fd_pwrite(
                &mut files.context,
                memory,
                s(fd),
                s(vectors),
                s(count),
                s64(offset),
                s(n),
            )))
        },
    )
}

fn fd_filestat_set_size(mut caller: Call<'_>, fd: u32, size: u64) -> Errno {
    run(
        &mut caller,
        "fd_filestat_set_size",
        &[fd.into(), size],
        &[],
        Output::None,
        |files, memory| {
            let growth = size.saturating_sub(size_of_file(&mut files.context, fd)?);
            files.quota.may_grow(fd, growth)?;
            let code = errno(ready(wasi::fd_filestat_set_size(
                &mut files.context,
                memory,
                s(fd),
                s64(size),
            )))?;
            if code == 0 {
                files.quota.removed(fd);
            }
            Ok(code)
        },
    )
}

fn size_of_file(context: &mut WasiP1Ctx, fd: u32) -> Result<u64, u16> {
    let mut stat = [0_u8; 64];
    let memory = &mut GuestMemory::Unshared(&mut stat);
    match errno(ready(wasi::fd_filestat_get(context, memory, s(fd), 0)))? {
        0 => Ok(u64::from_le_bytes(*stat[32..].first_chunk().ok_or(IO)?)),
        code => Err(code),
    }
}

fn fd_sync(mut caller: Call<'_>, fd: u32) -> Errno {
    run(
        &mut caller,
        "fd_sync",
        &[fd.into()],
        &[],
        Output::None,
        |files, memory| errno(ready(wasi::fd_sync(&mut files.context, memory, s(fd)))),
    )
}

fn fd_readdir(mut caller: Call<'_>, fd: u32, into: u32, len: u32, cookie: u64, n: u32) -> Errno {
    let numbers = [fd.into(), len.into(), cookie];
    run(
        &mut caller,
        "fd_readdir",
        &numbers,
        &[],
        Output::Counted(into, n),
        |files, memory| {
            errno(ready(wasi::fd_readdir(
                &mut files.context,
                memory,
                s(fd),
                s(into),
                s(len),
                s64(cookie),
                s(n),
            )))
        },
    )
}

fn fd_filestat_get(mut caller: Call<'_>, fd: u32, stat: u32) -> Errno {
    run(
        &mut caller,
        "fd_filestat_get",
        &[fd.into()],
        &[],
        Output::Fixed(stat, 64),
        |files, memory| {
            errno(ready(wasi::fd_filestat_get(
                &mut files.context,
                memory,
                s(fd),
                s(stat),
            )))
        },
    )
}

fn path_filestat_get(mut caller: Call<'_>, dir: u32, lookup: u32, path: u32, len: u32, stat: u32) -> Errno {
    let numbers = [dir.into(), lookup.into()];
    run(
        &mut caller,
        "path_filestat_get",
        &numbers,
        &[(path, len)],
        Output::Fixed(stat, 64),
        |files, memory| {
            errno(ready(wasi::path_filestat_get(
                &mut files.context,
                memory,
                s(dir),
                s(lookup),
                s(path),
                s(len),
                s(stat),
            )))
        },
    )
}

#[allow(clippy::too_many_arguments, reason = "WASI's signature")]
fn path_filestat_set_times(
    mut caller: Call<'_>,
    dir: u32,
    lookup: u32,
    path: u32,
    len: u32,
    atime: u64,
    mtime: u64,
    which: u32,
) -> Errno {
    let numbers = [dir.into(), lookup.into(), atime, mtime, which.into()];
    run(
        &mut caller,
        "path_filestat_set_times",
        &numbers,
        &[(path, len)],
        Output::None,
        |files, memory| {
            errno(ready(wasi::path_filestat_set_times(
                &mut files.context,
                memory,
                s(dir),
                s(lookup),
                s(path),
                s(len),
                s64(atime),
                s64(mtime),
                s(which),
            )))
        },
    )
}

fn path_create_directory(mut caller: Call<'_>, dir: u32, path: u32, len: u32) -> Errno {
    run(
        &mut caller,
        "path_create_directory",
        &[dir.into()],
        &[(path, len)],
        Output::None,
        |files, memory| {
            files.quota.may_create(dir)?;
            errno(ready(wasi::path_create_directory(
                &mut files.context,
                memory,
                s(dir),
                s(path),
                s(len),
            )))
        },
    )
}

fn path_remove_directory(mut caller: Call<'_>, dir: u32, path: u32, len: u32) -> Errno {
    run(
        &mut caller,
        "path_remove_directory",
        &[dir.into()],
        &[(path, len)],
        Output::None,
        |files, memory| {
            let code = errno(ready(wasi::path_remove_directory(
                &mut files.context,
                memory,
                s(dir),
                s(path),
                s(len),
            )))?;
            if code == 0 {
                files.quota.removed(dir);
            }
            Ok(code)
        },
    )
}

fn path_unlink_file(mut caller: Call<'_>, dir: u32, path: u32, len: u32) -> Errno {
    run(
        &mut caller,
        "path_unlink_file",
        &[dir.into()],
        &[(path, len)],
        Output::None,
        |files, memory| {
            let code = errno(ready(wasi::path_unlink_file(
                &mut files.context,
                memory,
                s(dir),
                s(path),
                s(len),
            )))?;
            if code == 0 {
                files.quota.removed(dir);
            }
            Ok(code)
        },
    )
}

#[allow(clippy::too_many_arguments, reason = "WASI's signature")]
fn path_rename(
    mut caller: Call<'_>,
    from: u32,
    path: u32,
    len: u32,
    to: u32,
    new: u32,
    new_len: u32,
) -> Errno {
    let inputs = [(path, len), (new, new_len)];
    run(
        &mut caller,
        "path_rename",
        &[from.into(), to.into()],
        &inputs,
        Output::None,
        |files, memory| {
            files.quota.may_move(from, to)?;
            let code = errno(ready(wasi::path_rename(
                &mut files.context,
                memory,
                s(from),
                s(path),
                s(len),
                s(to),
                s(new),
                s(new_len),
            )))?;
            if code == 0 {
                files.quota.removed(to);
            }
            Ok(code)
        },
    )
}

#[allow(clippy::too_many_arguments, reason = "WASI's signature")]
fn path_link(
    mut caller: Call<'_>,
    from: u32,
    lookup: u32,
    path: u32,
    len: u32,
    to: u32,
    new: u32,
    new_len: u32,
) -> Errno {
    let inputs = [(path, len), (new, new_len)];
    let numbers = [from.into(), lookup.into(), to.into()];
    run(
        &mut caller,
        "path_link",
        &numbers,
        &inputs,
        Output::None,
        |files, memory| {
            files.quota.may_move(from, to)?;
            files.quota.may_create(to)?;
            errno(ready(wasi::path_link(
                &mut files.context,
                memory,
                s(from),
                s(lookup),
                s(path),
                s(len),
                s(to),
                s(new),
                s(new_len),
            )))
        },
    )
}

fn path_symlink(mut caller: Call<'_>, target: u32, target_len: u32, dir: u32, path: u32, len: u32) -> Errno {
    let inputs = [(target, target_len), (path, len)];
    run(
        &mut caller,
        "path_symlink",
        &[dir.into()],
        &inputs,
        Output::None,
        |files, memory| {
            files.quota.may_create(dir)?;
            errno(ready(wasi::path_symlink(
                &mut files.context,
                memory,
                s(target),
                s(target_len),
                s(dir),
                s(path),
                s(len),
            )))
        },
    )
}

fn path_readlink(mut caller: Call<'_>, dir: u32, path: u32, len: u32, into: u32, room: u32, n: u32) -> Errno {
    let numbers = [dir.into(), room.into()];
    run(
        &mut caller,
        "path_readlink",
        &numbers,
        &[(path, len)],
        Output::Counted(into, n),
        |files, memory| {
            errno(ready(wasi::path_readlink(
                &mut files.context,
                memory,
                s(dir),
                s(path),
                s(len),
                s(into),
                s(room),
                s(n),
            )))
        },
    )
}
