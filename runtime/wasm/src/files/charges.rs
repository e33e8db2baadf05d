//! Fuel of a call of the file system: what the host's work for it costs, 8,000 units being a microsecond.
//!
//! It follows from the call and its answer alone, which a journal has both, so that a replay charges the same. The
//! figures are those of a local disk whose pages are in memory, rounded up. What a slow disk takes beyond them is
//! the wall limit's.

/// What one kind of call costs.
#[derive(Clone, Copy, Debug)]
pub struct Charge {
    /// Before anything is moved.
    start: u64,
    /// For each byte that goes in: data, or a path, each of whose names the kernel looks up.
    byte_in: u64,
    /// For each byte of the answer.
    byte_out: u64,
}

/// A name of one letter and its slash take 100 ns to look up.
const PATH_BYTE: u64 = 400;
/// Copying, and the kernel's pages.
const DATA_BYTE: u64 = 2;

impl Charge {
    /// Finding a file or folder by its path, and a descriptor for it.
    pub const OPEN: Self = Self::of(80_000, PATH_BYTE, 0);
    /// Looking at a path.
    pub const LOOK: Self = Self::of(40_000, PATH_BYTE, DATA_BYTE);
    /// Changing what is in a folder.
    pub const CHANGE: Self = Self::of(160_000, PATH_BYTE, 0);
    /// Asking something about a descriptor, or closing it.
    pub const DESCRIPTOR: Self = Self::of(24_000, 0, DATA_BYTE);
    /// Reading.
    pub const READ: Self = Self::of(24_000, 0, DATA_BYTE);
    /// Writing: pages have to be found for it, too.
    pub const WRITE: Self = Self::of(40_000, 2 * DATA_BYTE, 0);
    /// Changing a file's size.
    pub const RESIZE: Self = Self::of(80_000, 0, 0);
    /// Reading a folder: the kernel's buffer is filled, some microseconds; an entry is 25 bytes and more, and takes one.
    pub const LIST: Self = Self::of(80_000, 0, 320);
    /// Waiting for the disk.
    pub const SYNC: Self = Self::of(8_000_000, 0, 0);

    const fn of(start: u64, byte_in: u64, byte_out: u64) -> Self {
        Self {
            start,
            byte_in,
            byte_out,
        }
    }

    /// Before the call, which is given so many bytes.
    pub fn before(self, bytes: u64) -> u64 {
        self.start.saturating_add(bytes.saturating_mul(self.byte_in))
    }

    /// After it, which answered so many.
    pub fn after(self, bytes: u64) -> u64 {
        bytes.saturating_mul(self.byte_out)
    }
}
