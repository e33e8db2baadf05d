//! The bytes of effects: see "Effect" in `docs/journal-format.md`.

use bytes::Bytes;
use holm_core::{
    Effect, FetchBody, FetchRequest, Level, RedirectMode, ResponseBody, ResponseHead, ThrownError,
};

use crate::codec::{Decoder, Encoder, Malformed};

const FETCH: u8 = 1;
const READ: u8 = 2;
const WRITE: u8 = 3;
const CLOSE: u8 = 4;
const ABORT: u8 = 5;
const WAKE_AT: u8 = 6;
const LOG: u8 = 7;
const RESPOND: u8 = 8;
const LOADED: u8 = 9;
const THREW: u8 = 10;
const FINISH: u8 = 11;

const BODY_NONE: u8 = 1;
const BODY_WHOLE: u8 = 2;
const BODY_STREAM: u8 = 3;

pub(crate) fn write(e: &mut Encoder, effect: &Effect) {
    match effect {
        Effect::Fetch { op, request } => {
            let FetchRequest {
                method,
                url,
                headers,
                redirect,
                body,
            } = request;
            e.u8(FETCH);
            e.u32(*op);
            e.str(method);
            e.str(url);
            e.str(headers);
            e.u8(match redirect {
                RedirectMode::Follow => 1,
                RedirectMode::Error => 2,
                RedirectMode::Manual => 3,
            });
            write_body(
                e,
                match body {
                    FetchBody::None => Body::None,
                    FetchBody::Whole(bytes) => Body::Whole(bytes.clone()),
                    FetchBody::Stream => Body::Stream,
                },
            );
        }
        Effect::Read { op, stream } => {
            e.u8(READ);
            e.u32(*op);
            e.u32(*stream);
        }
        Effect::Write { op, stream, chunk } => {
            e.u8(WRITE);
            e.u32(*op);
            e.u32(*stream);
            e.bytes(chunk);
        }
        Effect::Close { stream, error } => {
            e.u8(CLOSE);
            e.u32(*stream);
            e.option(error.as_deref(), Encoder::str);
        }
        Effect::Abort { op } => {
            e.u8(ABORT);
            e.u32(*op);
        }
        Effect::WakeAt { mono_us } => {
            e.u8(WAKE_AT);
            e.option(*mono_us, Encoder::u64);
        }
        Effect::Log { level, text } => {
            e.u8(LOG);
            e.u8(match level {
                Level::Debug => 1,
                Level::Info => 2,
                Level::Warn => 3,
                Level::Error => 4,
                Level::Stdout => 5,
                Level::Stderr => 6,
            });
            e.str(text);
        }
        Effect::Respond(ResponseHead {
            status,
            headers,
            body,
        }) => {
            e.u8(RESPOND);
            e.u16(*status);
            e.str(headers);
            write_body(
                e,
                match body {
                    ResponseBody::None => Body::None,
                    ResponseBody::Whole(bytes) => Body::Whole(bytes.clone()),
                    ResponseBody::Stream => Body::Stream,
                },
            );
        }
        Effect::Loaded { handlers } => {
            e.u8(LOADED);
            e.u32(*handlers);
        }
        Effect::Threw(error) => {
            e.u8(THREW);
            write_thrown(e, error);
        }
        Effect::Finish { exit_code, value } => {
            e.u8(FINISH);
            e.u32(*exit_code);
            e.option(value.as_deref(), Encoder::str);
        }
    }
}

pub(crate) fn read(d: &mut Decoder) -> Result<Effect, Malformed> {
    Ok(match d.u8()? {
        FETCH => Effect::Fetch {
            op: d.u32()?,
            request: FetchRequest {
                method: d.str()?,
                url: d.str()?,
                headers: d.str()?,
                redirect: match d.u8()? {
                    1 => RedirectMode::Follow,
                    2 => RedirectMode::Error,
                    3 => RedirectMode::Manual,
                    _ => return Err("has a redirect mode that does not exist"),
                },
                body: match read_body(d)? {
                    Body::None => FetchBody::None,
                    Body::Whole(bytes) => FetchBody::Whole(bytes),
                    Body::Stream => FetchBody::Stream,
                },
            },
        },
        READ => Effect::Read {
            op: d.u32()?,
            stream: d.u32()?,
        },
        WRITE => Effect::Write {
            op: d.u32()?,
            stream: d.u32()?,
            chunk: d.bytes()?,
        },
        CLOSE => Effect::Close {
            stream: d.u32()?,
            error: d.option(Decoder::str)?,
        },
        ABORT => Effect::Abort { op: d.u32()? },
        WAKE_AT => Effect::WakeAt {
            mono_us: d.option(Decoder::u64)?,
        },
        LOG => Effect::Log {
            level: match d.u8()? {
                1 => Level::Debug,
                2 => Level::Info,
                3 => Level::Warn,
                4 => Level::Error,
                5 => Level::Stdout,
                6 => Level::Stderr,
                _ => return Err("has a log level that does not exist"),
            },
            text: d.str()?,
        },
        RESPOND => Effect::Respond(ResponseHead {
            status: d.u16()?,
            headers: d.str()?,
            body: match read_body(d)? {
                Body::None => ResponseBody::None,
                Body::Whole(bytes) => ResponseBody::Whole(bytes),
                Body::Stream => ResponseBody::Stream,
            },
        }),
        LOADED => Effect::Loaded { handlers: d.u32()? },
        THREW => Effect::Threw(read_thrown(d)?),
        FINISH => Effect::Finish {
            exit_code: d.u32()?,
            value: d.option(Decoder::str)?,
        },
        _ => return Err("is an effect of a kind that does not exist"),
    })
}

/// Also part of an outcome.
pub(crate) fn write_thrown(
    e: &mut Encoder,
    ThrownError {
        name,
        message,
        report,
    }: &ThrownError,
) {
    e.str(name);
    e.str(message);
    e.str(report);
}

pub(crate) fn read_thrown(d: &mut Decoder) -> Result<ThrownError, Malformed> {
    Ok(ThrownError {
        name: d.str()?,
        message: d.str()?,
        report: d.str()?,
    })
}

/// The body of a fetch's request and that of a response are different types of the same form.
enum Body {
    None,
    Whole(Bytes),
    Stream,
}

fn write_body(e: &mut Encoder, body: Body) {
    match body {
        Body::None => e.u8(BODY_NONE),
        Body::Whole(bytes) => {
            e.u8(BODY_WHOLE);
            e.bytes(&bytes);
        }
        Body::Stream => e.u8(BODY_STREAM),
    }
}

fn read_body(d: &mut Decoder) -> Result<Body, Malformed> {
    Ok(match d.u8()? {
        BODY_NONE => Body::None,
        BODY_WHOLE => Body::Whole(d.bytes()?),
        BODY_STREAM => Body::Stream,
        _ => return Err("has a body of a kind that does not exist"),
    })
}
