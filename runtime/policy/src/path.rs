//! Which paths a rule means.
//!
//! Paths are compared as the URL parser writes them: dot segments resolved, percent escapes as they came.
//! Another server may read more into a path than the parser does (`%2f`, `..;`, a backslash), so a path that
//! could climb out of its prefix under any such reading is not taken to be below it.

use std::fmt;

/// Which paths a rule means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathPattern {
    /// Every path.
    All,
    /// This path and what is below it: `/v1` means `/v1` and `/v1/a`, but not `/v10`.
    At(String),
    /// What is below this path, which ends in a slash: `/v1/*` means `/v1/` and `/v1/a`, but not `/v1`.
    Below(String),
}

impl PathPattern {
    /// Whether it means the path of a parsed URL.
    pub fn matches(&self, path: &str) -> bool {
        match self {
            Self::All => true,
            Self::At(own) => is_at(path, own) && !may_climb(path),
            Self::Below(own) => path.starts_with(own.as_str()) && !may_climb(path),
        }
    }

    /// Whether it means every path that the other means.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (_, Self::All) => false,
            (Self::At(own), Self::At(path) | Self::Below(path)) => is_at(path, own),
            (Self::Below(own), Self::At(path) | Self::Below(path)) => path.starts_with(own.as_str()),
        }
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::At(path) => f.write_str(path),
            Self::Below(path) => write!(f, "{path}*"),
        }
    }
}

fn is_at(path: &str, own: &str) -> bool {
    path.strip_prefix(own)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// How often a path may be escaped upon escapes before it is taken for an attempt to hide something.
const ROUNDS: usize = 4;

/// Whether some server could read a `.` or `..` segment in this path.
pub(crate) fn may_climb(path: &str) -> bool {
    let mut bytes = path.as_bytes().to_vec();
    for _ in 0..ROUNDS {
        let climbs = bytes.split(|byte| matches!(byte, b'/' | b'\\')).any(|segment| {
            // Some servers cut parameters off a segment: `..;a=b`.
            let name = segment.split(|byte| *byte == b';').next().unwrap_or(segment);
            matches!(name, b"." | b"..")
        });
        if climbs {
            return true;
        }
        let decoded = percent_decoded(&bytes);
        if decoded.len() == bytes.len() {
            return false;
        }
        bytes = decoded;
    }
    true
}

fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, after @ ..] = rest {
        let escape = match rest {
            [b'%', high, low, ..] => digit(*high).zip(digit(*low)),
            _ => None,
        };
        if let Some((high, low)) = escape {
            out.push(high << 4 | low);
            rest = &rest[3..];
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}
