//! Time zones, by jiff and the database that it carries. Nothing of the machine's own is read.

use holm_host_api::fields::{Field, Malformed, Reader, Writer};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// Seconds after which the calendar, and with it every rule, repeats.
const CYCLE: f64 = 12_622_780_800.0;
/// The first second of the year 9000, past which jiff's own calendar soon ends.
const LATE: f64 = 221_845_392_000.0;
/// Before this nothing changed; jiff cannot be asked much further back.
const EARLY: f64 = -377_000_000_000.0;
/// What a Date can be.
const SECONDS_MAX: f64 = 8.64e12;

fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// Fields: name. Answer: the name as the database writes it, or nothing.
pub(in crate::pure) fn name(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let zone = zone(fields.str()?);
    let mut answer = Writer::new();
    if let Some(name) = zone.as_ref().and_then(TimeZone::iana_name) {
        answer.str(name);
    }
    Ok(answer.finish())
}

/// Fields: name, seconds. Answer: offset, whether it is summer time, from when, until when; nothing for no such zone.
pub(in crate::pure) fn at(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let zone = zone(fields.str()?);
    let seconds = match fields.field()? {
        Field::F64(seconds) => seconds,
        Field::U32(seconds) => f64::from(seconds),
        _ => return Err(Malformed::Type),
    };
    let mut answer = Writer::new();
    let Some(zone) = zone else {
        return Ok(answer.finish());
    };
    if seconds.is_nan() || seconds.abs() > SECONDS_MAX {
        return Err(Malformed::Type);
    }
    let shift = if seconds > LATE {
        ((seconds - LATE) / CYCLE).ceil() * CYCLE
    } else {
        0.0
    };
    // Within the range of a timestamp.
    let asked = (seconds - shift).max(EARLY) as i64;
    let instant = Timestamp::from_second(asked).map_err(|_| Malformed::Type)?;
    let next = Timestamp::from_second(asked + 1).map_err(|_| Malformed::Type)?;
    let info = zone.to_offset_info(instant);
    answer.f64(f64::from(info.offset().seconds()));
    answer.u32(u32::from(info.dst().is_dst()));
    let mut side = |transition: Option<Timestamp>| {
        match transition {
            Some(transition) => answer.f64(transition.as_second() as f64 + shift),
            None => answer.null(),
        };
    };
    side(
        zone.preceding(next)
            .next()
            .map(|transition| transition.timestamp()),
    );
    side(
        zone.following(instant)
            .next()
            .map(|transition| transition.timestamp()),
    );
    Ok(answer.finish())
}
