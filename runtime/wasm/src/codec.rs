//! Events as the guest reads them, and effects as it writes them (`holm_host_api::codes`).

use std::collections::BTreeMap;

use bytes::Bytes;
use holm_core::event::Moment;
use holm_core::{
    Answer, Effect, Event, FailureKind, FetchBody, FetchRequest, Level, ModuleFormat, Program, RedirectMode,
    ResponseBody, ResponseHead, ThrownError,
};
use holm_host_api::codes::{Completion, EffectKind, EventKind, Failure, LoadMode, Redirect, Stream};
use holm_host_api::fields::{Field, Malformed, Reader, Writer};

/// Milliseconds since the epoch, as JavaScript counts.
#[allow(
    clippy::cast_precision_loss,
    reason = "microseconds of any date that JavaScript knows fit a double"
)]
pub fn wall_ms(moment: Moment) -> f64 {
    moment.wall_us as f64 / 1e3
}

#[allow(
    clippy::cast_precision_loss,
    reason = "microseconds of an invocation fit a double"
)]
fn header(kind: EventKind, op: u32, moment: Moment) -> Writer {
    Writer::event(kind.code(), op, wall_ms(moment), moment.mono_us as f64)
}

/// Encodes a program for evaluation.
pub fn load(
    moment: Moment,
    mode: LoadMode,
    seed: &[u8; 32],
    program: &Program,
    input: Option<&str>,
) -> Vec<u8> {
    let list = |items: &[String]| serde_json::Value::from(items.to_vec()).to_string();
    let object = |items: &BTreeMap<String, String>| {
        let pairs = items
            .iter()
            .map(|(name, value)| (name.clone(), serde_json::Value::from(value.clone())));
        serde_json::Value::Object(pairs.collect()).to_string()
    };
    let mut out = header(EventKind::Load, 0, moment);
    out.u32(mode.code()).bytes(seed).str(&program.entry);
    out.str(&list(&program.arguments));
    out.str(&object(&program.env));
    let preopens: Vec<String> = program
        .preopens
        .iter()
        .map(|preopen| preopen.guest.clone())
        .collect();
    out.str(&list(&preopens));
    match input {
        Some(json) => out.str(json),
        None => out.null(),
    };
    for (path, module) in &program.modules {
        out.str(path).u32(match module.format {
            ModuleFormat::Esm => 0,
            ModuleFormat::CommonJs => 1,
            ModuleFormat::Json => 2,
            ModuleFormat::Text => 3,
            ModuleFormat::Bytes => 4,
            ModuleFormat::Script => 5,
        });
        match (module.format, std::str::from_utf8(&module.source)) {
            (ModuleFormat::Bytes, _) | (_, Err(_)) => out.bytes(&module.source),
            (_, Ok(text)) => out.str(text),
        };
        out.str(&object(&module.links)).str(&list(&module.exports));
    }
    out.finish()
}

/// Encodes an event. A script's and an execution's is its program, see [`load`].
pub fn event(moment: Moment, event: &Event) -> Vec<u8> {
    let mut out;
    match event {
        Event::Script { .. } | Event::Execution { .. } => {
            out = header(EventKind::Wake, 0, moment);
        }
        Event::Request { seed, head, .. } => {
            out = header(EventKind::Request, 0, moment);
            out.bytes(seed)
                .str(&head.id)
                .str(&head.method)
                .str(&head.url)
                .str(&head.headers);
            out.u32(head.has_body.into());
        }
        Event::Scheduled { seed, scheduled } => {
            out = header(EventKind::Scheduled, 0, moment);
            out.bytes(seed)
                .str(&scheduled.id)
                .str(&scheduled.cron)
                .f64(scheduled.time_ms);
        }
        Event::Done { op, answer } => {
            out = header(EventKind::Done, *op, moment);
            done(&mut out, answer);
        }
        Event::Wake => out = header(EventKind::Wake, 0, moment),
        Event::Cancel { reason } => {
            out = header(EventKind::Cancel, 0, moment);
            out.str(reason);
        }
    }
    out.finish()
}

