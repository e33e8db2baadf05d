//! Images: what a linear memory is brought to before an invocation begins. Plain data, never code.

#[cfg(target_os = "linux")]
use std::io;
use std::sync::Arc;

#[cfg(target_os = "linux")]
use crate::slots::sealed::Sealed;

/// The unit in which memories are compared. On machines with larger pages it is still the unit of the comparison.
pub const PAGE: usize = 4096;

/// The engine's memory after boot, shared by all functions.
#[derive(Debug)]
pub struct BaseImage {
    contents: Contents,
    /// Bytes of the linear memory.
    memory_bytes: usize,
}

/// Up to the last page that is not zero.
#[derive(Debug)]
enum Contents {
    Plain(Vec<u8>),
    #[cfg(target_os = "linux")]
    Sealed(Sealed),
}

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
    /// An image of a memory of so many bytes that has these pieces and is zero elsewhere, in memory of our own. Pieces
    /// lie within the memory, in order, at multiples of the page size.
    pub fn plain(memory_bytes: usize, pieces: &[(usize, &[u8])]) -> Arc<Self> {
        let mut bytes = vec![0; stored_bytes(pieces)];
        for (start, piece) in pieces {
            bytes[*start..start + piece.len()].copy_from_slice(piece);
        }
        Arc::new(Self {
            contents: Contents::Plain(bytes),
            memory_bytes,
        })
    }

    /// As [`BaseImage::plain`], in a sealed file that slots can map.
    ///
    /// # Errors
    /// When the machine has no memory, descriptors or mappings left.
    #[cfg(target_os = "linux")]
    pub fn sealed(memory_bytes: usize, pieces: &[(usize, &[u8])]) -> io::Result<Arc<Self>> {
        let sealed = Sealed::new(stored_bytes(pieces), pieces)?;
        Ok(Arc::new(Self {
            contents: Contents::Sealed(sealed),
            memory_bytes,
        }))
    }

    /// The file of an image that has one.
    #[cfg(target_os = "linux")]
    pub(crate) fn file(&self) -> Option<&Sealed> {
        match &self.contents {
            Contents::Sealed(sealed) => Some(sealed),
            Contents::Plain(_) => None,
        }
    }

    /// Size of the linear memory, bytes.
    pub fn memory_bytes(&self) -> usize {
        self.memory_bytes
    }

    /// The stored bytes; what the memory has beyond them is zero.
    pub fn bytes(&self) -> &[u8] {
        match &self.contents {
            Contents::Plain(bytes) => bytes,
            #[cfg(target_os = "linux")]
            Contents::Sealed(sealed) => sealed.bytes(),
        }
    }

    fn page(&self, number: usize) -> Option<&[u8]> {
        self.bytes().get(number * PAGE..(number + 1) * PAGE)
    }
}

fn stored_bytes(pieces: &[(usize, &[u8])]) -> usize {
    pieces.last().map_or(PAGE, |(start, piece)| {
        (start + piece.len()).next_multiple_of(PAGE)
    })
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

    /// What `memory` has that the engine's has not. Only the pages of `candidates` are compared, ascending
    /// numbers: those that may differ.
    pub fn delta(
        base: &Arc<BaseImage>,
        memory: &[u8],
        candidates: impl IntoIterator<Item = usize>,
    ) -> Arc<Self> {
        let mut image = Self {
            base: base.clone(),
            memory_bytes: memory.len(),
            numbers: Vec::new(),
            data: Vec::new(),
            places: vec![0; memory.len() / PAGE],
        };
        for number in candidates {
            let Some(page) = memory.get(number * PAGE..(number + 1) * PAGE) else {
                continue;
            };
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
    pub(crate) fn pages(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.numbers
            .iter()
            .map(|number| *number as usize)
            .zip(self.data.chunks_exact(PAGE))
    }

    /// Place of a page in [`Image::pages`], if it differs from the base.
    pub(crate) fn place(&self, number: usize) -> Option<usize> {
        (self.places.get(number).copied().unwrap_or(0) as usize).checked_sub(1)
    }

    /// Contents of a page; `None` for a page of zeros.
    pub(crate) fn page(&self, number: usize) -> Option<&[u8]> {
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
