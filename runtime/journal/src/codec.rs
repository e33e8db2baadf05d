//! Numbers and strings as bytes: what entries are made of. It knows no entry.

use bytes::Bytes;

/// Appends values to a payload.
///
/// A field of 4 GiB or more is written with a wrong length: its frame is refused for its size, so that nobody
/// ever reads it.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    pub(crate) out: Vec<u8>,
}

impl Encoder {
    pub(crate) fn u8(&mut self, value: u8) {
        self.out.push(value);
    }

    pub(crate) fn u16(&mut self, value: u16) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn f64(&mut self, value: f64) {
        self.u64(value.to_bits());
    }

    pub(crate) fn bool(&mut self, value: bool) {
        self.u8(u8::from(value));
    }

    pub(crate) fn hash(&mut self, value: &[u8; 32]) {
        self.out.extend_from_slice(value);
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) {
        self.count(value.len());
        self.out.extend_from_slice(value);
    }

    pub(crate) fn str(&mut self, value: &str) {
        self.bytes(value.as_bytes());
    }

    /// The length of a list; its items follow.
    pub(crate) fn count(&mut self, count: usize) {
        self.u32(u32::try_from(count).unwrap_or(u32::MAX));
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.bool(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }
}

/// Reads values out of a payload, and trusts none of them. Byte strings share the payload's memory.
#[derive(Debug)]
pub(crate) struct Decoder {
    payload: Bytes,
    position: usize,
}

/// What is wrong with a payload, as the end of a sentence that starts with "entry 17".
pub(crate) type Malformed = &'static str;

impl Decoder {
    pub(crate) fn new(payload: Bytes) -> Self {
        Self { payload, position: 0 }
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Result<(), Malformed> {
        if self.left() == 0 {
            Ok(())
        } else {
            Err("goes on after its last field")
        }
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Malformed> {
        self.array().map(|[value]| value)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn f64(&mut self) -> Result<f64, Malformed> {
        self.u64().map(f64::from_bits)
    }

    pub(crate) fn bool(&mut self) -> Result<bool, Malformed> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err("has a truth value other than 0 and 1"),
        }
    }

    pub(crate) fn hash(&mut self) -> Result<[u8; 32], Malformed> {
        self.array()
    }

    pub(crate) fn bytes(&mut self) -> Result<Bytes, Malformed> {
        let len = self.u32()? as usize;
        if len > self.left() {
            return Err("has a string that is longer than the entry");
        }
        let start = self.position;
        self.position += len;
        Ok(self.payload.slice(start..self.position))
    }

    pub(crate) fn str(&mut self) -> Result<String, Malformed> {
        let bytes = self.bytes()?;
        Ok(std::str::from_utf8(&bytes)
            .map_err(|_| "has text that is not UTF-8")?
            .to_owned())
    }

    pub(crate) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        if self.bool()? {
            read(self).map(Some)
        } else {
            Ok(None)
        }
    }

    /// A list whose items take at least `item_bytes_min` bytes each: a count that cannot be true is refused
    /// before anything is allocated for it.
    pub(crate) fn list<T>(
        &mut self,
        item_bytes_min: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        let count = self.u32()? as usize;
        if count > self.left() / item_bytes_min {
            return Err("has a list that is longer than the entry");
        }
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(read(self)?);
        }
        Ok(items)
    }

    fn left(&self) -> usize {
        self.payload.len() - self.position
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let array = *self.payload[self.position..]
            .first_chunk()
            .ok_or("ends in the middle of a field")?;
        self.position += N;
        Ok(array)
    }
}
