//! What a guest's `Intl` asks the host for: locale data, language tags, time zones, order, boundaries, case. Formatting itself
//! is done in the guest.
//!
//! All data is compiled in (CLDR through `guest/cldr` and ICU4X, IANA's time zones through jiff), so that answers are
//! the same on every machine.

pub(super) mod case;
pub(super) mod collate;
pub(super) mod data;
pub(super) mod segment;
pub(super) mod tag;
pub(super) mod zone;

use holm_host_api::fields::Malformed;
use icu_locale::Locale;

/// The longest language tag, bytes. Subtags are kept in order, each put into its place among the others, so that a tag's cost
/// grows by the square of its length.
const TAG_BYTES_MAX: usize = 1024;

/// A language tag, or nothing when it is none or too long.
fn parse(tag: &str) -> Option<Locale> {
    (tag.len() <= TAG_BYTES_MAX)
        .then(|| Locale::try_from_str(tag).ok())
        .flatten()
}

fn locale(tag: &str) -> Result<Locale, Malformed> {
    parse(tag).ok_or(Malformed::Type)
}

#[cfg(test)]
mod tests;
