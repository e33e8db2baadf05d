//! What differs between a journal and its replay, in words: both sides short, and where the difference begins.

use std::fmt;

use holm_core::{Answer, Effect, Event, FetchBody, Outcome, RedirectMode, Report, ResponseBody, Stop};

use crate::entry::{Arguments, Entry, Place};

/// Text and bytes that are longer than this are cut, and their length is given.
const SHOWN_BYTES_MAX: usize = 72;

/// How much is shown before the first byte that differs.
const CONTEXT_BYTES: usize = 20;

/// The first difference between a journal and its replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The number of the entry, as in `docs/journal-format.md`.
    pub entry: u64,
    /// The turn, from 1.
    pub turn: u32,
    /// What the journal has, in short.
    pub recorded: String,
    /// What the replay did instead, in short.
    pub replayed: String,
    /// The field that differs, and from where on, when both sides did the same kind of thing.
    pub difference: Option<String>,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            entry,
            turn,
            recorded,
            replayed,
            difference,
        } = self;
        write!(
            f,
            "entry {entry}, in turn {turn}\n  recorded: {recorded}\n  replayed: {replayed}"
        )?;
        match difference {
            Some(difference) => write!(f, "\n  first difference: {difference}"),
            None => Ok(()),
        }
    }
}

impl Divergence {
    pub(crate) fn between(entry: u64, turn: u32, recorded: &Side<'_>, replayed: &Side<'_>) -> Self {
        let (a, b) = (recorded.told(), replayed.told());
        let difference = if a.what == b.what {
            first_difference(&a, &b)
        } else {
            None
        };
        Self {
            entry,
            turn,
            recorded: a.to_string(),
            replayed: b.to_string(),
            difference,
        }
    }
}

/// What one side did.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side<'a> {
    Effect(&'a Effect),
    File {
        name: &'a str,
        arguments: &'a Arguments,
    },
    /// The turn is over, and the invocation was told something.
    Event(&'a Event),
    /// The turn is over, and the invocation waits.
    Waits,
    Stop(Place, &'a Stop),
    End(&'a Report),
    /// The invocation was ended without a report.
    Dropped,
    /// The journal is at its end.
    Nothing,
}

impl<'a> Side<'a> {
    pub(crate) fn of(entry: &'a Entry) -> Self {
        match entry {
            Entry::Effect(effect) => Self::Effect(effect),
            Entry::File { name, arguments, .. } => Self::File { name, arguments },
            Entry::Event { event, .. } => Self::Event(event),
            Entry::Stop { place, stop } => Self::Stop(*place, stop),
            Entry::End(report) => Self::End(report),
        }
    }

    /// Nothing that is compared differs. What is compared is what is told, in full.
    pub(crate) fn same(&self, other: &Side<'_>) -> bool {
        let (a, b) = (self.told(), other.told());
        a.what == b.what && a.fields == b.fields
    }

    fn told(&self) -> Told<'a> {
        match *self {
            Self::Effect(effect) => tell_effect(effect),
            Self::File { name, arguments } => {
                let fields = match arguments {
                    Arguments::Whole(bytes) => {
                        vec![("name", Value::Word(name)), ("arguments", Value::Bytes(bytes))]
                    }
                    Arguments::Digest { bytes, sha256 } => vec![
                        ("name", Value::Word(name)),
                        ("arguments' length", Value::Number(*bytes)),
                        ("their SHA-256", Value::Bytes(sha256)),
                    ],
                };
                Told {
                    what: "file call",
                    fields,
                }
            }
            Self::Event(event) => tell_event(event),
            Self::Waits => Told {
                what: "the turn ends, and the program waits",
                fields: vec![],
            },
            Self::Stop(place, stop) => tell_stop(place, stop),
            Self::End(report) => tell_end(report),
            Self::Dropped => Told {
                what: "the invocation is dropped before its end",
                fields: vec![],
            },
            Self::Nothing => Told {
                what: "nothing more",
                fields: vec![],
            },
        }
    }
}

/// What one side did, as a kind of thing and its fields in order.
struct Told<'a> {
    what: &'static str,
    fields: Vec<(&'static str, Value<'a>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value<'a> {
    Number(u64),
    /// One of few, and short.
    Word(&'a str),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    fn maybe_text(text: Option<&'a str>) -> Self {
        text.map_or(Value::Word("none"), Value::Text)
    }

    fn maybe_number(number: Option<u64>) -> Self {
        number.map_or(Value::Word("never"), Value::Number)
    }

    fn bytes(&self) -> Option<&'a [u8]> {
        match *self {
            Value::Text(text) => Some(text.as_bytes()),
            Value::Bytes(bytes) => Some(bytes),
            Value::Number(_) | Value::Word(_) => None,
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => write!(f, "{number}"),
            Value::Word(word) => f.write_str(word),
            Value::Text(text) => f.write_str(&excerpt(text.as_bytes(), 0)),
            Value::Bytes(bytes) => f.write_str(&excerpt(bytes, 0)),
        }
    }
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        for (index, (name, value)) in self.fields.iter().enumerate() {
            write!(f, "{} {name} {value}", if index == 0 { ":" } else { "," })?;
        }
        Ok(())
    }
}

