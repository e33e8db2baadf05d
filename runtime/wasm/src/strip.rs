//! Takes the data section out of the engine's module.
//!
//! The memory of an instance comes from an image, so the module must not initialise it again; and wasmtime
//! refuses initial data for memories that it does not map itself. The data is written once, into the memory
//! that boots.

use crate::engine::EngineError;

/// A module without data, and the data with its addresses.
#[derive(Debug)]
pub struct Stripped {
    pub module: Vec<u8>,
    pub data: Vec<(u32, Vec<u8>)>,
}

const SECTION_DATA: u8 = 11;
const SECTION_DATA_COUNT: u8 = 12;

/// Splits a module.
pub fn strip(wasm: &[u8]) -> Result<Stripped, EngineError> {
    split(wasm)
        .ok_or_else(|| EngineError::Guest("its module has a form that this build does not expect".into()))
}

fn split(wasm: &[u8]) -> Option<Stripped> {
    let (header, mut rest) = wasm.split_at_checked(8)?;
    let mut stripped = Stripped {
        module: header.to_vec(),
        data: Vec::new(),
    };
    while !rest.is_empty() {
        let section = rest;
        let id = byte(&mut rest)?;
        let len = leb(&mut rest)? as usize;
        let body = bytes(&mut rest, len)?;
        match id {
            SECTION_DATA => stripped.data = segments(body)?,
            SECTION_DATA_COUNT => {}
            _ => stripped
                .module
                .extend_from_slice(&section[..section.len() - rest.len()]),
        }
    }
    Some(stripped)
}

/// Active segments of memory 0 at constant addresses: the only ones a C linker writes.
fn segments(mut body: &[u8]) -> Option<Vec<(u32, Vec<u8>)>> {
    const I32_CONST: u8 = 0x41;
    const END: u8 = 0x0b;
    let count = leb(&mut body)?;
    let mut data = Vec::new();
    for _ in 0..count {
        if leb(&mut body)? != 0 || byte(&mut body)? != I32_CONST {
            return None;
        }
        // Signed in the format; addresses of a small module are below 2^31, where both readings agree.
        let address = signed_leb(&mut body)?;
        if byte(&mut body)? != END {
            return None;
        }
        let len = leb(&mut body)? as usize;
        data.push((u32::try_from(address).ok()?, bytes(&mut body, len)?.to_vec()));
    }
    Some(data)
}

fn byte(from: &mut &[u8]) -> Option<u8> {
    let (first, rest) = from.split_first()?;
    *from = rest;
    Some(*first)
}

fn bytes<'a>(from: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (head, rest) = from.split_at_checked(len)?;
    *from = rest;
    Some(head)
}

fn leb(from: &mut &[u8]) -> Option<u32> {
    let mut value = 0_u32;
    for shift in (0..32).step_by(7) {
        let next = byte(from)?;
        value |= u32::from(next & 0x7f) << shift;
        if next & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn signed_leb(from: &mut &[u8]) -> Option<i64> {
    let (mut value, mut shift) = (0_i64, 0);
    loop {
        let next = byte(from)?;
        value |= i64::from(next & 0x7f) << shift;
        shift += 7;
        if next & 0x80 == 0 {
            let negative = next & 0x40 != 0;
            return Some(if negative { value | (-1 << shift) } else { value });
        }
        if shift > 35 {
            return None;
        }
    }
}
