//! Order of texts, by ICU4X.

use std::borrow::Cow;

use holm_host_api::fields::{Malformed, Reader, Writer};
use icu_collator::options::{AlternateHandling, CaseLevel, CollatorOptions, Strength};
use icu_collator::preferences::{CollationCaseFirst, CollationNumericOrdering};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;

use super::locale;

const NUMERIC: u32 = 1;
const IGNORE_PUNCTUATION: u32 = 2;
const UPPER_FIRST: u32 = 4;
const LOWER_FIRST: u32 = 8;

/// Marks on one character that are put in order together: the bound of the Stream-Safe Text Format (Unicode Standard Annex 15,
/// section 13), far above what any language writes. The collator's time grows by the square of their number.
const MARKS_MAX: usize = 30;

/// Of what two texts begin with in common, what is looked at, bytes: from their first difference the collator goes back to a
/// place where nothing combines, contracts or counts, and its time grows by the square of the way.
const COMMON_BYTES_MAX: usize = 256;

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
    let (a, b) = differing(a, b);
    let mut answer = Writer::new();
    answer.u32(match collator.compare(&stream_safe(a), &stream_safe(b)) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => 1,
        std::cmp::Ordering::Greater => 2,
    });
    Ok(answer.finish())
}

/// Both texts without most of what they begin with in common.
fn differing<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let cut = a.floor_char_boundary(same.saturating_sub(COMMON_BYTES_MAX));
    (&a[cut..], &b[cut..])
}

/// The text with a combining grapheme joiner, which has no weight, wherever too many marks follow each other.
fn stream_safe(text: &str) -> Cow<'_, str> {
    const JOINER: char = '\u{34f}';
    let classes = CanonicalCombiningClassMapBorrowed::new();
    let mut safe = String::new();
    let (mut marks, mut copied) = (0, 0);
    for (at, character) in text.char_indices() {
        let more = match character {
            // Of class 0 themselves, these fall into two marks.
            '\u{f73}' | '\u{f75}' | '\u{f81}' => 2,
            _ => usize::from(!character.is_ascii() && classes.get_u8(character) != 0),
        };
        if more == 0 {
            marks = 0;
        } else if marks + more > MARKS_MAX {
            safe.push_str(&text[copied..at]);
            safe.push(JOINER);
            (marks, copied) = (more, at);
        } else {
            marks += more;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    safe.push_str(&text[copied..]);
    Cow::Owned(safe)
}