fn first_difference(a: &Told<'_>, b: &Told<'_>) -> Option<String> {
    let mut pairs = a.fields.iter().zip(&b.fields);
    let ((name, recorded), (other, replayed)) = pairs.find(|(a, b)| a != b)?;
    if name != other {
        return None;
    }
    let (Some(left), Some(right)) = (recorded.bytes(), replayed.bytes()) else {
        return Some(format!("{name}: {recorded} recorded, {replayed} replayed"));
    };
    let at = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let start = at.saturating_sub(CONTEXT_BYTES);
    Some(format!(
        "{name}, from byte {at} on: {} recorded, {} replayed",
        excerpt(left, start),
        excerpt(right, start)
    ))
}

/// A piece of text or bytes from `start` on: quoted when it is text, in hexadecimal when it is not, with marks
/// where it was cut.
fn excerpt(bytes: &[u8], start: usize) -> String {
    let mut start = start.min(bytes.len());
    let mut end = (start + SHOWN_BYTES_MAX).min(bytes.len());
    let text = std::str::from_utf8(bytes).ok();
    let shown = match text {
        Some(text) => {
            start = text.floor_char_boundary(start);
            end = text.floor_char_boundary(end);
            format!("\"{}\"", text[start..end].escape_debug())
        }
        None => {
            end = end.min(start + SHOWN_BYTES_MAX / 3);
            let hex: Vec<String> = bytes[start..end]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            format!("<{}>", hex.join(" "))
        }
    };
    let before = if start > 0 { "…" } else { "" };
    if end < bytes.len() {
        format!("{before}{shown}… ({} bytes)", bytes.len())
    } else if text.is_none() {
        format!("{before}{shown} ({} bytes)", bytes.len())
    } else {
        format!("{before}{shown}")
    }
}

fn tell_effect(effect: &Effect) -> Told<'_> {
    use Value::{Bytes, Number, Text, Word};
    let number = |value: u32| Number(value.into());
    let (what, fields) = match effect {
        Effect::Fetch { op, request } => (
            "fetch",
            vec![
                ("operation", number(*op)),
                ("method", Text(&request.method)),
                ("URL", Text(&request.url)),
                ("headers", Text(&request.headers)),
                (
                    "redirect",
                    Word(match request.redirect {
                        RedirectMode::Follow => "follow",
                        RedirectMode::Error => "error",
                        RedirectMode::Manual => "manual",
                    }),
                ),
                (
                    "body",
                    match &request.body {
                        FetchBody::None => Word("none"),
                        FetchBody::Whole(bytes) => Bytes(bytes),
                        FetchBody::Stream => Word("stream"),
                    },
                ),
            ],
        ),
        Effect::Read { op, stream } => (
            "read of a body",
            vec![("operation", number(*op)), ("stream", number(*stream))],
        ),
        Effect::Write { op, stream, chunk } => (
            "write of a body",
            vec![
                ("operation", number(*op)),
                ("stream", number(*stream)),
                ("chunk", Bytes(chunk)),
            ],
        ),
        Effect::Close { stream, error } => (
            "end of a body",
            vec![
                ("stream", number(*stream)),
                ("error", Value::maybe_text(error.as_deref())),
            ],
        ),
        Effect::Abort { op } => ("abort", vec![("operation", number(*op))]),
        Effect::WakeAt { mono_us } => ("wake", vec![("at µs", Value::maybe_number(*mono_us))]),
        Effect::Log { level, text } => ("log", vec![("level", Word(level.name())), ("text", Text(text))]),
        Effect::Respond(head) => (
            "response",
            vec![
                ("status", number(head.status.into())),
                ("headers", Text(&head.headers)),
                (
                    "body",
                    match &head.body {
                        ResponseBody::None => Word("none"),
                        ResponseBody::Whole(bytes) => Bytes(bytes),
                        ResponseBody::Stream => Word("stream"),
                    },
                ),
            ],
        ),
        Effect::Loaded { handlers } => ("program evaluated", vec![("handlers", number(*handlers))]),
        Effect::Threw(error) => (
            "uncaught exception",
            vec![
                ("name", Text(&error.name)),
                ("message", Text(&error.message)),
                ("report", Text(&error.report)),
            ],
        ),
        Effect::Finish { exit_code, value } => (
            "finish",
            vec![
                ("exit code", number(*exit_code)),
                ("value", Value::maybe_text(value.as_deref())),
            ],
        ),
    };
    Told { what, fields }
}

