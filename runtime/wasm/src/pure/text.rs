//! Legacy encodings, by the tables of encoding_rs.

use encoding_rs::{DecoderResult, Encoding, ISO_2022_JP};
use holm_host_api::fields::{Malformed, Reader, Writer};

/// Bytes of a character that can wait for its rest.
const PENDING_MAX: usize = 3;

/// Fields: a label. Answer: the name of its encoding, or nothing.
pub(super) fn name(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let mut answer = Writer::new();
    if let Some(encoding) = Encoding::for_label(fields.str()?.as_bytes()) {
        answer.str(&encoding.name().to_ascii_lowercase());
    }
    Ok(answer.finish())
}

/// Fields: name of the encoding, fatal, whether the text ends here, state (empty at the start), bytes. Answer: the text, the
/// state to go on with; nothing for malformed bytes when fatal.
///
/// The state is the shift of ISO-2022-JP as bytes that bring it about, with how much text they give, then
/// bytes of a character whose rest is still to come.
pub(super) fn decode(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let encoding = Encoding::for_label_no_replacement(fields.str()?.as_bytes()).ok_or(Malformed::Type)?;
    let (fatal, last) = (fields.u32()? == 1, fields.u32()? == 1);
    let (state, input) = (fields.bytes()?, fields.bytes()?);
    let (&skip, state) = state.split_first().unwrap_or((&0, &[]));
    let bytes = [state, input].concat();
    let mut answer = Writer::new();
    let Some(text) = run(encoding, &bytes, fatal, last) else {
        return Ok(answer.finish());
    };
    let pending = if last { 0 } else { pending(encoding, &bytes, &text) };
    let settled = &bytes[..bytes.len() - pending];
    let mut next = Vec::new();
    if !last {
        let shift = if encoding == ISO_2022_JP {
            shift(settled)
        } else {
            Vec::new()
        };
        next.push(if shift.len() > 3 { 1 } else { 0 });
        next.extend(shift);
        next.extend_from_slice(&bytes[settled.len()..]);
    }
    let at = text
        .char_indices()
        .nth(skip.into())
        .map_or(text.len(), |(at, _)| at);
    answer.str(&text[at..]).bytes(&next);
    Ok(answer.finish())
}

/// The text; `None` for malformed bytes when fatal.
fn run(encoding: &'static Encoding, bytes: &[u8], fatal: bool, last: bool) -> Option<String> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::new();
    if fatal {
        let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len())?;
        text.reserve(room);
        let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, last);
        return matches!(result, DecoderResult::InputEmpty).then_some(text);
    }
    text.reserve(decoder.max_utf8_buffer_length(bytes.len())?);
    let _ = decoder.decode_to_string(bytes, &mut text, last);
    Some(text)
}

/// How many bytes at the end have given no text yet. Without them, the end of the input is no error.
fn pending(encoding: &'static Encoding, bytes: &[u8], text: &str) -> usize {
    (0..=PENDING_MAX.min(bytes.len()))
        .find(|back| {
            run(encoding, &bytes[..bytes.len() - back], true, true).map_or_else(
                || run(encoding, &bytes[..bytes.len() - back], false, true).as_deref() == Some(text),
                |whole| whole == text,
            )
        })
        .unwrap_or(0)
}

/// Bytes that bring a decoder of ISO-2022-JP to where it is after `bytes`: the last escape sequence, and, when something
/// came after it, a character in its set: two escape sequences in a row are an error.
fn shift(bytes: &[u8]) -> Vec<u8> {
    const SETS: [&[u8; 3]; 5] = [b"\x1b(B", b"\x1b(J", b"\x1b(I", b"\x1b$@", b"\x1b$B"];
    let found = bytes
        .windows(3)
        .rposition(|window| SETS.iter().any(|set| *set == window));
    let Some(at) = found else { return Vec::new() };
    let mut shift = bytes[at..at + 3].to_vec();
    if at + 3 < bytes.len() {
        // U+3000 takes two bytes in JIS X 0208; 0x21 is a character in each of the others.
        shift.extend_from_slice(if shift[1] == b'$' { b"\x21\x21" } else { b"\x21" });
    }
    shift
}