fn done(out: &mut Writer, answer: &Answer) {
    match answer {
        Answer::Head(head) => {
            out.u32(Completion::Head.code())
                .u32(head.status.into())
                .str(&head.status_text)
                .str(&head.url);
            out.u32(head.redirected.into())
                .str(&head.headers)
                .u32(head.has_body.into());
        }
        Answer::Chunk(chunk) => {
            out.u32(Completion::Chunk.code()).bytes(chunk);
        }
        Answer::End => {
            out.u32(Completion::End.code());
        }
        Answer::Written => {
            out.u32(Completion::Written.code());
        }
        Answer::Failed(failure) => {
            let kind = match failure.kind {
                FailureKind::Denied => Failure::Denied,
                FailureKind::Limit => Failure::Limit,
                FailureKind::Network => Failure::Network,
                FailureKind::Timeout => Failure::Timeout,
                FailureKind::Invalid => Failure::Invalid,
                FailureKind::Aborted => Failure::Aborted,
            };
            out.u32(Completion::Failed.code())
                .u32(kind.code())
                .str(&failure.message);
        }
    }
}

/// Decodes an effect. `WakeAt` comes with the number of timers that are set, which the effect itself does not
/// have a place for; it is the second of the pair, 0 for all others.
///
/// # Errors
/// When the bytes do not have the form that the contract demands.
pub fn effect(bytes: &[u8]) -> Result<(Effect, u32), Malformed> {
    let (kind, op, mut fields) = Reader::effect(bytes)?;
    let kind = EffectKind::from_code(kind).ok_or(Malformed::Type)?;
    let mut timers = 0;
    let effect = match kind {
        EffectKind::Fetch => Effect::Fetch {
            op,
            request: FetchRequest {
                method: fields.str()?.to_owned(),
                url: fields.str()?.to_owned(),
                headers: fields.str()?.to_owned(),
                redirect: match Redirect::from_code(fields.u32()?).ok_or(Malformed::Type)? {
                    Redirect::Follow => RedirectMode::Follow,
                    Redirect::Error => RedirectMode::Error,
                    Redirect::Manual => RedirectMode::Manual,
                },
                body: match fields.field()? {
                    Field::Null => FetchBody::None,
                    Field::Bytes(bytes) => FetchBody::Whole(Bytes::copy_from_slice(bytes)),
                    Field::Str(text) => FetchBody::Whole(Bytes::copy_from_slice(text.as_bytes())),
                    Field::U32(1) => FetchBody::Stream,
                    _ => return Err(Malformed::Type),
                },
            },
        },
        EffectKind::Read => Effect::Read {
            op,
            stream: fields.u32()?,
        },
        EffectKind::Write => {
            let stream = fields.u32()?;
            Effect::Write {
                op,
                stream,
                chunk: Bytes::copy_from_slice(fields.bytes()?),
            }
        }
        EffectKind::Close => Effect::Close {
            stream: op,
            error: fields.str_or_null()?.map(str::to_owned),
        },
        EffectKind::Abort => Effect::Abort { op },
        EffectKind::WakeAt => {
            timers = op;
            let mono_us = match fields.field()? {
                Field::Null => None,
                Field::U32(us) => Some(us.into()),
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a float cast saturates, and a wake-up at the end of time never comes"
                )]
                Field::F64(us) => Some(us.max(0.0).ceil() as u64),
                _ => return Err(Malformed::Type),
            };
            Effect::WakeAt { mono_us }
        }
        EffectKind::Log => {
            let level = match Stream::from_code(fields.u32()?).ok_or(Malformed::Type)? {
                Stream::Debug => Level::Debug,
                Stream::Info => Level::Info,
                Stream::Warn => Level::Warn,
                Stream::Error => Level::Error,
                Stream::Stdout => Level::Stdout,
                Stream::Stderr => Level::Stderr,
            };
            Effect::Log {
                level,
                text: fields.str()?.to_owned(),
            }
        }
        EffectKind::Respond => Effect::Respond(ResponseHead {
            status: u16::try_from(fields.u32()?).map_err(|_| Malformed::Type)?,
            headers: fields.str()?.to_owned(),
            body: match fields.field()? {
                Field::Null => ResponseBody::None,
                Field::Bytes(bytes) => ResponseBody::Whole(Bytes::copy_from_slice(bytes)),
                Field::Str(text) => ResponseBody::Whole(Bytes::copy_from_slice(text.as_bytes())),
                Field::U32(1) => ResponseBody::Stream,
                _ => return Err(Malformed::Type),
            },
        }),
        EffectKind::Loaded => Effect::Loaded {
            handlers: fields.u32()?,
        },
        EffectKind::Finish => Effect::Finish {
            exit_code: fields.u32()?,
            value: fields.str_or_null()?.map(str::to_owned),
        },
        EffectKind::Threw => Effect::Threw(ThrownError {
            name: fields.str()?.to_owned(),
            message: fields.str()?.to_owned(),
            report: fields.str()?.to_owned(),
        }),
    };
    Ok((effect, timers))
}
