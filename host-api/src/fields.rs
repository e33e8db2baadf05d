//! The layout of events, effects and pure calls: a header, then tagged fields, all little-endian.
//!
//! ```text
//! event   kind u32 | op u32 | wall clock f64 (ms since the epoch) | monotonic clock f64 (µs) | fields
//! effect  kind u32 | op u32 | fields
//! pure    fields
//! field   0                      null
//!         1 | u32                unsigned number
//!         2 | f64                number
//!         3 | len u32 | UTF-8    string
//!         4 | len u32 | bytes    bytes
//! ```
//!
//! The reader trusts nothing: every length is checked against what is there.

/// Tag of `null`.
pub const TAG_NULL: u8 = 0;
/// Tag of a `u32`.
pub const TAG_U32: u8 = 1;
/// Tag of an `f64`.
pub const TAG_F64: u8 = 2;
/// Tag of a UTF-8 string.
pub const TAG_STR: u8 = 3;
/// Tag of bytes.
pub const TAG_BYTES: u8 = 4;
/// Bytes of an event's header.
pub const EVENT_HEADER_BYTES: usize = 24;
/// Bytes of an effect's header.
pub const EFFECT_HEADER_BYTES: usize = 8;

/// One decoded field, borrowed from the buffer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Field<'a> {
    /// Nothing.
    Null,
    /// An unsigned number.
    U32(u32),
    /// A number.
    F64(f64),
    /// Text.
    Str(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// Writes a header and fields into a buffer.
#[derive(Debug, Default)]
pub struct Writer {
    buffer: Vec<u8>,
}

impl Writer {
    /// A buffer without a header, for the answer of a pure call.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts an event. `wall_ms` is milliseconds since the Unix epoch, `mono_us` microseconds since the
    /// invocation began.
    pub fn event(kind: u32, op: u32, wall_ms: f64, mono_us: f64) -> Self {
        let mut buffer = Vec::with_capacity(512);
        buffer.extend_from_slice(&kind.to_le_bytes());
        buffer.extend_from_slice(&op.to_le_bytes());
        buffer.extend_from_slice(&wall_ms.to_le_bytes());
        buffer.extend_from_slice(&mono_us.to_le_bytes());
        Self { buffer }
    }

    /// Starts an effect.
    pub fn effect(kind: u32, op: u32) -> Self {
        let mut buffer = Vec::with_capacity(64);
        buffer.extend_from_slice(&kind.to_le_bytes());
        buffer.extend_from_slice(&op.to_le_bytes());
        Self { buffer }
    }

    /// Appends `null`.
    pub fn null(&mut self) -> &mut Self {
        self.buffer.push(TAG_NULL);
        self
    }

    /// Appends a number.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.buffer.push(TAG_U32);
        self.buffer.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Appends a number.
    pub fn f64(&mut self, value: f64) -> &mut Self {
        self.buffer.push(TAG_F64);
        self.buffer.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Appends text.
    pub fn str(&mut self, value: &str) -> &mut Self {
        self.sized(TAG_STR, value.as_bytes())
    }

    /// Appends bytes.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.sized(TAG_BYTES, value)
    }

    fn sized(&mut self, tag: u8, value: &[u8]) -> &mut Self {
        let len = u32::try_from(value.len()).expect("a field fits a 32-bit memory");
        self.buffer.push(tag);
        self.buffer.extend_from_slice(&len.to_le_bytes());
        self.buffer.extend_from_slice(value);
        self
    }

    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        self.buffer
    }
}

/// What is wrong with a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It ends in the middle of something.
    Truncated,
    /// A tag that does not exist.
    Tag(u8),
    /// A string that is not UTF-8.
    Utf8,
    /// A field of another type than its place demands.
    Type,
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Truncated => f.write_str("the buffer ends in the middle of a field"),
            Self::Tag(tag) => write!(f, "there is no field tag {tag}"),
            Self::Utf8 => f.write_str("a string is not UTF-8"),
            Self::Type => f.write_str("a field has another type than its place demands"),
        }
    }
}

impl std::error::Error for Malformed {}

/// Reads fields out of a buffer, checking every length.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads bare fields.
    pub fn new(buffer: &'a [u8]) -> Self {
        Self { rest: buffer }
    }

    /// Reads an effect's header: kind, op, and a reader of the fields.
    ///
    /// # Errors
    /// [`Malformed::Truncated`] when the buffer is shorter than a header.
    pub fn effect(buffer: &'a [u8]) -> Result<(u32, u32, Self), Malformed> {
        let mut reader = Self::new(buffer);
        let kind = u32::from_le_bytes(reader.array()?);
        let op = u32::from_le_bytes(reader.array()?);
        Ok((kind, op, reader))
    }

    /// True when no field is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next field.
    ///
    /// # Errors
    /// When the buffer ends, or holds no field.
    pub fn field(&mut self) -> Result<Field<'a>, Malformed> {
        let [tag] = self.array::<1>()?;
        Ok(match tag {
            TAG_NULL => Field::Null,
            TAG_U32 => Field::U32(u32::from_le_bytes(self.array()?)),
            TAG_F64 => Field::F64(f64::from_le_bytes(self.array()?)),
            TAG_STR => Field::Str(std::str::from_utf8(self.sized()?).map_err(|_| Malformed::Utf8)?),
            TAG_BYTES => Field::Bytes(self.sized()?),
            tag => return Err(Malformed::Tag(tag)),
        })
    }

    /// The next field, which must be a `u32`.
    ///
    /// # Errors
    /// When it is something else.
    pub fn u32(&mut self) -> Result<u32, Malformed> {
        match self.field()? {
            Field::U32(value) => Ok(value),
            _ => Err(Malformed::Type),
        }
    }

    /// The next field, which must be a string.
    ///
    /// # Errors
    /// When it is something else.
    pub fn str(&mut self) -> Result<&'a str, Malformed> {
        match self.field()? {
            Field::Str(value) => Ok(value),
            _ => Err(Malformed::Type),
        }
    }

    /// The next field, which must be a string or null.
    ///
    /// # Errors
    /// When it is something else.
    pub fn str_or_null(&mut self) -> Result<Option<&'a str>, Malformed> {
        match self.field()? {
            Field::Str(value) => Ok(Some(value)),
            Field::Null => Ok(None),
            _ => Err(Malformed::Type),
        }
    }

    /// The next field, which must be bytes.
    ///
    /// # Errors
    /// When it is something else.
    pub fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        match self.field()? {
            Field::Bytes(value) => Ok(value),
            _ => Err(Malformed::Type),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(*head)
    }

    fn sized(&mut self) -> Result<&'a [u8], Malformed> {
        let len = u32::from_le_bytes(self.array()?) as usize;
        let (head, rest) = self.rest.split_at_checked(len).ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(head)
    }
}