/// Events are given, never compared: what they are is said, their contents are not.
fn tell_event(event: &Event) -> Told<'_> {
    let ends = |what, op: Option<u32>| Told {
        what,
        fields: op
            .map(|op| ("operation", Value::Number(op.into())))
            .into_iter()
            .collect(),
    };
    match event {
        Event::Script { .. } => ends("the turn ends, and the script is to be evaluated", None),
        Event::Execution { .. } => ends("the turn ends, and the program is to be executed", None),
        Event::Request { .. } => ends("the turn ends, and a request comes", None),
        Event::Scheduled { .. } => ends("the turn ends, and a scheduled run comes", None),
        Event::Done { op, answer } => {
            let what = match answer {
                Answer::Head(_) => "the turn ends, and a fetch has its response head",
                Answer::Chunk(_) => "the turn ends, and a piece of a body comes",
                Answer::End => "the turn ends, and a body is complete",
                Answer::Written => "the turn ends, and a piece of a body was taken",
                Answer::Failed(_) => "the turn ends, and something failed",
            };
            ends(what, Some(*op))
        }
        Event::Wake => ends("the turn ends, and a timer is due", None),
        Event::Cancel { .. } => ends("the turn ends, and the caller has gone", None),
    }
}

fn tell_stop(place: Place, stop: &Stop) -> Told<'_> {
    let mut fields = match stop {
        Stop::Limit { limit, value, used } => vec![
            ("by limit", Value::Word(limit.name())),
            ("of", Value::Number(*value)),
            ("used", Value::Number(*used)),
        ],
        Stop::Cancelled { by } => vec![("by", Value::Text(by))],
        Stop::Diverged { message } => vec![("by divergence", Value::Text(message))],
        Stop::Stalled => vec![("as", Value::Word("nothing is pending that could bring an event"))],
    };
    let what = match place {
        Place::Between => "the turn ends, and the invocation is stopped",
        Place::Call => "the call is answered by a stop",
        Place::At { fuel } => {
            fields.push(("at fuel", Value::Number(fuel)));
            "the invocation is stopped within the turn"
        }
    };
    Told { what, fields }
}

/// Without the peak of memory: part of it is what the host held, such as pieces of a body that a slow client
/// had not taken yet, and that is not the same in a replay.
fn tell_end(report: &Report) -> Told<'_> {
    let outcome = &report.outcome;
    let mut fields = vec![("outcome", Value::Word(outcome.name()))];
    match outcome {
        Outcome::Answered { exit_code, value } => {
            fields.push(("exit code", Value::Number((*exit_code).into())));
            fields.push(("value", Value::maybe_text(value.as_deref())));
        }
        Outcome::Threw(error) => {
            fields.push(("name", Value::Text(&error.name)));
            fields.push(("message", Value::Text(&error.message)));
            fields.push(("report", Value::Text(&error.report)));
        }
        Outcome::Exceeded { limit, value, used } => {
            fields.push(("limit", Value::Word(limit.name())));
            fields.push(("of", Value::Number(*value)));
            fields.push(("used", Value::Number(*used)));
        }
        Outcome::Denied { reason: text }
        | Outcome::Cancelled { by: text }
        | Outcome::Diverged { message: text }
        | Outcome::Busy { message: text }
        | Outcome::Unavailable { message: text }
        | Outcome::Fault { message: text } => fields.push(("reason", Value::Text(text))),
    }
    let usage = &report.usage;
    fields.push(("fuel", Value::Number(usage.fuel)));
    fields.push(("turns", Value::Number(usage.turns.into())));
    fields.push(("subrequests", Value::Number(usage.subrequests.into())));
    fields.push(("log bytes", Value::Number(usage.log_bytes)));
    Told {
        what: "the invocation ends",
        fields,
    }
}
