//! Memories for every system: wasmtime's pool of memories and stacks, and no unsafe code of ours.
//!
//! The memory after boot is the data of a second module, compiled beside the one that booted: wasmtime maps it
//! copy-on-write where the system can, and copies it where not. A function's own pages are copied on top, by safe code.
//! The pool gives back to the system what an instance touched (nothing is kept resident), so a memory is as the module
//! has it when it is lent again, swapped pages included.

use std::io;
use std::path::Path;
use std::sync::Arc;

use holm_host_api::names;
use wasmtime::{
    Config, Enabled, InstanceAllocationStrategy, InstancePre, Module, PoolingAllocationConfig, Store,
};

use super::{GUARD, Memories, RESERVATION};
use crate::engine::EngineError;
use crate::image::{BaseImage, Image, PAGE, pieces};
use crate::state::State;
use crate::strip;

/// Instances at the same time: more than a node admits. Each is address space, 10 TiB in all, of the 128 that a process
/// has.
const INSTANCES_MAX: u32 = 2_500;

const WASM_PAGE: usize = 65_536;

/// See the module.
#[derive(Debug)]
pub(super) struct PortableMemories;

impl Memories for PortableMemories {
    fn configure(&self, config: &mut Config) {
        let mut pool = PoolingAllocationConfig::new();
        pool.total_core_instances(INSTANCES_MAX)
            .total_memories(INSTANCES_MAX)
            .total_tables(INSTANCES_MAX)
            .total_stacks(INSTANCES_MAX)
            .max_memories_per_module(1)
            .max_tables_per_module(1)
            .max_memory_size(RESERVATION)
            .linear_memory_keep_resident(0)
            .table_keep_resident(0)
            .async_stack_keep_resident(0)
            .pagemap_scan(Enabled::No);
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        config.memory_reservation(RESERVATION as u64);
        config.memory_guard_size(GUARD as u64);
        // A stack that a deep recursion filled would else stay full.
        config.async_stack_zeroing(true);
    }

    fn base(&self, memory_bytes: usize, pieces: &[(usize, &[u8])]) -> io::Result<Arc<BaseImage>> {
        Ok(BaseImage::plain(memory_bytes, pieces))
    }

    fn module(&self, module: Module, stripped: &[u8], booted: &[u8]) -> Result<Module, EngineError> {
        let filled = strip::with_memory(stripped, booted.len(), &pieces(booted))?;
        Ok(Module::new(module.engine(), filled)?)
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn AsRef<[u8]>>> {
        Ok(Box::new(std::fs::read(path)?))
    }

    fn instantiate(
        &self,
        pre: &InstancePre<State>,
        store: &mut Store<State>,
        image: &Arc<Image>,
    ) -> wasmtime::Result<wasmtime::Instance> {
        let instance = pre.instantiate(&mut *store)?;
        let memory = instance
            .get_memory(&mut *store, names::EXPORT_MEMORY)
            .ok_or_else(|| wasmtime::format_err!("the guest has no memory"))?;
        let missing = image.memory_bytes().saturating_sub(memory.data_size(&*store));
        memory.grow(&mut *store, (missing / WASM_PAGE) as u64)?;
        let bytes = memory.data_mut(&mut *store);
        if bytes.len() != image.memory_bytes() {
            wasmtime::bail!(
                "a memory of {} bytes cannot become one of {}",
                bytes.len(),
                image.memory_bytes()
            );
        }
        for (number, page) in image.pages() {
            bytes[number * PAGE..(number + 1) * PAGE].copy_from_slice(page);
        }
        Ok(instance)
    }
}
