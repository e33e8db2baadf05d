//! The bytes of events and their answers: see "Event" and "Answer" in `docs/journal-format.md`.

use holm_core::{Answer, Event, Failure, FailureKind, FetchHead, RequestHead, Scheduled};

use crate::codec::{Decoder, Encoder, Malformed};

const SCRIPT: u8 = 1;
const REQUEST: u8 = 2;
const SCHEDULED: u8 = 3;
const DONE: u8 = 4;
const WAKE: u8 = 5;
const CANCEL: u8 = 6;
const EXECUTION: u8 = 7;

const HEAD: u8 = 1;
const CHUNK: u8 = 2;
const END: u8 = 3;
const WRITTEN: u8 = 4;
const FAILED: u8 = 5;

pub(crate) fn write(e: &mut Encoder, event: &Event) {
    match event {
        Event::Script { seed } => {
            e.u8(SCRIPT);
            e.hash(seed);
        }
        Event::Request { seed, inline, head } => {
            let RequestHead {
                id,
                method,
                url,
                headers,
                has_body,
            } = head;
            e.u8(REQUEST);
            e.hash(seed);
            e.bool(*inline);
            e.str(id);
            e.str(method);
            e.str(url);
            e.str(headers);
            e.bool(*has_body);
        }
        Event::Scheduled { seed, scheduled } => {
            let Scheduled { id, cron, time_ms } = scheduled;
            e.u8(SCHEDULED);
            e.hash(seed);
            e.str(id);
            e.str(cron);
            e.f64(*time_ms);
        }
        Event::Done { op, answer } => {
            e.u8(DONE);
            e.u32(*op);
            write_answer(e, answer);
        }
        Event::Wake => e.u8(WAKE),
        Event::Cancel { reason } => {
            e.u8(CANCEL);
            e.str(reason);
        }
        Event::Execution { seed, input } => {
            e.u8(EXECUTION);
            e.hash(seed);
            e.option(input.as_deref(), Encoder::str);
        }
    }
}

pub(crate) fn read(d: &mut Decoder) -> Result<Event, Malformed> {
    Ok(match d.u8()? {
        SCRIPT => Event::Script { seed: d.hash()? },
        REQUEST => Event::Request {
            seed: d.hash()?,
            inline: d.bool()?,
            head: RequestHead {
                id: d.str()?,
                method: d.str()?,
                url: d.str()?,
                headers: d.str()?,
                has_body: d.bool()?,
            },
        },
        SCHEDULED => Event::Scheduled {
            seed: d.hash()?,
            scheduled: Scheduled {
                id: d.str()?,
                cron: d.str()?,
                time_ms: d.f64()?,
            },
        },
        DONE => Event::Done {
            op: d.u32()?,
            answer: read_answer(d)?,
        },
        WAKE => Event::Wake,
        CANCEL => Event::Cancel { reason: d.str()? },
        EXECUTION => Event::Execution {
            seed: d.hash()?,
            input: d.option(Decoder::str)?,
        },
        _ => return Err("is an event of a kind that does not exist"),
    })
}

fn write_answer(e: &mut Encoder, answer: &Answer) {
    match answer {
        Answer::Head(FetchHead {
            status,
            status_text,
            url,
            redirected,
            headers,
            has_body,
        }) => {
            e.u8(HEAD);
            e.u16(*status);
            e.str(status_text);
            e.str(url);
            e.bool(*redirected);
            e.str(headers);
            e.bool(*has_body);
        }
        Answer::Chunk(chunk) => {
            e.u8(CHUNK);
            e.bytes(chunk);
        }
        Answer::End => e.u8(END),
        Answer::Written => e.u8(WRITTEN),
        Answer::Failed(Failure { kind, message }) => {
            e.u8(FAILED);
            e.u8(match kind {
                FailureKind::Denied => 1,
                FailureKind::Limit => 2,
                FailureKind::Network => 3,
                FailureKind::Timeout => 4,
                FailureKind::Invalid => 5,
                FailureKind::Aborted => 6,
            });
            e.str(message);
        }
    }
}

fn read_answer(d: &mut Decoder) -> Result<Answer, Malformed> {
    Ok(match d.u8()? {
        HEAD => Answer::Head(FetchHead {
            status: d.u16()?,
            status_text: d.str()?,
            url: d.str()?,
            redirected: d.bool()?,
            headers: d.str()?,
            has_body: d.bool()?,
        }),
        CHUNK => Answer::Chunk(d.bytes()?),
        END => Answer::End,
        WRITTEN => Answer::Written,
        FAILED => Answer::Failed(Failure {
            kind: match d.u8()? {
                1 => FailureKind::Denied,
                2 => FailureKind::Limit,
                3 => FailureKind::Network,
                4 => FailureKind::Timeout,
                5 => FailureKind::Invalid,
                6 => FailureKind::Aborted,
                _ => return Err("is a failure of a kind that does not exist"),
            },
            message: d.str()?,
        }),
        _ => return Err("is an answer of a kind that does not exist"),
    })
}
