//! The journal of an invocation: what it was given, what it did, and how it ended, in one self-contained file.
//!
//! `docs/journal-format.md` says what each byte means. This crate is pure: it works on bytes in memory and
//! appends to a [`JournalSink`] that its caller gives; it opens no file, reads no clock, and knows no engine.
//!
//! Reading order: [`header`] (what an invocation starts from), [`entry`] (what happens in it), [`journal`]
//! (reading a file), [`record`] and [`replay`] (the two [`Host`](holm_core::Host)s), [`diff`] (what differs, in
//! words). Below them: `frame` (lengths and checksums), `codec` (numbers and strings), `event`, `effect`
//! and `ending` (the bytes of the domain's types).

#![deny(missing_docs)]

pub mod diff;
pub mod entry;
pub mod header;
pub mod journal;
pub mod record;
pub mod replay;

mod codec;
mod effect;
mod ending;
mod event;
mod frame;

pub use diff::Divergence;
pub use entry::{Arguments, Entry, Place};
pub use header::{JournalHeader, Kind};
pub use journal::{Ending, FORMAT_VERSION, Journal, JournalError};
pub use record::{JournalSink, RecordError, Recording, WriteSink};
pub use replay::{Replayed, Replaying};
