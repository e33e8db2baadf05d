//! What happens in an invocation, as entries from the third on, and their bytes. What an invocation starts
//! from is in [`header`](crate::header).

use bytes::Bytes;
use holm_core::{Effect, Event, FileReply, Moment, Report, Stop};
use sha2::{Digest, Sha256};

use crate::codec::{Decoder, Encoder, Malformed};
use crate::{effect, ending, event};

const EVENT: u8 = 1;
const EFFECT: u8 = 2;
const FILE: u8 = 3;
const STOP: u8 = 4;
const END: u8 = 5;

const PLACE_BETWEEN: u8 = 1;
const PLACE_CALL: u8 = 2;
const PLACE_AT: u8 = 3;

const ARGUMENTS_WHOLE: u8 = 1;
const ARGUMENTS_DIGEST: u8 = 2;

/// Arguments over this are kept as a digest. The arguments of every call but a write are far shorter, and
/// what a large write wrote is not worth a copy: it is needed for comparison only.
const ARGUMENTS_WHOLE_BYTES_MAX: usize = 1024;

/// One thing that happened in an invocation.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// It was told something: the start of a turn.
    Event {
        /// The clocks during that turn.
        moment: Moment,
        /// What.
        event: Event,
    },
    /// It asked for or said something.
    Effect(Effect),
    /// It called the file system.
    File {
        /// The WASI preview 1 name.
        name: String,
        /// What it was called with.
        arguments: Arguments,
        /// What it answered; `None` when the answer was the stop in the next entry.
        reply: Option<FileReply>,
    },
    /// It was ended from outside.
    Stop {
        /// Where.
        place: Place,
        /// Why.
        stop: Stop,
    },
    /// It ended, as the last entry of every complete journal says.
    End(Report),
}

/// Where an invocation was stopped from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Between two turns.
    Between,
    /// As the answer to the effect or file call in the entry before.
    Call,
    /// In the middle of a turn, between two slices of fuel.
    At {
        /// What the invocation had used when it was stopped, all turns together.
        fuel: u64,
    },
}

/// The arguments of a file call, as far as comparing needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// All of them.
    Whole(Bytes),
    /// For those over 1,024 bytes.
    Digest {
        /// How long they are.
        bytes: u64,
        /// Of all of them.
        sha256: [u8; 32],
    },
}

impl Arguments {
    /// What a journal keeps of these arguments: equal for equal arguments, and only for them.
    pub fn of(arguments: &[u8]) -> Self {
        if arguments.len() <= ARGUMENTS_WHOLE_BYTES_MAX {
            Self::Whole(Bytes::copy_from_slice(arguments))
        } else {
            Self::Digest {
                bytes: arguments.len() as u64,
                sha256: Sha256::digest(arguments).into(),
            }
        }
    }
}

pub(crate) fn read(d: &mut Decoder) -> Result<Entry, Malformed> {
    let entry = match d.u8()? {
        EVENT => {
            let moment = Moment {
                wall_us: d.u64()?,
                mono_us: d.u64()?,
            };
            Entry::Event {
                moment,
                event: event::read(d)?,
            }
        }
        EFFECT => Entry::Effect(effect::read(d)?),
        FILE => Entry::File {
            name: d.str()?,
            arguments: match d.u8()? {
                ARGUMENTS_WHOLE => Arguments::Whole(d.bytes()?),
                ARGUMENTS_DIGEST => Arguments::Digest {
                    bytes: d.u64()?,
                    sha256: d.hash()?,
                },
                _ => return Err("has arguments of a kind that does not exist"),
            },
            reply: d.option(|d| {
                let errno = d.u16()?;
                // An address and a length: 8 bytes at least.
                let writes = d.list(8, |d| Ok((d.u32()?, d.bytes()?.to_vec())))?;
                Ok(FileReply { errno, writes })
            })?,
        },
        STOP => {
            let place = match d.u8()? {
                PLACE_BETWEEN => Place::Between,
                PLACE_CALL => Place::Call,
                PLACE_AT => Place::At { fuel: d.u64()? },
                _ => return Err("has a place that does not exist"),
            };
            Entry::Stop {
                place,
                stop: ending::read_stop(d)?,
            }
        }
        END => Entry::End(ending::read_report(d)?),
        _ => return Err("is of a kind that does not exist"),
    };
    d.end()?;
    Ok(entry)
}

pub(crate) fn write_event(e: &mut Encoder, moment: Moment, event: &Event) {
    e.u8(EVENT);
    e.u64(moment.wall_us);
    e.u64(moment.mono_us);
    event::write(e, event);
}

pub(crate) fn write_effect(e: &mut Encoder, effect: &Effect) {
    e.u8(EFFECT);
    effect::write(e, effect);
}

pub(crate) fn write_file(e: &mut Encoder, name: &str, arguments: &Arguments, reply: Option<&FileReply>) {
    e.u8(FILE);
    e.str(name);
    match arguments {
        Arguments::Whole(bytes) => {
            e.u8(ARGUMENTS_WHOLE);
            e.bytes(bytes);
        }
        Arguments::Digest { bytes, sha256 } => {
            e.u8(ARGUMENTS_DIGEST);
            e.u64(*bytes);
            e.hash(sha256);
        }
    }
    e.option(reply, |e, FileReply { errno, writes }| {
        e.u16(*errno);
        e.count(writes.len());
        for (address, bytes) in writes {
            e.u32(*address);
            e.bytes(bytes);
        }
    });
}

pub(crate) fn write_stop(e: &mut Encoder, place: Place, stop: &Stop) {
    e.u8(STOP);
    match place {
        Place::Between => e.u8(PLACE_BETWEEN),
        Place::Call => e.u8(PLACE_CALL),
        Place::At { fuel } => {
            e.u8(PLACE_AT);
            e.u64(fuel);
        }
    }
    ending::write_stop(e, stop);
}

pub(crate) fn write_end(e: &mut Encoder, report: &Report) {
    e.u8(END);
    ending::write_report(e, report);
}
