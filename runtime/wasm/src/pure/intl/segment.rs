//! Boundaries of characters, words and sentences, by ICU4X.

use holm_host_api::fields::{Malformed, Reader, Writer};
use icu_segmenter::options::{SentenceBreakInvariantOptions, WordBreakInvariantOptions};
use icu_segmenter::{GraphemeClusterSegmenter, SentenceSegmenter, WordSegmenter};

use super::locale;

/// Fields: locale, of what, text. Answer: ends as UTF-16 offsets, and for words whether each ends something like one.
pub(in crate::pure) fn segment(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    locale(fields.str()?)?;
    let (kind, text) = (fields.u32()?, fields.str()?);
    let mut answer = Writer::new();
    let mut ends = Ends::of(text);
    match kind {
        0 => {
            GraphemeClusterSegmenter::new()
                .segment_str(text)
                .for_each(|at| ends.push(at));
            answer.bytes(&ends.utf16);
        }
        1 => {
            let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
            let mut like = Vec::new();
            for (at, kind) in segmenter.segment_str(text).iter_with_word_type() {
                if at > 0 {
                    like.push(u8::from(kind.is_word_like()));
                }
                ends.push(at);
            }
            answer.bytes(&ends.utf16).bytes(&like);
        }
        2 => {
            SentenceSegmenter::new(SentenceBreakInvariantOptions::default())
                .segment_str(text)
                .for_each(|at| ends.push(at));
            answer.bytes(&ends.utf16);
        }
        _ => return Err(Malformed::Type),
    }
    Ok(answer.finish())
}

/// Turns ascending offsets of bytes into offsets of UTF-16.
struct Ends<'a> {
    text: &'a str,
    byte: usize,
    unit: u32,
    utf16: Vec<u8>,
}

impl<'a> Ends<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text,
            byte: 0,
            unit: 0,
            utf16: Vec::new(),
        }
    }

    /// The start of the text is the end of nothing.
    fn push(&mut self, byte: usize) {
        let Some(piece) = self.text.get(self.byte..byte).filter(|piece| !piece.is_empty()) else {
            return;
        };
        self.byte = byte;
        self.unit += piece
            .chars()
            .map(|character| if character.len_utf16() == 2 { 2 } else { 1 })
            .sum::<u32>();
        self.utf16.extend_from_slice(&self.unit.to_le_bytes());
    }
}
