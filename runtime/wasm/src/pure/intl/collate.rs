//! Order of texts, by ICU4X.

use holm_host_api::fields::{Malformed, Reader, Writer};
use icu_collator::options::{AlternateHandling, CaseLevel, CollatorOptions, Strength};
use icu_collator::preferences::{CollationCaseFirst, CollationNumericOrdering};
use icu_collator::{CollatorBorrowed, CollatorPreferences};

use super::locale;

const NUMERIC: u32 = 1;
const IGNORE_PUNCTUATION: u32 = 2;
const UPPER_FIRST: u32 = 4;
const LOWER_FIRST: u32 = 8;

/// Fields: locale, strength, flags, a, b. Answer: 0, 1 or 2.
pub(in crate::pure) fn compare(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let locale = locale(fields.str()?)?;
    let (strength, flags) = (fields.u32()?, fields.u32()?);
    let (a, b) = (fields.str()?, fields.str()?);
    let mut preferences = CollatorPreferences::from(&locale);
    let has = |flag: u32| flags & flag != 0;
    preferences.numeric_ordering = has(NUMERIC).then_some(CollationNumericOrdering::True);
    preferences.case_first = match (has(UPPER_FIRST), has(LOWER_FIRST)) {
        (true, _) => Some(CollationCaseFirst::Upper),
        (_, true) => Some(CollationCaseFirst::Lower),
        _ => Some(CollationCaseFirst::False),
    };
    let mut options = CollatorOptions::default();
    (options.strength, options.case_level) = match strength {
        0 => (Some(Strength::Primary), None),
        1 => (Some(Strength::Secondary), None),
        2 => (Some(Strength::Primary), Some(CaseLevel::On)),
        _ => (Some(Strength::Tertiary), None),
    };
    options.alternate_handling = has(IGNORE_PUNCTUATION).then_some(AlternateHandling::Shifted);
    let collator = CollatorBorrowed::try_new(preferences, options).map_err(|_| Malformed::Type)?;
    let mut answer = Writer::new();
    answer.u32(match collator.compare(a, b) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => 1,
        std::cmp::Ordering::Greater => 2,
    });
    Ok(answer.finish())
}
