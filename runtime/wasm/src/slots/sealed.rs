//! A file in memory that nobody can change any more: what slots map copy-on-write.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

/// A sealed file, mapped for reading.
#[derive(Debug)]
pub struct Sealed {
    /// Tells whether a slot already has this file mapped.
    id: u64,
    file: OwnedFd,
    map: NonNull<u8>,
    len: usize,
}

// SAFETY: the mapping is read-only and lives as long as the value; the file is sealed against writing.
unsafe impl Send for Sealed {}
// SAFETY: as above; shared reads of memory that nobody writes.
unsafe impl Sync for Sealed {}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl Sealed {
    /// A file of so many bytes, a multiple of the page size, with these pieces; zero elsewhere.
    ///
    /// # Errors
    /// When the machine has no memory, descriptors or mappings left.
    pub fn new(len: usize, pieces: &[(usize, &[u8])]) -> io::Result<Self> {
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
        writer.set_len(len as u64)?;
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
                len,
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
        Ok(Self { id, file, map, len })
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn file(&self) -> &OwnedFd {
        &self.file
    }

    /// Its contents.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the mapping has this length, is readable and never written, and lives as long as self.
        unsafe { std::slice::from_raw_parts(self.map.as_ptr(), self.len) }
    }
}

impl Drop for Sealed {
    fn drop(&mut self) {
        // SAFETY: map and length are those of the mapping made in `new`; nobody borrows it any more.
        unsafe { libc::munmap(self.map.as_ptr().cast(), self.len) };
    }
}
