//! Slots as wasmtime's linear memories.
//!
//! Free slots are kept per thread, last in first out: the slot that was used last is the one whose pages are
//! still in this core's cache. A slot serves any function.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

use super::slot::Slot;
use crate::image::Image;
use crate::memories::{GUARD, RESERVATION};

/// Free slots that a thread keeps for itself.
const KEPT_PER_THREAD: usize = 64;
/// Free slots that are kept for all threads beyond those.
const KEPT_SHARED: usize = 1024;

thread_local! {
    static FREE: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
    /// The image of the memory that is about to be created: wasmtime's trait has no argument for it.
    static NEXT_IMAGE: RefCell<Option<Arc<Image>>> = const { RefCell::new(None) };
}

/// A short list behind a lock that is only taken when a thread's own list is empty or full.
static SHARED: Mutex<Vec<Slot>> = Mutex::new(Vec::new());

/// Runs `instantiate`, whose memory will have this image. It must not suspend: the image is handed over by
/// thread.
pub fn with_image<T>(image: &Arc<Image>, instantiate: impl FnOnce() -> T) -> T {
    NEXT_IMAGE.with_borrow_mut(|next| *next = Some(image.clone()));
    let result = instantiate();
    NEXT_IMAGE.with_borrow_mut(|next| *next = None);
    result
}

/// Creates linear memories from slots.
#[derive(Debug)]
pub struct Slots;

// SAFETY: a memory is a slot with the reservation and the guards that wasmtime is configured for, owned by it
// alone until it is dropped.
unsafe impl MemoryCreator for Slots {
    fn new_memory(
        &self,
        _ty: MemoryType,
        minimum: usize,
        _maximum: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        let image = NEXT_IMAGE
            .with_borrow_mut(Option::take)
            .ok_or("a memory was asked for without an image")?;
        if image.memory_bytes() < minimum || reserved != Some(RESERVATION) || guard > GUARD {
            return Err(format!(
                "the engine asks for {minimum} bytes, {reserved:?} reserved, {guard} guard"
            ));
        }
        let mut slot = take().map_err(|error| format!("no address space for another instance: {error}"))?;
        slot.restore(&image)
            .map_err(|error| format!("an instance's memory could not be restored: {error}"))?;
        Ok(Box::new(Memory {
            slot: Some(slot),
            bytes: image.memory_bytes(),
        }))
    }
}

fn take() -> std::io::Result<Slot> {
    if let Some(slot) = FREE.with_borrow_mut(Vec::pop) {
        return Ok(slot);
    }
    let shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner).pop();
    shared.map_or_else(Slot::reserve, Ok)
}

fn give_back(slot: Slot) {
    if slot.is_broken() {
        return;
    }
    // A thread that is ending has no list any more; the slot is then unmapped.
    let rest = FREE.try_with(|free| match free.try_borrow_mut() {
        Ok(mut free) if free.len() < KEPT_PER_THREAD => {
            free.push(slot);
            None
        }
        _ => Some(slot),
    });
    if let Ok(Some(slot)) = rest {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.len() < KEPT_SHARED {
            shared.push(slot);
        }
    }
}

struct Memory {
    /// Set until it is dropped.
    slot: Option<Slot>,
    bytes: usize,
}

impl Memory {
    fn slot(&self) -> &Slot {
        self.slot
            .as_ref()
            .expect("a memory has its slot until it is dropped")
    }
}

// SAFETY: base and size are those of a slot that this value owns; it never moves.
unsafe impl LinearMemory for Memory {
    fn byte_size(&self) -> usize {
        self.bytes
    }

    fn byte_capacity(&self) -> usize {
        RESERVATION
    }

    fn grow_to(&mut self, bytes: usize) -> wasmtime::Result<()> {
        let slot = self
            .slot
            .as_mut()
            .expect("a memory has its slot until it is dropped");
        slot.resize(bytes)?;
        self.bytes = bytes;
        Ok(())
    }

    fn as_ptr(&self) -> *mut u8 {
        self.slot().base()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            give_back(slot);
        }
    }
}
