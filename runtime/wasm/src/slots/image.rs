//! Images: what a linear memory is brought to before an invocation begins. Plain data, never code.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::PAGE;

/// The engine's memory after boot: a sealed file in memory, mapped into every slot copy-on-write.
#[derive(Debug)]
pub struct BaseImage {
    /// Tells whether a slot already has this image mapped.
    id: u64,
    file: OwnedFd,
    map: NonNull<u8>,
    /// Bytes in the file: up to the last page that is not zero.
    file_bytes: usize,
    /// Bytes of the linear memory.
    memory_bytes: usize,
}

// SAFETY: the mapping is read-only and lives as long as the value; the file is sealed against writing.
unsafe impl Send for BaseImage {}
// SAFETY: as above; shared reads of memory that nobody writes.
unsafe impl Sync for BaseImage {}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// The pieces of a memory that are not zero, with their addresses: runs of whole pages.
pub fn pieces(memory: &[u8]) -> Vec<(usize, &[u8])> {
    let mut pieces = Vec::new();
    let mut start = None;
    for (number, page) in memory.chunks(PAGE).enumerate() {
        let is_used = page.iter().any(|byte| *byte != 0);
        match (is_used, start) {
            (true, None) => start = Some(number * PAGE),
            (false, Some(from)) => {
                pieces.push((from, &memory[from..number * PAGE]));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        pieces.push((from, &memory[from..]));
    }
    pieces
}

impl BaseImage {
    /// Copies a memory into a sealed file. `memory` is a whole number of pages.
    ///
    /// # Errors
    /// When the machine has no memory, descriptors or mappings left.
    pub fn new(memory: &[u8]) -> io::Result<Arc<Self>> {
        Self::of_pieces(memory.len(), &pieces(memory))
    }

    /// As [`BaseImage::new`], of a memory of so many bytes that has these pieces and is zero elsewhere. Pieces lie
    /// within the memory, in order, at multiples of the page size.
    ///
    /// # Errors
    /// As above.
    pub fn of_pieces(memory_bytes: usize, pieces: &[(usize, &[u8])]) -> io::Result<Arc<Self>> {
        let used = pieces.last().map_or(PAGE, |(start, piece)| {
            (start + piece.len()).next_multiple_of(PAGE)
        });
        // SAFETY: the name is a C string; the result is checked.
        let fd = unsafe {
            libc::memfd_create(
                c"holm-engine-image".as_ptr(),
                libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING,
            )
        };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: fd was just made and belongs to nobody else.
        let file = unsafe { OwnedFd::from_raw_fd(fd) };
        let writer = std::fs::File::from(file.try_clone()?);
        writer.set_len(used as u64)?;
        // What lies between the pieces stays a hole.
        for (start, piece) in pieces {
            std::os::unix::fs::FileExt::write_all_at(&writer, piece, *start as u64)?;
        }
        drop(writer);
        // SAFETY: plain calls on a descriptor that we own; the mapping's result is checked.
        let map = unsafe {
            let seals = libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;
            if libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) != 0 {
                return Err(io::Error::last_os_error());
            }
            libc::mmap(
                std::ptr::null_mut(),
                used,
                libc::PROT_READ,
                libc::MAP_SHARED,
                file.as_raw_fd(),
                0,
            )
        };
        if map == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let map = NonNull::new(map.cast()).expect("a mapping that did not fail has an address");
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        Ok(Arc::new(Self {
            id,
            file,
            map,
            file_bytes: used,
            memory_bytes,
        }))
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn file(&self) -> &OwnedFd {
        &self.file
    }

    pub(super) fn file_bytes(&self) -> usize {
        self.file_bytes
    }

    /// Size of the linear memory, bytes.
    pub fn memory_bytes(&self) -> usize {
        self.memory_bytes
    }

    /// The stored bytes; what the memory has beyond them is zero.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the mapping has this length, is readable and never written, and lives as long as self.
        unsafe { std::slice::from_raw_parts(self.map.as_ptr(), self.file_bytes) }
    }

    fn page(&self, number: usize) -> Option<&[u8]> {
        self.bytes().get(number * PAGE..(number + 1) * PAGE)
    }
}

impl Drop for BaseImage {
    fn drop(&mut self) {
        // SAFETY: map and length are those of the mapping made in `new`; nobody borrows it any more.
        unsafe { libc::munmap(self.map.as_ptr().cast(), self.file_bytes) };
    }
}

/// A function's memory: the pages that differ from the engine's.
#[derive(Debug)]
pub struct Image {
    base: Arc<BaseImage>,
    memory_bytes: usize,
    /// Numbers of the pages that differ, ascending.
    numbers: Vec<u32>,
    /// Their contents, in the same order.
    data: Vec<u8>,
    /// Page number to place in `numbers` plus one; 0 where the page is the base's.
    places: Vec<u32>,
}

impl Image {
    /// The engine's memory as it is.
    pub fn engine(base: &Arc<BaseImage>) -> Arc<Self> {
        Arc::new(Self {
            base: base.clone(),
            memory_bytes: base.memory_bytes,
            numbers: Vec::new(),
            data: Vec::new(),
            places: vec![0; base.memory_bytes / PAGE],
        })
    }

    /// What `memory` has that the engine's has not.
    pub fn delta(base: &Arc<BaseImage>, memory: &[u8]) -> Arc<Self> {
        let mut image = Self {
            base: base.clone(),
            memory_bytes: memory.len(),
            numbers: Vec::new(),
            data: Vec::new(),
            places: vec![0; memory.len() / PAGE],
        };
        for (number, page) in memory.chunks_exact(PAGE).enumerate() {
            let same = match base.page(number) {
                Some(ours) => ours == page,
                None => page.iter().all(|byte| *byte == 0),
            };
            if !same {
                image
                    .numbers
                    .push(u32::try_from(number).expect("a 32-bit memory has at most 2^20 pages"));
                image.places[number] = u32::try_from(image.numbers.len()).expect("as above");
                image.data.extend_from_slice(page);
            }
        }
        image.data.shrink_to_fit();
        image.numbers.shrink_to_fit();
        Arc::new(image)
    }

    /// The engine image below.
    pub fn base(&self) -> &BaseImage {
        &self.base
    }

    /// Size of the linear memory, bytes.
    pub fn memory_bytes(&self) -> usize {
        self.memory_bytes
    }

    /// Bytes this image holds beyond the engine's, its index included.
    pub fn held_bytes(&self) -> usize {
        self.data.len() + self.numbers.len() * 4 + self.places.len() * 4
    }

    /// How many pages differ from the base.
    pub fn page_count(&self) -> usize {
        self.numbers.len()
    }

    /// The pages that differ from the base, with their numbers.
    pub(super) fn pages(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.numbers
            .iter()
            .map(|number| *number as usize)
            .zip(self.data.chunks_exact(PAGE))
    }

    /// Place of a page in [`Image::pages`], if it differs from the base.
    pub(super) fn place(&self, number: usize) -> Option<usize> {
        (self.places.get(number).copied().unwrap_or(0) as usize).checked_sub(1)
    }

    /// Contents of a page; `None` for a page of zeros.
    pub(super) fn page(&self, number: usize) -> Option<&[u8]> {
        match self.place(number) {
            Some(place) => self.data.get(place * PAGE..(place + 1) * PAGE),
            None => self.base.page(number),
        }
    }

    /// The whole memory, for tests and for comparing images.
    pub fn to_memory(&self) -> Vec<u8> {
        let mut memory = vec![0; self.memory_bytes];
        for (number, into) in memory.chunks_exact_mut(PAGE).enumerate() {
            if let Some(page) = self.page(number) {
                into.copy_from_slice(page);
            }
        }
        memory
    }
}
