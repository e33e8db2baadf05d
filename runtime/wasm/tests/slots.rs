//! Slots hand out clean memory: whole memories are compared, for chosen programs and for random ones.

#![expect(
    unsafe_code,
    reason = "a slot gives out an address; reading and writing its memory is what is tested"
)]

mod common;

use std::sync::Arc;

use holm_wasm::image::{BaseImage, Image, PAGE, pieces};
use holm_wasm::memories::{GUARD, RESERVATION};
use holm_wasm::slots::memory::{Slots, with_image};
use holm_wasm::slots::slot::Slot;
use wasmtime::{LinearMemory, MemoryCreator, MemoryType};

fn memory(pages: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; pages * PAGE];
    let mut random = Random(seed);
    for _ in 0..pages {
        let page = random.below(pages);
        bytes[page * PAGE + random.below(PAGE)] = random.next() as u8;
    }
    bytes
}

fn base(memory: &[u8]) -> std::io::Result<Arc<BaseImage>> {
    BaseImage::sealed(memory.len(), &pieces(memory))
}

/// A small generator (xorshift64*) so that a failing seed can be written down.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("the bound is a usize")
    }
}

fn contents(slot: &Slot, bytes: usize) -> Vec<u8> {
    // SAFETY: the slot was just brought to an image of so many bytes, and nobody writes to it meanwhile.
    unsafe { std::slice::from_raw_parts(slot.base(), bytes) }.to_vec()
}

fn scribble(slot: &Slot, bytes: usize, writes: usize, random: &mut Random) {
    for _ in 0..writes {
        // SAFETY: within the accessible part, which this test alone uses.
        unsafe { slot.base().add(random.below(bytes)).write(random.next() as u8) };
    }
}

#[test]
fn a_restored_slot_equals_its_image_whatever_was_written_before() {
    let bases = [memory(40, 1), memory(64, 2)];
    let bases: Vec<_> = bases.iter().map(|bytes| base(bytes).expect("an image")).collect();
    let mut images = Vec::new();
    for (number, base) in bases.iter().enumerate() {
        images.push(Image::engine(base));
        for extra in 0..4 {
            let mut bytes = vec![0; base.memory_bytes() + extra * 16 * PAGE];
            bytes[..base.bytes().len()].copy_from_slice(base.bytes());
            let mut random = Random(100 + number as u64 * 10 + extra as u64);
            for _ in 0..30 {
                let at = random.below(bytes.len());
                bytes[at] = random.next() as u8;
            }
            images.push(Image::delta(base, &bytes, 0..bytes.len() / PAGE));
        }
    }
    let mut slot = Slot::reserve().expect("address space");
    for seed in 1..400 {
        let mut random = Random(seed * 7919);
        let image: &Arc<Image> = &images[random.below(images.len())];
        slot.restore(image).expect("restored");
        assert!(
            contents(&slot, image.memory_bytes()) == image.to_memory(),
            "seed {seed}"
        );
        let mut bytes = image.memory_bytes();
        if random.below(4) == 0 {
            // Some grow; a few by more than a slot keeps.
            bytes += (1 + random.below(400)) * PAGE;
            slot.resize(bytes).expect("grown");
            assert!(
                contents(&slot, bytes)[image.memory_bytes()..]
                    .iter()
                    .all(|byte| *byte == 0),
                "seed {seed}"
            );
        }
        let most = if random.below(8) == 0 { 2000 } else { 40 };
        let writes = random.below(most);
        scribble(&slot, bytes, writes, &mut random);
    }
}

#[test]
fn an_image_of_equal_memory_is_empty() {
    let bytes = memory(16, 3);
    let base = base(&bytes).expect("an image");
    assert_eq!(Image::delta(&base, &bytes, 0..bytes.len() / PAGE).page_count(), 0);
    assert!(Image::engine(&base).to_memory() == bytes);
}

#[test]
fn equal_programs_have_equal_images() {
    use holm_core::Backend;
    let image_bytes = || {
        let source = "import * as path from 'node:path'; const m = new Map([[1, { a: [1, 2] }]]); let r = Math.random(); let d = Date.now(); export default () => new Response(r + d + path.sep)";
        let prepared = common::backend().prepare(common::program(source), &holm_core::Limits::default());
        let prepared = prepared.expect("it can be deployed");
        (prepared.idle_bytes(), common::get(&prepared, "/").1.response())
    };
    assert_eq!(image_bytes(), image_bytes());
}

/// Whether a mapping begins at this address.
fn is_mapped(address: *mut u8) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux has it");
    let start = format!("{:x}-", address as usize);
    maps.lines().any(|line| line.starts_with(&start))
}

#[test]
fn a_slot_whose_growth_failed_is_not_lent_again() {
    let bytes = memory(16, 5);
    let image = Image::engine(&base(&bytes).expect("an image"));
    let lent = || -> Box<dyn LinearMemory> {
        let create = || Slots.new_memory(MemoryType::new(1, None), 0, None, Some(RESERVATION), GUARD);
        with_image(&image, create).expect("a memory")
    };
    let mut healthy = lent();
    let address = healthy.as_ptr();
    healthy.grow_to(20 * PAGE).expect("grown");
    drop(healthy);
    assert!(is_mapped(address), "it is kept");
    let mut failing = lent();
    assert_eq!(failing.as_ptr(), address, "the one that was used last");
    // The kernel changes whole pages only, so that the second of these is refused: growth that fails half way.
    failing.grow_to(20 * PAGE + 1).expect("grown");
    assert!(failing.grow_to(24 * PAGE).is_err());
    drop(failing);
    assert!(!is_mapped(address), "it is gone");
}
