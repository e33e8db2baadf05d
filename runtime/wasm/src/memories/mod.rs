//! Ways to bring an image to life.
//!
//! Two are there, and a program cannot tell them apart: same journal, same fuel, same output. On Linux the default are
//! [`crate::slots`], for which a fresh instance is a matter of microseconds and which need unsafe code; `portable` is
//! what wasmtime has for every system, without unsafe code of ours, and slower
//! (`docs/decisions/008-portable-memories.md`).

mod portable;
#[cfg(test)]
mod tests;

use std::fmt::Debug;
use std::io;
use std::path::Path;
use std::sync::Arc;

use wasmtime::{Config, InstancePre, Module, Store};

use crate::engine::EngineError;
use crate::image::{BaseImage, Image, PAGE};
use crate::state::State;

/// Address space of a linear memory. With the guard behind it no 32-bit address plus offset of compiled code
/// can leave the memory, so the code needs no bounds checks.
pub const RESERVATION: usize = 4 << 30;

/// Guard on both sides of the reservation.
pub const GUARD: usize = 32 << 20;

/// What an engine needs of them.
pub(crate) trait Memories: Debug + Send + Sync {
    /// Tells wasmtime where memories and stacks come from.
    fn configure(&self, config: &mut Config);

    /// Keeps the engine's image in the form that memories are made from.
    fn base(&self, memory_bytes: usize, pieces: &[(usize, &[u8])]) -> io::Result<Arc<BaseImage>>;

    /// The module that instances are made of: the one that booted, `module` (its text is `stripped`), or one that
    /// has the memory after boot as its data.
    fn module(&self, module: Module, stripped: &[u8], booted: &[u8]) -> Result<Module, EngineError>;

    /// The contents of one of our own files, which is only ever replaced.
    fn read(&self, path: &Path) -> io::Result<Box<dyn AsRef<[u8]>>>;

    /// Which pages of an instance's memory may differ from the engine's image, as ascending numbers. Those that it leaves
    /// out do not; without a better way all are there.
    fn changed(&self, memory: &[u8]) -> Vec<usize> {
        (0..memory.len() / PAGE).collect()
    }

    /// A new instance of that module, whose memory equals the image byte for byte. No limiter is asked.
    fn instantiate(
        &self,
        pre: &InstancePre<State>,
        store: &mut Store<State>,
        image: &Arc<Image>,
    ) -> wasmtime::Result<wasmtime::Instance>;
}

/// Which memories an engine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryKind {
    /// Address space that is used again and again, by copying back what the last invocation changed. Linux.
    #[cfg(target_os = "linux")]
    Slots,
    /// wasmtime's own pool and images, with a function's pages copied on top. Every system.
    Portable,
}

impl Default for MemoryKind {
    fn default() -> Self {
        Self::ALL[0]
    }
}

impl MemoryKind {
    /// Those that this system has, the default first.
    pub const ALL: &[Self] = &[
        #[cfg(target_os = "linux")]
        Self::Slots,
        Self::Portable,
    ];

    /// As users choose it.
    pub fn name(self) -> &'static str {
        match self {
            #[cfg(target_os = "linux")]
            Self::Slots => "slots",
            Self::Portable => "portable",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    pub(crate) fn memories(self) -> Box<dyn Memories> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Slots => Box::new(crate::slots::SlotMemories),
            Self::Portable => Box::new(portable::PortableMemories),
        }
    }
}
