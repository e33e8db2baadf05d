//! The bytes of what ends an invocation, its stop and its report: see "Stop" and "End" in
//! `docs/journal-format.md`.

use holm_core::{Limit, Outcome, Report, Stop, Usage};

use crate::codec::{Decoder, Encoder, Malformed};
use crate::effect::{read_thrown, write_thrown};

const STOP_LIMIT: u8 = 1;
const STOP_CANCELLED: u8 = 2;
const STOP_DIVERGED: u8 = 3;
const STOP_STALLED: u8 = 4;

const ANSWERED: u8 = 1;
const THREW: u8 = 2;
const EXCEEDED: u8 = 3;
const DENIED: u8 = 4;
const CANCELLED: u8 = 5;
const DIVERGED: u8 = 6;
const FAULT: u8 = 7;
const BUSY: u8 = 8;
const UNAVAILABLE: u8 = 9;

pub(crate) fn write_stop(e: &mut Encoder, stop: &Stop) {
    match stop {
        Stop::Limit { limit, value, used } => {
            e.u8(STOP_LIMIT);
            e.str(limit.name());
            e.u64(*value);
            e.u64(*used);
        }
        Stop::Cancelled { by } => {
            e.u8(STOP_CANCELLED);
            e.str(by);
        }
        Stop::Diverged { message } => {
            e.u8(STOP_DIVERGED);
            e.str(message);
        }
        Stop::Stalled => e.u8(STOP_STALLED),
    }
}

pub(crate) fn read_stop(d: &mut Decoder) -> Result<Stop, Malformed> {
    Ok(match d.u8()? {
        STOP_LIMIT => Stop::Limit {
            limit: read_limit(d)?,
            value: d.u64()?,
            used: d.u64()?,
        },
        STOP_CANCELLED => Stop::Cancelled { by: d.str()? },
        STOP_DIVERGED => Stop::Diverged { message: d.str()? },
        STOP_STALLED => Stop::Stalled,
        _ => return Err("is a stop of a kind that does not exist"),
    })
}

pub(crate) fn write_report(e: &mut Encoder, Report { outcome, usage }: &Report) {
    write_outcome(e, outcome);
    let Usage {
        fuel,
        memory_peak_bytes,
        turns,
        subrequests,
        log_bytes,
        cpu_us: _,
    } = usage;
    e.u64(*fuel);
    e.u64(*memory_peak_bytes);
    e.u32(*turns);
    e.u32(*subrequests);
    e.u64(*log_bytes);
}

pub(crate) fn read_report(d: &mut Decoder) -> Result<Report, Malformed> {
    Ok(Report {
        outcome: read_outcome(d)?,
        usage: Usage {
            fuel: d.u64()?,
            memory_peak_bytes: d.u64()?,
            turns: d.u32()?,
            subrequests: d.u32()?,
            log_bytes: d.u64()?,
            cpu_us: 0,
        },
    })
}

pub(crate) fn read_limit(d: &mut Decoder) -> Result<Limit, Malformed> {
    Limit::from_name(&d.str()?).ok_or("names a limit that this holm does not know")
}

fn write_outcome(e: &mut Encoder, outcome: &Outcome) {
    match outcome {
        Outcome::Answered { exit_code, value } => {
            e.u8(ANSWERED);
            e.u32(*exit_code);
            e.option(value.as_deref(), Encoder::str);
        }
        Outcome::Threw(error) => {
            e.u8(THREW);
            write_thrown(e, error);
        }
        Outcome::Exceeded { limit, value, used } => {
            e.u8(EXCEEDED);
            e.str(limit.name());
            e.u64(*value);
            e.u64(*used);
        }
        Outcome::Denied { reason } => {
            e.u8(DENIED);
            e.str(reason);
        }
        Outcome::Cancelled { by } => {
            e.u8(CANCELLED);
            e.str(by);
        }
        Outcome::Diverged { message } => {
            e.u8(DIVERGED);
            e.str(message);
        }
        Outcome::Busy { message } => {
            e.u8(BUSY);
            e.str(message);
        }
        Outcome::Unavailable { message } => {
            e.u8(UNAVAILABLE);
            e.str(message);
        }
        Outcome::Fault { message } => {
            e.u8(FAULT);
            e.str(message);
        }
    }
}

fn read_outcome(d: &mut Decoder) -> Result<Outcome, Malformed> {
    Ok(match d.u8()? {
        ANSWERED => Outcome::Answered {
            exit_code: d.u32()?,
            value: d.option(Decoder::str)?,
        },
        THREW => Outcome::Threw(read_thrown(d)?),
        EXCEEDED => Outcome::Exceeded {
            limit: read_limit(d)?,
            value: d.u64()?,
            used: d.u64()?,
        },
        DENIED => Outcome::Denied { reason: d.str()? },
        CANCELLED => Outcome::Cancelled { by: d.str()? },
        DIVERGED => Outcome::Diverged { message: d.str()? },
        FAULT => Outcome::Fault { message: d.str()? },
        BUSY => Outcome::Busy { message: d.str()? },
        UNAVAILABLE => Outcome::Unavailable { message: d.str()? },
        _ => return Err("is an outcome of a kind that does not exist"),
    })
}
