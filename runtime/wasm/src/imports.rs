//! What the guest can call: effects, pure functions, files.

use holm_host_api::codes::{Pure, Refusal};
use holm_host_api::fields::Reader;
use holm_host_api::names;
use wasmtime::{Caller, Linker, ModuleExport, Trap};

use crate::codec;
use crate::files;
use crate::meter::charge;
use crate::pure;
use crate::state::State;

/// Fuel of a call into the host, before what its size costs.
const CALL_FUEL: u64 = 800;

/// Fuel of a byte that an effect moves to the host: copying and decoding, some instructions each.
const EFFECT_FUEL_PER_BYTE: u64 = 2;

/// Adds everything to the linker. `memory` is not needed by name: each state knows its own.
pub fn link(linker: &mut Linker<State>, _memory: ModuleExport) -> wasmtime::Result<()> {
    linker.func_wrap(names::IMPORT_MODULE, names::IMPORT_EFFECT, effect)?;
    linker.func_wrap(names::IMPORT_MODULE, names::IMPORT_PURE, pure_call)?;
    linker.func_wrap(names::IMPORT_MODULE, names::IMPORT_TAKE, take)?;
    files::link(linker)
}

/// The guest's memory and the state, or a trap before instantiation has ended.
pub fn memory<'a>(caller: &'a mut Caller<'_, State>) -> wasmtime::Result<(&'a mut [u8], &'a mut State)> {
    let memory = caller
        .data()
        .memory
        .ok_or_else(|| wasmtime::format_err!("a call before the memory is known"))?;
    Ok(memory.data_and_store_mut(caller))
}

/// A range of the guest's memory.
pub fn slice(memory: &[u8], address: u32, len: u32) -> wasmtime::Result<&[u8]> {
    let (address, len) = (address as usize, len as usize);
    memory
        .get(address..)
        .and_then(|rest| rest.get(..len))
        .ok_or_else(|| Trap::MemoryOutOfBounds.into())
}

fn effect(mut caller: Caller<'_, State>, address: u32, len: u32) -> wasmtime::Result<i32> {
    charge(&mut caller, CALL_FUEL + u64::from(len) * EFFECT_FUEL_PER_BYTE)?;
    let (memory, state) = memory(&mut caller)?;
    let Ok((effect, timers)) = codec::effect(slice(memory, address, len)?) else {
        return Ok(Refusal::Malformed.code());
    };
    let taken = state.take(effect, timers);
    if state.stop.is_some() {
        wasmtime::bail!("the invocation was stopped");
    }
    Ok(taken.err().map_or(0, Refusal::code))
}

fn pure_call(mut caller: Caller<'_, State>, function: u32, address: u32, len: u32) -> wasmtime::Result<i32> {
    let Some(function) = Pure::from_code(function) else {
        return Ok(Refusal::Malformed.code());
    };
    // A call that is refused costs as well.
    charge(&mut caller, CALL_FUEL)?;
    let price = {
        let (memory, state) = memory(&mut caller)?;
        let Ok(price) = pure::price(function, Reader::new(slice(memory, address, len)?), len) else {
            return Ok(Refusal::Malformed.code());
        };
        if !state.has_room(price.memory_bytes) {
            wasmtime::bail!("the invocation was stopped");
        }
        price
    };
    charge(&mut caller, price.fuel)?;
    let (memory, state) = memory(&mut caller)?;
    let Ok(answer) = pure::call(function, &mut Reader::new(slice(memory, address, len)?)) else {
        return Ok(Refusal::Malformed.code());
    };
    let len = i32::try_from(answer.len()).map_err(|_| Trap::MemoryOutOfBounds)?;
    state.answer = answer;
    Ok(len)
}

fn take(mut caller: Caller<'_, State>, address: u32) -> wasmtime::Result<()> {
    let (memory, state) = memory(&mut caller)?;
    let answer = std::mem::take(&mut state.answer);
    let into = memory
        .get_mut(address as usize..)
        .and_then(|rest| rest.get_mut(..answer.len()));
    into.ok_or(Trap::MemoryOutOfBounds)?.copy_from_slice(&answer);
    Ok(())
}
