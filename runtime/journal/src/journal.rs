//! A whole journal, read from bytes: checked frame by frame, entry by entry, and in the order of its entries.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use holm_core::{Event, Moment, Report};

use crate::codec::Decoder;
use crate::frame::{self, Found};
use crate::{Entry, JournalHeader, Kind, Place, entry, header};

/// The version of the format that this crate writes, and the only one it reads so far.
pub const FORMAT_VERSION: u32 = 1;

/// The first bytes of every journal.
pub(crate) const MAGIC: [u8; 8] = *b"\x89holm\r\n\x1a";

/// Bytes before the first frame: magic and format version.
const PREAMBLE_BYTES: usize = 12;

/// The number of the first event's entry, after header and program.
pub(crate) const FIRST_EVENT: u64 = 2;

/// A journal in memory. Bodies and sources share the memory of the bytes that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Journal {
    header: JournalHeader,
    abi_version: u32,
    first: (Moment, Event),
    entries: Vec<Entry>,
    ending: Ending,
}

/// How the bytes of a journal end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With the end of the invocation: nothing is missing.
    Complete,
    /// After a whole entry, but without an end.
    Missing {
        /// The number that the next entry would have.
        entry: u64,
    },
    /// In the middle of an entry.
    CutOff {
        /// The number of the entry that is not whole.
        entry: u64,
        /// Where the bytes end.
        byte: u64,
    },
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => f.write_str("the journal is complete"),
            Self::Missing { entry } => write!(
                f,
                "the journal is incomplete: nothing follows entry {}, and the invocation had not ended; whoever \
                 recorded it was stopped, or is still at it",
                entry.saturating_sub(1)
            ),
            Self::CutOff { entry, byte } => write!(
                f,
                "the journal ends in the middle of entry {entry} (byte {byte}): it was cut off; what comes before \
                 that entry is whole"
            ),
        }
    }
}

/// Why bytes cannot be used as a journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// There are no bytes.
    #[error("the journal is empty: its recording ended before it began")]
    Empty,
    /// Something else.
    #[error("this is not a journal: it does not begin as one does; give a file that `--record` wrote")]
    NotAJournal,
    /// Of a format that this crate does not know.
    #[error(
        "the journal has format version {found}, and this holm reads version {FORMAT_VERSION}; replay it with the \
         holm that recorded it"
    )]
    Version {
        /// What it says.
        found: u32,
    },
    /// There is too little of it for anything to be replayed.
    #[error(
        "the journal ends in the middle of entry {entry} (byte {byte}): it was cut off before the invocation's first \
         event, so there is nothing to replay; record it again"
    )]
    TooShort {
        /// The number of the entry that is missing or not whole.
        entry: u64,
        /// Where the bytes end.
        byte: u64,
    },
    /// A checksum is wrong.
    #[error(
        "the journal is damaged at entry {entry} (byte {byte}): its checksum is wrong, so that bytes were changed \
         after they were written; use another copy of the file"
    )]
    Damaged {
        /// The number of the damaged entry.
        entry: u64,
        /// Where that entry begins.
        byte: u64,
    },
    /// The checksums are right, but what they protect makes no sense.
    #[error("the journal is not one that this holm can have written: entry {entry} (byte {byte}) {what}")]
    Malformed {
        /// The number of the entry.
        entry: u64,
        /// Where that entry begins.
        byte: u64,
        /// The rest of the sentence.
        what: &'static str,
    },
    /// It was recorded by another engine, under which the same program may take another course.
    #[error(
        "the journal was recorded by another build of the engine ({}…, this is {}…); replay it with the holm that \
         recorded it", short(.recorded), short(.running)
    )]
    Engine {
        /// Its engine key.
        recorded: [u8; 32],
        /// Ours.
        running: [u8; 32],
    },
    /// It was recorded under another version of the contract between guest and host.
    #[error(
        "the journal was recorded under version {recorded} of the guest's interface, and this holm has version \
         {running}; replay it with the holm that recorded it"
    )]
    Abi {
        /// Its version.
        recorded: u32,
        /// Ours.
        running: u32,
    },
}

