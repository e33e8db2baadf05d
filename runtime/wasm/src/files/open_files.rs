//! How many files all invocations of a process may have open together: descriptors are the process' own, and
//! connections need them as well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// WASI's `nfile`: Node's ENFILE.
pub const TOO_MANY_IN_ALL: u16 = 41;

/// The count, and its bound.
#[derive(Debug)]
pub struct OpenFiles {
    open: AtomicUsize,
    max: usize,
}

/// So many of them, until it is dropped.
#[derive(Debug)]
pub struct Held {
    files: Arc<OpenFiles>,
    count: usize,
}

impl OpenFiles {
    /// So many at most.
    pub fn new(max: usize) -> Arc<Self> {
        Arc::new(Self {
            open: AtomicUsize::new(0),
            max,
        })
    }

    /// Takes so many.
    ///
    /// # Errors
    /// The errno, when there are not so many left.
    pub fn take(self: &Arc<Self>, count: usize) -> Result<Held, u16> {
        let more = |open: usize| open.checked_add(count).filter(|open| *open <= self.max);
        self.open
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .map_err(|_| TOO_MANY_IN_ALL)?;
        Ok(Held {
            files: self.clone(),
            count,
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.files.open.fetch_sub(self.count, Ordering::Relaxed);
    }
}
