//! Takes the data section out of the engine's module, and puts another one in.
//!
//! Where the memory of an instance comes from an image, the module must not initialise it again; and wasmtime
//! refuses initial data for memories that it does not map itself. The data is written once, into the memory
//! that boots. Portable memories are made by wasmtime, which gets the booted memory as the module's data.

use crate::engine::EngineError;

/// A module without data, and the data with its addresses.
#[derive(Debug)]
pub struct Stripped {
    pub module: Vec<u8>,
    pub data: Vec<(u32, Vec<u8>)>,
}

const SECTION_MEMORY: u8 = 5;
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

/// A stripped module whose memory begins with so many bytes (whole pages of wasm) and these pieces in it.
pub fn with_memory(
    stripped: &[u8],
    memory_bytes: usize,
    pieces: &[(usize, &[u8])],
) -> Result<Vec<u8>, EngineError> {
    fill(stripped, memory_bytes, pieces)
        .ok_or_else(|| EngineError::Guest("its memory has a form that this build does not expect".into()))
}

fn fill(stripped: &[u8], memory_bytes: usize, pieces: &[(usize, &[u8])]) -> Option<Vec<u8>> {
    let (header, mut rest) = stripped.split_at_checked(8)?;
    let mut module = header.to_vec();
    while !rest.is_empty() {
        let section = rest;
        let id = byte(&mut rest)?;
        let len = leb(&mut rest)? as usize;
        let mut body = bytes(&mut rest, len)?;
        if id != SECTION_MEMORY {
            module.extend_from_slice(&section[..section.len() - rest.len()]);
            continue;
        }
        // One memory: its flags and smallest size in pages, and a largest one where the flags say so.
        let (1, flags, _) = (leb(&mut body)?, byte(&mut body)?, leb(&mut body)?) else {
            return None;
        };
        let mut memory = vec![1, flags];
        put_leb(&mut memory, u64::try_from(memory_bytes / 65_536).ok()?);
        memory.extend_from_slice(body);
        put_section(&mut module, SECTION_MEMORY, &memory);
    }
    let mut data = Vec::new();
    put_leb(&mut data, pieces.len() as u64);
    for (start, piece) in pieces {
        data.extend_from_slice(&[0, I32_CONST]);
        put_signed_leb(&mut data, i64::try_from(*start).ok()?);
        data.push(END);
        put_leb(&mut data, piece.len() as u64);
        data.extend_from_slice(piece);
    }
    put_section(&mut module, SECTION_DATA, &data);
    Some(module)
}

fn put_section(module: &mut Vec<u8>, id: u8, body: &[u8]) {
    module.push(id);
    put_leb(module, body.len() as u64);
    module.extend_from_slice(body);
}

fn put_leb(into: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        into.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}

/// Of a number that is not negative: as [`put_leb`], with room for a sign.
fn put_signed_leb(into: &mut Vec<u8>, mut value: i64) {
    while value > 0x3f {
        into.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}

const I32_CONST: u8 = 0x41;
const END: u8 = 0x0b;

/// Active segments of memory 0 at constant addresses: the only ones a C linker writes.
fn segments(mut body: &[u8]) -> Option<Vec<(u32, Vec<u8>)>> {
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
