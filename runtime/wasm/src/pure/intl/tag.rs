//! Language tags, by ICU4X.

use holm_host_api::codes::TagWork;
use holm_host_api::fields::{Malformed, Reader, Writer};
use icu_locale::{LocaleCanonicalizer, LocaleExpander};

/// Fields: what to do, tag. Answer: the tag, or nothing when it is none.
pub(in crate::pure) fn work(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let work = TagWork::from_code(fields.u32()?).ok_or(Malformed::Type)?;
    let mut answer = Writer::new();
    let Some(mut locale) = super::parse(fields.str()?) else {
        return Ok(answer.finish());
    };
    match work {
        TagWork::Canonicalize => drop(LocaleCanonicalizer::new_extended().canonicalize(&mut locale)),
        TagWork::Maximize => drop(LocaleExpander::new_extended().maximize(&mut locale.id)),
        TagWork::Minimize => drop(LocaleExpander::new_extended().minimize(&mut locale.id)),
    }
    answer.str(&locale.to_string());
    Ok(answer.finish())
}
