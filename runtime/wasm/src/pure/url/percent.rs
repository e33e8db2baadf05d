//! Percent-encoding, with the standard's sets of what is to be encoded.

/// A set of bytes that are to be encoded. All control characters and all bytes above 0x7e are in each.
#[derive(Clone, Copy, Debug)]
pub(super) enum Set {
    /// Only those.
    Control,
    Fragment,
    Query,
    SpecialQuery,
    Path,
    Userinfo,
}

impl Set {
    fn contains(self, byte: u8) -> bool {
        if !(0x20..=0x7e).contains(&byte) {
            return true;
        }
        match self {
            Self::Control => false,
            Self::Fragment => matches!(byte, b' ' | b'"' | b'<' | b'>' | b'`'),
            Self::Query => matches!(byte, b' ' | b'"' | b'#' | b'<' | b'>'),
            Self::SpecialQuery => Self::Query.contains(byte) || byte == b'\'',
            Self::Path => Self::Query.contains(byte) || matches!(byte, b'?' | b'^' | b'`' | b'{' | b'}'),
            Self::Userinfo => {
                Self::Path.contains(byte)
                    || matches!(
                        byte,
                        b'/' | b':' | b';' | b'=' | b'@' | b'[' | b'\\' | b']' | b'|'
                    )
            }
        }
    }
}

/// Appends a byte of UTF-8, encoded if it is in the set. The result is ASCII.
pub(super) fn push(out: &mut String, byte: u8, set: Set) {
    if set.contains(byte) {
        out.extend(escape(byte).map(char::from));
    } else {
        out.push(char::from(byte));
    }
}

/// As [`push`], to a buffer of bytes.
pub(super) fn push_to_bytes(out: &mut Vec<u8>, byte: u8, set: Set) {
    if set.contains(byte) {
        out.extend(escape(byte));
    } else {
        out.push(byte);
    }
}

fn escape(byte: u8) -> [u8; 3] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [
        b'%',
        DIGITS[usize::from(byte >> 4)],
        DIGITS[usize::from(byte & 15)],
    ]
}

/// Appends text.
pub(super) fn push_all(out: &mut String, bytes: &[u8], set: Set) {
    for &byte in bytes {
        push(out, byte, set);
    }
}

/// Replaces each `%XX` by its byte; a `%` without two digits stays.
pub(super) fn decode(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        let digits = match tail {
            [high, low, ..] if *first == b'%' => hex_digit(*high).zip(hex_digit(*low)),
            _ => None,
        };
        match digits {
            Some((high, low)) => {
                out.push(high << 4 | low);
                rest = &tail[2..];
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
