//! One reservation of address space, and bringing its memory to an image.

use std::io;
use std::os::fd::AsRawFd;

use super::pagemap;
use super::sealed::Sealed;
use crate::image::{Image, PAGE};
use crate::memories::{GUARD, RESERVATION};

/// Pages that a slot keeps for itself between invocations. Each costs a copy at the next one (0.09 µs, whoever
/// needs it), so a slot that one large request filled must not stay full.
const RESIDENT_PAGES_MAX: usize = 256;

/// After so many invocations a slot gives all its pages back, so that pages that only some of them needed do
/// not stay for ever.
const USES_PER_DECAY: u32 = 512;

/// A slot begins where a page table of the kernel does: the guest's stack fills the first one, hardly any program
/// touches it below its top, and a table that does not exist costs the scan nothing.
const ALIGNMENT: usize = 2 << 20;

const MAPPING: usize = GUARD + ALIGNMENT + RESERVATION + GUARD;

/// A reservation: guard, 4 GiB, guard. Invariants: `[base, base + accessible)` can be read and written, nothing
/// else of it can; if `mapped` is set, the base image's file is mapped privately at `base`, and what follows it
/// is anonymous memory.
#[derive(Debug)]
pub struct Slot {
    reservation: *mut u8,
    base: *mut u8,
    accessible: usize,
    mapped: Option<u64>,
    uses: u32,
    is_broken: bool,
}

// SAFETY: a slot owns its mapping; nothing of it is tied to a thread.
unsafe impl Send for Slot {}
// SAFETY: `&Slot` gives out nothing but the address.
unsafe impl Sync for Slot {}

impl Slot {
    /// Reserves address space.
    ///
    /// # Errors
    /// When there is none left.
    pub fn reserve() -> io::Result<Self> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a new mapping at an address of the kernel's choice; the result is checked.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), MAPPING, libc::PROT_NONE, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let reservation: *mut u8 = start.cast();
        let offset = (start as usize + GUARD).next_multiple_of(ALIGNMENT) - start as usize;
        // SAFETY: the mapping has room for the alignment.
        let base = unsafe { reservation.add(offset) };
        Ok(Self {
            reservation,
            base,
            accessible: 0,
            mapped: None,
            uses: 0,
            is_broken: false,
        })
    }

    /// Start of the linear memory.
    pub fn base(&self) -> *mut u8 {
        self.base
    }

    /// A change of its size failed half way.
    pub fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Makes the memory equal to the image, byte for byte, with everything behind it out of reach.
    ///
    /// # Errors
    /// When the kernel refuses a mapping.
    pub fn restore(&mut self, image: &Image) -> io::Result<()> {
        let file = image.base().file().ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "the image has no file that can be mapped",
            )
        })?;
        if self.mapped != Some(file.id()) {
            self.map(file)?;
        }
        self.uses += 1;
        let mut restored = vec![false; image.page_count()];
        let all_restored = self.uses < USES_PER_DECAY && pagemap::is_supported() && {
            let base = self.base;
            pagemap::scan(base as usize, self.accessible, RESIDENT_PAGES_MAX, |run| {
                for number in run {
                    // SAFETY: the scan names pages within `accessible`; nobody else has this memory now.
                    unsafe { write_page(base, number, image.page(number)) };
                    if let Some(place) = image.place(number) {
                        restored[place] = true;
                    }
                }
            })?
        };
        if !all_restored {
            self.uses = 0;
            // SAFETY: our own mapping. File pages fall back to the file, anonymous ones to zero.
            if unsafe { libc::madvise(self.base.cast(), self.accessible, libc::MADV_DONTNEED) } != 0 {
                return Err(io::Error::last_os_error());
            }
            restored.fill(false);
        }
        self.resize(image.memory_bytes())?;
        for (place, (number, page)) in image.pages().enumerate() {
            if !restored[place] {
                // SAFETY: an image's pages lie within its memory, which is accessible now.
                unsafe { write_page(self.base, number, Some(page)) };
            }
        }
        Ok(())
    }

    /// Makes exactly this many bytes accessible. What was never touched is zero.
    ///
    /// # Errors
    /// When the kernel refuses it.
    pub fn resize(&mut self, bytes: usize) -> io::Result<()> {
        let (from, to, protection) = if bytes > self.accessible {
            (self.accessible, bytes, libc::PROT_READ | libc::PROT_WRITE)
        } else if bytes < self.accessible {
            (bytes, self.accessible, libc::PROT_NONE)
        } else {
            return Ok(());
        };
        // SAFETY: the range lies within the reservation, which is ours.
        let changed = unsafe { libc::mprotect(self.base.add(from).cast(), to - from, protection) };
        if changed != 0 {
            let error = io::Error::last_os_error();
            // A part of the range may be open now, which nothing would clean: the slot must not be lent again.
            self.is_broken = true;
            return Err(error);
        }
        self.accessible = bytes;
        Ok(())
    }

    fn map(&mut self, image: &Sealed) -> io::Result<()> {
        self.mapped = None;
        let private = libc::MAP_PRIVATE | libc::MAP_FIXED | libc::MAP_NORESERVE;
        // SAFETY: both mappings replace parts of our own reservation.
        unsafe {
            let anonymous = private | libc::MAP_ANONYMOUS;
            let clear = self.accessible.max(image.bytes().len());
            if libc::mmap(self.base.cast(), clear, libc::PROT_NONE, anonymous, -1, 0) == libc::MAP_FAILED {
                return Err(io::Error::last_os_error());
            }
            let (bytes, fd) = (image.bytes().len(), image.file().as_raw_fd());
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            if libc::mmap(self.base.cast(), bytes, protection, private, fd, 0) == libc::MAP_FAILED {
                return Err(io::Error::last_os_error());
            }
            self.accessible = bytes;
        }
        self.mapped = Some(image.id());
        Ok(())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // SAFETY: the whole reservation is ours and nobody refers to it any more.
        unsafe { libc::munmap(self.reservation.cast(), MAPPING) };
    }
}

/// # Safety
/// Page `number` of the memory at `base` can be written, and nobody else uses it.
unsafe fn write_page(base: *mut u8, number: usize, contents: Option<&[u8]>) {
    // SAFETY: the caller's promise; contents are a whole page.
    unsafe {
        let into = base.add(number * PAGE);
        match contents {
            Some(page) => std::ptr::copy_nonoverlapping(page.as_ptr(), into, PAGE),
            None => std::ptr::write_bytes(into, 0, PAGE),
        }
    }
}
