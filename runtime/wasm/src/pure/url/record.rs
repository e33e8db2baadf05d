//! What a URL is made of, and how it is written.

use std::fmt::Write;

/// A URL record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Url {
    pub scheme: String,
    pub username: String,
    pub password: String,
    /// Serialised; `None` is no host, which differs from an empty one.
    pub host: Option<String>,
    /// `None` as well for the default port of the scheme.
    pub port: Option<u16>,
    pub path: Path,
    /// Without the `?`.
    pub query: Option<String>,
    /// Without the `#`.
    pub fragment: Option<String>,
}

/// The path of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Path {
    /// As in `mailto:x@y`: text without structure.
    Opaque(String),
    /// Segments; each is written with a `/` before it.
    Segments(Vec<String>),
}

impl Default for Path {
    fn default() -> Self {
        Self::Segments(Vec::new())
    }
}

/// Where the parts of a serialised URL begin and end, in bytes, which are characters: it is ASCII.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Offsets {
    /// After the `:`.
    pub protocol_end: u32,
    /// The user name begins two after `protocol_end` when there is a host; without a host, equal to it.
    pub username_end: u32,
    pub host_start: u32,
    pub host_end: u32,
    pub pathname_start: u32,
    /// Of the `?`.
    pub search_start: Option<u32>,
    /// Of the `#`.
    pub hash_start: Option<u32>,
}

impl Url {
    pub fn is_special(&self) -> bool {
        is_special(&self.scheme)
    }

    pub fn has_credentials(&self) -> bool {
        !self.username.is_empty() || !self.password.is_empty()
    }

    pub fn has_opaque_path(&self) -> bool {
        matches!(self.path, Path::Opaque(_))
    }

    /// The segments; an opaque path becomes an empty list.
    pub fn segments(&mut self) -> &mut Vec<String> {
        if let Path::Opaque(_) = self.path {
            self.path = Path::default();
        }
        match &mut self.path {
            Path::Segments(segments) => segments,
            Path::Opaque(_) => unreachable!("replaced above"),
        }
    }

    /// Removes the last segment, but not the drive letter of a file.
    pub fn shorten_path(&mut self) {
        let is_file = self.scheme == "file";
        let segments = self.segments();
        if is_file && segments.len() == 1 && is_normalized_drive_letter(segments[0].as_bytes()) {
            return;
        }
        segments.pop();
    }

    /// The URL as text, with the places of its parts.
    pub fn serialize(&self) -> (String, Offsets) {
        let mut out = String::with_capacity(64);
        let mut at = Offsets::default();
        out.push_str(&self.scheme);
        out.push(':');
        at.protocol_end = len(&out);
        if let Some(host) = &self.host {
            out.push_str("//");
            out.push_str(&self.username);
            at.username_end = len(&out);
            if !self.password.is_empty() {
                out.push(':');
                out.push_str(&self.password);
            }
            if self.has_credentials() {
                out.push('@');
            }
            at.host_start = len(&out);
            out.push_str(host);
            at.host_end = len(&out);
            if let Some(port) = self.port {
                write!(out, ":{port}").expect("writing to a string does not fail");
            }
        } else {
            at.username_end = at.protocol_end;
            at.host_start = at.protocol_end;
            at.host_end = at.protocol_end;
        }
        match &self.path {
            Path::Opaque(path) => {
                at.pathname_start = len(&out);
                out.push_str(path);
            }
            Path::Segments(segments) => {
                // Without this, "//" at the start of the path would be read as the start of a host.
                if self.host.is_none() && segments.len() > 1 && segments[0].is_empty() {
                    out.push_str("/.");
                }
                at.pathname_start = len(&out);
                for segment in segments {
                    out.push('/');
                    out.push_str(segment);
                }
            }
        }
        if let Some(query) = &self.query {
            at.search_start = Some(len(&out));
            out.push('?');
            out.push_str(query);
        }
        if let Some(fragment) = &self.fragment {
            at.hash_start = Some(len(&out));
            out.push('#');
            out.push_str(fragment);
        }
        (out, at)
    }
}

fn len(text: &str) -> u32 {
    // Encoding makes at most nine bytes of one, and what came in was in a 32-bit memory of a few MiB.
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// Schemes that the standard treats in ways of their own.
pub(super) fn is_special(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "ws" | "wss" | "ftp" | "file")
}

/// The port that is not written for this scheme.
pub(super) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

/// `C:` or `C|`.
pub(super) fn is_drive_letter(text: &[u8]) -> bool {
    matches!(text, [letter, b':' | b'|'] if letter.is_ascii_alphabetic())
}

/// `C:`.
pub(super) fn is_normalized_drive_letter(text: &[u8]) -> bool {
    matches!(text, [letter, b':'] if letter.is_ascii_alphabetic())
}
