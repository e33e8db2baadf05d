//! What metering costs: the guest's engine and one script, compiled with and without fuel.
//!
//! It runs the guest by hand, on wasmtime itself, because holm's backend always meters: a way to turn that off
//! would be one too many.

use std::time::Duration;

use holm_core::Moment;
use holm_host_api::codes::{EffectKind, LoadMode};
use holm_host_api::fields::{Field, Reader};
use holm_host_api::names;
use wasmtime::error::Context as _;
use wasmtime::{
    Caller, Config, Engine, ExternType, Instance, Linker, Memory, Module, Result, Store, Val, bail,
};

use crate::figures::{Times, timed};
use crate::world;

const GUEST: &[u8] = include_bytes!("../../guest/prebuilt/guest.wasm");
const BUILTINS: &[u8] = include_bytes!("../../guest/prebuilt/builtins.js");
const SCRIPT: &str = include_str!("../mix.js");
const ROUNDS: usize = 15;
/// JavaScript's own stack and what the engine's C needs on top of it.
const STACK_BYTES: usize = 8 << 20;

/// What the guest has said.
#[derive(Debug, Default)]
struct Said {
    finished: bool,
    threw: Option<String>,
}

/// A table of the script's times, and the difference in words.
///
/// # Errors
/// When the guest cannot be run.
pub fn table() -> Result<String> {
    let modules = [module(false)?, module(true)?];
    let mut times: [Vec<Duration>; 2] = Default::default();
    // In turn, so that whatever else the machine does meets both. The first round is not counted.
    for round in 0..=ROUNDS {
        for (metered, (module, times)) in modules.iter().zip(&mut times).enumerate() {
            let time = run(module, metered == 1)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    let [without, with] = times.map(|times| times.into_iter().collect::<Times>());
    let mut table = String::from("| benches/mix.js, ms | min | p50 |\n|---|---:|---:|\n");
    for (name, times) in [("without fuel", &without), ("with fuel", &with)] {
        table += &format!(
            "| {name} | {:.1} | {:.1} |\n",
            times.at(0.0) / 1e3,
            times.at(0.5) / 1e3
        );
    }
    let percent = (with.at(0.0) / without.at(0.0) - 1.0) * 100.0;
    Ok(format!(
        "{table}\nFuel costs {percent:.0} %, by the smallest times.\n"
    ))
}

fn module(metered: bool) -> Result<Module> {
    let mut config = Config::new();
    config.consume_fuel(metered);
    config.cranelift_nan_canonicalization(true);
    config
        .max_wasm_stack(STACK_BYTES)
        .async_stack_size(2 * STACK_BYTES);
    Module::new(&Engine::new(&config)?, GUEST)
}

/// Boots the guest in a new instance; the time of the turn that runs the script.
fn run(module: &Module, metered: bool) -> Result<Duration> {
    let mut store = Store::new(module.engine(), Said::default());
    if metered {
        store.set_fuel(u64::MAX)?;
    }
    let instance = linker(module)?.instantiate(&mut store, module)?;
    let memory = instance
        .get_memory(&mut store, names::EXPORT_MEMORY)
        .context("the guest has no memory")?;
    // Source is NUL-terminated behind its length.
    let builtins = [BUILTINS, &[0]].concat();
    let address = give(&instance, &memory, &mut store, &builtins)?;
    let boot = instance.get_typed_func::<(u32, u32, f64), i32>(&mut store, names::EXPORT_BOOT)?;
    if boot.call(&mut store, (address, len(BUILTINS)?, 0.0))? != 0 {
        bail!("the built-ins threw: {:?}", store.data().threw);
    }
    let event = holm_wasm::codec::load(
        Moment::default(),
        LoadMode::Script,
        &[7; 32],
        &world::program(SCRIPT),
        None,
    );
    let address = give(&instance, &memory, &mut store, &event)?;
    let turn = instance.get_typed_func::<(u32, u32), i32>(&mut store, names::EXPORT_TURN)?;
    let len = len(&event)?;
    let (time, result) = timed(|| turn.call(&mut store, (address, len)));
    if result? != 0 || !store.data().finished {
        bail!("the script did not come to its end: {:?}", store.data().threw);
    }
    Ok(time)
}

fn len(bytes: &[u8]) -> Result<u32> {
    Ok(u32::try_from(bytes.len())?)
}

/// Puts bytes into the guest's memory; their address.
fn give(instance: &Instance, memory: &Memory, store: &mut Store<Said>, bytes: &[u8]) -> Result<u32> {
    let alloc = instance.get_typed_func::<u32, u32>(&mut *store, names::EXPORT_ALLOC)?;
    let address = alloc.call(&mut *store, len(bytes)?)?;
    memory.write(store, address as usize, bytes)?;
    Ok(address)
}

/// Imports that do nothing, but for effects, which are looked at for the end.
fn linker(module: &Module) -> Result<Linker<Said>> {
    let mut linker = Linker::new(module.engine());
    for import in module.imports() {
        let ExternType::Func(ty) = import.ty() else {
            bail!("the guest imports `{}`, no function", import.name())
        };
        if (import.module(), import.name()) == (names::IMPORT_MODULE, names::IMPORT_EFFECT) {
            linker.func_wrap(names::IMPORT_MODULE, names::IMPORT_EFFECT, effect)?;
            continue;
        }
        linker.func_new(import.module(), import.name(), ty, |_, _, results| {
            // 0 is success without an answer for holm's functions, and for WASI's.
            results.iter_mut().for_each(|result| *result = Val::I32(0));
            Ok(())
        })?;
    }
    Ok(linker)
}

fn effect(mut caller: Caller<'_, Said>, address: u32, len: u32) -> i32 {
    let memory = caller
        .get_export(names::EXPORT_MEMORY)
        .and_then(wasmtime::Extern::into_memory);
    let Some((memory, said)) = memory.map(|memory| memory.data_and_store_mut(&mut caller)) else {
        return 0;
    };
    let Some(bytes) = memory
        .get(address as usize..)
        .and_then(|rest| rest.get(..len as usize))
    else {
        return 0;
    };
    let Ok((kind, _, mut fields)) = Reader::effect(bytes) else {
        return 0;
    };
    if kind == EffectKind::Finish.code() {
        said.finished = true;
    }
    if kind == EffectKind::Threw.code() {
        while let Ok(field) = fields.field() {
            if let Field::Str(text) = field {
                said.threw = Some(text.to_owned());
            }
        }
    }
    0
}