fn short(hash: &[u8; 32]) -> String {
    hash[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Journal {
    /// Reads a journal, whole or incomplete. Memory is bounded by a constant times the size of `bytes`, whatever
    /// they say.
    ///
    /// # Errors
    /// The bytes are not a journal, are damaged, or end before the first event. A journal that is merely cut off later
    /// is no error: [`Journal::ending`] tells.
    pub fn parse(bytes: impl Into<Bytes>) -> Result<Self, JournalError> {
        let file: Bytes = bytes.into();
        check_preamble(&file)?;
        let mut frames = Frames {
            file,
            number: 0,
            position: PREAMBLE_BYTES,
        };

        let head = frames.needed(header::read_head)?;
        let program = frames.needed(header::read_program)?;
        let event_at = frames.position;
        let header = JournalHeader {
            engine: head.engine,
            kind: head.kind,
            created_wall_us: head.created_wall_us,
            limits: head.limits,
            program: Arc::new(program),
        };
        let first = match frames.needed(entry::read)? {
            Entry::Event { moment, event } if Kind::of(&event) == Some(header.kind) => (moment, event),
            _ => {
                let what = "is not an event with which an invocation of the header's kind begins";
                return Err(JournalError::Malformed {
                    entry: FIRST_EVENT,
                    byte: event_at as u64,
                    what,
                });
            }
        };

        let mut entries = Vec::new();
        let ending = loop {
            let (number, at) = (frames.number, frames.position);
            let entry = match frames.next(entry::read)? {
                Read::Entry(entry) => entry,
                Read::End if matches!(entries.last(), Some(Entry::End(_))) => break Ending::Complete,
                Read::End => break Ending::Missing { entry: number },
                Read::CutOff => {
                    break Ending::CutOff {
                        entry: number,
                        byte: frames.file.len() as u64,
                    };
                }
            };
            check_order(entries.last(), &entry).map_err(|what| JournalError::Malformed {
                entry: number,
                byte: at as u64,
                what,
            })?;
            entries.push(entry);
        };
        // Entries after an end were refused, but the beginning of one was not looked into.
        if let (Some(Entry::End(_)), Ending::CutOff { entry, .. }) = (entries.last(), ending) {
            let what = "comes after the end of the invocation";
            return Err(JournalError::Malformed {
                entry,
                byte: frames.position as u64,
                what,
            });
        }
        Ok(Self {
            header,
            abi_version: head.abi_version,
            first,
            entries,
            ending,
        })
    }

    /// What the invocation started from.
    pub fn header(&self) -> &JournalHeader {
        &self.header
    }

    /// `holm_host_api::ABI_VERSION` of the holm that recorded it.
    pub fn abi_version(&self) -> u32 {
        self.abi_version
    }

    /// The event that the invocation began with, and its clocks: entry 2.
    pub fn first(&self) -> &(Moment, Event) {
        &self.first
    }

    /// What happened after the first event: entries from 3 on.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether something is missing, and what; its `Display` is a sentence for people.
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// How the invocation ended; `None` in an incomplete journal.
    pub fn report(&self) -> Option<&Report> {
        match self.entries.last() {
            Some(Entry::End(report)) => Some(report),
            _ => None,
        }
    }

    /// Checks that this engine can replay it. `engine` is the key that a recording would have now.
    ///
    /// # Errors
    /// It was recorded by another one.
    pub fn check_engine(&self, engine: &[u8; 32]) -> Result<(), JournalError> {
        if self.abi_version != holm_host_api::ABI_VERSION {
            return Err(JournalError::Abi {
                recorded: self.abi_version,
                running: holm_host_api::ABI_VERSION,
            });
        }
        if self.header.engine != *engine {
            return Err(JournalError::Engine {
                recorded: self.header.engine,
                running: *engine,
            });
        }
        Ok(())
    }
}

/// The number of an entry by its index in [`Journal::entries`].
pub(crate) fn number_of(index: usize) -> u64 {
    FIRST_EVENT + 1 + index as u64
}

fn check_preamble(file: &Bytes) -> Result<(), JournalError> {
    if file.is_empty() {
        return Err(JournalError::Empty);
    }
    let magic = &file[..file.len().min(MAGIC.len())];
    if magic != &MAGIC[..magic.len()] {
        return Err(JournalError::NotAJournal);
    }
    let Some(version) = file.get(MAGIC.len()..PREAMBLE_BYTES) else {
        return Err(JournalError::TooShort {
            entry: 0,
            byte: file.len() as u64,
        });
    };
    let version = u32::from_le_bytes(version.try_into().expect("four bytes were asked for"));
    if version == FORMAT_VERSION {
        Ok(())
    } else {
        Err(JournalError::Version { found: version })
    }
}

/// "The order of entries" in `docs/journal-format.md`, from entry 3 on.
fn check_order(before: Option<&Entry>, entry: &Entry) -> Result<(), &'static str> {
    match (before, entry) {
        (Some(Entry::End(_)), _) => Err("comes after the end of the invocation"),
        (Some(Entry::Stop { .. }), Entry::End(_)) => Ok(()),
        (Some(Entry::Stop { .. }), _) => Err("comes after a stop, which only the end can do"),
        (
            Some(Entry::Effect(_) | Entry::File { reply: None, .. }),
            Entry::Stop {
                place: Place::Call, ..
            },
        ) => Ok(()),
        (Some(Entry::File { reply: None, .. }), _) => Err("is not the stop that stands for a missing reply"),
        (
            _,
            Entry::Stop {
                place: Place::Call, ..
            },
        ) => Err("is the stop of a call, and there is no call before it"),
        (_, Entry::Event { event, .. }) if Kind::of(event).is_some() => {
            Err("is an event with which an invocation begins, in the middle of one")
        }
        _ => Ok(()),
    }
}

/// Walks over the frames of a file.
struct Frames {
    file: Bytes,
    /// Of the frame at `position`.
    number: u64,
    position: usize,
}

enum Read<T> {
    Entry(T),
    End,
    CutOff,
}

impl Frames {
    fn next<T>(
        &mut self,
        read: fn(&mut Decoder) -> Result<T, &'static str>,
    ) -> Result<Read<T>, JournalError> {
        let (entry, byte) = (self.number, self.position as u64);
        match frame::read(&self.file, self.position, self.number) {
            Found::Frame(payload, next) => {
                let value = read(&mut Decoder::new(payload)).map_err(|what| JournalError::Malformed {
                    entry,
                    byte,
                    what,
                })?;
                self.number += 1;
                self.position = next;
                Ok(Read::Entry(value))
            }
            Found::End => Ok(Read::End),
            Found::CutOff => Ok(Read::CutOff),
            Found::Damaged => Err(JournalError::Damaged { entry, byte }),
        }
    }

    /// An entry without which there is nothing to replay.
    fn needed<T>(&mut self, read: fn(&mut Decoder) -> Result<T, &'static str>) -> Result<T, JournalError> {
        match self.next(read)? {
            Read::Entry(entry) => Ok(entry),
            Read::End | Read::CutOff => Err(JournalError::TooShort {
                entry: self.number,
                byte: self.file.len() as u64,
            }),
        }
    }
}
