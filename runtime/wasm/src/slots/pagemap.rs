//! Asks the kernel which pages of a range are private to it: `ioctl(PAGEMAP_SCAN)`, Linux 6.7 and later.
//!
//! A page counts when it is present or swapped out, is not the file's own, and is not the shared zero page.
//! (wasmtime's own scan leaves out swapped pages, which would let one request read what another wrote, and
//! stops after 32 runs of pages.)

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::sync::OnceLock;

use crate::image::PAGE;

const PAGE_IS_FILE: u64 = 1 << 2;
const PAGE_IS_PRESENT: u64 = 1 << 3;
const PAGE_IS_SWAPPED: u64 = 1 << 4;
const PAGE_IS_PFNZERO: u64 = 1 << 5;

/// `_IOWR('f', 16, struct pm_scan_arg)` of linux/fs.h.
const PAGEMAP_SCAN: u64 = 0xc060_6610;

/// `struct pm_scan_arg` of linux/fs.h.
#[repr(C)]
#[derive(Default)]
struct ScanArgument {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    vec: u64,
    vec_len: u64,
    max_pages: u64,
    category_inverted: u64,
    category_mask: u64,
    category_anyof_mask: u64,
    return_mask: u64,
}

/// `struct page_region` of linux/fs.h.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Region {
    start: u64,
    end: u64,
    categories: u64,
}

fn pagemap() -> Option<&'static File> {
    static PAGEMAP: OnceLock<Option<File>> = OnceLock::new();
    PAGEMAP
        .get_or_init(|| File::open("/proc/self/pagemap").ok())
        .as_ref()
}

/// Whether this kernel can do it. Where it cannot, slots give all their pages back instead.
pub fn is_supported() -> bool {
    static SUPPORTED: OnceLock<bool> = OnceLock::new();
    *SUPPORTED.get_or_init(|| {
        let probe = [0_u8; 1];
        let start = probe.as_ptr() as usize / PAGE * PAGE;
        scan(start, PAGE, 16, |_| ()).is_ok()
    })
}

/// Calls `visit` with each run of private pages in `[start, start + bytes)`, as page numbers relative to
/// `start`. Stops, and answers false, when there are more than `pages_max`.
///
/// # Errors
/// When the kernel does not know the call.
pub fn scan(
    start: usize,
    bytes: usize,
    pages_max: usize,
    mut visit: impl FnMut(Range<usize>),
) -> io::Result<bool> {
    let pagemap = pagemap().ok_or_else(|| io::Error::from(io::ErrorKind::Unsupported))?;
    let mut regions = [Region::default(); 128];
    let (mut from, end) = (start as u64, (start + bytes) as u64);
    let mut total = 0;
    while from < end {
        let mut argument = ScanArgument {
            size: size_of::<ScanArgument>() as u64,
            start: from,
            end,
            vec: regions.as_mut_ptr() as u64,
            vec_len: regions.len() as u64,
            max_pages: (pages_max + 1 - total) as u64,
            category_inverted: PAGE_IS_FILE | PAGE_IS_PFNZERO,
            category_mask: PAGE_IS_FILE | PAGE_IS_PFNZERO,
            category_anyof_mask: PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
            ..ScanArgument::default()
        };
        // SAFETY: the argument has the kernel's layout, and `vec` points to `vec_len` regions that outlive the call.
        let found = unsafe { libc::ioctl(pagemap.as_raw_fd(), PAGEMAP_SCAN as _, &raw mut argument) };
        let Ok(found) = usize::try_from(found) else {
            return Err(io::Error::last_os_error());
        };
        for region in &regions[..found] {
            let pages = (region.start as usize - start) / PAGE..(region.end as usize - start) / PAGE;
            total += pages.len();
            if total > pages_max {
                return Ok(false);
            }
            visit(pages);
        }
        from = argument.walk_end;
    }
    Ok(true)
}
