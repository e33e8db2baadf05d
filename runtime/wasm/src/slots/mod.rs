//! Memories and stacks for instances on Linux: all of the host's unsafe code but the cache's and one borrow.
//!
//! A *slot* is a reservation of address space whose memory can be brought to any function's image by copying
//! back the pages that the last invocation changed. That is far cheaper than mapping it anew: a copy-on-write
//! fault costs ten times as much as copying a page (`docs/decisions/002-images.md`).
//!
//! - [`sealed`]: the engine's memory after boot, as a file that is mapped into every slot
//! - [`pagemap`]: asks the kernel which pages of a slot are its own
//! - [`slot`]: one reservation, and bringing it to an image
//! - [`memory`]: slots as wasmtime's linear memories, kept per thread
//! - [`stack`]: fiber stacks, kept per thread
//! - [`mod@file`]: the engine's cache, read without copying it

pub mod file;
pub mod memory;
pub mod pagemap;
pub mod sealed;
pub mod slot;
pub mod stack;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use wasmtime::{Config, InstancePre, Module, Store};

use crate::engine::EngineError;
use crate::image::{BaseImage, Image, PAGE};
use crate::memories::{GUARD, Memories, RESERVATION};
use crate::state::State;

/// Slots as an engine's memories.
#[derive(Debug)]
pub(crate) struct SlotMemories;

impl Memories for SlotMemories {
    fn configure(&self, config: &mut Config) {
        config.memory_reservation(RESERVATION as u64);
        config.memory_guard_size(GUARD as u64);
        config.with_host_memory(Arc::new(memory::Slots));
        config.with_host_stack(Arc::new(stack::Stacks));
    }

    fn base(&self, memory_bytes: usize, pieces: &[(usize, &[u8])]) -> io::Result<Arc<BaseImage>> {
        BaseImage::sealed(memory_bytes, pieces)
    }

    fn module(&self, module: Module, _: &[u8], _: &[u8]) -> Result<Module, EngineError> {
        Ok(module)
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn AsRef<[u8]>>> {
        Ok(Box::new(file::Mapped::new(&File::open(path)?)?))
    }

    /// The pages that are the slot's own: all others are those of the file that is mapped, or zero.
    fn changed(&self, memory: &[u8]) -> Vec<usize> {
        let (start, pages) = (memory.as_ptr() as usize, memory.len() / PAGE);
        let mut changed = Vec::new();
        match pagemap::scan(start, memory.len(), pages, |run| changed.extend(run)) {
            Ok(true) => changed,
            _ => (0..pages).collect(),
        }
    }

    fn instantiate(
        &self,
        pre: &InstancePre<State>,
        store: &mut Store<State>,
        image: &Arc<Image>,
    ) -> wasmtime::Result<wasmtime::Instance> {
        memory::with_image(image, || pre.instantiate(store))
    }
}
