//! Fiber stacks, kept per thread: a new one for each turn would cost 10 µs.

use std::cell::RefCell;
use std::io;
use std::ops::Range;

use wasmtime::{StackCreator, StackMemory};

use crate::image::PAGE;

/// Free stacks that a thread keeps. More are under way only while long turns are preempted.
const KEPT_PER_THREAD: usize = 32;

/// What a kept stack may hold; a turn that recursed deeply gives the rest back.
const KEPT_BYTES: usize = 256 * 1024;

thread_local! {
    static FREE: RefCell<Vec<Mapping>> = const { RefCell::new(Vec::new()) };
}

/// Creates stacks.
#[derive(Debug)]
pub struct Stacks;

// SAFETY: stacks are page-aligned mappings with a guard page below, owned by their user alone.
unsafe impl StackCreator for Stacks {
    fn new_stack(&self, size: usize, _zeroed: bool) -> wasmtime::Result<Box<dyn StackMemory>> {
        let size = size.next_multiple_of(PAGE);
        let kept = FREE
            .with_borrow_mut(Vec::pop)
            .filter(|mapping| mapping.size == size);
        let mapping = match kept {
            Some(mapping) => mapping,
            None => Mapping::new(size)?,
        };
        Ok(Box::new(Stack {
            mapping: Some(mapping),
        }))
    }
}

/// A guard page and the stack above it.
#[derive(Debug)]
struct Mapping {
    start: *mut u8,
    size: usize,
}

// SAFETY: owned memory, not tied to a thread.
unsafe impl Send for Mapping {}
// SAFETY: `&Mapping` gives out nothing but addresses.
unsafe impl Sync for Mapping {}

impl Mapping {
    fn new(size: usize) -> io::Result<Self> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK;
        // SAFETY: a new mapping; the result is checked. Making its first page inaccessible concerns only us.
        unsafe {
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            let start = libc::mmap(std::ptr::null_mut(), size + PAGE, protection, flags, -1, 0);
            if start == libc::MAP_FAILED {
                return Err(io::Error::last_os_error());
            }
            let mapping = Self {
                start: start.cast(),
                size,
            };
            if libc::mprotect(start, PAGE, libc::PROT_NONE) != 0 {
                return Err(io::Error::last_os_error());
            }
            Ok(mapping)
        }
    }

    fn bottom(&self) -> *mut u8 {
        // SAFETY: the mapping is a page longer than the stack.
        unsafe { self.start.add(PAGE) }
    }

    /// Gives back what lies below the part that ordinary turns use, if any of it was used.
    fn trim(&self) {
        let Some(below) = self.size.checked_sub(KEPT_BYTES) else {
            return;
        };
        let mut resident = 0_u8;
        // SAFETY: a page within our mapping, on which no stack frame is any more.
        unsafe {
            let last = self.bottom().add(below - PAGE);
            let known = libc::mincore(last.cast(), PAGE, &raw mut resident) == 0;
            if !known || resident & 1 != 0 {
                libc::madvise(self.bottom().cast(), below, libc::MADV_DONTNEED);
            }
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: our own mapping, with no user left.
        unsafe { libc::munmap(self.start.cast(), self.size + PAGE) };
    }
}

struct Stack {
    /// Set until it is dropped.
    mapping: Option<Mapping>,
}

impl Stack {
    fn mapping(&self) -> &Mapping {
        self.mapping
            .as_ref()
            .expect("a stack has its mapping until it is dropped")
    }
}

// SAFETY: top, range and guard are those of a mapping that this value owns.
unsafe impl StackMemory for Stack {
    fn top(&self) -> *mut u8 {
        let mapping = self.mapping();
        // SAFETY: the end of the mapping.
        unsafe { mapping.bottom().add(mapping.size) }
    }

    fn range(&self) -> Range<usize> {
        let bottom = self.mapping().bottom() as usize;
        bottom..bottom + self.mapping().size
    }

    fn guard_range(&self) -> Range<*mut u8> {
        self.mapping().start..self.mapping().bottom()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let Some(mapping) = self.mapping.take() else {
            return;
        };
        mapping.trim();
        let _ = FREE.try_with(|free| {
            if let Ok(mut free) = free.try_borrow_mut()
                && free.len() < KEPT_PER_THREAD
            {
                free.push(mapping);
            }
        });
    }
}
