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

fn locale(tag: &str) -> Result<Locale, Malformed> {
    Locale::try_from_str(tag).map_err(|_| Malformed::Type)
}

#[cfg(test)]
mod tests;
