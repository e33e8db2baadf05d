//! Boots the guest once, to take the engine's image from its memory.

use holm_core::{BoxFuture, FileCall, FileReply, Host, Level, Limits, Next, Report, Stop, ThrownError};
use holm_core::{Effect, event::Moment};
use wasmtime::{Linker, Module, Store};

use crate::borrowed::Lent;
use crate::engine::{EngineError, Exports};
use crate::files::OpenFiles;
use crate::image::Image;
use crate::imports;
use crate::memories::Memories;
use crate::state::State;

/// Where the clock stands while images are made: 2025-01-01T00:00:00Z. A constant, so that equal input gives
/// equal images; not the epoch, because programs take a year 1970 for a mistake.
pub const IMAGE_MOMENT: Moment = Moment {
    wall_us: 1_735_689_600_000_000,
    mono_us: 0,
};

/// The memory after boot, and where the fixed buffer for events lies in it.
pub struct Booted {
    pub memory: Vec<u8>,
    pub inbox: u32,
}

/// Fuel for evaluating the built-ins: they are ours and end; this is against a bug.
const BOOT_FUEL: u64 = 20_000_000_000;

/// Instantiates the module on empty memory, writes its data, and runs its boot.
pub fn boot(
    engine: &wasmtime::Engine,
    memories: &dyn Memories,
    module: &Module,
    data: &[(u32, Vec<u8>)],
    builtins: &[u8],
) -> Result<Booted, EngineError> {
    let minimum = module
        .exports()
        .find_map(|export| export.ty().memory().map(|memory| memory.minimum()))
        .ok_or_else(|| EngineError::Guest("it has no memory".into()))?;
    let bytes =
        usize::try_from(minimum * 65536).map_err(|_| EngineError::Guest("its memory is too large".into()))?;
    let empty = Image::engine(&memories.base(bytes, &[])?);

    let exports = Exports::of(module)?;
    let mut linker = Linker::new(engine);
    imports::link(&mut linker, exports.memory)?;
    let mut host = ImageHost::default();
    // SAFETY: the store is declared after the host and dropped before it.
    let lent = unsafe { Lent::new(&mut host) };
    let mut store = Store::new(
        engine,
        State::new(
            lent,
            Limits {
                memory_bytes: 256 << 20,
                ..Limits::default()
            },
            // It has no files.
            OpenFiles::new(0),
        ),
    );
    store.set_fuel(BOOT_FUEL)?;
    let instance = memories.instantiate(&linker.instantiate_pre(module)?, &mut store, &empty)?;
    store.limiter(|state| state);
    let memory = instance
        .get_module_export(&mut store, &exports.memory)
        .and_then(wasmtime::Extern::into_memory)
        .ok_or_else(|| EngineError::Guest("it has no memory".into()))?;
    store.data_mut().memory = Some(memory);
    for (address, contents) in data {
        memory
            .write(&mut store, *address as usize, contents)
            .map_err(wasmtime::Error::from)?;
    }
    let stack_start = instance.get_global(&mut store, holm_host_api::names::EXPORT_STACK_POINTER);
    let stack_start = stack_start.ok_or_else(|| EngineError::Guest("it has no stack pointer".into()))?;
    let before = stack_start.get(&mut store).i32();

    let version = instance.get_typed_func::<(), i32>(&mut store, holm_host_api::names::EXPORT_ABI_VERSION)?;
    let version = version.call(&mut store, ())?;
    if u32::try_from(version).ok() != Some(holm_host_api::ABI_VERSION) {
        return Err(EngineError::Guest(format!(
            "it has ABI version {version}, this build {}: run `cargo xtask guest`",
            holm_host_api::ABI_VERSION
        )));
    }
    let alloc = instance.get_typed_func::<u32, u32>(&mut store, holm_host_api::names::EXPORT_ALLOC)?;
    let len = u32::try_from(builtins.len())
        .map_err(|_| EngineError::Guest("its built-ins are too large".into()))?;
    let address = alloc.call(&mut store, len + 1)?;
    memory
        .write(&mut store, address as usize, builtins)
        .map_err(wasmtime::Error::from)?;
    memory
        .write(&mut store, address as usize + builtins.len(), &[0])
        .map_err(wasmtime::Error::from)?;
    let boot =
        instance.get_typed_func::<(u32, u32, f64), i32>(&mut store, holm_host_api::names::EXPORT_BOOT)?;
    let wall_ms = crate::codec::wall_ms(IMAGE_MOMENT);
    let failed = boot.call(&mut store, (address, len, wall_ms))?;
    if failed != 0 {
        let error = store
            .data_mut()
            .threw
            .take()
            .map_or_else(String::new, |error| error.report);
        return Err(EngineError::Guest(format!("its built-ins threw: {error}")));
    }
    if stack_start.get(&mut store).i32() != before {
        return Err(EngineError::Guest("its stack is not empty after boot".into()));
    }
    let inbox = instance.get_typed_func::<(), u32>(&mut store, holm_host_api::names::EXPORT_INBOX)?;
    let inbox = inbox.call(&mut store, ())?;
    let memory = memory.data(&store).to_vec();
    Ok(Booted { memory, inbox })
}

/// The host while an image is made: nothing can be asked of it, and what is said is kept.
#[derive(Debug, Default)]
pub struct ImageHost {
    pub logs: Vec<(Level, String)>,
    pub handlers: Option<u32>,
    pub threw: Option<ThrownError>,
}

impl Host for ImageHost {
    fn effect(&mut self, effect: Effect) -> Result<(), Stop> {
        match effect {
            Effect::Log { level, text } => self.logs.push((level, text)),
            Effect::Loaded { handlers } => self.handlers = Some(handlers),
            Effect::Threw(error) => self.threw = Some(error),
            // Everything else is refused before it gets here.
            _ => {}
        }
        Ok(())
    }

    fn file_call(&mut self, _: FileCall<'_>, _: &mut dyn FnMut() -> FileReply) -> Result<FileReply, Stop> {
        /// WASI's `notcapable`.
        const NOT_CAPABLE: u16 = 76;
        Ok(FileReply {
            errno: NOT_CAPABLE,
            writes: Vec::new(),
        })
    }

    fn next(&mut self) -> BoxFuture<'_, Next> {
        Box::pin(async { Next::Stop(Stop::Stalled) })
    }

    fn interrupt(&mut self, _fuel: u64) -> Option<Stop> {
        None
    }

    fn finish(&mut self, _report: &Report) {}
}
