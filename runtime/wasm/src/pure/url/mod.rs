//! URLs by the WHATWG standard, for the class `URL` of the guest.
//!
//! The crate `url` leaves about forty cases of the standard's own test data open (files with hosts, drive
//! letters, empty hosts, several setters), and its fields do not show what would be needed to correct them
//! from outside; so this is the standard's state machine, step by step. Nothing here decides what a function
//! may reach: egress parses what it is handed by itself.
//!
//! Reading order: [`record`] (what a URL is made of, and its serialisation), [`parser`], [`host`],
//! [`setters`], [`percent`].

mod host;
mod parser;
mod percent;
mod record;
mod setters;
#[cfg(test)]
mod tests;

use holm_host_api::codes::UrlPart;
use holm_host_api::fields::{Malformed, Reader, Writer};
use record::Url;

/// Stands for a port, search or hash that is not there.
const ABSENT: u32 = u32::MAX;

/// Fields: input, base or null. Answer: nothing, or the URL.
pub(super) fn parse(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let input = fields.str()?;
    let base = fields.str_or_null()?;
    Ok(answer(parser::parse(input, base).as_ref()))
}

/// Fields: href, part, value. Answer: nothing when the new `href`, or the old, does not parse; else the URL.
pub(super) fn set(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let href = fields.str()?;
    let part = UrlPart::from_code(fields.u32()?).ok_or(Malformed::Type)?;
    let value = fields.str()?;
    if part == UrlPart::Href {
        return Ok(answer(parser::parse(value, None).as_ref()));
    }
    let Some(mut url) = parser::parse(href, None) else {
        return Ok(answer(None));
    };
    setters::set(&mut url, part, value);
    Ok(answer(Some(&url)))
}

fn answer(url: Option<&Url>) -> Vec<u8> {
    let mut fields = Writer::new();
    if let Some(url) = url {
        let (href, at) = url.serialize();
        fields.str(&href);
        for offset in [at.protocol_end, at.username_end, at.host_start, at.host_end] {
            fields.u32(offset);
        }
        fields.u32(url.port.map_or(ABSENT, u32::from));
        fields.u32(at.pathname_start);
        fields.u32(at.search_start.unwrap_or(ABSENT));
        fields.u32(at.hash_start.unwrap_or(ABSENT));
    }
    fields.finish()
}
