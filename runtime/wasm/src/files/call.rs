//! What is the same for every call of the file system: it is charged, described to the host, which decides whether it is
//! run, and its answer is written into the guest's memory.

use holm_core::{FileCall, FileReply};
use wasmtime::{Caller, Trap};
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1 as _;
use wiggle::GuestMemory;

use super::charges::Charge;
use super::{Files, IO, bundle};
use crate::imports;
use crate::meter::charge;
use crate::state::State;

/// A call, as far as all are alike.
pub struct Call<'a> {
    /// WASI's name.
    pub name: &'static str,
    pub charge: Charge,
    /// Arguments that are numbers.
    pub numbers: &'a [u64],
    /// Arguments in the guest's memory: address and length.
    pub inputs: &'a [(u32, u32)],
    pub output: Output,
}

/// Where a call writes its answer.
#[derive(Clone, Copy)]
pub enum Output {
    None,
    /// So many bytes at an address.
    Fixed(u32, u32),
    /// A length at the second address, and so many bytes at the first.
    Counted(u32, u32),
    /// A length at the second address, and so many bytes in the buffer whose vector is at the first.
    Vector(u32, u32),
}

pub fn number(memory: &[u8], address: u32) -> u32 {
    let bytes = memory
        .get(address as usize..)
        .and_then(|rest| rest.first_chunk::<4>());
    bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

impl Output {
    /// Writes an answer to where it belongs.
    fn place(self, answer: &[u8], memory: &mut [u8]) -> Result<(), u16> {
        let (address, count) = match self {
            Self::None => return Ok(()),
            Self::Fixed(address, _) => (address, None),
            Self::Counted(address, count) => (address, Some(count)),
            Self::Vector(vector, count) => (number(memory, vector), Some(count)),
        };
        write(memory, address, answer)?;
        let len = u32::try_from(answer.len()).map_err(|_| IO)?;
        count.map_or(Ok(()), |count| write(memory, count, &len.to_le_bytes()))
    }

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

/// Makes a call; `live` does it, and is not run in a replay.
pub fn run(
    caller: &mut Caller<'_, State>,
    call: &Call<'_>,
    live: impl Fn(&mut Files, &mut GuestMemory<'_>) -> Result<u16, u16>,
) -> wasmtime::Result<i32> {
    let given: u64 = call.inputs.iter().map(|(_, len)| u64::from(*len)).sum();
    charge(caller, call.charge.before(given))?;
    let (memory, state) = imports::memory(caller)?;
    let arguments = describe(call, memory)?;
    let State {
        lent,
        files,
        bundle,
        open_files,
        program,
        limits,
        ..
    } = state;
    if let Some(program) = program.as_ref().filter(|_| bundle::is_concerned(call)) {
        let answer = match bundle.call(program, call, memory) {
            Ok(answer) => answer,
            Err(errno) => return Ok(errno.into()),
        };
        call.output
            .place(&answer, memory)
            .map_err(|_| Trap::MemoryOutOfBounds)?;
        charge(caller, call.charge.after(answer.len() as u64))?;
        return Ok(0);
    }
    let preopens = program.as_ref().map_or(&[][..], |program| &program.preopens);
    let mut act = || -> Result<Vec<(u32, Vec<u8>)>, u16> {
        let files = match files {
            Some(files) => files,
            None => files.insert(Files::new(preopens, limits, open_files)?),
        };
        // What wasmtime-wasi may copy for one call, none by default: no path or buffer is larger than the memory.
        files.context.set_hostcall_fuel(memory.len());
        match live(files, &mut GuestMemory::Unshared(memory))? {
            0 => Ok(call.output.collect(memory)),
            errno => Err(errno),
        }
    };
    let description = FileCall {
        name: call.name,
        arguments: &arguments,
    };
    let reply = lent.host().file_call(description, &mut || match act() {
        Ok(writes) => FileReply { errno: 0, writes },
        Err(errno) => FileReply {
            errno,
            writes: Vec::new(),
        },
    });
    let reply = match reply {
        Ok(reply) => reply,
        Err(stop) => {
            state.stop = Some(stop);
            wasmtime::bail!("the invocation was stopped");
        }
    };
    let mut answered = 0;
    for (address, bytes) in &reply.writes {
        write(memory, *address, bytes).map_err(|_| Trap::MemoryOutOfBounds)?;
        answered += bytes.len() as u64;
    }
    charge(caller, call.charge.after(answered))?;
    Ok(reply.errno.into())
}

/// The call's arguments for a journal: equal calls are equal bytes.
fn describe(call: &Call<'_>, memory: &[u8]) -> wasmtime::Result<Vec<u8>> {
    let mut arguments = Vec::new();
    for number in call.numbers {
        arguments.extend_from_slice(&number.to_le_bytes());
    }
    for (address, len) in call.inputs {
        arguments.extend_from_slice(&len.to_le_bytes());
        arguments.extend_from_slice(imports::slice(memory, *address, *len)?);
    }
    Ok(arguments)
}

/// Writes into the guest's memory.
///
/// # Errors
/// WASI's `fault`, when it does not lie within.
pub fn write(memory: &mut [u8], address: u32, bytes: &[u8]) -> Result<(), u16> {
    const FAULT: u16 = 21;
    let into = memory
        .get_mut(address as usize..)
        .and_then(|rest| rest.get_mut(..bytes.len()));
    into.ok_or(FAULT)?.copy_from_slice(bytes);
    Ok(())
}

/// The data behind the one vector that the guest uses.
pub fn vector(caller: &mut Caller<'_, State>, vector: u32, count: u32) -> wasmtime::Result<(u32, u32)> {
    // Our guest passes one vector; accounting for several would be code that nothing uses.
    if count != 1 {
        return Err(Trap::UnreachableCodeReached.into());
    }
    let (memory, _) = imports::memory(caller)?;
    let vector = imports::slice(memory, vector, 8)?;
    Ok((number(vector, 0), number(vector, 4)))
}

/// Runs a call of wasmtime-wasi, which is ready at once, because blocking on this thread is allowed: its errno.
pub fn ready(call: impl Future<Output = wasmtime::Result<i32>>) -> Result<u16, u16> {
    let mut call = std::pin::pin!(call);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match call.as_mut().poll(&mut context) {
        std::task::Poll::Ready(Ok(code)) => u16::try_from(code).map_err(|_| IO),
        _ => Err(IO),
    }
}
