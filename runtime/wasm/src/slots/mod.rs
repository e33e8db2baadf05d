//! Memories and stacks for instances: all of the host's unsafe code but the cache's and one borrow.
//!
//! A *slot* is a reservation of address space whose memory can be brought to any function's image by copying
//! back the pages that the last invocation changed. That is far cheaper than mapping it anew: a copy-on-write
//! fault costs ten times as much as copying a page (`docs/decisions/002-images.md`).
//!
//! - [`image`]: the engine's memory after boot, and a function's as a list of pages that differ from it
//! - [`pagemap`]: asks the kernel which pages of a slot are its own
//! - [`slot`]: one reservation, and bringing it to an image
//! - [`memory`]: slots as wasmtime's linear memories, kept per thread
//! - [`stack`]: fiber stacks, kept per thread
//! - [`mod@file`]: the engine's cache, read without copying it

pub mod file;
pub mod image;
pub mod memory;
pub mod pagemap;
pub mod slot;
pub mod stack;

/// The page size that all of this is written for; checked at start.
pub const PAGE: usize = 4096;

/// Address space of a linear memory. With the guard behind it no 32-bit address plus offset of compiled code
/// can leave the slot, so the code needs no bounds checks.
pub const RESERVATION: usize = 4 << 30;

/// Guard on both sides of the reservation.
pub const GUARD: usize = 32 << 20;
