//! The engine: one wasm module for all functions, compiled once, and its memory after boot.

use std::sync::Arc;

use holm_host_api::names;
use sha2::{Digest, Sha256};
use wasmtime::{Config, InstancePre, Linker, Module, ModuleExport, RegallocAlgorithm, WasmFeatures};

use crate::boot;
use crate::cache::{Cache, CacheState, Entry, Found};
use crate::files::OpenFiles;
use crate::image::{BaseImage, Image, pieces};
use crate::imports;
use crate::memories::{Memories, MemoryKind};
use crate::state::State;
use crate::strip;

const GUEST: &[u8] = include_bytes!("../../../guest/prebuilt/guest.wasm");
const BUILTINS: &[u8] = include_bytes!("../../../guest/prebuilt/builtins.js");

/// Wasm's stack: four times JavaScript's own bound (guest/src/engine.c), which research found to turn every
/// recursion into a RangeError before wasm's stack ends.
const WASM_STACK_BYTES: usize = 8 << 20;

/// A fiber's stack: wasm's and what the host's functions need on top of it.
const FIBER_STACK_BYTES: usize = WASM_STACK_BYTES + (512 << 10);

/// The engine could not be made. Never a tenant's fault.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The compiler or the runtime refused.
    #[error("the engine could not be compiled or started: {0:#}")]
    Wasmtime(#[from] wasmtime::Error),
    /// The guest is not the one that this build expects.
    #[error("the engine's guest cannot be used: {0}")]
    Guest(String),
    /// No memory, address space or descriptors.
    #[error("the engine's image could not be made: {0}")]
    Io(#[from] std::io::Error),
}

/// Compiled code, the memory after boot, and where things are in them.
pub struct Engine {
    pub(crate) wasmtime: wasmtime::Engine,
    pub(crate) pre: InstancePre<State>,
    pub(crate) base: Arc<BaseImage>,
    pub(crate) image: Arc<Image>,
    pub(crate) memories: Box<dyn Memories>,
    pub(crate) exports: Exports,
    /// Address of the fixed buffer for events.
    pub(crate) inbox: u32,
    id: [u8; 32],
    config: EngineConfig,
    pub(crate) open_files: Arc<OpenFiles>,
    cache: CacheState,
}

/// What is chosen for an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineConfig {
    /// In which memories its instances live.
    pub memories: MemoryKind,
    /// Files that all instances together may have open, descriptors of the process. More is ENFILE to a program.
    pub open_files_max: usize,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            memories: MemoryKind::default(),
            // Where a process has the usual 1,024 descriptors, half are left for connections.
            open_files_max: 512,
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("config", &self.config)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

/// The guest's exports, looked up once.
pub(crate) struct Exports {
    pub memory: ModuleExport,
    pub turn: ModuleExport,
    pub alloc: ModuleExport,
    pub settle: ModuleExport,
    pub stack_pointer: ModuleExport,
}

impl Exports {
    pub fn of(module: &Module) -> Result<Self, EngineError> {
        let find = |name: &str| {
            module
                .get_export_index(name)
                .ok_or_else(|| EngineError::Guest(format!("it does not export `{name}`")))
        };
        Ok(Self {
            memory: find(names::EXPORT_MEMORY)?,
            turn: find(names::EXPORT_TURN)?,
            alloc: find(names::EXPORT_ALLOC)?,
            settle: find(names::EXPORT_SETTLE)?,
            stack_pointer: find(names::EXPORT_STACK_POINTER)?,
        })
    }
}

/// What an engine is put together from, beside its code.
struct Parts {
    id: [u8; 32],
    config: EngineConfig,
    base: Arc<BaseImage>,
    inbox: u32,
    cache: CacheState,
}

impl Engine {
    /// Makes the engine, from the cache if it is there.
    ///
    /// # Errors
    /// When the machine cannot run it; a damaged or unwritable cache is no error, see [`Engine::cache`].
    pub fn new(cache: &Cache, config: EngineConfig) -> Result<Arc<Self>, EngineError> {
        let kind = config.memories;
        let memories = kind.memories();
        let wasmtime = wasmtime::Engine::new(&settings(&*memories))?;
        let id = Sha256::new()
            .chain_update(GUEST)
            .chain_update(BUILTINS)
            .finalize()
            .into();
        let key = cache_key(&wasmtime, &id, kind);
        let found = cache.load(&key, &*memories);
        let damaged = matches!(found, Found::Damaged);
        let assemble = |module: &Module, base, inbox, state| {
            let parts = Parts {
                id,
                config,
                base,
                inbox,
                cache: state,
            };
            Self::assemble(wasmtime.clone(), module, parts)
        };
        if let Found::Entry(Entry { code, image, inbox }) = found {
            // SAFETY: the file has the checksum that this program wrote, under a key of everything that the code
            // depends on, in a folder of the user's own; nothing of a tenant ever gets there.
            let module = unsafe { Module::deserialize_file(&wasmtime, &code) };
            if let Ok(module) = module {
                return assemble(&module, image, inbox, CacheState::Hit);
            }
        }
        let stripped = strip::strip(GUEST)?;
        let module = Module::new(&wasmtime, &stripped.module)?;
        let booted = boot::boot(&wasmtime, &*memories, &module, &stripped.data, BUILTINS)?;
        let module = memories.module(module, &stripped.module, &booted.memory)?;
        let state = match cache.store(&key, &module.serialize()?, &booted.memory, booted.inbox) {
            _ if cache.folder().is_none() => CacheState::Off,
            Ok(()) if damaged => CacheState::Repaired,
            Ok(()) => CacheState::Filled,
            Err(error) => CacheState::Unavailable(error.to_string()),
        };
        let base = memories.base(booted.memory.len(), &pieces(&booted.memory))?;
        assemble(&module, base, booted.inbox, state)
    }

    fn assemble(wasmtime: wasmtime::Engine, module: &Module, parts: Parts) -> Result<Arc<Self>, EngineError> {
        let Parts {
            id,
            config,
            base,
            inbox,
            cache,
        } = parts;
        let exports = Exports::of(module)?;
        let mut linker = Linker::new(&wasmtime);
        imports::link(&mut linker, exports.memory)?;
        let pre = linker.instantiate_pre(module)?;
        let image = Image::engine(&base);
        Ok(Arc::new(Self {
            wasmtime,
            pre,
            base,
            image,
            memories: config.memories.memories(),
            exports,
            inbox,
            id,
            config,
            open_files: OpenFiles::new(config.open_files_max),
            cache,
        }))
    }

    /// Names the guest and its built-ins: what a journal was recorded with. Independent of the machine.
    pub fn id(&self) -> [u8; 32] {
        self.id
    }

    /// Which memories its instances have.
    pub fn memories(&self) -> MemoryKind {
        self.config.memories
    }

    /// What became of the cache.
    pub fn cache(&self) -> &CacheState {
        &self.cache
    }

    /// Bytes of the engine's image, shared by all functions.
    pub fn image_bytes(&self) -> usize {
        self.base.bytes().len()
    }
}

fn settings(memories: &dyn Memories) -> Config {
    let mut config = Config::new();
    // Only what a C compiler's output uses; everything else is surface without use.
    let used = WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::FLOATS;
    config.wasm_features(WasmFeatures::all().difference(used), false);
    config.wasm_features(used, true);
    // Determinism: one bit pattern for NaN, and CPU time counted in instructions.
    config.cranelift_nan_canonicalization(true);
    config.consume_fuel(true);
    config.cranelift_regalloc_algorithm(RegallocAlgorithm::Backtracking);
    config.max_wasm_stack(WASM_STACK_BYTES);
    config.async_stack_size(FIBER_STACK_BYTES);
    // No bounds checks in the code: the guards around each memory do it.
    config.guard_before_linear_memory(true);
    config.memory_may_move(false);
    memories.configure(&mut config);
    // A trap is classified, never shown: its wasm frames mean nothing to anyone.
    config.wasm_backtrace_max_frames(None);
    config
}

fn cache_key(wasmtime: &wasmtime::Engine, id: &[u8; 32], kind: MemoryKind) -> [u8; 32] {
    use std::hash::{Hash, Hasher};
    struct Sink(Sha256);
    impl Hasher for Sink {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            0
        }
    }
    let mut sink = Sink(Sha256::new());
    // Compiler version, settings and the features of this CPU.
    wasmtime.precompile_compatibility_hash().hash(&mut sink);
    sink.0.update(env!("CARGO_PKG_VERSION"));
    sink.0.update(id);
    // wasmtime's hash is the same for all kinds; their modules differ.
    sink.0.update(kind.name());
    sink.0.finalize().into()
}
